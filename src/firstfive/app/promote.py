"""Use case: put a Release in use once it was measured against the one that is, and keep what was measured with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from firstfive.app.judges import judge_of, may_gate
from firstfive.app.measure import goal_of
from firstfive.app.release import refuse_during_experiment, someone
from firstfive.app.side_by_side import SideBySide, Taken, side_by_side
from firstfive.errors import Conflict, IndexFileError, ModelError, NotFound, SourceError, StoreError, UsageError
from firstfive.index import open_folder
from firstfive.measure import Decision, Finding, Goal, Measure, at_most, decide, decide_by_judge
from firstfive.observe import log
from firstfive.ports import Progress, Use
from firstfive.release import choose, in_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstfive.app.wiring import Project
    from firstfive.measure import Report
    from firstfive.ports import Unit
    from firstfive.types import Release, ReleaseId

LATE = 0.05
"""The largest share of answers that may be given by words alone because the embedder took too long."""


HEARD_BY = Measure("nDCG", 10)
"""What two Releases are compared by on visitors' requests."""
NOTHING_DECIDED = Decision()


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was measured and what came of it. before: the Release that was in use; None: there was none.

    measured None: that could not be done (`failed`), and somebody promoted all the same, for a reason (`forced`).
    """

    release: ReleaseId
    before: ReleaseId | None
    decision: Decision
    measured: SideBySide | None
    promoted: bool
    forced: str = ""
    failed: str = ""

    def lines(self) -> list[str]:
        """All of it as plain text."""
        return [*(self.measured.lines() if self.measured else [self.failed]), "", *self.decision.lines()]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a promotion; an earlier version may have kept less. said: a sentence that tells people why."""

    said: str = ""
    before: str = ""
    requests: int = 0
    made_up: bool = False
    decision: Decision = NOTHING_DECIDED
    measured: SideBySide | None = None


def promote(
    project: Project,
    wanted: str = "",
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    judged: bool = False,
    force: str = "",
    switch: bool = True,
    progress: Progress | None = None,
) -> Promotion:
    """Measures a Release against the one in use, and puts it in use where the `[goal]` allows.

    wanted: its id or a beginning of it; empty: the newest that was never in use and is newer than the one that is.
    judged: by the grades of `models.judge`, corrected by people's labels, which may be in qrels; only a judge that is
    TRUSTED decides. force: a reason to put it in use whatever was measured. switch=False: only measures. What the
    decision means for the caller, `Promotion.decision.check()` says.

    Raises GateFailed (gate.untrusted, gate.no_verdict) for such a judge, NotFound not_found.release, UsageError for the
    one in use, Conflict conflict.release where another one was put in use meanwhile and conflict.experiment while an
    experiment runs, and what measuring raises.
    """
    goal = goal_of(project.settings.goal)
    if switch:
        with project.store.read() as unit:
            refuse_during_experiment(unit)
    new, old = _both(project, wanted)
    open_folder(project.releases / new.id)
    measured, failed, judge = None, "", judge_of(project) if judged else None
    if judge and not force:
        may_gate(project, judge)
    try:
        measured = side_by_side(
            project,
            new,
            old,
            queries=queries,
            qrels=qrels,
            measures=(goal.measure,),
            bars=goal.bars,
            judge=judge,
            progress=progress,
        )
    except (ModelError, SourceError, IndexFileError) as error:
        if not force:
            raise
        failed = f"Nothing could be measured: {error}"
    found = _decide(measured, goal) if measured else Decision((Finding("open", failed),))
    promoted = switch and bool(force or found.outcome == "passed")
    if promoted:
        _put_in_use(project, new, old, _kept(found, measured, old, force))
    return Promotion(new.id, old.id if old else None, found, measured, promoted, force, failed)


def evidence_of(use: Use) -> Evidence | None:
    """What was measured for a use; None where nothing was. Raises StoreError store.broken for what cannot be read."""
    try:
        return msgspec.json.decode(use.evidence, type=Evidence) if use.evidence else None
    except msgspec.MsgspecError as error:
        raise StoreError(
            f"what was measured for a Release cannot be read: {error}; put back a copy of the store",
            code="store.broken",
        ) from error


def _both(project: Project, wanted: str) -> tuple[Release, Release | None]:
    """The Release to promote and the one in use."""
    with project.store.read() as unit:
        releases, history = unit.releases.all(), unit.releases.history()
    old = in_use(releases, history)
    if wanted:
        new = choose(releases, wanted)
        if old and new.id == old.id:
            raise UsageError(f"release {new.id} is in use already; `firstfive release list` shows which are not")
        return new, old
    later = (one for one in releases if old is None or one.created > old.created)
    waiting = next((one for one in later if one.id not in history), None)
    if waiting is None:
        raise NotFound(
            "no Release waits to be promoted; change a setting and run `firstfive build`, or name one that "
            "`firstfive release list` shows",
            code="not_found.release",
        )
    return waiting, old


def _decide(measured: SideBySide, goal: Goal) -> Decision:
    return Decision((*_quality(measured, goal), *costs(measured.taken, goal)))


def _quality(measured: SideBySide, goal: Goal) -> Sequence[Finding]:
    if measured.judged:
        return decide_by_judge(measured.judged, goal).findings
    if measured.heard:
        return tuple(_heard(measured.quality, goal))
    return decide(measured.quality, goal, made_up=measured.made_up).findings


def _heard(quality: Report, goal: Goal) -> Iterator[Finding]:
    """What visitors' likes tell: which of two ranks them higher, and not how good either is.

    What somebody liked had been shown, mostly among the first five: by Success@5 the Release that showed it could only
    lose. So the two are held against each other by HEARD_BY, which a like in a higher place moves.
    """
    yield from decide(quality, replace(goal, bars=(), measure=HEARD_BY)).findings
    for bar in goal.bars:
        yield Finding(
            "open",
            f"what visitors liked of answers cannot show that {bar.measure} is {bar.least:g}; judge requests that "
            "people made, and name them in goal.queries and goal.qrels",
        )


def costs(taken: Sequence[Taken], goal: Goal) -> Iterator[Finding]:
    """What the first of these takes, held against its caps; answers by words alone fail above LATE, goal or none."""
    new = taken[0]
    if goal.p95_ms is not None:
        yield at_most("the time of 95 of 100 answers", new.p95_ms, goal.p95_ms, " ms")
    if goal.usd_per_1000 is not None:
        yield at_most("the price of embedding 1,000 requests", new.usd_per_1000, goal.usd_per_1000, " USD")
    if new.by_words > LATE:
        yield at_most("the share of answers by words alone, since the embedder took too long,", new.by_words, LATE)


def _kept(found: Decision, measured: SideBySide | None, old: Release | None, force: str) -> Use:
    said = "; ".join(found.lines()) or "there was nothing to measure it against"
    requests = measured.quality.queries if measured else 0
    evidence = Evidence(said, old.id if old else "", requests, bool(measured and measured.made_up), found, measured)
    how = "force" if force and found.outcome != "passed" else "promote"
    return Use(how, datetime.now(UTC), someone(), force, msgspec.json.encode(evidence).decode())


def _put_in_use(project: Project, new: Release, old: Release | None, how: Use) -> None:
    def work(unit: Unit) -> None:
        now = in_use(unit.releases.all(), unit.releases.history())
        if (now and now.id) != (old and old.id):
            raise Conflict(
                f"release {now.id if now else 'none'} was put in use while {new.id} was measured against "
                f"{old.id if old else 'none'}; promote again",
                code="conflict.release",
            )
        refuse_during_experiment(unit)
        unit.releases.use(new.id, how)

    project.store.write(work)
    log("release").info("promoted release %s", new.id)
