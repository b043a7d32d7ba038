"""Use case: what whole answers take, one at a time: milliseconds, and what embedding their requests costs.

Several rankings answer each request in turn, so that whatever else the machine does slows all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.embedders import Manner, paid_by
from firstfive.app.recommend import BY_WORDS, Recommender
from firstfive.errors import RequestError
from firstfive.ports import Payer
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress

TIMED = 100
"""Requests whose answers are timed."""
WARM = 3
"""Answers before the clock runs."""


@dataclass(frozen=True, slots=True)
class Times:
    """What answers take. by_words: the share of them for which the embedder gave no vector in time."""

    median_ms: float
    p95_ms: float
    usd_per_1000: float
    by_words: float


def time_answers(
    project: Project, opened: Sequence[Callable[[Manner], Recommender]], texts: Sequence[str], said: Progress
) -> list[Times]:
    """What answers to at most TIMED of these texts take, by each ranking. Stores no Slate; nothing kept is read.

    opened: opens each ranking with its embedder in this manner. texts: at least one. Those that cannot be asked are
    passed over. Raises what opening and answering raise.
    """
    some = [text for text in texts[:: -(-len(texts) // TIMED)] if any(char.isalnum() for char in text)]
    payers = [Payer(run=f"timing-{token_urlsafe(6)}") for _ in opened]
    recommenders = [make(paid_by(payer)) for make, payer in zip(opened, payers, strict=True)]
    for recommender in recommenders:
        for number in range(WARM):
            recommender.answer(Request(f"warm {number}"))
    before = [_spent(project, payer) for payer in payers]
    took: list[list[tuple[float, bool]]] = [[] for _ in opened]
    said.start("time", len(some))
    for number, text in enumerate(some):
        for at in _turns(len(opened), number):
            took[at] += _timed(recommenders[at], text)
        said.advance("time", 1)
    said.finish("time")
    spent = [_spent(project, payer) - earlier for payer, earlier in zip(payers, before, strict=True)]
    return [_times(one, usd) for one, usd in zip(took, spent, strict=True)]


def _timed(recommender: Recommender, text: str) -> Iterator[tuple[float, bool]]:
    """Milliseconds, and whether words alone answered; nothing for what cannot be asked."""
    began = perf_counter()
    try:
        slate = recommender.answer(Request(text))
    except RequestError:
        return
    yield (perf_counter() - began) * 1000, BY_WORDS in slate.notes


def _turns(n: int, number: int) -> Iterator[int]:
    """Who answers first changes with every request."""
    yield from ((at + number) % n for at in range(n))


def _spent(project: Project, payer: Payer) -> float:
    account = f"run:{payer.run}"
    with project.store.read() as unit:
        return unit.spending.of([account])[account].settled.nano_usd / 1e9


def _times(took: Sequence[tuple[float, bool]], usd: float) -> Times:
    times = [ms for ms, _ in took] or [0.0]
    late = sum(by_words for _, by_words in took)
    return Times(float(np.median(times)), float(np.percentile(times, 95)), 1000 * usd / len(times), late / len(times))
