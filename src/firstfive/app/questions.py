"""Evaluation requests: judged by people, taken from visitors, or generated.

Visitors' requests measure a Release that learned from visitors: each visitor's last request after everything that it
learned from, with the item they liked. A generated request is about an item that both Releases have, from a sentence
that stands in both; a blind one is answered as if the item lacked that sentence. No embedder takes part in choosing it,
so that it favours neither.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import adapted, asking, learned, nearby
from firstfive.app.blind import without_sentence
from firstfive.app.calibrating import learned_from
from firstfive.app.heard import VISITORS, Said, last_of_each, request_of, said
from firstfive.ask.made_up import LENGTHS, MadeUp, made_up
from firstfive.errors import RequestError, SourceError, UsageError
from firstfive.measure import MADE_UP, Query, qrels_of, read_qrels, read_queries, run_of
from firstfive.types import Request, Span

if TYPE_CHECKING:
    from firstfive.app.following import Now
    from firstfive.app.nearby import Ranking
    from firstfive.app.recommend import Recommender
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.measure import Qrels, Run
    from firstfive.ports import Progress
    from firstfive.types import ItemId

SEED = 11
"""Not that of the questions from which the chance of a match is learned."""
TUNING, JUDGING = "tuning", "judging"
"""What written made-up requests are for; an item is of one half for ever."""
AT_ONCE = 256
"""Requests whose vectors are asked for together."""


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up request: the item that it is about, and the sentence that it is from."""

    query: Query
    item: ItemId
    sentence: str
    blind: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """Requests, what is right for them, and where they are from, in words.

    made: those of them that are made up. heard: those of visitors, as they can be asked now. note: why it is not these.
    """

    asked: Sequence[Query]
    right: Qrels
    said: str
    made: Sequence[Made] = ()
    heard: Sequence[Request] = ()
    note: str = ""


def questions_for(
    project: Project,
    releases: Sequence[Now],
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    *,
    visitors: bool = False,
) -> Questions:
    """The judged requests of these files, or of `[goal]`; else requests made up from items of all Releases.

    visitors: rather than made-up ones those of visitors, for the last Release, where it learned from earlier ones.
    Judged requests that a Release learned from are not among them.

    Raises SourceError (measure.files, measure.nothing), and UsageError where one of two files is named.
    """
    goal = project.settings.goal
    files = [str(queries or (goal.queries and project.folder / goal.queries))]
    files.append(str(qrels or (goal.qrels and project.folder / goal.qrels)))
    _there(*files)
    if both_named(*files):
        judged = learned.judged_before(project, [now.release.id for now in releases])
        texts = (query for query in read_queries(files[0]) if any(char.isalnum() for char in query.text))
        asked = [query for query in texts if learned.name_of(query.text) not in judged]
        held_out(asked, JUDGING)
        right = read_qrels(files[1]).spelt(*(now.serving.catalogue for now in releases))
        return Questions(asked, right, f"{len(asked):,} requests of {Path(files[0]).name}")
    heard = _heard(project, releases) if visitors else None
    if heard and len(heard) >= VISITORS:
        return _of_visitors(releases, heard)
    folders = [project.releases / now.release.id for now in releases]
    seen = frozenset().union(*map(learned_from, folders), *map(adapted.fitted_to, folders))
    made = list(made_up_for(releases, goal.made_up, seen))
    if not made:
        raise SourceError(
            "no request can be made up: the Releases share no item with a sentence; judge some requests, and name "
            "them with --queries and --qrels",
            code="measure.nothing",
        )
    right = qrels_of((one.query.qid, item, 1) for one in made for item in _same(releases, one.item))
    words = f"{len(made):,} requests made up from items; no person asked them"
    return Questions([one.query for one in made], right, words, made, note="" if heard is None else _waits(len(heard)))


def _there(queries: str, qrels: str) -> None:
    """Raises SourceError for a name of nothing or of a folder. A pipe is a file: `--queries <(...)`."""
    for setting, file in (("queries", queries), ("qrels", qrels)):
        if file and (not Path(file).exists() or Path(file).is_dir()):
            raise SourceError(f"there is no file {file}, which goal.{setting} or --{setting} names; correct the name")


def both_named(queries: object, qrels: object) -> bool:
    """Whether they are. Raises UsageError where only one of the two is."""
    if bool(queries) != bool(qrels):
        raise UsageError("requests and what is right for them go together; name both, --queries and --qrels")
    return bool(queries)


def _heard(project: Project, releases: Sequence[Now]) -> list[tuple[Said, Request]] | None:
    """Visitors' last likes after all that the measured Release learned from, with their requests as they can be asked.

    None where its ranking is not another than that of the others: that alone was learned from visitors.
    """
    new, others = releases[-1], releases[:-1]
    part = new.release.parts.get(learned.PART)
    if part is None or any(now.release.parts.get(learned.PART) == part for now in others):
        return None
    how = learned.learned_from(project.releases / new.release.id)
    if how is None or how.until is None:
        return None
    rows, slates = said(project.store, new.serving)
    later = last_of_each([row for row in rows if row.signal.recomm_id in slates], how.until)
    asked = [(row, request_of(new.serving, slates[slate])) for row in later if (slate := row.signal.recomm_id)]
    return [(row, request) for row, request in asked if all(_can_ask(now, request, row) for now in releases)]


def _waits(heard: int) -> str:
    return (
        f"Visitors say more of what was learned from them: once {VISITORS} liked something after all of that, it is "
        f"measured with what they liked; {heard:,} did so far."
    )


def _of_visitors(releases: Sequence[Now], heard: Sequence[tuple[Said, Request]]) -> Questions:
    queries = [Query(f"heard-{number}", request.text) for number, (_, request) in enumerate(heard, 1)]
    right = qrels_of(
        (query.qid, item, 1)
        for query, (row, _) in zip(queries, heard, strict=True)
        for item in _same(releases, row.signal.item)
    )
    words = f"{len(queries):,} requests of visitors, the last of each, later than all that was learned from"
    return Questions(queries, right, words, heard=[request for _, request in heard])


def _can_ask(now: Now, request: Request, row: Said) -> bool:
    """Whether a Release has all that a request names, and shows what was liked."""
    place = now.serving.catalogue.position(row.signal.item)
    there = (now.serving.catalogue.position(item) is not None for item in request.like)
    return place is not None and place not in now.hidden and all(there) and any(map(str.isalnum, request.text))


def held_out(asked: Sequence[Query], use: str) -> None:
    """Raises UsageError where a request was made up for the other use: what settings were tuned on cannot judge them,
    and what judges must not be tuned on.
    """
    other = TUNING if use == JUDGING else JUDGING
    wrong = next((query.qid for query in asked if query.qid.startswith(f"{MADE_UP}{other}-")), None)
    if wrong:
        raise UsageError(f"{wrong} was made up for {other} alone; take the file for {use} that was written beside it")


def made_up_for(
    releases: Sequence[Now], n: int, learned: Collection[ItemId] = frozenset(), seed: int = SEED
) -> Iterator[Made]:
    """At most n, each from an item of its own that every one of these Releases has and shows.

    learned: items that a chance of a match or an adapter was learned from; they come last, and there are enough others
    in all but small catalogues.
    """
    (first, hidden), *others = [(now.serving, now.hidden) for now in releases]
    random = np.random.default_rng(seed)
    drawn = random.permutation(len(first.catalogue)).tolist()
    order = sorted(drawn, key=lambda position: first.catalogue.id(position) in learned)
    found = 0
    for position in order:
        if found == n:
            return
        item = first.catalogue.item(position)
        if first.heads[position] != position or position in hidden:
            continue
        texts = [_text(other, item.id) for other, _ in others]
        spans = [span for span in item.passages if all(item.text[span.start : span.end] in text for text in texts)]
        one = made_up(item.text, spans, position, LENGTHS[found % len(LENGTHS)], random)
        if one and any(char.isalnum() for char in one.text):
            found += 1
            sentence = item.text[one.span.start : one.span.end]
            yield Made(Query(f"{MADE_UP}{found}", one.text), item.id, sentence, one.blind)


def ranked(
    recommender: Recommender,
    questions: Questions,
    name: str,
    depth: int,
    progress: Progress,
    chances: dict[str, float] | None = None,
) -> Run:
    """The run of a Release; to chances, that of each request that people made is added, where one is stated.

    Raises ModelError where its embedder fails: nothing is measured by words alone unsaid.
    """
    progress.start(name, len(questions.asked))
    asked = [(query.qid, query.text) for query in questions.asked]

    def told() -> Iterator[tuple[str, Ranking]]:
        for start in range(0, len(asked), AT_ONCE):
            part = asked[start : start + AT_ONCE]
            _embedded(recommender.serving, [text for _, text in part])
            if questions.heard:
                heard = zip(questions.asked[start : start + AT_ONCE], questions.heard[start:], strict=False)
                yield from _asked_again(recommender.now(), list(heard), depth)
            elif questions.made:
                yield from _about(recommender.now(), questions.made[start : start + AT_ONCE], depth)
            else:
                yield from recommender.many(part, depth, chances=chances)
            progress.advance(name, len(part))

    run = run_of(told(), name)
    progress.finish(name)
    return run


def _embedded(serving: Serving, texts: Sequence[str]) -> None:
    """Has the vectors made in few calls; the embedder remembers them for the requests that follow."""
    readings = []
    for text in texts:
        try:
            readings.append(serving.read(Request(text)).asked)
        except RequestError:
            continue
    if serving.embedder:
        serving.embedder.embed([asked for asked in readings if asked])


def _about(now: Now, made: Sequence[Made], depth: int) -> Iterator[tuple[str, Ranking]]:
    with ThreadPoolExecutor(os.cpu_count() or 1, "rank") as pool:
        yield from pool.map(partial(_answered, now, depth), made)


def _asked_again(now: Now, heard: Sequence[tuple[Query, Request]], depth: int) -> Iterator[tuple[str, Ranking]]:
    def answered(one: tuple[Query, Request]) -> tuple[str, Ranking]:
        reading = now.serving.read(one[1])
        reading = replace(reading, request=replace(reading.request, n=depth))
        query = now.serving.query_text(reading, demand=True)
        best = now.serving.pipeline(now.hidden, query)(reading.request, asking.candidates(now.serving, query))
        return one[0].qid, nearby.ranking(now, best)

    with ThreadPoolExecutor(os.cpu_count() or 1, "rank") as pool:
        yield from pool.map(answered, heard)


def _answered(now: Now, depth: int, one: Made) -> tuple[str, Ranking]:
    try:
        reading = now.serving.read(Request(one.query.text))
    except RequestError:
        return one.query.qid, []
    serving = _blind(now.serving, one) if one.blind else now.serving
    reading = replace(reading, request=replace(reading.request, n=depth))
    query = serving.query_text(reading, demand=True)
    best = serving.pipeline(now.hidden, query)(reading.request, asking.candidates(serving, query))
    return one.query.qid, nearby.ranking(now, best)


def _blind(serving: Serving, one: Made) -> Serving:
    """The Release, as if the item did not say the sentence; itself where the item does not."""
    position = serving.catalogue.position(one.item)
    at = -1 if position is None else serving.catalogue.item(position).text.find(one.sentence)
    if position is None or at < 0:
        return serving
    return without_sentence(serving, MadeUp(one.query.text, position, Span(at, at + len(one.sentence)), 0, blind=True))


def _text(serving: Serving, item: ItemId) -> str:
    position = serving.catalogue.position(item)
    return "" if position is None else serving.catalogue.item(position).text


def _same(releases: Sequence[Now], item: ItemId) -> list[ItemId]:
    """The item and what says the same in any of these Releases."""
    found = {item}
    for one in (now.serving for now in releases):
        if (position := one.catalogue.position(item)) is not None:
            same = np.flatnonzero(one.heads == one.heads[position])
            found.update(one.catalogue.id(int(place)) for place in same)
    return sorted(found)
