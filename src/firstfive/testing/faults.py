"""What goes wrong with providers, each as a change to a right answer; and a storm of them.

A fault changes what is said (`said`: in the words of no particular protocol), how it goes over the wire (`wire`), or
both, so that one list serves every protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeAlias

from firstfive.testing.wire import Wire

__all__ = ["FAULTS", "Fault", "Faults", "Said", "drip", "quota", "rate", "slow", "status", "storm"]

DRIP_S = 0.4
DEEP = 100_000
TEN_MB = 10 * 2**20
WEIRD = float("nan")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer before it is put into a protocol.

    ended: its finish reason is the usual one; else it ran out of tokens. refusal: said instead of text.
    logprobs: of the first token, by token. input_tokens None: no usage is given.
    """

    text: str = ""
    ended: bool = True
    refusal: str = ""
    input_tokens: float | None = 20
    output_tokens: float = 5
    logprobs: Mapping[str, float] = field(default_factory=dict)
    vectors: tuple[tuple[float, ...], ...] = ()
    scores: tuple[float, ...] = ()


def _said_same(said: Said) -> Said:
    return said


def _wire_same(wire: Wire) -> Wire:
    return wire


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. paid: the provider charges for the answer all the same."""

    said: Callable[[Said], Said] = _said_same
    wire: Callable[[Wire], Wire] = _wire_same
    paid: bool = True


Faults: TypeAlias = Callable[[int], Fault | None]
"""What goes wrong with the request of this number, from 0; None: nothing."""


def status(
    code: int, message: str = "something is wrong", *headers: tuple[str, str], body: bytes | None = None
) -> Fault:
    """An HTTP error status with a message in the form that most providers use."""
    said = (
        body if body is not None else f'{{"error": {{"message": "{message}", "type": "error", "code": null}}}}'.encode()
    )
    return Fault(wire=lambda _: Wire(said, code, headers=headers), paid=False)


def rate(retry_after: str | None = None) -> Fault:
    """429 with any Retry-After, or none."""
    return status(429, "slow down", *([("retry-after", retry_after)] if retry_after is not None else []))


def quota() -> Fault:
    """429 as OpenAI says that the money is gone."""
    message = "You exceeded your current quota, please check your plan and billing details."
    body = f'{{"error": {{"message": "{message}", "type": "insufficient_quota", "code": "insufficient_quota"}}}}'
    return status(429, body=body.encode())


def slow(seconds: float) -> Fault:
    """The right answer, later."""
    return Fault(wire=lambda wire: replace(wire, wait_s=seconds))


def drip(seconds: float = DRIP_S) -> Fault:
    """The right answer, byte by byte: no read ever times out."""
    return Fault(wire=lambda wire: replace(wire, drip_s=seconds))


def _html(_: Wire) -> Wire:
    return Wire(b"<!doctype html><title>Sign in</title><p>Your session is over.", content_type="text/html")


def _stream_cut(wire: Wire) -> Wire:
    return replace(
        wire, body=b'data: {"id": "1", "choices": [{"delta": {"content": "{', content_type="text/event-stream"
    )


def _vectors(change: Callable[[tuple[float, ...]], tuple[float, ...]]) -> Callable[[Said], Said]:
    return lambda said: replace(said, vectors=tuple(map(change, said.vectors)))


CUT = Fault(wire=lambda wire: replace(wire, cut=len(wire.body) // 2))
TRUNCATED = Fault(wire=lambda wire: replace(wire, body=wire.body[: len(wire.body) // 2]))
BAD_JSON = Fault(said=lambda said: replace(said, text=said.text[: max(len(said.text) // 2, 1)] + "{"))

FAULTS: Mapping[str, Fault] = {
    "429": rate(),
    "429 in seconds": rate("2"),
    "429 quota": quota(),
    "402": status(402, "Payment required"),
    "401": status(401, "Incorrect API key provided"),
    "403": status(403, "not allowed"),
    "400": status(400, "this model does not take that"),
    "404": status(404, "no such model"),
    "422": status(422, "unprocessable"),
    "408": status(408, "request timed out"),
    "500": status(500),
    "502 in HTML": status(502, body=b"<html><h1>Bad gateway"),
    "503": status(503, "overloaded"),
    "529": status(529, "overloaded"),
    "elsewhere": Fault(wire=lambda _: Wire(b"", 307, headers=(("location", "http://127.0.0.2:9/v1"),)), paid=False),
    "cut": CUT,
    "cut stream": Fault(wire=_stream_cut),
    "HTML with 200": Fault(wire=_html, paid=False),
    "nothing with 200": Fault(wire=lambda _: Wire(b"")),
    "null with 200": Fault(wire=lambda _: Wire(b"null")),
    "a list with 200": Fault(wire=lambda _: Wire(b"[]")),
    "an empty object with 200": Fault(wire=lambda _: Wire(b"{}")),
    "truncated JSON": TRUNCATED,
    "not UTF-8": Fault(wire=lambda _: Wire(b'{"choices": "\xff\xfe\xfa"}')),
    "deep nesting": Fault(wire=lambda _: Wire(b"[" * DEEP + b"]" * DEEP)),
    "10 MB": Fault(wire=lambda wire: replace(wire, body=wire.body + b" " * TEN_MB)),
    "empty content": Fault(said=lambda said: replace(said, text="")),
    "refusal": Fault(said=lambda said: replace(said, text="", refusal="I cannot help with that.")),
    "not ended": Fault(said=lambda said: replace(said, ended=False)),
    "bad JSON": BAD_JSON,
    "NaN": Fault(said=lambda said: replace(said, text='{"score": NaN}')),
    "no usage": Fault(said=lambda said: replace(said, input_tokens=None)),
    "negative usage": Fault(said=lambda said: replace(said, input_tokens=-20, output_tokens=-5)),
    "vectors of another size": Fault(said=_vectors(lambda row: row[: len(row) // 2])),
    "zero vectors": Fault(said=_vectors(lambda row: (0.0,) * len(row))),
    "NaN vectors": Fault(said=_vectors(lambda row: (WEIRD,) * len(row))),
    "a vector missing": Fault(said=lambda said: replace(said, vectors=said.vectors[:-1])),
    "drip": drip(),
    "slow": slow(5.0),
}
"""By name. Those of vectors change nothing where there are none."""


def storm(
    seed: int = 5,
    *,
    rate_share: float = 0.3,
    error_share: float = 0.1,
    cut_share: float = 0.05,
    bad_share: float = 0.05,
    drip_share: float = 0.02,
    retry_after: str | None = "0.05",
) -> Faults:
    """Faults by chance, the same for the same seed and number of a request."""
    shares = (
        (rate_share, rate(retry_after)),
        (error_share, FAULTS["500"]),
        (cut_share, CUT),
        (bad_share, BAD_JSON),
        (drip_share, FAULTS["drip"]),
    )

    def fault(number: int) -> Fault | None:
        drawn = Random(f"{seed} {number}").random()  # noqa: S311  # weather, not a secret
        for share, each in shares:
            if drawn < share:
                return each
            drawn -= share
        return None

    return fault
