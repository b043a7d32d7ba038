"""Which Release answers now: follows what is put in use and what is hidden, from one request to the next."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, NoReturn

from firstfive import observe
from firstfive.app import calibrating
from firstfive.app.embedders import Manner, as_it_is, embedder_of, remembering
from firstfive.app.serving import Serving
from firstfive.errors import IndexFileError
from firstfive.release import choose

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ask import Calibration
    from firstfive.ports import Embedder, Unit
    from firstfive.settings import RankSettings
    from firstfive.types import Experiment, Release, ReleaseId

RETRY_S = 5.0
"""How long after a failure a damaged Release is opened again."""
UNREAD = -1
"""The version of a Release just opened: what is hidden in it was not read yet, and nobody gets it so."""


@dataclass(frozen=True, slots=True)
class Now:
    """What answers, as one value, so that no request sees half of a change. hidden are positions in the Release.

    learned: how a chance is read off an answer; None for a Release that states none. learned_at: when that was written,
    in nanoseconds.
    experiment: the one that runs, of which this Release may be a part; None where this was told to stay with one.
    """

    release: Release
    serving: Serving
    hidden: frozenset[int]
    version: int
    learned: Calibration | None = None
    experiment: Experiment | None = None
    learned_at: int = 0


class Following:
    """Looks at the store for each request (70 microseconds), and opens another Release when one is put in use.

    release: stay with this one. rank: rank by these settings in place of the Release's own. manner: see `Manner`.
    """

    def __init__(
        self,
        project: Project,
        release: ReleaseId | None = None,
        rank: RankSettings | None = None,
        manner: Manner = as_it_is,
    ) -> None:
        self._project = project
        self._manner = manner
        self._fixed = release
        self._rank = rank
        self._lock, self._opening = Lock(), Lock()
        self._again = 0.0
        self._now: Now | None = None
        self._embedders: dict[str, Embedder] = {}

    def now(self) -> Now:
        """What answers now. Raises IndexFileError: index.missing before the first build, index.corrupt."""
        with self._project.store.read() as unit:
            seen = self._seen(unit)
        now = self._now
        if (
            now
            and (now.release.id, now.version, now.experiment) == seen
            and now.learned_at == self._learned_at(seen[0])
        ):
            return now
        return self._look()

    def _look(self) -> Now:
        """Opens what was put in use, and reads what is hidden. While one request opens, others get the one before."""
        if self._opening.acquire(blocking=self._now is None):
            try:
                self._follow()
            finally:
                self._opening.release()
        return self._read_again()

    def _follow(self) -> None:
        """Opens the Release in use where another one answers. A damaged one never takes the place of one that does."""
        now = self._now
        if now and monotonic() < self._again:
            return
        with self._project.store.read() as unit:
            wanted = self._seen(unit)[0]
            if now and now.release.id == wanted:
                return
            release = choose(unit.releases.all(), wanted)
        learned_at = self._learned_at(release.id)
        opened = self._opened(release)
        if opened is None:
            return
        serving, learned = opened
        with self._lock:
            with self._project.store.read() as unit:
                if self._now and self._seen(unit)[0] != release.id:
                    return  # another one was put in use meanwhile
            self._now = Now(release, serving, frozenset(), UNREAD, learned, None, learned_at)

    def _read_again(self) -> Now:
        """What answers, with what is hidden, runs and was learned by now."""
        with self._lock:
            now = self._now or self._missing()
            with self._project.store.read() as unit:
                _, version, experiment = self._seen(unit)
                learned_at = self._learned_at(now.release.id)
                if (now.version, now.experiment, now.learned_at) == (version, experiment, learned_at):
                    return now
                hidden = unit.hidden.all()
            places = (now.serving.catalogue.position(item) for item in hidden)
            gone = frozenset(place for place in places if place is not None)
            learned = self._learned(now, learned_at)
            self._now = Now(now.release, now.serving, gone, version, learned, experiment, learned_at)
            return self._now

    def _learned_at(self, release: ReleaseId) -> int:
        return calibrating.written(self._project.releases / release)

    def _learned(self, now: Now, learned_at: int) -> Calibration | None:
        """What is read off now: another one where a build learned from labels since, unless that is damaged."""
        try:
            return (
                now.learned
                if now.learned_at == learned_at
                else calibrating.load(self._project.releases / now.release.id)
            )
        except IndexFileError as error:
            observe.log("recommend").error("still stating chances as before: %s", error)
            return now.learned

    def _seen(self, unit: Unit) -> tuple[ReleaseId, int, Experiment | None]:
        """The Release to answer from, the version of what is hidden, and the experiment that runs."""
        if self._fixed:
            return self._now.release.id if self._now else self._fixed, unit.hidden.version(), None
        history = unit.releases.history()
        return history[0] if history else self._missing(), unit.hidden.version(), unit.experiments.running()

    def _opened(self, release: Release) -> tuple[Serving, Calibration | None] | None:
        """The Release, opened; None where it is damaged and another one answers, which is logged and tried again."""
        if self._now and monotonic() < self._again:
            return None
        try:
            return self._open(release)
        except IndexFileError as error:
            if self._now is None:
                raise
            self._again = monotonic() + RETRY_S
            observe.log("recommend").error("still serving release %s: %s", self._now.release.id, error)
            return None

    def _open(self, release: Release) -> tuple[Serving, Calibration | None]:
        folder = self._project.releases / release.id
        serving, learned = Serving(folder, self._embedder(release), self._rank), calibrating.load(folder)
        observe.gauge("firstfive_items", release.items)
        observe.log("recommend").info("serving release %s: %d items", release.id, release.items)
        return serving, learned

    def _embedder(self, release: Release) -> Embedder | None:
        """The Release's own; Releases of one embedder share it, with the vectors it remembers."""
        found = embedder_of(self._project, release)
        if found is None:
            return None
        from firstfive.models import Gone

        if isinstance(found, Gone):
            return found
        if self._manner is as_it_is:
            return self._project.remembered(found)
        return self._embedders.setdefault(found.name, remembering(self._manner(found)))

    @staticmethod
    def _missing() -> NoReturn:
        raise IndexFileError("nothing is built yet; run `firstfive build`", code="index.missing")
