"""The one way to language models: policy as a visible list of layers, each a `Model` around a `Model`.

    gateway.many(calls)  ─▶  traced ▸ recorded ▸ cached ▸ fallback ▸ checked ▸ retrying ▸ limited ▸ budgeted ▸ provider

What a provider (the innermost `Model`) owes the layers around it: one request on the wire a call, never more; usage as
it was told, or None; `ended` only where the end was seen; and errors that say whether something may have been paid
(`ModelError.paid`) and how long to wait (`waits.retry_after`).
"""

from firstfive.models.gateway.accounts import caps
from firstfive.models.gateway.loop import LoopGateway, open_gateway
from firstfive.models.gateway.prices import Prices, input_tokens, output_tokens
from firstfive.models.gateway.recorded import first_of_each, forget, packed
from firstfive.models.gateway.stack import Opener, Parts, Stack
from firstfive.models.gateway.waits import retry_after

__all__ = [
    "LoopGateway",
    "Opener",
    "Parts",
    "Prices",
    "Stack",
    "caps",
    "first_of_each",
    "forget",
    "input_tokens",
    "open_gateway",
    "output_tokens",
    "packed",
    "retry_after",
]
