"""A model provider on loopback: it speaks the wire protocols of real ones, counts requests, and fails on demand.

    with provider(answer=lambda body: '{"employees": 12}', faults=[FAULTS["500"], rate("1")]) as loopback:
        ...                                 # providers.vllm.url = loopback.openai
        assert len(loopback.asked) == 3     # requests on the wire
        assert len(loopback.paid) == 1      # answers that a provider charges for

Spoken here: OpenAI chat completions, embeddings, files and batches; Anthropic messages; Bedrock converse and invoke;
SageMaker invocations; Text Embeddings Inference. `answer` gets the request's body and gives the text, or a `Said`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from firstfive.testing.batches import Batches
from firstfive.testing.faults import Fault, Faults
from firstfive.testing.protocols import PROTOCOLS, Answer, Protocol, smallest
from firstfive.testing.wire import Asked, Wire, serving

__all__ = ["Answer", "Provider", "provider"]

Body: TypeAlias = dict[str, Any]


@dataclass(slots=True)
class Provider:
    """A running loopback provider. asked: every request, in order. paid: those that a provider would charge for.

    hung_up: those whose client went away before the answer. faults: by the number of the request, from 0.
    """

    url: str = ""
    answer: Answer = smallest
    faults: Faults = lambda _: None
    size: int = 8
    batches: Batches = field(default_factory=Batches)
    asked: list[Asked] = field(default_factory=list)
    paid: list[Asked] = field(default_factory=list)
    hung_up: list[Asked] = field(default_factory=list)

    @property
    def openai(self) -> str:
        """The address for clients of OpenAI's API."""
        return f"{self.url}/v1"

    @property
    def bodies(self) -> list[Body]:
        """The JSON of every request, in order."""
        return [asked.json for asked in self.asked]

    def respond(self, asked: Asked) -> Wire:
        """The answer to a request as it goes over the wire, faults included."""
        number = len(self.asked)
        self.asked.append(asked)
        if (wire := self.batches.respond(asked, self._line)) is not None:
            return wire
        return self._spoken(asked, self.faults(number))

    def _spoken(self, asked: Asked, fault: Fault | None) -> Wire:
        protocol = _protocol(asked)
        if protocol is None:
            return Wire(b'{"error": {"message": "no such address", "code": "not_found"}}', 404)
        if fault is None or fault.paid:
            self.paid.append(asked)
        said = protocol.answer(asked.json, self.answer, self.size)
        if fault is None:
            return protocol.wire(asked, said)
        return fault.wire(protocol.wire(asked, fault.said(said)))

    def _line(self, asked: Asked, fault: Fault | None) -> Wire:
        """A line of a batch: charged, but no request of its own."""
        return self._spoken(asked, fault)


def _protocol(asked: Asked) -> Protocol | None:
    path = asked.path.partition("?")[0]
    return next((each for pattern, each in PROTOCOLS if re.search(pattern, path)), None)


@contextmanager
def provider(
    answer: Answer = smallest,
    *,
    faults: Faults | Sequence[Fault | None] = (),
    size: int = 8,
    batches: Batches | None = None,
) -> Iterator[Provider]:
    """A provider on a free port until the end of the `with`.

    faults: one a request in order, then none; or a function from the request's number, such as `storm()`.
    size: numbers in a vector. batches: how batch jobs go.
    """
    by_number = faults if callable(faults) else _in_order(faults)
    running = Provider("", answer, by_number, size, batches or Batches())
    with serving(running.respond, running.hung_up.append) as url:
        running.url = url
        yield running


def _in_order(faults: Sequence[Fault | None]) -> Faults:
    return lambda number: faults[number] if number < len(faults) else None
