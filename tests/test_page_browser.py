"""The seeker's page in a real Chromium: letters, contrast, targets, keyboard, zoom, no JavaScript, nothing off-site."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firstfive.app.wiring import open_project
from firstfive.testing.clients import NO_CHROMIUM, Served, chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page
    from playwright.sync_api import Request as BrowserRequest

EXECUTABLE = chromium()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=NO_CHROMIUM)

HINT = "status of 422"
"""Chromium notes the status of the page that gives a hint."""
ABORTED = "ERR_ABORTED"
"""The visit went on before the icon had come: no failure of the page."""
SENTENCE = "someone who makes crowns and dentures for dentists"
EXAMPLES = "project.examples=a vet for my parrot,transport of frozen food"

# For every element with text of its own: its letters' size and its contrast with what is really behind it.
LETTERS = """() => {
  const rgb = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const lum = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  return [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility() &&
      ([...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.tagName === 'TEXTAREA')).map(e => {
    const style = getComputedStyle(e), a = lum(rgb(style.color)), b = lum(behind(e));
    return { tag: e.tagName, text: e.textContent.slice(0, 30), px: parseFloat(style.fontSize),
             contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
  });
}"""

TARGETS = """() => [...document.querySelectorAll('a:not(.skip), button, textarea')].map(e => {
  const box = e.getBoundingClientRect(); return { tag: e.tagName, width: box.width, height: box.height, top: box.top,
    bottom: box.bottom }; })"""


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("browser") / "world")
    overrides = [EXAMPLES, "server.page_rate_per_minute=0"]
    with open_project(folder, overrides=overrides, environment={}) as project, served(project) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Served) -> Iterator[Page]:
    """A page without JavaScript of its own to run; what it may not do ends the test."""
    context = browser.new_context(base_url=server.url, color_scheme=request.param, java_script_enabled=False)
    opened = context.new_page()
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and HINT not in message.text:
            wrong.append(message.text)

    def requested(asked: BrowserRequest) -> None:
        if not asked.url.startswith(server.url):
            wrong.append(asked.url)

    def failed(asked: BrowserRequest) -> None:
        if ABORTED not in (asked.failure or ""):
            wrong.append(asked.url)

    opened.on("console", said)
    opened.on("request", requested)
    opened.on("requestfailed", failed)
    yield opened
    assert not wrong
    context.close()


def ask(page: Page, text: str = SENTENCE) -> None:
    page.goto("/")
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Find matches").click()
    page.wait_for_url("**/slate/*")


def both_states(page: Page) -> Iterator[None]:
    page.goto("/")
    yield
    ask(page)
    yield


def test_letters_are_large_and_stand_out(page: Page) -> None:
    for _ in both_states(page):
        letters = page.evaluate(LETTERS)
        assert letters
        for one in letters:
            assert one["px"] >= 20, one
            assert one["contrast"] >= 7, one


def test_targets_are_large_and_apart(page: Page) -> None:
    for _ in both_states(page):
        targets = page.evaluate(TARGETS)
        for one in targets:
            assert one["height"] >= 48, one
            assert one["width"] >= 48, one
        for above, below in zip(targets, targets[1:], strict=False):
            assert below["top"] - above["bottom"] >= 8, (above, below)


def test_a_visit_by_keyboard_alone_shows_its_focus_and_reaches_the_results(page: Page) -> None:
    page.goto("/")
    assert page.get_by_role("textbox", name="What are you looking for?").is_visible()
    page.keyboard.type(SENTENCE)
    page.keyboard.press("Tab")
    focused = page.locator("button:focus-visible")
    assert focused.inner_text() == "Find matches"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/slate/*")
    assert page.get_by_role("heading", level=1).inner_text() == "Your five best matches"
    assert page.get_by_role("article").count() == 5
    assert page.get_by_role("article", name="Bright Molar").is_visible()


def test_the_words_are_kept_over_results_reload_and_back(page: Page) -> None:
    ask(page)
    assert page.get_by_role("textbox").input_value() == SENTENCE
    page.reload()
    assert page.get_by_role("article").count() == 5
    assert page.get_by_role("textbox").input_value() == SENTENCE
    page.get_by_role("textbox").fill("washing hospital bed linen")
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("article", name="White Press").wait_for()
    page.go_back()
    assert page.get_by_role("article", name="Bright Molar").is_visible()


def test_an_empty_request_gets_a_hint_that_is_read_out(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Find matches").click()
    assert "A few words are enough" in page.get_by_role("status").inner_text()


def test_an_example_leads_to_its_results(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="a vet for my parrot").click()
    page.wait_for_url("**/slate/*")
    assert page.get_by_role("article", name="Paw & Feather").is_visible()


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_needs_sideways_scrolling_on_a_narrow_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for text in (SENTENCE, "dentures " + "x" * 300):
        ask(page, text)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_text_from_the_catalogue_runs_nothing(browser: Browser, server: Served) -> None:
    from datetime import UTC, datetime

    from firstfive.types import ItemId, Place, RecommId, ReleaseId, Request, Slate

    hostile = (
        "</textarea><script>window.ran=1</script><img src=https://elsewhere.example/x onerror=window.ran=2>\u202egro"
    )
    place = Place(1, ItemId("h"), hostile, hostile * 3, 1.0, {}, None, None, {}, (hostile,))
    slate = Slate(
        RecommId("hostile"),
        ReleaseId("r"),
        Request(hostile, scenario="page"),
        (place,),
        {},
        datetime.now(UTC),
        (hostile,),
    )
    server.project.store.write(lambda unit: unit.slates.add(slate))
    page = browser.new_page(base_url=server.url)
    off_site: list[str] = []
    page.on("request", lambda asked: off_site.append(asked.url) if not asked.url.startswith(server.url) else None)
    page.goto("/slate/hostile")
    assert page.evaluate("window.ran") is None
    assert off_site == []
    assert page.get_by_role("textbox").input_value() == hostile
    page.close()
