"""Use case: learn from what visitors said and people judged, and end with a Release that waits, or with a reason.

    Slates + Events ─signals─▶ yes and no ─replayed in the order of time─▶ crowd, ranker, share ─┐
    items ─made up─▶ questions ─fitted, and held against none─▶ adapter ─────────────────────────┴─▶ a candidate Release

The candidate is the Release in use with what was learned beside it: its other files are the same files. Where nothing
was shown to be better, no Release is made and ranking stays exactly as it is. The latest of what was said is kept back,
where there is enough of it: `promote` measures the candidate with that.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import adapted, asking, born, learned
from firstfive.app.adapting import Adapting, adapt_once, with_adapter
from firstfive.app.alone import alone
from firstfive.app.born import ages
from firstfive.app.calibrating import calibrate
from firstfive.app.embedders import patient
from firstfive.app.heard import FOR_LEARNING, VISITORS, Heard, heard, last_of_each, ranked
from firstfive.app.learned import PART, Known, considered, features
from firstfive.app.measured import kept
from firstfive.app.measured import learned as what_learning_gave
from firstfive.app.questions import TUNING, both_named, held_out
from firstfive.app.recommend import Recommender
from firstfive.errors import LearnError
from firstfive.features import DAY_S, fresh
from firstfive.index import read_about, seal, sealed
from firstfive.learn import NOT_HANDED, Ends, Handover
from firstfive.measure import intervals, read_qrels, read_queries, token
from firstfive.observe import Quiet, log, span
from firstfive.release import make_release
from firstfive.types import Release, Request, digest

if TYPE_CHECKING:
    from firstfive.app.born import Ages
    from firstfive.app.heard import Said
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.features import Crowd
    from firstfive.learn import Adapter
    from firstfive.learn.ranker import Group
    from firstfive.learn.replay import Learned, Seen
    from firstfive.ports import Catalogue, Progress
    from firstfive.types import ItemId, Numbers, Positions, Scores

KEPT_BACK = 8
"""One row in so many, the latest, is not learned from but kept for `promote`, where enough visitors said them."""
NOT_TRIED = Adapting(why="none was tried")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnReport:
    """What there was to learn from and what came of it. release: the candidate; None where nothing is better.

    likes: said by how many visitors; refusals: answers to which they said no alone; graded: requests, judged ones among
    them, that the ranker was fitted to; kept_back: rows that it was not. importance: the share of each feature in what
    the ranker looks at. adapting: what came of the embedder's adapter. advice: "promote", "keep" or "not enough data".
    worth: how far what a model's score is worth was learned too, from answers in which it had one.
    """

    likes: int
    visitors: int
    graded: int
    handover: Handover
    advice: str
    release: Release | None = None
    importance: Mapping[str, float] = field(default_factory=dict)
    refusals: int = 0
    judged: int = 0
    kept_back: int = 0
    adapting: Adapting = NOT_TRIED
    worth: Handover = NOT_HANDED


def learn(
    project: Project,
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    progress: Progress | None = None,
) -> LearnReport:
    """Learns from all that is stored, and from judged requests where both files are named. The same gives the same.

    Raises LearnError learn.missing_extra without LightGBM, IndexFileError index.missing before the first build,
    BuildError build.locked while a build runs, UsageError where one of two files is named, and SourceError.
    """
    from firstfive.learn.ranker import Ranker

    both_named(queries, qrels)
    said = progress or Quiet()
    with alone(project.folder, "firstfive learn"), span("firstfive.learn"):
        recommender = Recommender(project, project.recommender.release.id, manner=patient(project))
        serving, release = recommender.serving, recommender.release
        adapter, adapting = adapt_once(project.releases / release.id, serving, said)
        serving = bare(with_adapter(serving, adapter) if adapter else serving)
        came = ages(project.store, serving.catalogue, project.settings.learn.date)
        told = heard(project.store, serving)
        kept_back = _kept_back(told)
        told = told.before(len(told.rows) - kept_back)
        judged = _judged(queries, qrels, serving.catalogue) if queries and qrels else {}
        found = learn_from(serving, told, judged, came, said)
        better = found if found.model and found.handover.share else None
        candidate = (
            _candidate(project, release, _New(better, adapter, adapting.items, told, tuple(judged), came), said)
            if better or adapter
            else None
        )
    likes = [one for one in told.rows if one.yes]
    report = LearnReport(
        likes=len(likes),
        visitors=len({one.signal.visitor for one in likes}),
        graded=found.groups,
        handover=found.handover,
        advice="promote" if candidate else "keep" if found.model else "not enough data",
        release=candidate,
        importance=Ranker(found.model).importance() if found.model else {},
        refusals=len(told.rows) - len(likes),
        judged=len(judged),
        kept_back=kept_back,
        adapting=replace(adapting, items=()),  # thousands of ids are no news for anybody
        worth=found.worth,
    )
    kept(project, list(what_learning_gave(report, release.id)))
    return report


# --- what there is to learn from --------------------------------------------------------------------------------------


def bare(serving: Serving) -> Serving:
    """The Release without what was learned before: that is no part of what a new ranker will see."""
    view = copy(serving)
    view.learned = None
    return view


def _kept_back(told: Heard) -> int:
    """How many of the last rows are left for `promote`: none where too few visitors said them."""
    rows = told.rows[len(told.rows) - len(told.rows) // KEPT_BACK :]
    return len(rows) if len(last_of_each(rows, None)) >= VISITORS else 0


def _judged(queries: str | Path, qrels: str | Path, catalogue: Catalogue) -> Mapping[str, Mapping[str, int]]:
    """The grades of items by the text of the request, for half of the requests: the others are for measuring."""
    right = read_qrels(qrels).spelt(catalogue)
    grades: dict[str, dict[str, int]] = {}
    for query, item, grade in zip(right.query.tolist(), right.item.tolist(), right.grades.tolist(), strict=True):
        grades.setdefault(right.qids[query], {})[right.ids[item]] = grade
    asked = read_queries(queries)
    held_out(asked, TUNING)
    return {one.text: grades[one.qid] for one in asked if one.qid in grades and learned.for_learning(one.text)}


def known_of(found: Learned, told: Heard, came: Ages) -> Known:
    """What a learned ranking goes by, beside its ranker; when items came, only where the ranker looks at that.

    Raises LearnError learn.model where there is none.
    """
    from firstfive.learn.ranker import Ranker

    known = Known(found.crowd, found.handover.share, worth=found.worth.share, by=told.by)
    aged = Ranker(_model(found)).importance().get("fresh", 0.0) > 0
    return replace(known, born=came.born, dated=came.dated) if aged else known


def learn_from(
    serving: Serving, told: Heard, judged: Mapping[str, Mapping[str, int]], came: Ages, progress: Progress
) -> Learned:
    """What a ranker makes of what was said, and of judged requests, and how much is handed over to it.

    Raises LearnError learn.missing_extra without LightGBM.
    """
    from firstfive.learn.replay import learn as replayed

    progress.start("learn", len(told.rows))
    newness = fresh(came.born, _day(told.rows[-1]) if told.rows else np.nan)
    found = replayed(
        told.likes,
        len(serving.catalogue),
        lambda row, crowd: _seen(serving, told, row, crowd, came),
        _ends,
        weights=np.array([one.signal.weight for one in told.rows]),
        judge=lambda crowd: [
            one for text, grades in judged.items() for one in _graded(serving, text, grades, crowd, newness)
        ],
        advance=lambda done: progress.advance("learn", done),
    )
    progress.finish("learn")
    return found


def _graded(serving: Serving, text: str, grades: Mapping[str, int], crowd: Crowd, newness: Scores) -> Sequence[Group]:
    """A judged request's candidates with their grades: 1 to 3, -1 for what was judged not to fit, 0 for all others.

    newness (items,): how fresh each item is.
    """
    from firstfive.learn.ranker import Group

    found = ranked(serving, Request(text, FOR_LEARNING, diversity=0))
    if found is None:
        return ()
    query, candidates = found
    every = considered(serving, query, candidates.take(candidates.scores >= 0), crowd)
    ids = [token(serving.catalogue.id(position)) for position in every.positions.tolist()]
    given = [(min(grades[item], 3) if grades[item] > 0 else -1) if item in grades else 0 for item in ids]
    seen = features(serving, query, every, crowd, newness[every.positions])
    lost = asking.lost(serving, query, every.positions)
    return [Group(seen, np.array(given, dtype=np.float32), lost=lost)]


def _seen(serving: Serving, told: Heard, row: int, crowd: Crowd, came: Ages) -> Seen | None:
    """A row as it would have been ranked when it was said: nothing that came later is there or known."""
    from firstfive.learn.replay import Seen

    one, said = told.asked[row], told.rows[row]
    if one is None:
        return None
    query, found = one
    about, day = int(told.likes.items[row]), _day(said)
    every = considered(serving, query, found.take(found.scores >= 0), crowd)
    every = every.take(came.there(every.positions, about, day))
    heads = serving.heads[every.positions]
    refused = np.isin(heads, [serving.heads[serving.position(item)] for item in said.refused])
    liked = (heads == serving.heads[about]) & said.yes
    seen = features(serving, query, every, crowd, came.newness(every.positions, about, day))
    lost = asking.lost(serving, query, every.positions)
    return Seen(seen, liked, refused, _fits(serving, said, every.positions), lost)


def _fits(serving: Serving, said: Said, positions: Positions) -> Scores | None:
    """(n,): what a model said of these items in the answer, NaN where nothing; None where it took no part."""
    if not said.fits:
        return None
    known = {serving.catalogue.position(item): fit for item, fit in said.fits.items()}
    return np.array([known.get(position, np.nan) for position in positions.tolist()], dtype=np.float32)


def _day(said: Said) -> float:
    return said.signal.at.timestamp() / DAY_S


def _ends(values: Numbers) -> list[Ends]:
    return [Ends(one.value, one.low, one.high) for one in intervals(values, lowest=-1.0)]


# --- what comes of it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _New:
    """What is better than what there was; None: nothing new of that kind.

    items: those that the adapter was fitted to. told, judged, came: what the ranking was learned from.
    """

    ranking: Learned | None
    adapter: Adapter | None
    items: Sequence[ItemId]
    told: Heard
    judged: Sequence[str]
    came: Ages

    def parts(self) -> Mapping[str, str]:
        """The parts of the candidate that are others than before."""
        parts = {adapted.PART: adapted.name_of(self.adapter)} if self.adapter else {}
        if self.ranking:
            known = known_of(self.ranking, self.told, self.came)
            parts |= {PART: _name_of(self.ranking, known), **known.parts()}
        return parts

    def until(self) -> datetime | None:
        """When the last of what was learned from was said."""
        return self.told.rows[-1].signal.at if self.told.rows else None


def _model(found: Learned) -> bytes:
    """The ranker. Raises LearnError learn.model where too little was there to learn one."""
    if found.model is None:
        raise LearnError("no ranker was learned from so little; collect more feedback and run `firstfive learn` again")
    return found.model


def _name_of(found: Learned, known: Known) -> str:
    """A hash of all that ranks but when items came, of which other parts tell: the model names its features."""
    arrays = (getattr(known.crowd, name) for name in ("liked", "lately", "near", "nearness", "asked", "wanted"))
    shares = (repr(known.share), repr(known.worth), known.dated, *sorted(known.by))
    return digest(_model(found), *shares, *(array.tobytes() for array in arrays))


def _candidate(project: Project, release: Release, new: _New, progress: Progress) -> Release:
    """The Release in use with what was learned beside it, sealed and recorded, but not in use."""
    stays = {part: name for part, name in release.parts.items() if part != born.PART or not new.ranking}
    made = make_release(
        {**stays, **new.parts()}, items=release.items, passages=release.passages, created=datetime.now(UTC)
    )
    if not (project.releases / made.id).exists():
        _write(project, release, made, new)
        calibrate(project, made, (), progress)
    project.store.write(lambda unit: unit.releases.add(made))
    log("learn").info("learned release %s", made.id)
    return made


def _write(project: Project, release: Release, made: Release, new: _New) -> None:
    """A folder that shares its other files with the Release in use, renamed into place when it is whole."""
    source, begun = project.releases / release.id, project.releases / f".new-{made.id}"
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    for path in sealed(source):
        if path.parts[0] not in new.parts():
            (begun / path).parent.mkdir(parents=True, exist_ok=True)
            _linked(source / path, begun / path)
    if new.ranking:
        how = learned.LearnedFrom(new.until(), frozenset(map(learned.name_of, new.judged)))
        learned.write(begun, known_of(new.ranking, new.told, new.came), _model(new.ranking), how)
    if new.adapter:
        adapted.write(begun, new.adapter, new.items)
    seal(begun, {**read_about(source), "release": made.id, "parts": dict(made.parts)})
    begun.rename(project.releases / made.id)


def _linked(source: Path, target: Path) -> None:
    """The same file under another name, for a Release's files never change; a copy where there is no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
