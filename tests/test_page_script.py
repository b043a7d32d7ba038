"""What the page's script adds, in a real Chromium: what was pressed stays in view, nothing typed and no press is lost.

What holds with and without it is in test_page_browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firstfive.testing.clients import Served
from firstfive.types import UserId
from pages import ASKED, SENTENCE, ask, findings, fresh, opened, page_server, visit_of

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


def held(page: Page, where: str | re.Pattern[str]) -> list[Route]:
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


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(("pressed", "read"), [(1, 4), (5, 2), (1, 2)])
@pytest.mark.parametrize("answer", ["Yes, it fits", "No"])
def test_who_reads_on_while_an_answer_comes_goes_on_reading(
    browser: Browser, server: Served, width: int, height: int, pressed: int, read: int, answer: str
) -> None:
    with opened(browser, server.url, viewport={"width": width, "height": height}) as page:
        page.goto(fresh(server))
        routes = held(page, "**/say")
        page.locator(f"#place-{pressed}").get_by_role("button", name=answer, exact=True).click()
        before = scrolled_to(page, read)
        let_go(routes, page)
        page.locator(f"#place-{pressed} .said:focus").wait_for(state="attached")
        page.wait_for_timeout(100)
        assert abs(top_of(page, read) - before) < 2


def test_what_fails_out_of_sight_is_said_in_sight_and_leads_there(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    routes = held(page, "**/say")
    page.locator("#place-1 .yes").click()
    before = scrolled_to(page, 4)
    until(page, lambda: bool(routes))
    routes.pop().abort("aborted")
    call, name = page.locator(".afar"), f"Go to: {page.locator('#place-1 h2 bdi').inner_text()}"
    call.wait_for()
    assert call.evaluate(INSIDE)
    assert abs(top_of(page, 4) - before) < 2
    assert findings(page) == ""
    page.locator("#place-4 .yes").click()
    let_go(routes, page)
    page.locator("#place-4 .said").wait_for()
    call.get_by_role("button", name=name).click()
    until(page, lambda: bool(page.locator("#place-1 .message").evaluate(INSIDE)))
    until(page, lambda: call.count() == 0)
    assert page.locator("#place-1 :focus").count() == 1


def test_what_calls_from_out_of_sight_goes_with_its_page(page: Page, server: Served) -> None:
    ask(page)
    routes = held(page, "**/say")
    page.locator("#place-1 .yes").click()
    scrolled_to(page, 4)
    until(page, lambda: bool(routes))
    routes.pop().abort("aborted")
    page.locator(".afar").wait_for()
    page.go_back()
    page.locator(".afar").wait_for(state="detached")
    assert page.locator("#text").input_value() == SENTENCE


def test_what_calls_from_out_of_sight_hides_nothing_that_has_the_focus(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, viewport={"width": 320, "height": 256}) as page:
        page.goto(fresh(server))
        routes = held(page, "**/say")
        page.locator("#place-1 .yes").click()
        scrolled_to(page, 2)
        until(page, lambda: bool(routes))
        routes.pop().abort("aborted")
        page.locator(".afar").wait_for()
        page.locator("#place-2 .yes").focus()
        for _ in range(8):
            page.keyboard.press("Tab")
            assert page.evaluate(UNCOVERED), page.evaluate("document.activeElement.outerHTML")


UNCOVERED = """() => {
  const one = document.activeElement, edge = document.querySelector(".afar")?.getBoundingClientRect().top;
  return edge === undefined || one.closest(".afar") !== null || one.getBoundingClientRect().top < edge;
}"""


def scrolled_to(page: Page, place: int) -> float:
    """Brings a result to the upper edge, and says where it is then."""
    page.locator(f"#place-{place}").evaluate("e => scrollBy(0, e.getBoundingClientRect().top)")
    page.wait_for_timeout(100)
    return top_of(page, place)


def top_of(page: Page, place: int) -> float:
    return float(page.locator(f"#place-{place}").evaluate("e => e.getBoundingClientRect().top"))


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


@pytest.mark.parametrize("away", ["reload", "home"])
def test_a_press_that_waits_is_sent_on_where_the_page_is_left(page: Page, server: Served, away: str) -> None:
    page.goto(fresh(server))
    visit = visit_of(server, page.url)
    routes: list[Route] = []
    page.route("**/say", lambda route: route.continue_() if routes else routes.append(route))
    page.locator("#place-1 .yes").click()
    until(page, lambda: bool(routes))
    page.locator("#place-2").get_by_role("button", name="No", exact=True).click()
    if away == "reload":
        page.reload()
    else:
        page.goto("/")

    def said() -> set[str]:
        with server.project.store.read() as unit:
            events, _ = unit.events.find(user=UserId(visit))
        return {event.kind for event in events}

    until(page, lambda: "no" in said())


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


def test_back_from_the_list_what_was_undone_there_is_undone(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.locator("#place-2 .yes").click()
    page.locator("#place-2 .said").wait_for()
    page.locator("header a[href^='/list/']").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").wait_for(state="detached")
    page.go_back(wait_until="commit")
    while "/list/" in page.url:
        page.go_back(wait_until="commit")
    page.locator("#place-2 .yes").wait_for()
    assert page.locator("article.yes").count() == 0


def test_back_on_the_first_page_its_words_go_on_in_its_visit(page: Page) -> None:
    ask(page)
    page.locator("#place-1 .yes").click()
    page.locator("#place-1 .said").wait_for()
    page.go_back()
    page.locator("#text:focus").wait_for()
    page.get_by_role("textbox").fill("washing hospital bed linen")
    page.keyboard.press("Enter")
    page.get_by_role("article", name="White Press").wait_for()
    assert page.get_by_role("link", name="Your list (1)").is_visible()


def test_words_typed_before_the_script_was_there_stay(page: Page, server: Served) -> None:
    page.goto("/")
    page.get_by_role("textbox").fill("a vet")
    scripts = held(page, re.compile(r"page\.js"))
    page.reload(wait_until="commit")
    until(page, lambda: bool(scripts))
    page.get_by_role("textbox").fill("a vet for my parrot")
    let_go(scripts, page)
    until(page, lambda: bool(page.evaluate("typeof NOBODY === 'object'")))
    assert page.get_by_role("textbox").input_value() == "a vet for my parrot"
    page.unroute_all()
    page.reload()
    assert page.get_by_role("textbox").input_value() == "a vet for my parrot"


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
        until(page, lambda left=left: page.get_by_role("button", name="Undo").count() == left)  # type: ignore[misc]
        page.locator("#live", has_text="Taken off your list.").wait_for(state="attached")
        assert page.locator(".said:focus", has_text="Taken off your list.").evaluate(INSIDE)
        assert page.url == where
    back = page.get_by_role("button", name="Put it back")
    assert findings(page) == ""
    page.locator("body:not(:has(.fresh))").wait_for()
    back.click()
    page.get_by_role("button", name="Undo").wait_for()
    assert page.locator("article :focus").count() == 1
    page.get_by_role("link", name="Back to the results").click()
    page.wait_for_url(f"{slate}#place-3")  # where the seeker was last
    page.go_back()
    page.wait_for_url(where)
    assert page.get_by_role("link", name="Back to the results").count() == 1


# --- a second press, a slow line, a browser that keeps nothing --------------------------------------------------------


@pytest.mark.parametrize("gap", [120, 400])
@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 720)])
def test_a_second_press_on_the_same_spot_says_nothing(
    browser: Browser, server: Served, width: int, height: int, gap: int
) -> None:
    with opened(browser, server.url, viewport={"width": width, "height": height}) as page:
        page.goto(fresh(server))
        visit = UserId(visit_of(server, page.url))
        for number, answer in enumerate(("Yes, it fits", "Maybe", "No"), 1):
            twice(page, f"#place-{number}", answer, gap)
            assert page.locator(f"#place-{number} .said:focus").count() == 1
        twice(page, "#place-2", "Undo", gap)
        with server.project.store.read() as unit:
            said = [event for event in unit.events.find(user=visit)[0] if event.kind in {"yes", "maybe", "no"}]
        assert {(event.kind, event.comment) for event in said} == {("yes", ""), ("no", "")}
        assert page.url.partition("#")[0].endswith(f"state-{visit}"), "no link was followed"


def twice(page: Page, where: str, name: str, gap: int) -> None:
    """Clicks twice on the spot where a button stands."""
    page.locator("body:not(:has(.fresh))").wait_for()
    button = page.locator(where).get_by_role("button", name=name, exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    for _ in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(gap)
    page.wait_for_timeout(400)


def test_enter_twice_on_undo_says_nothing_else(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.locator("#place-1 .yes").click()
    page.locator("#place-1 .said").wait_for()
    page.locator("body:not(:has(.fresh))").wait_for()
    page.locator("#place-1").get_by_role("button", name="Undo").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
    page.wait_for_timeout(300)
    assert page.locator("#place-1 .yes").count() == 1


def test_who_presses_two_buttons_by_keyboard_hears_both_and_is_never_nowhere(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.evaluate(LISTEN)
    routes = held(page, "**/say")
    for number in (1, 2):
        page.locator(f"#place-{number} .yes").focus()
        page.keyboard.press("Enter")
    for number in (1, 2):
        let_go(routes, page)
        page.locator(f"#place-{number} .said").wait_for()
        assert page.locator("body:focus").count() == 0
        assert page.locator("#place-2 :focus").count() == 1
        until(page, lambda number=number: page.evaluate("heard").count("You said yes. It is on your list.") == number)  # type: ignore[misc]


def test_a_press_that_fails_holds_what_would_lead_away(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    where = page.url
    routes = held(page, "**/say")
    page.locator("#place-1 .yes").click()
    page.get_by_role("button", name="Show five more").click()
    until(page, lambda: bool(routes))
    routes.pop().abort("aborted")
    page.locator("#place-1 .message", has_text="We could not reach the page.").wait_for()
    assert "words" not in page.locator("#place-1 .message").inner_text(), "nothing was typed"
    page.wait_for_timeout(500)
    assert page.url == where
    assert page.locator(".pressed, [aria-busy]").count() == 0
    assert page.locator("#live").text_content() == ""


def test_each_part_keeps_the_message_of_what_failed_there(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.route("**/say", lambda route: route.abort("aborted"))
    for number in (1, 2):
        page.locator(f"#place-{number} .yes").click()
        page.locator(f"#place-{number} .message").wait_for()
    assert page.locator(".message").count() == 2
    page.unroute("**/say")
    page.locator("#place-2 .yes").click()
    page.locator("#place-2 .said").wait_for()
    assert page.locator("#place-1 .message").count() == page.locator(".message").count() == 1


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError') } })",
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }",
    ],
)
def test_where_the_browser_keeps_nothing_the_page_does_all_it_does(
    browser: Browser, server: Served, script: str
) -> None:
    with opened(browser, server.url) as page:
        page.add_init_script(script)
        ask(page)
        page.locator("#own").fill("by the sea")
        page.get_by_role("button", name="Show five more").click()
        page.get_by_role("heading", name="Five more matches").wait_for()
        page.go_back()
        page.get_by_role("heading", name="Your five best matches").wait_for()
        assert page.locator("#own").input_value() == "by the sea"


def test_who_types_while_an_answer_comes_types_on(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    routes = held(page, "**/say")
    page.locator("#place-1 .yes").click()
    page.locator("#own").click()
    page.keyboard.type("near Br")
    page.keyboard.press("ArrowLeft")
    was = page.evaluate("scrollY")
    let_go(routes, page)
    page.locator("#place-1 .said").wait_for()
    page.keyboard.type("emen, in B")
    assert page.locator("#own:focus").input_value() == "near Bemen, in Br"
    assert page.locator("#own").evaluate(INSIDE)
    assert was > 0


def test_what_is_typed_behind_words_that_are_on_their_way_is_there_afterwards(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    routes = held(page, "**/next")
    page.locator("#own").fill("by the sea")
    page.keyboard.press("Enter")
    page.keyboard.type(" and small")
    let_go(routes, page)
    page.get_by_role("button", name="Take away: by the sea").wait_for()
    page.keyboard.type("er")
    assert page.locator("#own:focus").input_value() == "and smaller"
    assert page.locator("#own").evaluate(INSIDE)


def test_back_leads_the_focus_to_where_the_page_begins(page: Page) -> None:
    ask(page)
    page.go_back()
    page.locator("#text:focus").wait_for()
    page.go_forward()
    page.locator("#headline:focus").wait_for()


def test_back_in_the_middle_of_a_page_the_focus_is_there(page: Page, server: Served) -> None:
    page.goto(fresh(server))
    page.locator("main:not(.fresh)").wait_for()
    for before in ("Show five more", ""):
        more = page.get_by_role("button", name="Show five more")
        more.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
        more.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="ore matches").wait_for()
        if not before:
            page.evaluate(
                "Object.keys(sessionStorage).forEach(one => /focus$/.test(one) && sessionStorage.removeItem(one))"
            )
            page.evaluate("[...held.keys()].forEach(one => /focus$/.test(one) && held.delete(one))")
        page.go_back()
        page.get_by_role("heading", name="Your five best matches").wait_for()
        until(page, lambda: page.evaluate("scrollY") > 200)
        page.locator("main :focus").wait_for()
        assert page.evaluate("document.activeElement.textContent").startswith(before)
        assert page.locator("main :focus").evaluate("e => e.getBoundingClientRect().bottom > 0")
        page.keyboard.press("Tab")
        assert page.locator("main :focus").evaluate("e => e.getBoundingClientRect().bottom > 0")
        page.locator("body:not(:has(.fresh))").wait_for()


def test_letters_typed_behind_the_sentence_that_is_on_its_way_wait_in_the_box_for_own_words(page: Page) -> None:
    routes = held(page, "**/find")
    page.goto("/")
    page.get_by_role("textbox").fill(SENTENCE)
    page.keyboard.press("Enter")
    page.keyboard.type(" near Leeds")
    let_go(routes, page)
    page.get_by_role("article").first.wait_for()
    assert page.locator("#own").input_value() == "near Leeds"
    assert page.locator("#headline:focus").count() == 1
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("name", ["Show five more", "Take away: crowns", "Add this"])
def test_a_button_that_looks_is_as_large_as_it_was(browser: Browser, server: Served, name: str) -> None:
    with opened(browser, server.url, viewport={"width": 320, "height": 568}) as page:
        page.goto(fresh(server))
        page.locator("#own").fill("by the sea")
        routes = held(page, "**/next")
        button = page.get_by_role("button", name=name).first
        button.scroll_into_view_if_needed()
        before = button.bounding_box()
        button.click()
        pressed = page.locator(".pressed")
        assert pressed.bounding_box() == before
        assert pressed.evaluate("e => e.scrollWidth <= e.clientWidth")
        let_go(routes, page)
        pressed.wait_for(state="detached")


def test_back_and_forward_on_a_slow_line_show_the_page_of_the_address(page: Page) -> None:
    ask(page)
    page.get_by_role("button", name="Show five more").click()
    page.get_by_role("heading", name="Five more matches").wait_for()
    where, routes = page.url, held(page, "**/slate/*")
    for way in ("back", "forward"):
        page.evaluate(f"history.{way}()")
        page.wait_for_timeout(150)
    for route in routes:
        route.continue_()
    page.unroute("**/slate/*")
    page.wait_for_timeout(500)
    assert page.url == where
    page.get_by_role("heading", name="Five more matches").wait_for()
    assert page.locator(f"form[action='{where.partition('/slate')[1]}{where.partition('/slate')[2]}/next']").count()


def test_who_goes_back_while_an_answer_comes_can_ask_at_once_and_hears_nothing_old(page: Page) -> None:
    ask(page)
    routes = held(page, "**/next")
    page.get_by_role("button", name="Show five more").click()
    until(page, lambda: bool(routes))
    page.evaluate("history.back()")
    page.locator("#text:focus").wait_for()
    assert page.locator("#live").text_content() == ""
    page.keyboard.press("Enter")
    page.wait_for_url("**/slate/*")


STRANGE = "<html><body><h1>Sign in to the hotel</h1></body></html>"


@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_of_somebody_else_is_no_page(page: Page, status: int) -> None:
    page.goto("/")
    page.route("**/find", lambda route: route.fulfill(status=status, content_type="text/html", body=STRANGE))
    page.locator("#text").fill(SENTENCE)
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("We could not reach the page.").wait_for()
    assert page.locator("#text").input_value() == SENTENCE
    assert "Sign in" not in page.content()


@pytest.mark.parametrize("status", [0, 200, 404])
def test_back_to_a_page_that_cannot_be_reached_keeps_the_page_and_its_address(
    page: Page, server: Served, status: int
) -> None:
    ask(page)
    where, first = page.url, f"{server.url}/"

    def strange(route: Route) -> None:
        if status:
            route.fulfill(status=status, content_type="text/html", body=STRANGE)
        else:
            route.abort("aborted")

    page.route(first, strange)
    page.evaluate("history.back()")
    page.get_by_role("alert").get_by_text("We could not reach the page.").wait_for()
    assert page.get_by_role("alert").evaluate(INSIDE)
    assert page.url == where
    assert page.get_by_role("article").count() == 5
    page.unroute(first)
    page.evaluate("history.back()")
    page.locator("#text:focus").wait_for()
    assert page.url == first


def test_what_stood_above_grows_and_the_pressed_result_stays_where_it_was(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, viewport={"width": 320, "height": 568}) as page:
        page.goto(fresh(server))
        yes = page.locator("#place-3 .yes")
        yes.evaluate("e => scrollBy(0, e.getBoundingClientRect().top - 200)")
        card, header = page.locator("#place-3"), page.locator("header")
        before, was = card.bounding_box(), header.bounding_box()
        yes.click()
        page.locator("#place-3 .said").wait_for()
        after, now = card.bounding_box(), header.bounding_box()
        assert before
        assert after
        assert was
        assert now
        assert now["height"] > was["height"] + 4, "the list has a way to it now"
        assert abs(before["y"] - after["y"]) < 2


def test_who_is_known_again_from_now_on_is_told_and_a_second_press_takes_it_not_back(
    browser: Browser, built: Path, tmp_path: Path
) -> None:
    with (
        page_server(built, tmp_path, ["server.page_rate_per_minute=0", "taste.use=everyone"]) as server,
        opened(browser, server.url) as page,
    ):
        ask(page)
        twice(page, "#remembering", "Yes, keep them", 250)
        said = page.locator("#remembering .said:focus", has_text="We keep your yes and no in mind on this device.")
        assert said.evaluate(INSIDE)
        assert page.context.cookies()
        page.get_by_role("button", name="Forget all of it").click()
        page.locator("#text:focus").wait_for()
        assert page.context.cookies() == []
