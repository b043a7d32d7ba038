"""What the page's script adds, in a real Chromium: what was pressed stays in view, nothing typed and no press is lost.

What holds with and without it is in test_page_browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firstfive.testing.clients import Served
from firstfive.types import UserId
from pages import ASKED, SENTENCE, ask, fresh, opened, page_server, visit_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SIZES = [(320, 568), (1280, 720)]
INSIDE = "e => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
AT_THE_BOTTOM = "e => scrollBy(0, e.getBoundingClientRect().bottom - innerHeight + 4)"
LISTEN = (
    "window.heard = []; new MutationObserver(() => heard.push(live().textContent)).observe(live(), {childList: true})"
)


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with page_server(built, tmp_path_factory.mktemp("script")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    with opened(browser, server.url) as page:
        yield page


def held(page: Page, where: str) -> list[Route]:
    """Calls to an address, which stay on their way until they are let go on."""
    routes: list[Route] = []
    page.route(where, lambda route: routes.extend([route]))
    return routes


def let_go(routes: list[Route], page: Page) -> None:
    until(page, lambda: bool(routes))
    routes.pop(0).continue_()


def until(page: Page, so: Callable[[], bool]) -> None:
    """Waits, ten seconds at most; Playwright's own way would evaluate words, which the page's policy forbids."""
    for _ in range(500):
        if so():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not come to be so in time")


# --- the eye ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("answer", ["Yes, it fits", "Maybe", "No"])
def test_what_was_said_and_undo_are_in_view_after_a_press_at_the_bottom_of_a_long_result(
    browser: Browser, server: Served, width: int, height: int, answer: str
) -> None:
    with opened(browser, server.url, viewport={"width": width, "height": height}) as page:
        page.goto(fresh(server))
        card = page.locator("#place-3")
        card.locator("summary").first.click()
        button = card.get_by_role("button", name=answer, exact=True)
        button.evaluate(AT_THE_BOTTOM)
        before = button.bounding_box()
        button.click()
        card.locator(".said").wait_for()
        for part in (".said", ".decide button"):
            assert card.locator(part).evaluate(INSIDE), part
        assert card.locator(".said:focus").count() == 1
        after = card.locator(".decide").bounding_box()
        if answer != "No" and before and after:
            assert card.locator("details[open]").count() == 1
            assert abs(before["y"] - after["y"]) < height / 2, "the eye is still where it was"


def test_a_result_whose_answer_is_in_view_does_not_move(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    card = page.locator("#place-3")
    card.scroll_into_view_if_needed()
    before = card.bounding_box()
    card.get_by_role("button", name="Yes, it fits").click()
    card.locator(".said").wait_for()
    after = card.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 2


# --- one press after the other ----------------------------------------------------------------------------------------


def test_a_second_press_waits_for_the_first_and_each_says_at_once_that_it_was_taken(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.evaluate(LISTEN)
    routes = held(page, "**/say")
    page.locator("#place-1 .yes").click()
    assert page.locator("#place-1 .yes.pressed").count() == 1
    until(page, lambda: bool(page.evaluate("heard.includes('One moment …')")))
    no = page.locator("#place-2").get_by_role("button", name="No")
    no.click()
    no.click()
    assert page.locator("#place-2 .pressed").count() == 1
    let_go(routes, page)
    page.locator("#place-1 .said").wait_for()
    assert page.locator("#place-2 .pressed").count() == 1, "it still waits, and says so"
    let_go(routes, page)
    page.locator("#place-2 .said:focus").wait_for()
    assert page.locator(".pressed, [aria-busy]").count() == 0
    assert routes == []
    with server.project.store.read() as unit:
        events, _ = unit.events.find(user=UserId(visit_of(server, page.url)))
    assert [event.kind for event in events if event.kind in {"yes", "no"}] == ["yes", "no"]


def test_while_an_answer_comes_nothing_else_is_taken_and_the_buttons_look_like_it(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    routes = held(page, "**/next")
    page.get_by_role("button", name="Show five more").click()
    page.locator("#place-1 .yes").click()
    assert page.locator("main[aria-busy=true]").count() == 1
    assert page.locator("#place-1 .yes").evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    let_go(routes, page)
    page.get_by_role("heading", name="Five more matches").wait_for()
    assert page.locator(".said, .pressed").count() == 0


def test_undo_is_said_aloud(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.locator("#place-2 .yes").click()
    page.locator("#place-2").get_by_role("button", name="Undo").click()
    page.locator("#live", has_text="Undone. You can choose again.").wait_for(state="attached")
    spot = page.locator("#place-2 .said:focus", has_text="Undone. You can choose again.")
    assert spot.evaluate(INSIDE)
    assert page.locator("#place-2 .yes").evaluate(INSIDE)


@pytest.mark.parametrize("do", ["Does not matter", "Send", "Skip"])
def test_what_is_answered_below_the_results_is_thanked_for_where_it_was_pressed(
    page: Page, server: Served, do: str
) -> None:
    page.goto(fresh(server))
    said = {"Send": "Thank you for your answer."}.get(do, "All right. We will not ask that again.")
    page.locator("#place-1 .yes").click()
    page.locator("#place-1 .said").wait_for()
    if do == "Send":
        page.locator("#rating input[type=radio]").first.check()
    page.get_by_role("button", name=do).click()
    spot = page.locator(".said:focus", has_text=said)
    spot.wait_for()
    assert spot.evaluate(INSIDE)
    page.locator("#live", has_text=said).wait_for(state="attached")


# --- what was typed ---------------------------------------------------------------------------------------------------


def test_typed_words_stay_when_another_button_is_pressed(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.locator("#place-2").get_by_role("button", name="No").click()
    page.locator("#why-own-2").fill("too far away")
    page.locator("#own").fill("by the sea")
    page.locator("#place-1 .yes").click()
    page.locator("#place-1 .said").wait_for()
    assert page.locator("#why-own-2").input_value() == "too far away"
    assert page.locator("#own").input_value() == "by the sea"
    page.locator("form", has=page.locator("#why-own-2")).get_by_role("button").click()
    page.get_by_text("Thank you. That helps us.").wait_for()
    page.get_by_role("button", name="Show five more").click()
    page.get_by_role("heading", name="Five more matches").wait_for()
    assert page.locator("#own").input_value() == "by the sea", "it says what matters in the next five too"
    page.get_by_role("button", name="Add this").click()
    page.get_by_role("button", name="Take away: by the sea").wait_for()
    assert page.locator("#own").input_value() == ""


def test_back_from_the_results_the_sentence_is_there_and_a_new_start_is_empty(page: Page) -> None:
    ask(page)
    page.go_back()
    page.locator("#text").wait_for()
    assert page.locator("#text").input_value() == SENTENCE
    page.go_forward()
    page.get_by_role("article").first.wait_for()
    page.get_by_role("link", name="Start again").click()
    page.locator("#text").wait_for()
    assert page.locator("#text").input_value() == ""


def test_back_from_five_more_is_where_one_was(page: Page) -> None:
    ask(page)
    page.locator("main:not(.fresh)").wait_for()
    more = page.get_by_role("button", name="Show five more")
    more.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    was = page.evaluate("scrollY")
    assert was > 200
    more.click()
    page.get_by_role("heading", name="Five more matches").wait_for()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.get_by_role("heading", name="Your five best matches").wait_for()
    until(page, lambda: abs(page.evaluate("scrollY") - was) < 3)
    page.go_forward()
    page.get_by_role("heading", name="Five more matches").wait_for()
    until(page, lambda: page.evaluate("scrollY") < 3)


def test_enter_asks_and_with_shift_it_begins_a_line_but_not_while_a_word_is_put_together(page: Page) -> None:
    page.goto("/")
    page.locator("#text").press_sequentially("crowns and")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("dentures")
    page.evaluate("text.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))")
    assert page.locator(".pressed").count() == 0
    assert page.locator("#text").input_value() == "crowns and\ndentures"
    page.keyboard.press("Enter")
    page.wait_for_url("**/slate/*")


# --- what went wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("box", ["text", "own", "why-own-2"])
def test_an_empty_box_is_told_of_at_the_box(
    browser: Browser, server: Served, width: int, height: int, box: str
) -> None:
    with opened(browser, server.url, viewport={"width": width, "height": height}) as page:
        page.goto("/" if box == "text" else fresh(server))
        if box == "why-own-2":
            page.locator("#place-2").get_by_role("button", name="No").click()
        page.locator("form", has=page.locator(f"#{box}")).locator("button").first.click()
        wrong = page.locator(f"#{box}-wrong")
        wrong.wait_for()
        assert wrong.get_attribute("role") == "alert"
        field = page.locator(f"#{box}:focus")
        assert field.get_attribute("aria-invalid") == "true"
        assert f"{box}-wrong" in (field.get_attribute("aria-describedby") or "")
        assert field.evaluate(INSIDE)
        assert wrong.evaluate(INSIDE)
        assert page.get_by_role("alert").count() == 1
        below, above = field.bounding_box(), wrong.bounding_box()
        assert below
        assert above
        assert 0 <= below["y"] - above["y"] - above["height"] < 24


def test_two_questions_without_an_answer_stay_and_say_what_to_do(page: Page, server: Served) -> None:
    page.goto(fresh(server, ASKED))
    page.locator("#place-1 .yes").click()
    page.locator("#rating").get_by_role("button", name="Send").click()
    page.locator("#rating .message", has_text="Nothing is chosen yet.").wait_for()
    assert page.locator("#rating fieldset").count() == 2


def test_what_is_taken_off_the_list_goes_and_the_rest_can_be_taken_off_too(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    slate = page.url
    for number in (1, 3):
        page.locator(f"#place-{number} .yes").click()
        page.locator(f"#place-{number} .said").wait_for()
    page.get_by_role("link", name="Your list (2)").click()
    page.wait_for_url("**/list/*")
    where = page.url
    for left in (1, 0):
        page.get_by_role("button", name="Undo").first.click()
        until(page, lambda left=left: page.get_by_role("article").count() == left)  # type: ignore[misc]
        page.locator("#live", has_text="Undone.").wait_for(state="attached")
        assert page.locator("#headline:focus").count() == 1
        assert page.url == where
    page.get_by_role("link", name="Back to the results").click()
    page.wait_for_url(slate)
    page.go_back()
    page.wait_for_url(where)
    assert page.get_by_role("link", name="Back to the results").count() == 1
