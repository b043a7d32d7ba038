"""What a call may cost at most, before it is made, and what it did cost, after.

A token is at least one byte of the text that is sent, so the bytes of a call bound its tokens, whatever the tokenizer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from firstfive.errors import BudgetError
from firstfive.models.gateway.listed import list_price
from firstfive.ports import Amount, Call, Usage
from firstfive.settings import PriceSettings, Settings

MESSAGE_TOKENS = 64
"""What a provider puts around a call: roles, turns, ends."""
TEXT_TOKENS = 8
"""What a model puts around each text to embed, or each pair to score."""
SCHEMA_TOKENS = 640
"""What a provider puts around a schema; the longest known one is its instruction on the use of tools."""
FREE = {"local", "replay"}
"""What runs here costs nothing, and needs no price."""


class Prices:
    """The settings' prices by model, "PROVIDER:MODEL"."""

    def __init__(self, settings: Settings) -> None:
        self._prices = settings.prices
        self._providers = settings.providers

    def free(self, model: str) -> bool:
        """Whether the model runs here, or only repeats what was recorded."""
        provider = model.partition(":")[0]
        row = self._providers.get(provider)
        return ((row.api if row else "") or provider) in FREE

    def of(self, model: str) -> PriceSettings:
        """The model's price. Raises BudgetError budget.price, with the line to add, where there is none."""
        price = self._prices.get(model)
        if price is not None:
            return price
        if self.free(model):
            return PriceSettings()
        if not all(model.partition(":")):
            wrong = f'{model!r} names no model; write "PROVIDER:MODEL", such as "openai:gpt-4o-mini"'
            raise BudgetError(wrong, code="budget.price")
        raise BudgetError(_missing(model), code="budget.price")

    def quote(self, model: str, call: Call) -> Quote:
        """What the call may cost, reckoned once for before and after. Raises BudgetError."""
        return Quote(self.of(model), Usage(input_tokens(call), output_tokens(call)))

    def dearest(self, model: str, call: Call) -> Amount:
        """The most that the call can cost: every byte a token, and the longest answer. Raises BudgetError."""
        return self.quote(model, call).dearest

    def cost(self, model: str, call: Call, usage: Usage | None) -> Amount | None:
        """What the call cost; None where nobody knows. Raises BudgetError."""
        return self.quote(model, call).cost(usage)


@dataclass(frozen=True, slots=True)
class Quote:
    """A call's price, and the most tokens that it can use."""

    price: PriceSettings
    most: Usage

    @property
    def dearest(self) -> Amount:
        """The most that the call can cost."""
        return _amount(self.price, self.most)

    def cost(self, usage: Usage | None) -> Amount | None:
        """What the call cost; None where nobody knows: the usage is missing, or is not to be believed.

        Not to be believed: numbers that are negative, or no whole ones, or more than the call can have used; and no
        tokens at all for a call that had some.
        """
        return _amount(self.price, usage) if usage is not None and self._believable(usage) else None

    def _believable(self, usage: Usage) -> bool:
        numbers = (usage.input_tokens, usage.output_tokens, usage.cached_tokens)
        if not all(type(number) is int and number >= 0 for number in numbers):
            return False
        return 0 < usage.input_tokens <= self.most.input_tokens and usage.output_tokens <= self.most.output_tokens


def input_tokens(call: Call) -> int:
    """The most tokens that the call's input can have."""
    schema = _schema_tokens(call.schema)
    texts = sum(len(text.encode("utf-8", "replace")) + TEXT_TOKENS for text in (*call.texts, *call.choices))
    asked = len(call.system.encode("utf-8", "replace")) + len(call.text.encode("utf-8", "replace"))
    if call.kind == "rerank":  # the request is read again with each text
        asked *= max(1, len(call.texts))
    return asked + texts + schema + MESSAGE_TOKENS


def output_tokens(call: Call) -> int:
    """The most tokens that the call's answer can have."""
    return max(0, call.max_tokens) if call.kind == "complete" else 0


def _schema_tokens(schema: Mapping[str, object] | None) -> int:
    return 0 if schema is None else len(msgspec.json.encode(schema)) + SCHEMA_TOKENS


def _amount(price: PriceSettings, usage: Usage) -> Amount:
    return Amount(_nano_usd(price, usage), usage.input_tokens + usage.output_tokens)


def _nano_usd(price: PriceSettings, usage: Usage) -> int:
    """Thousand-millionths of a dollar, rounded up. A price is dollars for a million tokens."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    cached_price = price.input if price.cached == "none" else float(price.cached)
    dollars = (usage.input_tokens - cached) * price.input + cached * cached_price + usage.output_tokens * price.output
    return math.ceil(dollars * 1000 - 1e-6)


def _missing(model: str) -> str:
    provider, _, name = model.partition(":")
    listed = list_price(provider, name)
    price = f"{{ input = {listed.input:g}, output = {listed.output:g} }}" if listed else "{ input = 0.0, output = 0.0 }"
    source = (
        "its list price as far as the package genai_prices knows it: check it"
        if listed
        else "with its real price in US dollars for a million tokens, or 0 where it costs nothing"
    )
    return (
        f"{model} has no price, so nobody can say what a call may cost; "
        f'add to firstfive.toml, under [prices]: "{model}" = {price} ({source})'
    )
