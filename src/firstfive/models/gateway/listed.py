"""List prices, as the package genai_prices knows them: suggestions for a person to check, never what is charged by."""

from __future__ import annotations

from typing import NamedTuple


class Listed(NamedTuple):
    """US dollars for a million tokens."""

    input: float
    output: float


def list_price(provider: str, model: str) -> Listed | None:
    """What the model costs by the provider's list; None where that is not known, or genai_prices is not installed."""
    try:
        from genai_prices import Usage, calc_price

        million = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
        price = calc_price(million, model, provider_id=provider)
        return Listed(float(price.input_price), float(price.output_price))
    except (ImportError, LookupError, ValueError, TypeError):
        return None
