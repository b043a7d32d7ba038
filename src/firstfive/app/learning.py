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

from firstfive.app import adapted, learned
from firstfive.app.adapting import Adapting, adapt, with_adapter
from firstfive.app.alone import alone
from firstfive.app.calibrating import calibrate
from firstfive.app.embedders import patient
from firstfive.app.heard import FOR_LEARNING, VISITORS, Heard, heard, last_of_each, ranked
from firstfive.app.learned import PART, considered, features
from firstfive.app.measured import kept
from firstfive.app.measured import learned as what_learning_gave
from firstfive.app.questions import TUNING, held_out
from firstfive.app.recommend import Recommender
from firstfive.errors import UsageError
from firstfive.index import read_about, seal, sealed
from firstfive.learn import Ends, Handover
from firstfive.measure import intervals, read_qrels, read_queries, token
from firstfive.observe import Quiet, log, span
from firstfive.release import make_release
from firstfive.types import Release, Request, digest

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.features import Crowd
    from firstfive.learn import Adapter
    from firstfive.learn.ranker import Group
    from firstfive.learn.replay import Learned, Seen
    from firstfive.ports import Progress
    from firstfive.types import ItemId, Numbers

KEPT_BACK = 8
"""One row in so many, the latest, is not learned from but kept for `promote`, where enough visitors said them."""
NOT_TRIED = Adapting(why="none was tried")


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What there was to learn from and what came of it. release: the candidate; None where nothing is better.

    likes: said by how many visitors; refusals: answers to which they said no alone; graded: requests, judged ones among
    them, that the ranker was fitted to; kept_back: rows that it was not. importance: the share of each feature in what
    the ranker looks at. adapting: what came of the embedder's adapter. advice: "promote", "keep" or "not enough data".
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

    if bool(queries) != bool(qrels):
        raise UsageError("requests and what is right for them go together; name both, --queries and --qrels")
    said = progress or Quiet()
    with alone(project.folder), span("firstfive.learn"):
        recommender = Recommender(project, project.recommender.release.id, manner=patient(project))
        serving, release = recommender.serving, recommender.release
        adapter, adapting = adapt(serving, said)
        serving = bare(with_adapter(serving, adapter) if adapter else serving)
        told = heard(project.store, serving)
        kept_back = _kept_back(told)
        told = told.before(len(told.rows) - kept_back)
        judged = _judged(queries, qrels) if queries and qrels else {}
        found = learn_from(serving, told, judged, said)
        better = found if found.model and found.handover.share else None
        candidate = (
            _candidate(project, release, _New(better, adapter, adapting.items, told, tuple(judged)), said)
            if better or adapter
            else None
        )
    likes = [one for one in told.rows if one.yes]
    report = LearnReport(
        len(likes),
        len({one.signal.visitor for one in likes}),
        found.groups,
        found.handover,
        "promote" if candidate else "keep" if found.model else "not enough data",
        candidate,
        Ranker(found.model).importance() if found.model else {},
        len(told.rows) - len(likes),
        len(judged),
        kept_back,
        replace(adapting, items=()),  # thousands of ids are no news for anybody
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


def _judged(queries: str | Path, qrels: str | Path) -> Mapping[str, Mapping[str, int]]:
    """The grades of items by the text of the request, for half of the requests: the others are for measuring."""
    right = read_qrels(qrels)
    grades: dict[str, dict[str, int]] = {}
    for query, item, grade in zip(right.query.tolist(), right.item.tolist(), right.grades.tolist(), strict=True):
        grades.setdefault(right.qids[query], {})[right.ids[item]] = grade
    asked = read_queries(queries)
    held_out(asked, TUNING)
    return {one.text: grades[one.qid] for one in asked if one.qid in grades and learned.for_learning(one.text)}


def learn_from(serving: Serving, told: Heard, judged: Mapping[str, Mapping[str, int]], progress: Progress) -> Learned:
    """What a ranker makes of what was said, and of judged requests, and how much is handed over to it.

    Raises LearnError learn.missing_extra without LightGBM.
    """
    from firstfive.learn.replay import learn as replayed

    progress.start("learn", len(told.rows))
    found = replayed(
        told.likes,
        len(serving.catalogue),
        lambda row, crowd: _seen(serving, told, row, crowd),
        _ends,
        weights=np.array([one.signal.weight for one in told.rows]),
        judge=lambda crowd: [one for text, grades in judged.items() for one in _graded(serving, text, grades, crowd)],
        advance=lambda done: progress.advance("learn", done),
    )
    progress.finish("learn")
    return found


def _graded(serving: Serving, text: str, grades: Mapping[str, int], crowd: Crowd) -> Sequence[Group]:
    """A judged request's candidates with their grades: 1 to 3, -1 for what was judged not to fit, 0 for all others."""
    from firstfive.learn.ranker import Group

    found = ranked(serving, Request(text, FOR_LEARNING, diversity=0))
    if found is None:
        return ()
    query, candidates = found
    every = considered(serving, query, candidates.take(candidates.scores >= 0), crowd)
    ids = [token(serving.catalogue.id(position)) for position in every.positions.tolist()]
    given = [(min(grades[item], 3) if grades[item] > 0 else -1) if item in grades else 0 for item in ids]
    return [Group(features(serving, query, every, crowd), np.array(given, dtype=np.float32))]


def _seen(serving: Serving, told: Heard, row: int, crowd: Crowd) -> Seen | None:
    from firstfive.learn.replay import Seen

    one, said = told.asked[row], told.rows[row]
    if one is None:
        return None
    query, found = one
    every = considered(serving, query, found.take(found.scores >= 0), crowd)
    heads = serving.heads[every.positions]
    refused = np.isin(heads, [serving.heads[serving.position(item)] for item in said.refused])
    liked = (heads == serving.heads[told.likes.items[row]]) & said.yes
    return Seen(features(serving, query, every, crowd), liked, refused)


def _ends(values: Numbers) -> list[Ends]:
    return [Ends(one.value, one.low, one.high) for one in intervals(values, lowest=-1.0)]


# --- what comes of it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _New:
    """What is better than what there was; None: nothing new of that kind.

    items: those that the adapter was fitted to. told, judged: what the ranking was learned from.
    """

    ranking: Learned | None
    adapter: Adapter | None
    items: Sequence[ItemId]
    told: Heard
    judged: Sequence[str]

    def parts(self) -> Mapping[str, str]:
        """The parts of the candidate that are others than before."""
        return {
            **({PART: _name_of(self.ranking)} if self.ranking else {}),
            **({adapted.PART: adapted.name_of(self.adapter)} if self.adapter else {}),
        }

    def until(self) -> datetime | None:
        """When the last of what was learned from was said."""
        return self.told.rows[-1].signal.at if self.told.rows else None


def _name_of(found: Learned) -> str:
    assert found.model is not None  # what is better has one
    arrays = (getattr(found.crowd, name) for name in ("liked", "lately", "near", "nearness", "asked", "wanted"))
    return digest(found.model, repr(found.handover.share), *(array.tobytes() for array in arrays))


def _candidate(project: Project, release: Release, new: _New, progress: Progress) -> Release:
    """The Release in use with what was learned beside it, sealed and recorded, but not in use."""
    made = make_release(
        {**release.parts, **new.parts()}, items=release.items, passages=release.passages, created=datetime.now(UTC)
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
        learned.write(begun, new.ranking.crowd, new.ranking.model or b"", new.ranking.handover.share, how)
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
