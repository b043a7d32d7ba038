"""Use case: adapt a Release's embedder to the catalogue, without labels, and keep that only where it is shown to help.

    items ─made up─▶ questions ─fit─▶ adapter ─held against none, on questions about other items─▶ kept, or dropped

Each question is answered as if its item did not say the sentence that it is from: seekers paraphrase. What an adapter
gains on its own questions says nothing, so the gate's are about items that none was fitted to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.app import asking
from firstfive.app.blind import Vocabulary, meant_without, telling_first, without_sentence
from firstfive.ask.made_up import LENGTHS, MadeUp, made_up
from firstfive.errors import ModelError, RequestError, UsageError
from firstfive.learn import Ends, fit_adapter
from firstfive.learn.adapter import FEWEST, Pairs
from firstfive.measure import intervals
from firstfive.observe import log
from firstfive.types import ItemId, Request

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.learn import Adapter
    from firstfive.ports import Progress
    from firstfive.types import Positions

PAIRS, HELD = 2_000, 1_000
"""Questions that an adapter is fitted to, and others that it is held against, each about an item of its own."""
SEED = 21
"""Not the seed of the questions for chances, nor of those for promoting."""
DEPTH = 10
FILE = "adapter.json"
"""The file that notes that no adapter was better, beside a Release's sealed files. It is no part of the Release's hash.
"""
VERSION = 1
"""Version of how an adapter is fitted and tested."""
NOTHING = Ends(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Adapting:
    """What came of it. pairs: questions fitted to. held: questions held against; gain: nDCG@10 more, with interval.

    why: why nothing is kept; empty where the adapter is. items: those that questions fitted to are about.
    """

    pairs: int = 0
    held: int = 0
    gain: Ends = NOTHING
    why: str = ""
    items: tuple[ItemId, ...] = ()


def adapt_once(folder: Path, serving: Serving, progress: Progress) -> tuple[Adapter | None, Adapting]:
    """As `adapt`, for the Release in a folder; that none was better is written down there, and not tried again."""
    found = _tried_before(folder)
    if found:
        return None, found
    adapter, report = adapt(serving, progress)
    if report.why and report.pairs:
        begun = folder / f".{FILE}"
        begun.write_bytes(msgspec.json.encode(_Kept(VERSION, report)))
        begun.replace(folder / FILE)
    return adapter, report


def adapt(serving: Serving, progress: Progress) -> tuple[Adapter | None, Adapting]:
    """An adapter that is better than the Release is without it, or None. The same Release gives the same adapter.

    It costs the embedding of 3,000 short texts and 2,000 rankings at most, and some seconds beside.
    """
    found, report = tried(serving, progress)
    return (None if report.why else found), report


def tried(serving: Serving, progress: Progress) -> tuple[Adapter | None, Adapting]:
    """The adapter that was fitted, to be kept or not; None where none could be."""
    if not (serving.embedder and serving.whole and serving.passages):
        return None, Adapting(why="the Release has no embedder")
    try:
        asked = list(_asked(serving))
        if len(asked) < 2 * FEWEST:
            few = f"{len(asked):,} questions could be made up from the items, and {2 * FEWEST} are needed"
            return None, Adapting(why=few)
        held = asked[: min(HELD, len(asked) // 3)]
        return _fitted(serving, asked[len(held) :], held, progress)
    except ModelError as error:
        log("learn").warning("no adapter was fitted: %s", error)
        return None, Adapting(why=f"the embedder failed: {error}")


class _Kept(msgspec.Struct):
    """What is written down."""

    version: int
    found: Adapting


def _tried_before(folder: Path) -> Adapting | None:
    """What came of it the last time; None where it was not tried, by another version, or cannot be read."""
    try:
        kept = msgspec.json.decode((folder / FILE).read_bytes(), type=_Kept)
    except (msgspec.MsgspecError, OSError):
        return None
    return kept.found if kept.version == VERSION else None


def with_adapter(serving: Serving, adapter: Adapter) -> Serving:
    """The Release as it would answer with this adapter."""
    view = copy(serving)
    view.adapter = adapter
    return view


def _fitted(
    serving: Serving, fitted_to: Sequence[MadeUp], held: Sequence[MadeUp], progress: Progress
) -> tuple[Adapter | None, Adapting]:
    progress.start("adapter", len(fitted_to) + len(held))
    pairs = _pairs(serving, fitted_to)
    adapter = fit_adapter(pairs)
    progress.advance("adapter", len(fitted_to))
    if adapter is None:
        progress.finish("adapter")
        return None, Adapting(len(pairs.items), why="no step of any length gained anything on pairs set apart")
    gains = _gains(serving, with_adapter(serving, adapter), held, lambda: progress.advance("adapter", 1))
    progress.finish("adapter")
    one = intervals(np.array(gains)[:, None], lowest=-1.0)[0]
    gain = Ends(one.value, one.low, one.high)
    why = "" if gain.low > 0 else "it was not shown to be better on questions about other items"
    items = () if why else tuple(serving.catalogue.id(one.position) for one in fitted_to)
    return adapter, Adapting(len(pairs.items), len(gains), gain, why, items)


# --- questions --------------------------------------------------------------------------------------------------------


def _asked(serving: Serving) -> Iterator[MadeUp]:
    """Questions that have words, each about an item of its own that is no copy, in an order drawn once."""
    random = np.random.default_rng(SEED)
    heads = np.flatnonzero(serving.heads == np.arange(len(serving.heads)))
    drawn: list[int] = random.permutation(heads)[: PAIRS + HELD].tolist()
    like = Vocabulary(serving, drawn).like
    for number, position in enumerate(drawn):
        item = serving.catalogue.item(position)
        spans = telling_first(serving, item, position)
        one = made_up(item.text, spans, position, LENGTHS[number % len(LENGTHS)], random, like)
        if one and _read(serving, one):
            yield one


def _read(serving: Serving, question: MadeUp) -> str:
    """What of the question is embedded; empty where it has no words."""
    try:
        return serving.read(Request(question.text)).asked
    except RequestError:
        return ""


def _pairs(serving: Serving, questions: Sequence[MadeUp]) -> Pairs:
    if serving.embedder is None:  # `adapt` looked
        raise UsageError("the Release has no embedder; set models.embedder and run `firstfive build`")
    asked = serving.embedder.embed([_read(serving, one) for one in questions])
    meant = np.stack([meant_without(serving, one) for one in questions])
    return Pairs(asked, meant, _positions(questions))


def _positions(questions: Sequence[MadeUp]) -> Positions:
    return np.array([one.position for one in questions], dtype=np.int64)


def _gains(before: Serving, after: Serving, questions: Sequence[MadeUp], done: Callable[[], None]) -> list[float]:
    """How much more nDCG@10 each question has after."""

    def gain(question: MadeUp) -> float:
        return _found(after, question) - _found(before, question)

    gains = []
    with ThreadPoolExecutor(os.cpu_count() or 1, "adapter") as pool:
        for one in pool.map(gain, questions):
            done()
            gains.append(one)
    return gains


def _found(serving: Serving, question: MadeUp) -> float:
    """nDCG@10 of the question's one item, ranked as live."""
    blind = without_sentence(serving, question)
    reading = serving.read(Request(question.text))
    query = blind.query_text(reading, demand=True)
    ranked = asking.find(blind, query).positions[:DEPTH]
    places = np.flatnonzero(serving.heads[ranked] == serving.heads[question.position])
    return float(1 / np.log2(2 + places[0])) if len(places) else 0.0
