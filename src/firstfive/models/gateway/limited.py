"""Limited: a call goes out when its provider takes it, by the limits of the settings and by its own word."""

from __future__ import annotations

from firstfive.errors import ModelError
from firstfive.models.gateway.gate import Gate
from firstfive.ports import Call, Model, Reply, Terms

CHARACTERS = 4
"""Of a usual token. Limits are what a provider counts, so a guess will do, and the real number corrects it."""


class Limited:
    """Waits at the provider's gate. A 429 with a wait pauses all calls to the provider, of all processes."""

    def __init__(self, inner: Model, gate: Gate) -> None:
        self.inner = inner
        self._gate = gate

    def __str__(self) -> str:
        return "limited"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises model.rate where the wait would be longer than there is time."""
        guess = _guess(call)
        spare = 0.0
        await self._gate.enter(guess, terms.deadline, patient=terms.patient)
        try:
            reply = await self.inner(call, terms)
            spare = _spare(guess, reply)
            return reply
        except ModelError as error:
            if error.code == "model.rate" and error.retry_after_s:
                self._gate.pause(error.retry_after_s)
            raise
        finally:
            self._gate.leave(spare)


def _guess(call: Call) -> float:
    """Tokens that the call will use: rather too many."""
    given = len(call.system) + len(call.text) + sum(map(len, call.texts))
    written = call.max_tokens if call.kind == "complete" else 0
    return given / CHARACTERS + written + 1


def _spare(guess: float, reply: Reply) -> float:
    """Tokens that were taken for it and not used; a provider that gives no number, or none to believe, used all."""
    usage = reply.usage
    used = usage.input_tokens + usage.output_tokens if usage is not None else -1
    return guess - used if 0 <= used <= 2 * guess else 0.0
