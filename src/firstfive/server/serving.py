"""Serving: an address, uvicorn on it, and housekeeping beside it until the process is told to stop."""

from __future__ import annotations

import hashlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

import uvicorn

from firstfive import observe
from firstfive.app import release as releases
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project
from firstfive.errors import FirstFiveError, RunError
from firstfive.server.app import make_app
from firstfive.server.arriving import AT_ONCE, InTime, Seldom
from firstfive.server.calls import unforeseen
from firstfive.server.forgetting import Forgetting
from firstfive.server.service import Standing
from firstfive.server.wrappers import LOOPBACK
from firstfive.types import Event, ReleaseId

if TYPE_CHECKING:
    from firstfive.app.build import BuildReport

STOP_S = 10
"""Seconds that calls in flight get to finish when the server is told to stop."""
FORGET_AFTER_S = 600.0
"""Seconds until a server that starts forgets for the first time: a clock may be set only once there is a network."""
FORGET_EVERY_S = 3600.0
LOOK_EVERY_S = 2.0
"""How often a server looks whether enough events came to learn from."""
RETRY_S = 60.0
"""How long after learning that did not work it is tried again."""
READ = 1_000
SELDOM = Seldom()


def serve(
    project: Project,
    host: str | None = None,
    port: int | None = None,
    *,
    recommender: Recommender | None = None,
    started: Callable[[str], None] = print,
) -> None:
    """Serves until SIGINT or SIGTERM, then lets calls in flight finish. Port 0 takes any free one.

    started gets the address once connections are taken. RunError server.address where the address cannot be bound.
    """
    host = project.settings.server.host if host is None else host
    port = project.settings.server.port if port is None else port
    with closing(bind(host, port)) as listening:
        names = project.settings.server.hosts or (LOOPBACK if host in LOOPBACK else ())
        standing = Standing()
        app = make_app(project, recommender, hosts=names, standing=standing)
        server = uvicorn.Server(configured(app))
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
        with observe.exporting(), Housekeeping(project, standing), _ending_well():
            started(address)
            server.run(sockets=[listening])


@contextmanager
def _ending_well() -> Iterator[None]:
    """uvicorn raises a signal again after it has stopped for it; here that is no more news, so the caller goes on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(app: object) -> Iterator[str]:
    """Serves an application on a free loopback port, in a thread, while the `with` lasts; gives the address."""
    with closing(bind("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(configured(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="firstfive-server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def configured(app: object) -> uvicorn.Config:
    """uvicorn as firstfive runs it: no log lines of its own, which would carry paths with ids of people.

    Nor does it believe what proxies say: `make_app` sees to that.
    """
    logging.getLogger("asyncio").addFilter(SELDOM)
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        http=InTime,
        backlog=AT_ONCE,
        timeout_graceful_shutdown=STOP_S,
        h11_max_incomplete_event_size=64 * 1024,
    )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Connections wait in it until the server takes them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the socket says that it is TCP; with it, each answer takes 40 ms more.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except (OSError, OverflowError) as taken:
        listening.close()
        raise RunError(
            f"cannot serve on {host} port {port}: {taken}; stop what uses it, or take another with --port",
            code="server.address",
        ) from taken
    return listening


class Heard:
    """Whether enough events came since they were last learned from. When a server starts, all that is stored is new.

    New is what was said after the newest that was learned from: that one may be erased, or said anew, meanwhile.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._until = datetime.min.replace(tzinfo=UTC)

    def at_least(self, wanted: int) -> bool:
        """Whether so many are new. Reads a little more than these, the newest first."""
        found, cursor = 0, ""
        while True:
            page, cursor = self._newest(cursor)
            new = sum(event.at > self._until for event in page)
            found += new
            if found >= wanted or not cursor or not new:
                return found >= wanted

    def all(self) -> datetime:
        """They are learned from. Gives until when they were before, for `back`."""
        page, _ = self._newest("")
        before, now = self._until, datetime.now(UTC)
        self._until = max([before, *(min(event.at, now) for event in page)])
        return before

    def back(self, until: datetime) -> None:
        """What was said after this time is new again: learning from it did not work."""
        self._until = until

    def _newest(self, cursor: str) -> tuple[Sequence[Event], str]:
        with self._project.store.read() as unit:
            return unit.events.find(after=cursor, n=READ, newest=True)


class Housekeeping:
    """A thread that forgets what is older than privacy.keep_days, builds when pages changed, and learns from events.

    For a build it looks every server.build_every_s seconds, reading every page. What is amiss with what it built, and
    did not put in use for that, it logs and says in `standing`. What was learned waits for `firstfive promote`.
    """

    def __init__(self, project: Project, standing: Standing | None = None) -> None:
        self._project = project
        self._standing = standing or Standing()
        self._built = ""  # the pages as they were at the last build
        self._heard = Heard(project)
        self._forget = Forgetting(project)
        self._made: list[ReleaseId] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="firstfive-housekeeping", daemon=True)

    def __enter__(self) -> Housekeeping:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(STOP_S)

    def _build(self) -> None:
        pages = self._pages()
        if not pages or pages == self._built:
            return
        from firstfive.app.build import build  # heavy, and most servers never build

        before = self._there()
        report = build(self._project, use=False)
        changed, self._built = bool(self._built), pages
        self._use(report, changed)
        self._tidy(report.release.id, before)

    def _use(self, report: BuildReport, changed: bool) -> None:
        """Puts what was built in use, unless somebody is to decide that. changed: since the build before."""
        from firstfive.app.unattended import held_back

        release, self._standing.against = report.release.id, self._project.release_in_use()
        held = held_back(self._project, report, changed=changed)
        self._standing.held = f"release {release} {held.why}" if held and held.alarms else ""
        if held:
            log = observe.log("server")
            (log.warning if held.alarms else log.info)("built release %s, which %s", release, held.why)
        elif release != self._standing.against:
            releases.use(self._project, release, "build")

    def _learn(self, least: int) -> None:
        """Learns where at least so many events came since it last did."""
        if not self._heard.at_least(least):
            return
        from firstfive.app.learning import learn  # heavy, and most servers never learn

        before, heard = self._there(), self._heard.all()
        try:
            found = learn(self._project)
        except Exception:
            self._heard.back(heard)
            raise
        candidate = f"; release {found.release.id} waits for `firstfive promote`" if found.release else ""
        observe.log("server").info("learned from %d likes: %s%s", found.likes, found.advice, candidate)
        if found.release:
            self._tidy(found.release.id, before)

    def _tidy(self, made: ReleaseId, before: Collection[ReleaseId]) -> None:
        """What is made by itself must not fill the disk by itself: of the Releases made here, the oldest go."""
        if made not in before:
            self._made.append(made)
        keep = self._project.settings.server.keep_releases
        for release in self._made[:-keep] if keep else ():
            if releases.remove(self._project, release):
                self._made.remove(release)
                observe.log("server").info("removed release %s, as server.keep_releases says", release)

    def _there(self) -> set[ReleaseId]:
        """All Releases."""
        with self._project.store.read() as unit:
            return {release.id for release in unit.releases.all()}

    def _pages(self) -> str:
        """A hash of all that a build would read of the catalogue; empty where there is nothing."""
        hashed, any_page = hashlib.sha256(), False
        with self._project.store.read() as unit:
            for page in unit.pages.live():
                hashed.update(page.digest.encode())
                any_page = True
        return hashed.hexdigest() if any_page else ""

    def _run(self) -> None:
        settings = self._project.settings.server
        every_s, learn_s = settings.build_every_s, settings.learn_every_s
        forget_at, look_at = monotonic() + FORGET_AFTER_S, monotonic()
        build_at, learn_at = monotonic() + every_s, monotonic() + learn_s
        while not self._stop.wait(min(1.0, every_s or 1.0, learn_s or 1.0)):
            if monotonic() >= forget_at:
                forget_at = monotonic() + FORGET_EVERY_S
                self._do("forget", self._forget)
            if every_s and monotonic() >= build_at:
                self._do("build", self._build)
                build_at = monotonic() + every_s
            if learn_s and monotonic() >= learn_at:
                self._do("learn", lambda: self._learn(1))
                learn_at = monotonic() + learn_s
            if settings.learn_after and monotonic() >= look_at:
                worked = self._do("learn", lambda: self._learn(settings.learn_after))
                look_at = monotonic() + (LOOK_EVERY_S if worked else RETRY_S)

    def _do(self, what: str, work: Callable[[], object]) -> bool:
        """Whether it worked."""
        try:
            work()
        except FirstFiveError as error:
            observe.log("server").warning("%s did not work: %s %s", what, error.code, error)
        except Exception as error:  # noqa: BLE001  # the top of a task: the next one is tried in its turn
            unforeseen(error, what)
        else:
            return True
        return False
