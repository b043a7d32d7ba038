"""What was learned from behaviour, as a stage of an answer: the same lines as it was learned from.

candidates ─and those that behaviour brings─▶ features ─ranker─▶ blended with the score so far

What a visit's answers and the request's own numbers say counts as without learning, whatever others liked.
It comes before a model reads the first items, so that the model reads those that will be shown. The model's scores then
go through the same ranker once more, for the items that were read, and move these within the model's bound.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from firstfive.app import adapted, asking, born
from firstfive.errors import LearnError
from firstfive.features import DAY_S, WORTH, Crowd, fresh, rated, rows
from firstfive.index import MappedCatalogue
from firstfive.index.files import damaged
from firstfive.learn import blend
from firstfive.observe import log
from firstfive.rank import Stage
from firstfive.release import in_use
from firstfive.types import Candidates, Request, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId, Numbers, Positions, ReleaseId, Scores

PART = "learned"
"""The part of a Release, and its folder, that what was learned is in."""

CONSIDERED = 100
"""Candidates of the channels that are looked at again."""
BROUGHT = 40
"""Items that behaviour may bring by each of its three ways."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a learned ranking goes by, beside its ranker.

    share: how much of the ranking is handed over; 0: nothing changes at all. born (items,): the day of each item, see
    `born`, NaN where it is not known, or (0,) where the ranker does not look at newness; dated: the field that it was
    read from; empty: it is the first import. worth: how far the ranker says what a
    model's score is worth; by: the prompts and models whose scores it learned that from.
    """

    crowd: Crowd
    share: float
    born: Numbers = field(default_factory=lambda: np.empty(0))
    dated: str = ""
    worth: float = 0.0
    by: frozenset[str] = frozenset()

    def parts(self) -> dict[str, str]:
        """The part of a Release that first imports are, where this goes by them."""
        return {born.PART: born.name_of(self.born)} if len(self.born) and not self.dated else {}


def today() -> float:
    """Now, in days of the calendar of 1970."""
    return time() / DAY_S


@dataclass(frozen=True, slots=True, eq=False)
class LearnedRanking:
    """A Release's learned part. day: gives the day as of which items are new, now for those who ask now; NaN: none."""

    known: Known
    ranker: Callable[[Scores], Scores]
    day: Callable[[], float] = today


class Blending:
    """A learned ranking at work on one request: its stage, and then what a model's scores are worth."""

    def __init__(self, learned: LearnedRanking, serving: Serving, query: Query, gone: Collection[int]) -> None:
        """gone: positions that must not be shown, and so are not brought."""
        self._known, self._ranker = learned.known, learned.ranker
        self._asked = serving, query, gone
        self._day = learned.day()
        self._seen: tuple[Positions, Scores, Scores] | None = None

    def stage(self) -> Stage:
        """The stage that blends what was learned into the scores so far."""
        serving, query, gone = self._asked

        def step(request: Request, candidates: Candidates) -> Candidates:  # noqa: ARG001
            every = considered(serving, query, candidates, self._known.crowd, gone)
            days = self._known.born
            newness = fresh(days[every.positions], self._day) if len(days) else None
            seen = features(serving, query, every, self._known.crowd, newness)
            learned = self._ranker(seen)
            self._seen = every.positions, seen, learned
            lost = asking.lost(serving, query, every.positions)
            scores = blend(every.scores, learned - lost, self._known.share)
            return replace(every, scores=scores).take(np.argsort(-scores, kind="stable"))

        return Stage("learned", step, f"learned({self._known.share:g})")

    def worth(self, positions: Positions, fits: Scores, by: Collection[str]) -> Scores:
        """What a model's scores (n,) of these items add to theirs: as far as that was learned, else as without.

        by: the prompt and the models that gave them. Scores by others than were learned from are on another scale. What
        the stage did not have counts as without.
        """
        fixed = np.float32(WORTH) * fits
        if not self._known.worth or self._seen is None or not self._known.by.issuperset(by):
            return fixed
        every, seen, before = self._seen
        _, rows_of, here = np.intersect1d(every, positions, return_indices=True)
        given = np.full(len(every), np.nan, dtype=np.float32)
        given[rows_of] = fits[here]
        gained = (self._ranker(rated(seen, given)) - before)[rows_of]
        fixed[here] = blend(fixed[here], gained, self._known.worth)
        return fixed


def considered(
    serving: Serving, query: Query, candidates: Candidates, crowd: Crowd, gone: Collection[int] = ()
) -> Candidates:
    """The first candidates and, behind them, items that behaviour brings and that may be shown: at score 0, or below it
    where they state otherwise than the request.

    Of items that are copies of each other one is brought, and none of a candidate.
    """
    first = candidates.take(slice(0, CONSIDERED))
    brought = crowd.brings(likes_of(serving, query), query.vector, BROUGHT)
    allowed = np.ones(len(serving.catalogue), dtype=bool) if query.among is None else query.among
    brought = brought[allowed[brought] & ~np.isin(brought, list(gone))]
    heads, one_each = np.unique(serving.heads[brought], return_index=True)
    new = brought[np.sort(one_each[~np.isin(heads, serving.heads[first.positions])])]
    nothing = np.zeros(len(new), dtype=np.float32)
    return joined(first, Candidates(new, -asking.lost(serving, query, new), dict.fromkeys(first.channels, nothing)))


def joined(first: Candidates, rest: Candidates) -> Candidates:
    """One list behind the other, of the same channels."""
    return Candidates(
        np.concatenate([first.positions, rest.positions]),
        np.concatenate([first.scores, rest.scores]),
        {name: np.concatenate([scores, rest.channels[name]]) for name, scores in first.channels.items()},
    )


def features(
    serving: Serving, query: Query, candidates: Candidates, crowd: Crowd, newness: Scores | None = None
) -> Scores:
    """(n, len(FEATURES)): what the ranker sees of the candidates. newness (n,): how fresh each is; None: not known."""
    also = _stated(serving, query, candidates.positions)
    if newness is not None:
        also["fresh"] = newness
    return rows(candidates, crowd, likes=likes_of(serving, query), vector=query.vector, also=also)


def _stated(serving: Serving, query: Query, positions: Positions) -> dict[str, Scores]:
    """How much of what the visit's answers and the request's own numbers say each item states, and how much it denies,
    (n,) each; nothing where they say nothing.
    """
    said = asking.stated(serving, query)
    if not said:
        return {}
    states = np.stack([one.yes[positions] for one in said])
    silent = np.stack([one.perhaps[positions] for one in said])
    counts = {"agrees": states.sum(axis=0), "contradicts": (~states & ~silent).sum(axis=0)}
    return {name: count.astype(np.float32) for name, count in counts.items()}


def likes_of(serving: Serving, query: Query) -> list[int]:
    """Where the items stand that the request goes near."""
    return [serving.position(item) for item in query.reading.request.like]


# --- files ------------------------------------------------------------------------------------------------------------


def write(folder: Path, known: Known, model: bytes, how: LearnedFrom | None = None) -> None:
    """Writes what was learned into a Release's folder."""
    place = folder / PART
    place.mkdir()
    (place / "ranker.txt").write_bytes(model)
    last_s = how.until.timestamp() if how and how.until else 0.0
    judged = np.array(sorted(how.judged if how else ()), dtype="U32")
    arrays = {one.name: getattr(known.crowd, one.name) for one in fields(Crowd)}
    by = np.array(sorted(known.by), dtype=np.str_)
    np.savez(
        place / "crowd.npz",
        share=known.share,
        born=known.born,
        dated=known.dated,
        worth=known.worth,
        by=by,
        until=last_s,
        judged=judged,
        **arrays,
    )


def load(folder: Path) -> LearnedRanking | None:
    """What `write` wrote; None where there is nothing, or where LightGBM is gone, which is logged: ranking goes on.

    Raises IndexFileError index.corrupt.
    """
    place = folder / PART
    if not place.exists():
        return None
    try:
        from firstfive.learn.ranker import Ranker  # LightGBM, which only those need who have learned

        return LearnedRanking(read_known(folder), Ranker((place / "ranker.txt").read_bytes()))
    except LearnError as error:
        log("recommend").error("answering without what was learned: %s", error)
        return None
    except OSError as error:
        raise damaged(place / "ranker.txt", str(error)) from error


def read_known(folder: Path) -> Known:
    """What a Release's folder has, also from an older version. Raises IndexFileError index.corrupt."""
    path = folder / PART / "crowd.npz"
    try:
        with np.load(path) as kept:
            arrays = {one.name: kept[one.name] for one in fields(Crowd) if one.name != "visitors"}
            crowd = Crowd(int(kept["visitors"]), **arrays)
            known = Known(crowd, float(kept["share"]))
            if "born" in kept:  # an older version knew neither newness nor models' scores
                days, by = np.asarray(kept["born"], dtype=np.float64), frozenset(kept["by"].tolist())
                known = replace(known, born=days, dated=str(kept["dated"]), worth=float(kept["worth"]), by=by)
        items = len(MappedCatalogue(folder / "catalogue"))
        whole = (crowd.liked, crowd.lately, crowd.near, crowd.nearness, *([known.born] if known.born.size else ()))
        if any(array.shape[:1] != (items,) for array in whole):
            raise ValueError("it has not one line an item")
        return known
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise damaged(path, str(error)) from error


@dataclass(frozen=True, slots=True)
class LearnedFrom:
    """What a Release learned from, so that nothing is measured with it. until: when the last of it was said.

    judged: judged requests, by `name_of`.
    """

    until: datetime | None = None
    judged: frozenset[str] = frozenset()


def name_of(text: str) -> str:
    """Stands for a request's text."""
    return digest("judged", text)


def for_learning(text: str) -> bool:
    """Whether a judged request is of the half that is learned from: drawn by its words, the same in every run."""
    return int(name_of(text)[:8], 16) % 2 == 0


def learned_from(folder: Path) -> LearnedFrom | None:
    """What the Release in a folder learned from; None where it learned from nothing.

    Raises IndexFileError index.corrupt.
    """
    path = folder / PART / "crowd.npz"
    if not path.exists():
        return None
    try:
        with np.load(path) as kept:
            last_s, judged = float(kept["until"]), frozenset(kept["judged"].tolist())
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise damaged(path, str(error)) from error
    return LearnedFrom(datetime.fromtimestamp(last_s, UTC) if last_s else None, judged)


def judged_before(project: Project, releases: Iterable[ReleaseId]) -> frozenset[str]:
    """Judged requests, by `name_of`, that one of these Releases learned from: with these none of them is measured."""
    found = (learned_from(project.releases / release) for release in releases)
    return frozenset().union(*(one.judged for one in found if one))


@dataclass(frozen=True, slots=True, eq=False)
class GoesOn:
    """What was learned, as it goes on in the next Release. parts: of that Release; before: the folder it is taken from.

    days (items,): the first imports of the next Release's items, where the ranking goes by these; else (0,).
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    before: Path = Path()
    days: Numbers = field(default_factory=lambda: np.empty(0))

    def into(self, folder: Path) -> None:
        """Takes it over into the folder of that Release, while it is being written and has its catalogue."""
        if PART in self.parts:
            carry(self.before, folder, self.days)
        if adapted.PART in self.parts:
            adapted.carry(self.before, folder)


def goes_on(project: Project, embedder: str, items: Iterable[ItemId]) -> GoesOn:
    """What was learned goes on from the Release in use to the next one, which has these items, in their order.

    Nothing where another embedder builds. Where the ranking goes by first imports, these are looked up anew.
    """
    with project.store.read() as unit:
        now = in_use(unit.releases.all(), unit.releases.history())
    if now is None or now.parts.get("embedder", "") != embedder:
        return GoesOn()
    folder = project.releases / now.id
    parts = {part: now.parts[part] for part in (PART, adapted.PART) if part in now.parts and (folder / part).exists()}
    if PART not in parts or born.PART not in now.parts:
        return GoesOn(parts, folder)
    days = born.imported(project.store, items)
    return GoesOn({**parts, born.PART: born.name_of(days)}, folder, days)


def carry(before: Path, folder: Path, days: Numbers) -> None:
    """Takes what was learned from one Release's folder into another's, to where its items stand now.

    Of an item that is gone nothing stays; of a new one nothing is known but, where that counts, when it came. days
    (items,): their first imports, where these count; a named field is read from the items themselves.
    """
    known = read_known(before)
    old, new = MappedCatalogue(before / "catalogue"), MappedCatalogue(folder / "catalogue")
    stood = (old.position(new.id(position)) for position in range(len(new)))
    moved = _moved(known.crowd, np.array([-1 if place is None else place for place in stood], dtype=np.int64))
    came = born.dates(new, known.dated) if known.dated else days
    write(folder, replace(known, crowd=moved, born=came), b"", learned_from(before))
    shutil.copyfile(before / PART / "ranker.txt", folder / PART / "ranker.txt")


def _moved(crowd: Crowd, old: Positions) -> Crowd:
    """The crowd of a catalogue whose items stood at `old` before, (items,); -1: nowhere."""
    new = np.full(len(crowd.liked) + 1, -1, dtype=np.int64)  # one more, for what is at -1
    new[old] = np.arange(len(old))
    new[-1] = -1
    there = old >= 0
    near = np.where(there[:, None], new[crowd.near[old]], -1)
    kept = np.flatnonzero(new[crowd.asked] >= 0)
    kept = kept[np.argsort(new[crowd.asked[kept]])]
    return Crowd(
        crowd.visitors,
        np.where(there, crowd.liked[old], 0).astype(np.float32),
        near,
        np.where(near >= 0, crowd.nearness[old], 0).astype(np.float32),
        new[crowd.asked[kept]],
        crowd.wanted[kept],
        crowd.trust[kept],
        np.where(there, crowd.lately[old], 0).astype(np.float32),
    )
