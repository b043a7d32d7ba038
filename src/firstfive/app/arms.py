"""Who is shown what while an experiment runs: the draw, two Releases side by side, and what is done where one fails.

The draw is a keyed hash of the seeker, so it is the same in every process and after every start, and nothing is written
for it. What a Slate was shown as stands in the Slate, and goes where the Slate goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import blake2b
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from firstfive import observe
from firstfive.app.following import Following
from firstfive.errors import FirstFiveError, IndexFileError, ModelError
from firstfive.features import FIRST
from firstfive.measure import team_draft
from firstfive.observe import Stopwatch
from firstfive.types import RecommId, Request, Slate, Trial

if TYPE_CHECKING:
    from firstfive.app.following import Now
    from firstfive.app.wiring import Project
    from firstfive.types import Experiment, ExperimentId, ItemId, Place, ReleaseId, Sharpening

AT_ONCE = 64
"""Candidates that are asked beside their baselines at once."""
REST_S = 5.0
"""After a Release that could not be opened, this long passes before the next try; and so before the log is told again
of what fails."""
WAIT = "wait"
"""The stage in which an answer waits for a processor: no Release's own time, whoever else asks."""

Answering: TypeAlias = Callable[["Now", bool, Stopwatch], Slate]
"""Answers the request from one Release, by a watch of its own; True: places may be left to chance."""


def seeker_of(request: Request, recomm_id: str) -> str:
    """Who is drawn: the user, else the visit, else whoever gets just this Slate."""
    return str(request.user or request.visit or recomm_id)


def drawn(experiment: Experiment, seeker: str) -> bool:
    """Whether a seeker gets the candidate, or the two interleaved: a share of all, by a hash that only we can make."""
    hashed = blake2b(f"{experiment.id} {seeker}".encode(), key=bytes.fromhex(experiment.seed), digest_size=8)
    return int.from_bytes(hashed.digest(), "big") < experiment.share * 2**64


def own_ms(slate: Slate) -> float:
    """Milliseconds that a Release itself took to answer."""
    return sum(spent for stage, spent in slate.timings_ms.items() if stage != WAIT)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was opened for an experiment, and when what could not be is tried again."""

    experiment: ExperimentId
    opened: dict[ReleaseId, Following] = field(default_factory=dict)
    again: dict[ReleaseId, float] = field(default_factory=dict)


class Arms:
    """Answers requests while an experiment runs. Thread-safe; one beside each Recommender."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = Lock()
        self._held: _Held | None = None
        self._quiet = 0.0

    def answer(
        self,
        now: Now,
        experiment: Experiment,
        request: Request,
        recomm_id: RecommId,
        watch: Stopwatch,
        work: Answering,
    ) -> Slate:
        """The Slate that this seeker is to get, with its part in the experiment. now: what answers outside of it.

        Where the baseline cannot be opened that answers alone, and the Slate has no part. What neither Release answers
        is refused as ever, and is no failure of the candidate.
        """
        try:
            baseline = self._now(experiment, experiment.baseline, now)
        except FirstFiveError as error:
            self._tell(experiment, "the baseline cannot be opened, so the Release in use answers alone", error)
            return work(now, True, watch)
        if not drawn(experiment, seeker_of(request, recomm_id)):
            return replace(work(baseline, True, watch), trial=Trial(experiment.id, "baseline"))
        if experiment.design == "interleaving":
            return self._both(baseline, experiment, recomm_id, watch, work)
        tried = _tried(lambda: work(self._now(experiment, experiment.candidate, now), True, watch))
        if isinstance(tried, Exception):
            slate = work(baseline, True, watch)
            self._failed(experiment, tried)
            return replace(slate, trial=Trial(experiment.id, "candidate", failed=True))
        return replace(tried, trial=Trial(experiment.id, "candidate"))

    def rest(self) -> None:
        """Lets go of what was opened for an experiment: none runs."""
        self._held = None

    def _both(
        self, baseline: Now, experiment: Experiment, recomm_id: RecommId, watch: Stopwatch, work: Answering
    ) -> Slate:
        """The two at the same time, so that neither waits for the other, drafted into one five.

        A request that only the candidate can answer, since it goes near to an item of its own, is answered by it alone
        and speaks for nobody.
        """
        beside = self._beside.submit(
            copy_context().run,
            partial(_tried, lambda: work(self._now(experiment, experiment.candidate, baseline), False, Stopwatch())),
        )
        try:
            a = work(baseline, False, watch)
        except FirstFiveError:
            b = beside.result()
            if isinstance(b, Exception):
                raise
            return replace(b, trial=Trial(experiment.id, "both"))
        b = beside.result()
        if isinstance(b, Exception):
            self._failed(experiment, b)
            return replace(a, trial=Trial(experiment.id, "both", failed=True))
        slate = interleaved(experiment, recomm_id, a, b)
        watch.lap("interleave")
        return slate

    def _now(self, experiment: Experiment, release: ReleaseId, other: Now) -> Now:
        """A Release of the experiment, opened and followed. IndexFileError where it just could not be."""
        if release == other.release.id:
            return other
        with self._lock:
            if self._held is None or self._held.experiment != experiment.id:
                self._held = _Held(experiment.id)
            held = self._held
        if monotonic() < held.again.get(release, 0.0):
            raise IndexFileError(f"release {release} could not be opened a moment ago", code="index.missing")
        following = held.opened.setdefault(release, Following(self._project, release))
        try:
            return following.now()
        except FirstFiveError:
            held.again[release] = monotonic() + REST_S
            raise

    def _failed(self, experiment: Experiment, error: Exception) -> None:
        """Tells the operator of a candidate that gave no answer where the baseline did."""
        observe.count("firstfive_experiment_failures_total")
        self._tell(experiment, "the candidate gave no answer", error)

    def _tell(self, experiment: Experiment, what: str, error: Exception) -> None:
        if monotonic() >= self._quiet:
            self._quiet = monotonic() + REST_S
            known = str(error) if isinstance(error, IndexFileError | ModelError) else type(error).__name__
            observe.log("experiment").error("%s: %s: %s", experiment.name, what, known)

    @cached_property
    def _beside(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(AT_ONCE, "candidate")


def _tried(work: Callable[[], Slate]) -> Slate | Exception:
    """What the candidate gives, or why it gives nothing: whether that is its fault, the baseline's answer will tell."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001  # a task of its own: whatever it is, no seeker may pay for it
        return error


def interleaved(experiment: Experiment, recomm_id: RecommId, a: Slate, b: Slate) -> Slate:
    """One Slate of two: the first five drafted, a place coming from whose pick it is, and the rest the baseline's.

    Where only one of the two has anything to show, no coin was thrown: the Slate is nobody's pick.
    """
    rows = {"a": _rows(a), "b": _rows(b)}
    n = max(len(a.places), len(b.places))
    slots = team_draft([*rows["a"]], [*rows["b"]], f"{experiment.seed} {recomm_id}", min(FIRST, max(1, n)))
    taken = {slot.item for slot in slots}
    picks = [(slot.team, slot.item, slot.chance) for slot in slots]
    picks += [("a", place.item, place.probability) for place in a.places if place.item not in taken][: n - len(slots)]
    places = tuple(
        replace(rows[team][item][0], place=number, probability=chance)
        for number, (team, item, chance) in enumerate(picks, 1)
    )
    met = bool(a.places and b.places)
    trial = Trial(
        experiment.id,
        "both",
        tuple(team for team, _, _ in picks) if met else (),
        tuple(slot.leaning for slot in slots) + (0.0,) * (len(picks) - len(slots)) if met else (),
        {"baseline": own_ms(a), "candidate": own_ms(b)},
        {"baseline": a.cost_usd, "candidate": b.cost_usd},
    )
    buttons = tuple(rows[team][item][1] for team, item, _ in picks)
    return replace(
        a,
        places=places,
        notes=a.notes if a.places else b.notes,
        models=tuple(dict.fromkeys((*a.models, *b.models))),
        prompts=tuple(dict.fromkeys((*a.prompts, *b.prompts))),
        cost_usd=a.cost_usd + b.cost_usd,
        recorded=min((at for at in (a.recorded, b.recorded) if at), default=None),
        asked=replace(a.asked, sharpenings=buttons) if a.asked else None,
        trial=trial,
    )


def _rows(slate: Slate) -> Mapping[ItemId, tuple[Place, tuple[Sharpening, ...]]]:
    """Each item's place and its buttons."""
    buttons = slate.asked.sharpenings if slate.asked else ()
    return {
        place.item: (place, buttons[number] if number < len(buttons) else ())
        for number, place in enumerate(slate.places)
    }
