"""Use case: people label pairs of a request and an item, and what they said is read, brought in and written out.

    draw ─▶ pairs ─desk─▶ one after the other ─say─▶ labels ─▶ judge, evaluate --judged, chances

The sample is drawn once, at random, and stored. A first person labels all of it, a second one a part, without seeing
the first one's grades.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import takewhile
from statistics import median
from typing import TYPE_CHECKING

from firstfive.errors import IndexFileError, NotFound, RequestError, SourceError
from firstfive.index import MappedCatalogue
from firstfive.measure import Query, read_qrels, read_queries, sample, spellings
from firstfive.measure.agreement import HIGHEST
from firstfive.ports import Label, Pair, Person
from firstfive.types import ItemId, digest

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.recommend import Recommender
    from firstfive.app.wiring import Project
    from firstfive.measure import Qrels
    from firstfive.ports import Unit
    from firstfive.types import Item, Slate

N = 100
AGAIN = 60
"""How many pairs a second person gets: the rule of a judge asks for 50 requests that two people graded."""
SHOWN = 5
"""How many of the first items of a request from a file can be drawn."""
MOST = 20_000
"""Stored Slates that are looked at, the newest."""
PORTION = 500
LONGEST_WHO = 40
LONGEST_S = 3_600.0
OTHER: Mapping[Person, Person] = {"first": "second", "second": "first"}


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a draw added to the sample: pairs of requests, and what is there now. source: where requests came from."""

    added: int
    pairs: int
    requests: int
    again: int
    source: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What one person has in front of them. done of total pairs, skipped ones too; pair None: nothing is left.

    median_s: seconds that a label took; None: none was timed yet. missing: pairs whose item is in no Release any more.
    """

    person: Person
    who: str
    done: int
    total: int
    skipped: int
    missing: int
    median_s: float | None
    pair: Pair | None = None
    item: Item | None = None


# --- drawing ----------------------------------------------------------------------------------------------------------


def draw(
    project: Project, n: int = N, *, seed: int = 0, queries: str | Path | None = None, whole: bool = False
) -> Sampled:
    """Draws pairs until n are there, from a file's requests or else from stored ones, and stores them.

    A stored request is one in words alone, without a filter or answers, and each is taken once; its items are those
    that were shown. A file's requests are ranked by the Release in use, without storing a Slate. whole: all items of a
    request, so that Success@5 can be told from labels. What was drawn before stays.

    Raises RequestError where n is drawn already, SourceError measure.nothing where there is no request, and what
    reading and ranking raise.
    """
    with project.store.read() as unit:
        there = unit.pairs.all()
    if len(there) >= n:
        raise RequestError(
            f"{len(there)} pairs are drawn already and {n} were asked for; label these, or ask for more with --n"
        )
    asked = list(_of_file(project, queries) if queries is not None else _of_store(project))
    known = {(pair.qid, pair.item) for pair in there}
    requests = {pair.qid: pair for pair in asked}
    shown: dict[str, list[str]] = {}
    for pair in asked:
        if (pair.qid, pair.item) not in known:
            shown.setdefault(pair.qid, []).append(pair.item)
    if not shown:
        raise SourceError(
            "there is no request to draw from: none was stored yet in words alone; name a file of requests, --queries",
            code="measure.nothing",
        )
    _same_words(there, requests.values())
    again = max(0, AGAIN - sum(pair.again for pair in there))
    drawn = [
        Pair(one.qid, of.request, ItemId(one.item), of.created, one.again, of.recomm_id)
        for one in sample(shown, n - len(there), seed=seed, whole=whole, again=again)
        for of in (requests[one.qid],)
    ]
    added = project.store.write(lambda unit: unit.pairs.add(drawn))
    every = [*there, *drawn]
    source = str(queries) if queries is not None else "stored requests"
    return Sampled(added, len(every), len({one.qid for one in every}), sum(one.again for one in every), source)


def draw_for(project: Project, recommender: Recommender) -> Sampled:
    """Adds what a Release shows first for the requests that were drawn whole and is not among their pairs yet.

    So that labels tell of that Release too: the requests stay the same. Raises RequestError where it shows nothing new,
    and what ranking raises.
    """
    with project.store.read() as unit:
        there = unit.pairs.all()
    of: dict[str, list[Pair]] = {}
    for pair in there:
        of.setdefault(pair.qid, []).append(pair)
    release = recommender.release.id
    asked = [(qid, pairs[0].request) for qid, pairs in of.items()]
    added = [
        Pair(qid, of[qid][0].request, item, of[qid][0].created, recomm_id=of[qid][0].recomm_id)
        for qid, ranking in recommender.many(asked, SHOWN)
        if len(of[qid]) >= len(ranking)
        for item, _ in ranking
        if item not in {pair.item for pair in of[qid]}
    ]
    if not added:
        raise RequestError(
            f"release {release[:12]} shows nothing new for the requests that were drawn whole; label what is there, or "
            "draw requests first, with --whole"
        )
    n = project.store.write(lambda unit: unit.pairs.add(added))
    return Sampled(n, len(there) + n, len(of), sum(pair.again for pair in there), f"release {release[:12]}")


def _of_file(project: Project, queries: str | Path) -> Iterator[Pair]:
    asked = [(query.qid, query.text) for query in read_queries(queries) if any(map(str.isalnum, query.text))]
    texts, now = dict(asked), datetime.now(UTC)
    for qid, ranking in project.recommender.many(asked, SHOWN):
        for item, _ in ranking:
            yield Pair(qid, texts[qid], item, now)


def _of_store(project: Project) -> Iterator[Pair]:
    """What was shown for each distinct request, where the Release in use still has the item."""
    for slate in _distinct(project):
        for place in slate.places:
            if item_of(project.recommender, place.item):
                yield Pair(slate.recomm_id, slate.request.text, place.item, slate.created, recomm_id=slate.recomm_id)


def _distinct(project: Project) -> Iterator[Slate]:
    """The newest stored Slate of each distinct request in words alone."""
    seen: set[str] = set()
    for slate in _slates(project):
        request = slate.request
        words = " ".join(request.text.split())
        alone = not (request.filter or request.like or request.unlike or request.told or request.vector)
        if not alone or not any(map(str.isalnum, words)) or words in seen:
            continue
        seen.add(words)
        yield slate


def some_stored(project: Project, n: int, seed: int = 0) -> list[Pair]:
    """n of the stored requests in words alone, at random, each with one item of what was shown.

    Where requests are drawn whole, with the same seed, those that come first here are those that people label first.
    """
    shown = {pair.qid: pair for pair in _of_store(project)}
    drawn = sample({qid: [pair.item] for qid, pair in shown.items()}, n, seed=seed)
    return [shown[one.qid] for one in drawn]


def stored_requests(project: Project) -> list[Query]:
    """The stored requests in words alone, the newest first. qid: the recommId of the newest Slate of these words."""
    return [Query(slate.recomm_id, slate.request.text) for slate in _distinct(project)]


def _slates(project: Project) -> Iterator[Slate]:
    cursor, read = "", 0
    while read < MOST:
        with project.store.read() as unit:
            slates, cursor = unit.slates.page(cursor, PORTION)
        yield from slates
        read += len(slates)
        if not cursor:
            return


def _same_words(there: Iterable[Pair], drawn: Iterable[Pair]) -> None:
    """Refuses a qid that stands for another request in the sample."""
    known = {pair.qid: pair.request for pair in there}
    for pair in drawn:
        if known.get(pair.qid, pair.request) != pair.request:
            raise SourceError(
                f"the qid {pair.qid!r} stands for another request among the pairs that were drawn; give each request "
                "a qid of its own",
                code="measure.files",
            )


def item_of(recommender: Recommender, name: str) -> Item | None:
    """The Release's item of this id, as it is or as qrels write it."""
    for written in spellings(name):
        with suppress(NotFound):
            return recommender.item(written)
    return None


# --- labelling --------------------------------------------------------------------------------------------------------


def desk(project: Project, person: Person, who: str) -> Desk:
    """The next pair of a person who labels, and how far they are. A pair whose item is gone is left out.

    An item is shown as the Release in use has it, or else one of those that wait to be promoted.

    Raises RequestError for a name that labels as the other person already, or that is none.
    """
    with project.store.read() as unit:
        pairs, labels = _theirs(unit, person), unit.pairs.labels()
    who = named(labels, person, who)
    said = {(one.qid, one.item): one for one in labels if one.person == person}
    full = {qid for qid, times in Counter(qid for qid, _ in said).items() if times >= SHOWN}
    left = [pair for pair in pairs if (pair.qid, pair.item) not in said]
    left.sort(key=lambda pair: pair.qid not in full)  # what came to a request afterwards, before other requests
    find = finder(project)
    here = [(pair, found) for pair in left if (found := next(find(pair.item), None))]
    pair, found = here[0] if here else (None, None)
    return Desk(
        person,
        who,
        len(said),
        len(said) + len(here),
        sum(one.grade is None for one in said.values()),
        len(left) - len(here),
        median_s(said.values()),
        pair,
        found[0].item(found[1]) if found else None,
    )


def finder(project: Project) -> Callable[[ItemId], Iterator[tuple[MappedCatalogue, int]]]:
    """Finds where an item stands: in the catalogue in use, then in those that wait, the newest first."""

    @cache
    def waiting() -> list[MappedCatalogue]:
        with project.store.read() as unit:
            releases, history = unit.releases.all(), unit.releases.history()
        found = []
        for one in takewhile(lambda one: one.id not in history[:1], releases):
            with suppress(IndexFileError):  # damaged, or pruned just now: it shows nothing
                found.append(MappedCatalogue(project.releases / one.id / "catalogue"))
        return found

    def shelves() -> Iterator[MappedCatalogue]:
        yield project.recommender.serving.catalogue
        yield from waiting()

    def find(item: ItemId) -> Iterator[tuple[MappedCatalogue, int]]:
        places = ((shelf, shelf.position(item)) for shelf in shelves())
        return ((shelf, place) for shelf, place in places if place is not None)

    return find


def median_s(labels: Iterable[Label]) -> float | None:
    """Seconds that a grade took, the median; None where none was timed."""
    times = [one.seconds for one in labels if one.seconds is not None and one.grade is not None]
    return median(times) if times else None


def _theirs(unit: Unit, person: Person) -> list[Pair]:
    """A person's pairs, in the order in which they see them: the second one's is another."""
    pairs = unit.pairs.all()
    if person == "first":
        return list(pairs)
    return sorted((pair for pair in pairs if pair.again), key=lambda pair: digest(pair.qid, pair.item))


def named(labels: Sequence[Label], person: Person, who: str) -> str:
    """The name, tidied. Raises RequestError for one that is none, or that labelled as the other person."""
    who = " ".join(who.split())
    if not 0 < len(who) <= LONGEST_WHO or not who.isprintable():
        raise RequestError(f"a name has 1 to {LONGEST_WHO} readable characters; choose any, such as a letter")
    if any(one.who == who and one.person == OTHER[person] for one in labels):
        raise RequestError(
            f"{who} labels as the {OTHER[person]} person already; a {person} one must be somebody else: take another "
            "name, and do not look at the other grades"
        )
    return who


def say(
    project: Project, person: Person, who: str, qid: str, item: str, grade: int | None, seconds: float | None = None
) -> None:
    """Keeps what a person says of a pair; None skips it. RequestError for a pair that this person is not asked about,
    or a grade that is none.
    """
    if grade is not None and not 0 <= grade <= HIGHEST:
        raise RequestError(f"{grade} is no grade; grades go from 0 to {HIGHEST}")
    timed = None if seconds is None else min(max(0.0, seconds), LONGEST_S)

    def work(unit: Unit) -> None:
        name = named(unit.pairs.labels(), person, who)
        if not any((pair.qid, pair.item) == (qid, item) for pair in _theirs(unit, person)):
            raise RequestError(f"this pair is not one of those for the {person} person; open the page again")
        unit.pairs.label([Label(qid, ItemId(item), person, name, grade, timed, datetime.now(UTC))])

    project.store.write(work)


def undo(project: Project, person: Person, who: str) -> bool:
    """Takes back what this person said last; False where there is nothing."""

    def work(unit: Unit) -> bool:
        labels = unit.pairs.labels()
        name = named(labels, person, who)
        theirs = [one for one in labels if one.person == person and one.who == name]
        if not theirs:
            return False
        last = max(theirs, key=lambda one: one.at)
        return unit.pairs.unlabel(last.qid, last.item, person)

    return project.store.write(work)


# --- reading, bringing in and writing out -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A pair with what was said of it. None: nothing, or it was skipped."""

    pair: Pair
    first: Label | None = None
    second: Label | None = None


def rows(project: Project) -> list[Row]:
    """Every pair in the order in which it was drawn, with its labels."""
    with project.store.read() as unit:
        pairs, labels = unit.pairs.all(), unit.pairs.labels()
    said = {(one.qid, one.item, one.person): one for one in labels}
    return [
        Row(pair, said.get((pair.qid, pair.item, "first")), said.get((pair.qid, pair.item, "second"))) for pair in pairs
    ]


def grades(project: Project, person: Person) -> list[tuple[Pair, int]]:
    """What a person said, but for what was skipped."""
    found = ((row.pair, row.first if person == "first" else row.second) for row in rows(project))
    return [(pair, label.grade) for pair, label in found if label and label.grade is not None]


def whole_requests(project: Project) -> list[tuple[str, dict[ItemId, int]]]:
    """Requests with five labels of the first person or more, which may be all that is shown, and the grades by item."""
    found: dict[str, dict[ItemId, int]] = {}
    for pair, grade in grades(project, "first"):
        found.setdefault(pair.request, {})[pair.item] = grade
    return [(text, said) for text, said in found.items() if len(said) >= SHOWN]


def bring_in(project: Project, queries: str | Path, labels: str | Path, *, person: Person, who: str) -> int:
    """Takes labels in from qrels, with the requests that they are of; returns how many.

    They join the sample: they count as a random one. Raises SourceError for files, for a label whose request is in
    none, and for a qid that stands for another request; RequestError for a name.
    """
    texts = {query.qid: query.text for query in read_queries(queries)}
    graded = graded_in(read_qrels(labels), labels)
    unknown = next((qid for qid, _ in graded if qid not in texts), None)
    if unknown is not None:
        raise SourceError(
            f"{labels} has a label for the qid {unknown!r}, which {queries} does not have; do the files match?",
            code="measure.files",
        )
    now = datetime.now(UTC)
    pairs = [Pair(qid, texts[qid], _id(project, item), now, person == "second") for qid, item in graded]

    def work(unit: Unit) -> int:
        name = named(unit.pairs.labels(), person, who)
        _same_words(unit.pairs.all(), pairs)
        unit.pairs.add(pairs)
        return unit.pairs.label(
            [
                Label(pair.qid, pair.item, person, name, grade, None, now)
                for pair, grade in zip(pairs, graded.values(), strict=True)
            ]
        )

    return project.store.write(work)


def _id(project: Project, written: str) -> ItemId:
    """The id that qrels write so."""
    found = item_of(project.recommender, written)
    return found.id if found else spellings(written)[0]


def graded_in(qrels: Qrels, file: str | Path) -> dict[tuple[str, str], int]:
    """Grades by qid and item. Raises SourceError for one outside 0 to 3."""
    worst = next((int(grade) for grade in qrels.grades if not 0 <= grade <= HIGHEST), None)
    if worst is not None:
        raise SourceError(
            f"{file} has the grade {worst}; a judge's grades go from 0 to {HIGHEST}", code="measure.files"
        )
    every = zip(qrels.query, qrels.item, qrels.grades, strict=True)
    return {(qrels.qids[query], qrels.ids[item]): int(grade) for query, item, grade in every}
