"""The studio in a real Chromium: keyboard alone, without JavaScript, narrow and wide, axe, nothing off-site."""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import httpx
import pytest

from conftest import ROOT
from firstfive.app import demo
from firstfive.app.labelling import draw
from firstfive.app.wiring import open_project
from firstfive.ports import Pair
from firstfive.testing.clients import NO_CHROMIUM, Served, chromium, served
from firstfive.types import (
    Event,
    Experiment,
    ExperimentId,
    ItemId,
    Page,
    Place,
    RecommId,
    Rejected,
    ReleaseId,
    Request,
    Slate,
    Trial,
    UserId,
    VisitId,
)
from pages import visit_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Opened

    from firstfive.ports import Unit

EXECUTABLE = chromium()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=NO_CHROMIUM)

WANTED = "someone who makes crowns and dentures for dentists"
HOSTILE = (
    "<script>window.ran=1</script><img src=https://elsewhere.example/x onerror=window.ran=2>\u202egro " + "x" * 400
)
PAGES = (
    "/studio",
    "/studio/try",
    "/studio/items",
    "/studio/items/bakery",
    "/studio/items/hostile",
    "/studio/quarantine",
    "/studio/releases",
    "/studio/experiments",
    "/studio/experiments/try",
    "/studio/prompts",
    "/studio/prompts/describe",
    "/studio/label",
    "/studio/label?person=first&who=a",
    "/studio/label?person=second&who=b",
    "/studio/labels",
    "/studio/visits",
    "/studio/visits/v1",
    "/studio/items/nobody",
)
AXE = importlib.util.find_spec("axe_playwright_python")


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("studio-browser") / "world")
    overrides = ["server.rate_per_minute=0"]
    with open_project(folder, overrides=overrides, environment={}) as project, pytest.MonkeyPatch.context() as patched:
        patched.setattr("firstfive.server.service.SIGN_INS", 0)
        now = datetime.now(UTC)
        request = Request(HOSTILE, user=UserId("v1"), visit=VisitId("v1"), scenario="page")
        slate = Slate(RecommId("one"), ReleaseId("r"), request, (), {}, now, (HOSTILE,))
        event = Event("no", UserId("v1"), ItemId(HOSTILE[:200]), now, RecommId("one"), 3.0, HOSTILE)
        page = Page(ItemId("hostile"), "html", HOSTILE, f"<p>{HOSTILE}</p>".encode() * 90, {HOSTILE: HOSTILE}, HOSTILE)
        project.store.write(lambda unit: unit.quarantine.add([Rejected(HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE)]))
        project.store.write(lambda unit: unit.pages.put([page]))
        project.store.write(lambda unit: unit.slates.add(slate))
        pair = Pair("one", HOSTILE, ItemId("bakery"), now, again=True)
        project.store.write(lambda unit: unit.pairs.add([pair, replace(pair, qid=HOSTILE, item=ItemId(HOSTILE[:200]))]))
        project.store.write(lambda unit: unit.events.add([event]))
        project.store.write(tried)
        with served(project) as running:
            yield running


def tried(unit: Unit) -> None:
    """An experiment of yesterday with ten visitors."""
    began = datetime.now(UTC) - timedelta(days=1)
    id_, old, new = ExperimentId("x"), ReleaseId("old"), ReleaseId("new")
    unit.experiments.add(Experiment(id_, "try", "ab", old, new, 0.5, "00" * 16, began, why=HOSTILE))
    for n in range(10):
        arm: Literal["baseline", "candidate"] = "candidate" if n % 2 else "baseline"
        request = Request("a bakery", user=UserId(f"t{n}"))
        trial = Trial(id_, arm)
        unit.slates.add(Slate(RecommId(f"t{n}"), old, request, (), {"embed": 2.0}, began, trial=trial))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield launched
        launched.close()


def signed_in(
    browser: Browser, server: Served, *, scheme: str = "light", width: int = 1280, script: bool = False
) -> Opened:
    """A page of somebody who signed in by the keyboard."""
    context = browser.new_context(
        base_url=server.url,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
    )
    page = context.new_page()
    page.goto("/studio/sign-in")
    page.get_by_label("Operator's key").focus()  # it has the focus by itself, some moments after the page is there
    page.keyboard.type(server.operator)
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio")
    return page


def test_a_request_is_tried_by_keyboard_alone_without_a_script(browser: Browser, server: Served) -> None:
    page = signed_in(browser, server)
    page.keyboard.press("Tab")
    assert page.locator(":focus-visible").inner_text() == "Skip to the page"
    page.get_by_role("link", name="Try").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Request").focus()
    page.keyboard.type("crowns and dentures")
    for _ in range(3):
        page.keyboard.press("Tab")
    focused = page.locator("button:focus-visible")
    assert focused.inner_text() == "Try it"
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What is shown, and why").wait_for()
    assert page.get_by_role("link", name="Bright Molar").count() > 1
    assert page.get_by_label("Request").input_value() == "crowns and dentures"
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV of timings").press("Enter")
    assert Path(started.value.path()).read_text("utf-8").startswith('"stage","ms","what"')
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_needs_sideways_scrolling_and_tables_scroll_by_themselves(
    browser: Browser, server: Served, width: int
) -> None:
    page = signed_in(browser, server, width=width, script=True)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.context.close()


def test_hostile_text_runs_nothing_and_asks_for_nothing_elsewhere(browser: Browser, server: Served) -> None:
    page = signed_in(browser, server, script=True)
    wrong: list[str] = []
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(server.url) else None)
    page.on(
        "console", lambda said: wrong.append(said.text) if said.type == "error" and "404" not in said.text else None
    )
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("window.ran") is None, path
        assert page.locator("main script, main img").count() == 0, path
    assert wrong == []
    page.context.close()


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, server: Served, scheme: str) -> None:
    axe = importlib.import_module("axe_playwright_python.sync_playwright").Axe()
    page = signed_in(browser, server, scheme=scheme, script=True)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found: list[str] = []

    def look(where: str) -> None:
        results = axe.run(page, options=options)
        for one in results.response["violations"]:
            found.extend(f"{where}: {one['id']} {node['html'][:120]}" for node in one["nodes"])

    for path in PAGES:
        page.goto(path)
        look(path)
    page.goto("/studio/try")
    page.get_by_label("Request").fill("crowns and dentures")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("heading", name="What is shown, and why").wait_for()
    look("tried")
    page.get_by_role("button", name="Sign out").click()
    look("sign in")
    assert found == []
    page.context.close()


# --- pictures ---------------------------------------------------------------------------------------------------------


SITES = (
    "guildbook-register.example",
    "amber-odra-chamber.example",
    "marches-ledger.example",
    "northpier-dental-lab.example",
)
"""Some of the demo's sites, for a catalogue that looks like one."""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A part of the demo, with what a studio shows after a while: a visit, pairs to label, an experiment."""
    folder = tmp_path_factory.mktemp("calm")
    for site in SITES:
        shutil.copytree(demo.demo_pages() / site, folder / "pages" / site)
    for name in (demo.REQUESTS, demo.JUDGED):
        shutil.copy(demo.demo_pages().with_name(name), folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.setattr(demo, "demo_pages", lambda: Path("pages"))
        patched.setattr("firstfive.server.service.SIGN_INS", 0)
        patched.delenv("FIRSTFIVE_SCREENSHOTS", raising=False)
        with demo.open_demo(folder / "demo", overrides=["server.page_rate_per_minute=0"]) as project:
            demo.fill(project)
            with served(project) as running:
                for text in (WANTED, "cold storage near a port", "software for vets", "a care home with a garden"):
                    visited(running, text)
                draw(project, 8)
                project.store.write(compared)
                yield running


def compared(unit: Unit) -> None:
    """An experiment of last week: of 600 visitors, more find a match with the candidate."""
    drawn, began = random.Random(5), datetime.now(UTC) - timedelta(days=7)
    id_, old, new = ExperimentId("c"), ReleaseId("baseline"), ReleaseId("candidate")
    unit.experiments.add(
        Experiment(id_, "facts-first", "ab", old, new, 0.5, "00" * 16, began, who="studio", why="Facts of a model.")
    )
    for n in range(600):
        arm: Literal["baseline", "candidate"] = "candidate" if drawn.random() < 0.5 else "baseline"
        at, name = began + timedelta(minutes=10 * n), f"c{n}"
        place = Place(1, ItemId("a"), "A firm", "", 1.0, {}, None, None, {})
        request = Request(WANTED, user=UserId(name), visit=VisitId(name), scenario="page")
        timings, trial, took_s = {"embed": 2.0}, Trial(id_, arm), drawn.uniform(8, 60)
        unit.slates.add(Slate(RecommId(name), old, request, (place,), timings, at, trial=trial))
        kinds = ["shown", *(["yes"] if drawn.random() < (0.62 if arm == "candidate" else 0.45) else []), "left"]
        unit.events.add([Event(kind, UserId(name), ItemId("a"), at, RecommId(name), took_s) for kind in kinds])


@pytest.mark.skipif(not os.environ.get("FIRSTFIVE_SCREENSHOTS"), reason="FIRSTFIVE_SCREENSHOTS is not set")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_studio_are_written(browser: Browser, calm: Served, scheme: str) -> None:
    page = signed_in(browser, calm, scheme=scheme)

    def taken(name: str, path: str = "") -> None:
        if path:
            page.goto(path)
        page.screenshot(path=ROOT / "docs" / "images" / f"studio-{name}-{scheme}.png")

    taken("overview")
    taken("prompt", "/studio/prompts/describe")
    taken("visit", f"/studio/visits/{visited(calm)}")
    taken("items", "/studio/items")
    taken("item", "/studio/items/" + quote("amber-odra-chamber.example/folinotec", safe=""))
    taken("experiment", "/studio/experiments/facts-first")
    taken("experiments", "/studio/experiments")
    taken("label", "/studio/label?person=first&who=ann")
    page.goto("/studio/try")
    page.get_by_role("textbox").first.fill(WANTED)
    page.get_by_role("button", name="Try").click()
    page.locator("table").first.wait_for()
    taken("try")


def visited(server: Served, text: str = WANTED) -> VisitId:
    """A visit of a sentence, a yes and a no."""
    with httpx.Client(base_url=server.url, follow_redirects=True, timeout=30) as seeker:
        answer = seeker.post("/find", data={"text": text})
        for do in ("yes 1", "no 2 kind"):
            seeker.post(f"{answer.url.path}/say", data={"do": do})
    return visit_of(server, str(answer.url))
