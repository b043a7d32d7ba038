"""Real servers for tests: a project served on a free loopback port, with keys; and a real browser to look at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from firstfive.app.record import create_key
from firstfive.app.wiring import Project
from firstfive.server import make_app
from firstfive.server.serving import running

NO_CHROMIUM = "no Chromium is found; `apt-get install chromium`, or name one in FIRSTFIVE_CHROMIUM"


@dataclass(frozen=True, slots=True)
class Served:
    """A server over a project: its address, and a secret for each role."""

    url: str
    project: Project
    operator: str
    app: str
    reader: str


@contextmanager
def served(project: Project) -> Iterator[Served]:
    """Serves a project over real HTTP with a fresh key for each role."""
    secrets = {role: create_key(project, role, "test")[1] for role in ("operator", "app", "reader")}
    with running(make_app(project)) as url:
        yield Served(url, project, **secrets)


def chromium() -> str | None:
    """The Chromium to test with. None where there is none and tests may skip; RuntimeError where CI demands one."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = os.environ.get("FIRSTFIVE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found and os.environ.get("CI", "").lower() in {"1", "true"}:
        raise RuntimeError(NO_CHROMIUM)
    return found
