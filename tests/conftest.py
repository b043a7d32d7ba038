"""What tests share: the tiny world as a built project, and the folder of real data where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from firstfive.app.wiring import Project

ROOT = Path(__file__).resolve().parent.parent

# No deadline: the machine is shared, and a slow moment is not a failure. The same examples on every run.
settings.register_profile("firstfive", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("firstfive")


@pytest.fixture(autouse=True)
def _no_settings_from_the_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no FIRSTFIVE_ variable of the shell they run in but the two that name folders of the machine."""
    kept = {"FIRSTFIVE_DATA", "FIRSTFIVE_CACHE"}
    for name in [name for name in os.environ if name.startswith("FIRSTFIVE_") and name not in kept]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny world, imported and built. Not to be written to: use `world_folder`."""
    from firstfive.app.build import build
    from firstfive.app.collect import import_sources
    from firstfive.app.wiring import init_project, open_project
    from firstfive.testing.world import write_items

    folder = tmp_path_factory.mktemp("built")
    init_project(folder)
    with open_project(folder, environment={}) as project:
        import_sources(project, [str(write_items(folder))], field=["*"])
        build(project)
    return folder


@pytest.fixture
def world_folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the tiny world's project that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "world"))


@pytest.fixture
def world(world_folder: Path) -> Iterator[Project]:
    """The tiny world, open."""
    from firstfive.app.wiring import open_project

    with open_project(world_folder, environment={}) as project:
        yield project


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data that FIRSTFIVE_DATA names; without it the test is skipped."""
    name = os.environ.get("FIRSTFIVE_DATA", "")
    if not name:
        pytest.skip("FIRSTFIVE_DATA is not set: name the folder of real data sets to run this test")
    if not Path(name).is_dir():
        pytest.fail(f"FIRSTFIVE_DATA is {name!r}, which is not a folder")
    return Path(name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one the test is skipped, but in CI. One a module: it keeps an event loop of its own."""
    from firstfive.testing.clients import NO_CHROMIUM, chromium

    executable = chromium()
    if executable is None:
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield launched
        launched.close()


@contextmanager
def project_of(folder: Path, heading: str, rows: Sequence[str]) -> Iterator[Project]:
    """A project of a table with these rows, built."""
    from firstfive.app.build import build
    from firstfive.app.collect import import_sources
    from firstfive.app.wiring import init_project, open_project

    (folder / "rows.csv").write_text("\n".join([heading, *rows]), "utf-8")
    init_project(folder)
    with open_project(folder) as project:
        import_sources(project, [str(folder / "rows.csv")])
        build(project)
        yield project
