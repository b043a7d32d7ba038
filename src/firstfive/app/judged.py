"""Use case: how good the answers are by a judge's many grades, corrected by people's few labels.

    runs ─first ten─▶ pairs ─what it said before, then asked─▶ grades
    people's labels, whole requests ─────────────────────────▶ prediction-powered intervals, and a gate

What the judge says is stored portion by portion: a run that was stopped goes on where it was, without paying twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firstfive.app import labelling
from firstfive.app.judges import (
    STEP,
    Judge,
    answer_of,
    answers,
    call_of,
    graded,
    judge_of,
    kinship,
    may_gate,
    shown_of,
    stamp_of,
    trial_of,
)
from firstfive.app.labelling import SHOWN, item_of
from firstfive.app.measure import asked_of, goal_of, unlearned
from firstfive.app.measured import by_a_judge, kept
from firstfive.app.questions import JUDGING, held_out
from firstfive.app.recommend import Recommender
from firstfive.app.sides import Side, rank_side
from firstfive.errors import ModelError, SourceError
from firstfive.measure import (
    MADE_UP,
    Ask,
    ByJudge,
    Decision,
    Measure,
    Query,
    by_judge,
    decide_by_judge,
    qrels_of,
    read_qrels,
    read_queries,
)
from firstfive.measure.powered import LEAST
from firstfive.observe import Quiet, span
from firstfive.ports import Pair, Reply, words_of
from firstfive.types import ItemId, RecommId, ReleaseId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.measure import Cost, Qrels, Run
    from firstfive.ports import Call, Progress
    from firstfive.types import Item

MEASURES = (Measure("Success", 5), Measure("nDCG", 10))
DEEPEST = 10
"""How many of the first items a judge grades at most; a measure that looks further is left out."""
BARE = 0.05
"""The most of the labelled sample that may show an item without a label, which then counts as wrong."""
MOST = 200
"""Stored requests that are measured, where no file names any: a random part of them."""
PORTION = 64
"""Pairs that are asked about, and then kept, together."""


@dataclass(frozen=True, slots=True, eq=False)
class Graders:
    """Requests, and who says how good items are: a judge, and people by their labels.

    said: where the requests are from, in words. file: people's qrels; None: stored labels. created: when a stored
    request was made, by its qid. notes: what was left out, in words.
    """

    judge: Judge
    asked: Sequence[Query]
    said: str
    file: Qrels | None = None
    created: Mapping[str, datetime] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A judge's grades by qid and item, and how they came."""

    grades: Mapping[tuple[str, ItemId], int]
    asked: int
    failed: int
    cost_usd: float


def evaluate_judged(
    project: Project,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    *,
    measures: Sequence[str | Measure] = MEASURES,
    release: str = "",
    baseline_release: str = "",
    gated: bool = False,
    progress: Progress | None = None,
) -> ByJudge:
    """Measures the Release in use, or another one, by the judge's grades of its first ten and by people's labels.

    queries: a file; those of `[goal]` where none is named; without these, stored requests in words alone, at most 200
    at random. qrels: people's labels of some of them, a random sample; without a file those of /studio/label, of the
    requests that were drawn whole. Requests that a Release learned from are left out. gated: what `[goal]` asks about
    is measured too, and the judge must be TRUSTED.

    Raises GateFailed (gate.untrusted, gate.no_verdict) before anything is paid, SettingsError without a judge,
    SourceError measure.nothing without a request, and what ranking and the model raise.
    """
    judge, said = judge_of(project), progress or Quiet()
    wanted = [one if isinstance(one, Measure) else Measure.parse(one) for one in measures]
    if gated:
        may_gate(project, judge)
        goal = goal_of(project.settings.goal)
        wanted += [goal.measure, *(bar.measure for bar in goal.bars)]
    first = Recommender(project, ReleaseId(release) if release else None).release.id
    sides = [Side(one[:12], one) for one in (first, ReleaseId(baseline_release)) if one]
    graders = graders_of(project, judge, queries, qrels, [side.release for side in sides])
    with span("firstfive.judged", model=judge.model, queries=len(graders.asked)):
        runs = [rank_side(project, side, graders.asked, DEEPEST, said).runs[0] for side in sides]
        releases = [Recommender(project, side.release) for side in sides]
        found = judged(project, graders, runs, wanted, releases, said)
        keep(project, graders, found, [side.release for side in sides], "evaluate")
        return found


def gate_judged(project: Project, found: ByJudge) -> Decision:
    """Holds it against the `[goal]` of the settings. Raises UsageError where that asks nothing of it."""
    return asked_of(decide_by_judge(found, goal_of(project.settings.goal)))


def judged(
    project: Project,
    graders: Graders,
    runs: Sequence[Run],
    measures: Sequence[Measure],
    releases: Sequence[Recommender],
    said: Progress,
) -> ByJudge:
    """The first run, and its difference to the second one, by the judge and by people. releases: where items are.

    A measure that looks further than DEEPEST is left out, which is noted.
    """
    if graders.file is not None:
        graders = replace(graders, file=graders.file.spelt(*(one.serving.catalogue for one in releases)))
    wanted = list(dict.fromkeys(one for one in measures if one.cutoff <= DEEPEST)) or [MEASURES[0]]
    deep = ", ".join(dict.fromkeys(str(one) for one in measures if one.cutoff > DEEPEST))
    find = _finder(releases)
    shown = [_first(run, max(one.cutoff for one in wanted), find) for run in runs]
    given = grade_all(project, graders.judge, list(_pairs(graders, shown)), find, said)
    labels = _people(project, graders, dict(zip([one.release.id for one in releases], shown, strict=True)), wanted)
    by = qrels_of((qid, item, grade) for (qid, item), grade in given.grades.items())
    trial = trial_of(project, graders.judge)
    asked = [query.qid for query in graders.asked]
    reached = by_judge(runs, by, labels.grades, labels.sample, wanted, asked, labels.unlabelled)
    before = by_judge(runs[1:], by, labels.grades, labels.sample, wanted, asked) if len(runs) > 1 else ()
    left_out = f"{deep} left out: a judge grades the first {DEEPEST} items of a request." if deep else ""
    return ByJudge(
        judge=str(graders.judge),
        verdict=trial.verdict if trial else "",
        requests=len(set(by.qids)),
        graded=len(given.grades),
        asked=given.asked,
        failed=given.failed,
        cost_usd=given.cost_usd,
        reached=reached,
        run=runs[0].name,
        baseline=runs[1].name if len(runs) > 1 else "",
        notes=tuple(filter(None, (left_out, kinship(project, graders.judge), *graders.notes, labels.note))),
        made_up=sum(query.qid.startswith(MADE_UP) for query in graders.asked),
        before=before,
    )


def keep(
    project: Project,
    graders: Graders,
    found: ByJudge,
    releases: Sequence[ReleaseId],
    how: str,
    costs: Sequence[Cost | None] = (None, None),
) -> None:
    """Stores what was measured of the Release and of its baseline, marked as judged. costs: of each, where known."""
    words = [query.text for query in graders.asked]
    for release, reached, cost in zip(releases, (found.reached, found.before), costs, strict=False):
        records = by_a_judge(
            reached,
            release,
            words,
            graders.said,
            judge=str(graders.judge),
            how=how,
            made_up=found.made_up > 0,
            cost=cost,
        )
        kept(project, records)


def _pairs(graders: Graders, shown: Sequence[Mapping[str, Sequence[ItemId]]]) -> Iterator[Pair]:
    """Every request with what one of the rankings shows for it."""
    now = datetime.now(UTC)
    for qid, text in graders.asked:
        created = graders.created.get(qid)
        for item in dict.fromkeys(item for one in shown for item in one.get(qid, ())):
            yield Pair(qid, text, item, created or now, recomm_id=RecommId(qid) if created else None)


def graders_of(
    project: Project,
    judge: Judge,
    queries: str | Path | None,
    qrels: str | Path | None,
    releases: Sequence[ReleaseId] = (),
) -> Graders:
    """The requests to measure, and who grades. Those that one of these Releases learned from are left out.

    Raises SourceError measure.nothing where there is no request.
    """
    goal = project.settings.goal
    file = queries or (project.folder / goal.queries if goal.queries else None)
    labels = qrels or (project.folder / goal.qrels if goal.qrels and not queries else None)
    people = read_qrels(labels) if labels else None
    if file:
        asked = [query for query in read_queries(file) if any(map(str.isalnum, query.text))]
        held_out(asked, JUDGING)
        left, note = unlearned(project, releases, asked)
        return Graders(judge, left or (), f"{len(left or ()):,} requests of {Path(file).name}", people, notes=(note,))
    stored = labelling.some_stored(project, MOST)
    if not stored:
        raise SourceError(
            "there is no request to measure: none was stored in words alone; name a file of requests, --queries",
            code="measure.nothing",
        )
    everything = [Query(pair.qid, pair.request) for pair in stored]
    created = {pair.qid: pair.created for pair in stored}
    return Graders(judge, everything, f"{len(stored):,} stored requests", people, created)


# --- the judge's grades -----------------------------------------------------------------------------------------------


def grade_all(
    project: Project, judge: Judge, pairs: Sequence[Pair], find: Callable[[str], Item | None], said: Progress
) -> Said:
    """What the judge says of each pair: as kept, where it was shown the very same, or asked now and kept.

    Raises the ModelError of a judge that answers nothing at all.
    """
    calls = {(pair.about, pair.item): call_of(judge, ask) for pair, ask in _asks(pairs, find)}
    stamps = {key: stamp_of(judge, call) for key, call in calls.items()}
    with project.store.read() as unit:
        kept = unit.judgements.of(judge.id, {about for about, _ in calls})
    grades = {(one.about, one.item): one.grade for one in kept if stamps.get((one.about, one.item)) == one.stamp}
    of = {(pair.about, pair.item): pair for pair in pairs}
    rest = [key for key in calls if key not in grades]
    said.start(STEP, len(rest))
    cost, errors = 0.0, list[ModelError]()
    for portion in (rest[start : start + PORTION] for start in range(0, len(rest), PORTION)):
        replies = answers(project, judge, [calls[key] for key in portion], said)
        cost += sum(reply.cost_usd for reply in replies if isinstance(reply, Reply))
        errors += [reply for reply in replies if isinstance(reply, ModelError)]
        grades |= _kept(project, judge, [(of[key], calls[key]) for key in portion], replies)
    said.finish(STEP)
    if errors and len(errors) == len(calls):
        raise errors[0]
    found = {(pair.qid, pair.item): grades[key] for pair in pairs if (key := (pair.about, pair.item)) in grades}
    return Said(found, len(rest), len(pairs) - len(found), round(cost, 9))


def _kept(
    project: Project, judge: Judge, asked: Sequence[tuple[Pair, Call]], replies: Sequence[Reply | ModelError]
) -> dict[tuple[str, ItemId], int]:
    told = [(pair, answer_of(judge, call, reply)) for (pair, call), reply in zip(asked, replies, strict=True)]
    records = [graded(judge, pair, answer) for pair, answer in told if answer]
    project.store.write(lambda unit: unit.judgements.put(records))
    return {(one.about, one.item): one.grade for one in records}


def _asks(pairs: Sequence[Pair], find: Callable[[str], Item | None]) -> Iterator[tuple[Pair, Ask]]:
    """A question a pair, but for items that are gone."""
    for pair in pairs:
        item = find(pair.item)
        if item is not None:
            yield pair, Ask("first", pair.request, shown_of(item))


def _finder(releases: Sequence[Recommender]) -> Callable[[str], Item | None]:
    """Finds an item in the first of these Releases that has it."""

    def find(name: str) -> Item | None:
        return next((item for one in releases if (item := item_of(one, name))), None)

    return find


def _first(run: Run, depth: int, find: Callable[[str], Item | None]) -> dict[str, list[ItemId]]:
    """The first items of each request under the Release's own ids, which a run may write otherwise."""
    found: dict[str, list[ItemId]] = {}
    for query, at in zip(run.query.tolist(), run.item.tolist(), strict=True):
        items = found.setdefault(run.qids[query], [])
        if len(items) < depth:
            item = find(run.ids[at])
            items.append(item.id if item else ItemId(run.ids[at]))
    return found


# --- people's labels --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Labels:
    """People's grades, and for each measure the requests that they are a sample of.

    unlabelled: measures of which too much of the sample has no label, and what to do. note: what counts as wrong.
    """

    grades: Qrels
    sample: Mapping[Measure, set[str]]
    unlabelled: Mapping[Measure, str] = field(default_factory=dict)
    note: str = ""


def _people(
    project: Project,
    graders: Graders,
    shown: Mapping[ReleaseId, Mapping[str, Sequence[ItemId]]],
    measures: Sequence[Measure],
) -> _Labels:
    """What people said about those requests that were drawn whole and that somebody has labelled.

    Which requests these are depends on the draw alone, never on what is shown now, so that they stay a random sample. A
    shown item without a label counts as wrong; where more than the share BARE of the requests show one, nothing is
    told. In a file of qrels every item counts as labelled, since what is not judged there counts as wrong.
    """
    if graders.file is not None:
        return _Labels(graders.file, {measure: set(graders.file.qids) for measure in measures})
    drawn, said = _said(project)
    fives = {query.qid: max(len(one.get(query.qid, ())[:SHOWN]) for one in shown.values()) for query in graders.asked}
    sample = {
        query.qid: said[about]
        for query in graders.asked
        if (about := words_of(query.text)) in said and drawn[about] >= fives[query.qid]
    }
    grades = qrels_of(
        (qid, ItemId(item), grade)
        for qid, labels in sample.items()
        for item, grade in labels.items()
        if grade is not None
    )
    bare = {measure: _bare(sample, shown, measure.cutoff) for measure in measures}
    much = {one for one in measures if len(sample) >= LEAST and len(bare[one]) > BARE * len(sample)}
    few = max((len(bare[one]) for one in measures if one not in much), default=0)
    return _Labels(
        grades,
        {one: set[str]() if one in much else set(sample) for one in measures},
        {one: _more(bare[one], len(sample)) for one in much if one.cutoff <= SHOWN},
        f"{few} of the {len(sample)} labelled requests show an item without a label, which counts as wrong."
        if few
        else "",
    )


def _said(project: Project) -> tuple[dict[str, int], dict[str, dict[str, int | None]]]:
    """How many items were drawn of each request, by its words, and the first person's grades; None: skipped."""
    drawn: dict[str, set[str]] = {}
    said: dict[str, dict[str, int | None]] = {}
    for row in labelling.rows(project):
        drawn.setdefault(row.pair.about, set()).add(row.pair.item)
        if row.first:
            said.setdefault(row.pair.about, {})[row.pair.item] = row.first.grade
    return {about: len(items) for about, items in drawn.items()}, said


def _bare(
    sample: Mapping[str, Mapping[str, int | None]],
    shown: Mapping[ReleaseId, Mapping[str, Sequence[ItemId]]],
    cutoff: int,
) -> dict[str, ReleaseId]:
    """The requests of the sample that show an unlabelled item, each with a Release that shows it."""
    return {
        qid: release
        for qid, labels in sample.items()
        for release, one in shown.items()
        if any(item not in labels for item in one.get(qid, ())[:cutoff])
    }


def _more(bare: Mapping[str, ReleaseId], n: int) -> str:
    releases = " and ".join(
        f"`firstfive label draw --release {release[:12]}`" for release in dict.fromkeys(bare.values())
    )
    return (
        f"{len(bare)} of the {n} labelled requests show items that nobody labelled yet, so that their labels cannot "
        f"tell; label these items: {releases}, then /studio/label"
    )
