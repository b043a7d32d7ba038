"""A visit over HTTP, without a script: every button makes the next answer or is recorded, once, and nothing is lost."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from conftest import project_of
from firstfive.app import visits
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.wiring import Project, open_project
from firstfive.ask import LONGEST, read
from firstfive.errors import RequestError, StoreError
from firstfive.measure.visits import seen
from firstfive.server import make_app
from firstfive.server.page.messages import messages
from firstfive.server.page.showing import asking, fact, told_text, wanted
from firstfive.server.serving import running
from firstfive.store import sqlite
from firstfive.store.sql_store import FILE
from firstfive.testing.clients import Served, served
from firstfive.testing.world import THINGS
from firstfive.types import (
    Asked,
    Event,
    ItemId,
    Option,
    Question,
    RecommId,
    Request,
    Sharpening,
    Slate,
    Strength,
    Told,
    UserId,
    VisitId,
    began,
)
from pages import page_server

SENTENCE = "someone who makes crowns and dentures for dentists"


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    overrides = ["server.page_rate_per_minute=0", "page.rate_every=1", "page.contact=hello@lab.example"]
    with page_server(built, tmp_path_factory.mktemp("visit"), overrides) as running:
        yield running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True) as opened:
        yield opened


class Visitor:
    """Somebody with a browser without JavaScript: it holds one page, and presses that page's buttons."""

    def __init__(self, server: Served, client: httpx.Client) -> None:
        self.server, self.client = server, client
        self.page = client.get(f"{server.url}/")

    def press(self, **fields: str) -> Visitor:
        """Sends the form that has a button `do` with this value, or the first form, with these fields."""
        return self.send(self.form(**fields))

    def send(self, form: tuple[str, dict[str, str]]) -> Visitor:
        """Sends a form of a page that may have been left since."""
        where, fields = form
        self.page = self.client.post(self.server.url + where, data=fields)
        return self

    def open(self, where: str) -> Visitor:
        self.page = self.client.get(self.server.url + where)
        return self

    def form(self, **fields: str) -> tuple[str, dict[str, str]]:
        for action, inside in re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', self.page.text, re.DOTALL):
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))
            pressed = re.findall(r'(?:formaction="([^"]+)" )?name="do" value="([^"]*)"', inside)
            if "do" not in fields or fields["do"] in [do for _, do in pressed]:
                other = next((where for where, do in pressed if where and do == fields.get("do")), "")
                return other or action, hidden | fields
        raise AssertionError(f"no form has the button {fields}: {self.text}")

    @property
    def recomm_id(self) -> RecommId:
        return RecommId(self.page.url.path.split("/")[2])

    @property
    def slate(self) -> Slate:
        with self.server.project.store.read() as unit:
            slate = unit.slates.get(self.recomm_id)
        assert slate is not None
        return slate

    @property
    def items(self) -> list[ItemId]:
        return [place.item for place in self.slate.places]

    @property
    def numbers(self) -> list[str]:
        """What stands on the page before each name."""
        return re.findall(r'class="place" aria-hidden="true">(\d+)<', self.page.text)

    @property
    def text(self) -> str:
        return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", self.page.text).split()))

    def events(self, *kinds: str) -> list[Event]:
        visit = self.slate.request.visit
        assert visit is not None
        with self.server.project.store.read() as unit:
            found, _ = unit.events.find(user=UserId(visit), n=1000)
        return [event for event in found if event.kind in kinds]


@pytest.fixture
def visitor(server: Served, client: httpx.Client) -> Visitor:
    return Visitor(server, client).press(text=SENTENCE)


# --- the chain --------------------------------------------------------------------------------------------------------


def test_a_visit_is_one_id_over_all_its_answers_and_is_erased_as_one(visitor: Visitor) -> None:
    first = visitor.slate
    second = visitor.press(do="more").slate
    assert first.request.visit
    assert first.request.visit == second.request.visit
    assert visitor.server.project.store.erase(user=UserId(first.request.visit))["slates"] == 2
    assert visitor.open(f"/slate/{second.recomm_id}").page.status_code == 404


def test_five_more_are_five_others_until_there_are_none(visitor: Visitor) -> None:
    first = visitor.items
    second = visitor.press(do="more").items
    assert not set(first) & set(second)
    assert "Five more matches" in visitor.text
    third = visitor.press(do="more").items
    assert len({*first, *second, *third}) == 12
    assert visitor.press(do="more").items == []
    assert "You have seen all we have for this." in visitor.text
    for said in ("Nothing was found.", "ask for a bit less", "We are not sure yet."):
        assert said not in visitor.text
    assert re.findall(r'class="main"[^>]*>([^<]+)', visitor.page.text) == ["Change your words"]
    assert visitor.open(re.findall(r'href="([^"]+)">Back to the results', visitor.page.text)[0]).items == third


def test_the_next_five_are_counted_on_and_lead_back_to_the_first(visitor: Visitor) -> None:
    first = visitor.recomm_id
    assert visitor.numbers == ["1", "2", "3", "4", "5"]
    assert "Back to the first five" not in visitor.text
    visitor.press(do="no 1").press(do="more")
    assert visitor.numbers == ["6", "7", "8", "9", "10"]
    assert '<ol start="6">' in visitor.page.text
    visitor.press(do="more")
    assert visitor.numbers == ["11", "12"]
    assert re.findall(r'href="([^"]+)">Back to the first five', visitor.page.text) == [f"/slate/{first}"]


def test_after_an_answer_the_count_begins_anew_and_goes_on_with_what_follows_it(visitor: Visitor) -> None:
    visitor.press(do="more").press(do="words", own="in Germany")
    begun = visitor.recomm_id
    assert visitor.numbers == ["1", "2", "3", "4", "5"]
    assert "Your five best matches" in visitor.text
    for do, numbers in (
        ("no 1", range(1, 6)),
        ("more", range(6, 11)),
        ("yes 2", range(6, 11)),
        ("more", range(11, 13)),
    ):
        visitor.press(do=do)
        assert visitor.numbers == [str(number) for number in numbers]
    assert re.findall(r'href="([^"]+)">Back to the first five', visitor.page.text) == [f"/slate/{begun}"]


def test_the_next_five_are_counted_on_whatever_is_refused_or_undone_later(visitor: Visitor) -> None:
    first = visitor.recomm_id
    visitor.press(do="more")
    second = visitor.recomm_id
    visitor.open(f"/slate/{first}")
    for number in range(1, 6):
        visitor.press(do=f"no {number}")
    assert visitor.open(f"/slate/{second}").numbers == ["6", "7", "8", "9", "10"]
    assert "Five more matches" in visitor.text


def test_how_an_answer_came_of_the_one_before_is_said_after_a_press_too(visitor: Visitor) -> None:
    first = visitor.recomm_id
    visitor.press(do="misfit").press(do="yes 1")
    assert "Sorry about that." in visitor.text
    assert "Five more matches" in visitor.text
    assert visitor.numbers == ["6", "7", "8", "9", "10"]
    assert href(visitor, "Back to the first five") == f"/slate/{first}"
    assert visitor.press(do="more").numbers == ["11", "12"]
    assert "Sorry about that." not in visitor.text


@pytest.mark.parametrize("text", ["", "more", "more x 1", "more 5", "often 5 a", "more -1 a", "more 99999999 a"])
def test_what_programs_tell_of_the_way_to_an_answer_breaks_no_page(text: str) -> None:
    assert visits.Led.read(text) in {visits.Led(), visits.Led("more", 5)}


def test_other_words_are_counted_from_one_although_something_was_refused(visitor: Visitor) -> None:
    visitor.press(do="no 1")
    visitor.send((f"/slate/{visitor.recomm_id}/next", {"do": "words", "own": "in Germany"}))
    assert visitor.numbers == ["1", "2", "3", "4", "5"]


def test_after_a_yes_the_one_main_thing_is_what_it_leads_to(visitor: Visitor) -> None:
    visitor.press(do="maybe 2")
    assert re.findall(r'class="main"[^>]*>([^<]+)', visitor.page.text) == ["Show five more"]
    visitor.press(do="yes 1").press(do="yes 3")
    assert re.findall(r'class="main"[^>]*>([^<]+)', visitor.page.text) == ["Ask us about it: hello@lab.example"]


def test_who_refused_all_that_there_is_has_seen_it_all(visitor: Visitor) -> None:
    while visitor.items:
        visitor.press(do="misfit")
    assert "You have seen all we have for this" in visitor.text
    assert "nothing that fits" not in visitor.text


def test_none_of_these_is_a_no_to_each_that_was_not_decided_yet(visitor: Visitor) -> None:
    first = visitor.items
    visitor.press(do="yes 1").press(do="misfit")
    assert "Sorry about that." in visitor.text
    assert not set(first) & set(visitor.items)
    assert {event.item for event in visitor.events("no")} == set(first[1:])
    assert {event.comment for event in visitor.events("no")} == {visits.MISFIT}
    assert [event.item for event in visitor.events("yes")] == first[:1]


def test_that_none_of_these_fit_is_said_once_asks_for_nothing_and_is_undone_as_one(visitor: Visitor) -> None:
    where, items = f"/slate/{visitor.recomm_id}", visitor.items
    visitor.press(do="yes 1").press(do="misfit").open(where)
    assert visitor.text.count("You said the others do not fit.") == 1
    assert "You said none of these fit." not in visitor.text, "one of them did"
    assert "What is wrong with it?" not in visitor.text
    assert re.findall(r'value="(undo \w+)"', visitor.page.text) == ["undo all", "undo 1"]
    visitor.press(do="undo all")
    assert "You said the others do not fit." not in visitor.text
    assert visitor.events("no") == []
    assert {event.item for event in visitor.events("undone")} == set(items[1:])
    assert [event.item for event in visitor.events("yes")] == items[:1]
    assert visitor.send((f"{where}/say", {"do": "undo all"})).page.status_code == 200


def test_what_was_refused_is_not_shown_again_in_the_visit(visitor: Visitor) -> None:
    refused = visitor.items[0]
    visitor.press(do="no 1")
    visitor.send((f"/slate/{visitor.recomm_id}/next", {"do": "words", "own": "in Germany"}))
    assert refused not in visitor.items
    visitor.open(f"/slate/{visitor.recomm_id}/words")
    assert refused not in visitor.press(text="a dental lab that makes crowns").items


def test_own_words_join_the_request(visitor: Visitor) -> None:
    visitor.press(do="words", own="  with fewer than fifty people ")
    assert visitor.slate.request.text == f"{SENTENCE}. with fewer than fifty people"


def test_a_wish_that_is_taken_away_is_not_asked_for(visitor: Visitor) -> None:
    wishes = [wish.text for wish in visitor.slate.asked.wishes] if visitor.slate.asked else []
    assert len(wishes) > 1
    visitor.press(do="without wish 0")
    assert wishes[0] not in visitor.slate.request.text
    assert wishes[1] in visitor.slate.request.text


def test_the_same_five_are_not_shown_twice_in_a_row(visitor: Visitor) -> None:
    first = visitor.items
    visitor.press(do="words", own="someone who makes crowns and dentures for dentists")
    assert not set(first) & set(visitor.items)
    assert "That did not change our best five." in visitor.text
    assert visitor.press(do="maybe 1").numbers == ["6", "7", "8", "9", "10"], "they are the next of the same"
    assert "That did not change our best five." in visitor.text


def test_words_that_are_sent_again_unchanged_do_not_show_the_same_five(visitor: Visitor) -> None:
    first = visitor.items
    visitor.open(f"/slate/{visitor.recomm_id}/words").press(text=SENTENCE)
    assert not set(first) & set(visitor.items)
    assert "That did not change our best five." in visitor.text


FARMS = (
    "by the river,Husum", "in the wood,Husum", "on the hill,Büsum", "at the lake,Büsum", "by the sea,Tönning",
    "in town,Tönning",
)  # fmt: skip
HOUSE = "A house with a garden for people who like to sit in the sun and read about gardens."


@pytest.fixture(scope="module")
def farms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Six farms in three towns, and a house that is there twice."""
    rows = [f"oak{n},Oak Farm {n},A farm with a mill and rooms to let {where}" for n, where in enumerate(FARMS)]
    rows += [f"twin{n},Elm House,{HOUSE},Husum" for n in range(2)]
    with (
        project_of(tmp_path_factory.mktemp("farms"), "id,name,text,town", rows) as project,
        served(project) as running,
    ):
        yield running


def test_of_the_same_five_those_stay_that_an_answer_fits(farms: Served, client: httpx.Client) -> None:
    visitor = Visitor(farms, client).press(text="a farm with a mill and rooms to let")
    before, question = visitor.slate, visitor.slate.asked.question if visitor.slate.asked else None
    assert question
    towns = {place.item: place.fields["town"] for place in before.places}
    (missing,) = {ItemId(f"oak{n}") for n in range(6)} - {*towns}
    fit = [[item for item, town in towns.items() if town in option.values] for option in question.options]
    chosen = next(number for number, items in enumerate(fit) if len(items) == 2)
    visitor.press(do=f"answer {chosen}")
    assert {*visitor.items[:2]} == {*fit[chosen]}
    assert missing in visitor.items
    assert not {*visitor.items} & ({*towns} - {*fit[chosen]})
    for number in (1, 2):
        assert "What fits your answer stays." in visitor.text
        assert "Your " in visitor.text
        assert visitor.numbers == [str(1 + n) for n in range(len(visitor.items))]
        visitor.press(do=f"yes {number}")


def test_no_copy_of_what_was_refused_is_shown_in_its_place(farms: Served, client: httpx.Client) -> None:
    visitor = Visitor(farms, client).press(text="a house with a garden")
    assert visitor.items[0] in {"twin0", "twin1"}
    visitor.press(do="no 1").press(do="words", own="to sit in the sun")
    assert visitor.items
    assert not {"twin0", "twin1"} & {*visitor.items}


def test_where_there_is_nothing_else_the_five_that_there_are_stay(world_folder: Path, client: httpx.Client) -> None:
    with open_project(world_folder, environment={}) as project, served(project) as server:
        items = [ItemId(thing.id) for thing in THINGS]
        project.store.write(lambda unit: unit.hidden.set(items[5:], True))
        visitor = Visitor(server, client).press(text=SENTENCE)
        visitor.press(do="words", own="in Germany")
        assert set(visitor.items) == set(items[:5])
        assert "Germany" in visitor.text


def test_changed_words_stay_in_the_visit(visitor: Visitor) -> None:
    visit = visitor.slate.request.visit
    visitor.open(f"/slate/{visitor.recomm_id}/words")
    assert SENTENCE in visitor.page.text
    visitor.press(text="washing hospital bed linen")
    assert visitor.slate.request.visit == visit
    assert visitor.items[0] == "laundry"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("someone who makes crowns and bridges for dentists", "town = Husum"),
        ("someone who makes crowns", ""),
        ("washing hospital bed linen", ""),
    ],
)
def test_what_was_answered_holds_for_words_that_were_only_mended(visitor: Visitor, text: str, condition: str) -> None:
    slate = visitor.slate
    before = replace(slate, request=replace(slate.request, told=(Told("town", "town = Husum"), Told("size"))))
    found = visits.find(text, VisitId("v"), "page", before)
    assert found.told == (Told("town", condition), Told("size"))


def href(visitor: Visitor, text: str) -> str:
    """Where a link of the page leads."""
    return str(re.findall(rf'href="([^"]+)"[^>]*>(?:<bdi>)?{re.escape(text)}', visitor.page.text)[0])


@pytest.mark.parametrize("link", ["Start again", "Find your match"])
def test_who_starts_again_keeps_the_list_and_is_bound_by_nothing_but_what_was_refused(
    visitor: Visitor, link: str
) -> None:
    visit, first = visitor.slate.request.visit, visitor.press(do="yes 1").press(do="no 2").items
    visitor.open(href(visitor, link))
    assert "Your list (1)" in visitor.text
    assert SENTENCE not in visitor.page.text
    visitor.press(text=" ")
    assert (visitor.page.status_code, "Your list (1)" in visitor.text) == (422, True)
    visitor.press(text=SENTENCE)
    assert "That did not change our best five." not in visitor.text
    assert (visitor.items[0], first[1] in visitor.items) == (first[0], False)
    assert (visitor.slate.request.visit, visitor.slate.request.told) == (visit, ())
    assert "Your list (1)" in visitor.text
    assert "Bright Molar" in visitor.open(href(visitor, "Your list")).text


def test_none_of_these_fit_is_said_of_what_was_looked_for_and_not_of_what_is_looked_for_next(visitor: Visitor) -> None:
    first = visitor.press(do="yes 5").items
    misfits, refused = visitor.items[:3], visitor.items[3]
    visitor.press(do="no 4").press(do="misfit")
    visitor.open(href(visitor, "Start again")).press(text=SENTENCE)
    assert (set(misfits) <= set(visitor.items), refused in visitor.items) == (True, False)
    assert "You said no" not in visitor.text
    begun = visitor.recomm_id
    visitor.press(do="words", own="for dentists")
    assert (bool(set(misfits) & set(visitor.items)), refused in visitor.items) == (True, False)
    visitor.open(f"/slate/{begun}").press(do="misfit")
    assert not {*first[:4], refused} & set(visitor.items)
    visitor.press(do="words", own="and labs")
    assert not {*first[:4], refused} & set(visitor.items), "said in this search too"


def test_what_is_said_to_an_item_in_a_new_search_takes_the_place_of_that_none_fit(visitor: Visitor) -> None:
    visitor.press(do="yes 5").press(do="misfit").open(href(visitor, "Start again")).press(text=SENTENCE)
    visitor.press(do="no 1")
    assert {event.comment for event in visitor.events("no") if event.item == visitor.items[0]} == {""}
    assert "You said no. We will not show it again." in visitor.text


def test_none_of_these_fit_is_said_where_it_was_said_and_taken_back_there_alone(visitor: Visitor) -> None:
    before, items = f"/slate/{visitor.recomm_id}", set(visitor.items)
    visitor.press(do="words", own="bread")
    after, others = f"/slate/{visitor.recomm_id}", set(visitor.items)
    assert items & others
    visitor.press(do="misfit").open(before)
    assert "You said none of these fit." not in visitor.text
    assert visitor.text.count("You said no. We will not show it again.") == len(items & others)
    assert visitor.send((f"{before}/say", {"do": "undo all"})).page.status_code == 200
    assert {event.item for event in visitor.events("no")} == others
    assert "You said none of these fit." in visitor.open(after).text
    visitor.press(do="undo all")
    assert visitor.events("no") == []


def test_the_list_can_be_reached_while_words_are_changed_and_from_the_list_a_new_search_keeps_it(
    visitor: Visitor,
) -> None:
    visitor.press(do="maybe 1").open(href(visitor, "Change your words"))
    assert "Your list (1)" in visitor.text
    where = f"{visitor.server.url}{href(visitor, 'Your list')}"
    visitor.page = visitor.client.get(where, headers={"Referer": str(visitor.page.url)})
    assert "Your list (1)" in visitor.open(href(visitor, "Start again")).text
    visitor.page = visitor.client.get(where)
    assert href(visitor, "Start again") == "/", "who was only sent the list"


def test_who_was_only_sent_the_list_learns_nothing_that_opens_the_answer(visitor: Visitor) -> None:
    answer = visitor.recomm_id
    visitor.press(do="yes 1").press(do="maybe 2")
    where = f"{visitor.server.url}{href(visitor, 'Your list')}"
    sent = httpx.get(where.partition("?")[0])
    assert [place.title in sent.text for place in visitor.slate.places[:2]] == [True, True]
    assert answer not in sent.text
    assert SENTENCE not in sent.text


def test_without_a_list_who_starts_again_begins_a_new_visit(visitor: Visitor) -> None:
    visit, refused = visitor.slate.request.visit, visitor.items[0]
    visitor.press(do="no 1").open(href(visitor, "Start again")).press(text=SENTENCE)
    assert visitor.slate.request.visit != visit
    assert refused in visitor.items


def test_words_that_were_to_go_on_from_an_answer_that_is_gone_can_be_sent_again(visitor: Visitor) -> None:
    visitor.send(("/find", {"text": SENTENCE, "from": "never", "once": "gone"}))
    assert (visitor.page.status_code, SENTENCE in visitor.text) == (404, True)
    assert "We no longer have your last search. Ask again, and a new list begins." in visitor.text
    visitor.send(("/find", {"text": " ", "from": "never", "new": "1"}))
    assert "We no longer have your last search." in visitor.text, "the form that comes back asks for no list either"
    assert "Please tell us a little first." in visitor.text
    assert len(visitor.press(text=SENTENCE).items) == 5


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_address_of_a_form_that_is_opened_as_a_page_leads_to_one(visitor: Visitor, method: str) -> None:
    answer = f"/slate/{visitor.recomm_id}"
    forms = {f"{answer}/{name}": answer for name in ("next", "say", "rate", "noted")}
    for where, page in (forms | {"/find": "/", "/remember": "/", "/forget": "/"}).items():
        led = httpx.request(method, visitor.server.url + where, headers={"Accept": "text/html"})
        assert (led.status_code, led.headers["location"]) == (303, page), where


# --- pressed twice, back, reload, restart -----------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["more", "misfit"])
def test_a_button_that_is_pressed_twice_makes_one_answer(visitor: Visitor, do: str) -> None:
    pressed = visitor.form(do=do)
    first, second = (visitor.send(pressed).page.url for _ in range(2))
    assert first.path == second.path


def test_another_button_of_the_same_page_is_not_taken_for_the_first(visitor: Visitor) -> None:
    more, misfit = visitor.form(do="more"), visitor.form(do="misfit")
    assert visitor.send(more).recomm_id != visitor.send(misfit).recomm_id


def test_a_first_request_that_is_sent_twice_makes_one_answer(server: Served, client: httpx.Client) -> None:
    fresh = Visitor(server, client)
    sent = fresh.form(text=SENTENCE)
    assert fresh.send(sent).recomm_id == fresh.send(sent).recomm_id
    assert Visitor(server, client).press(text=SENTENCE).recomm_id != fresh.recomm_id


def test_yes_undone_and_said_again_is_yes(visitor: Visitor) -> None:
    visitor.press(do="yes 2").press(do="undo 2").press(do="yes 2")
    assert [event.item for event in visitor.events("yes")] == [visitor.items[1]]
    assert [event.comment for event in visitor.events("undone")] == ["yes"]
    assert "You said yes" in visitor.text


def test_a_yes_on_a_page_that_the_browser_kept_counts_after_an_undo(visitor: Visitor) -> None:
    kept = visitor.form(do="yes 2")
    visitor.send(kept).press(do="undo 2").send(kept)
    assert [event.item for event in visitor.events("yes")] == [visitor.items[1]]
    assert "You said yes" in visitor.text


@pytest.mark.parametrize("do", ["yes 2", "maybe 2", "no 2", "undo 2"])
def test_a_decision_that_is_sent_twice_at_once_is_made_once(visitor: Visitor, do: str) -> None:
    visitor.press(do="yes 2")
    sent = (f"/slate/{visitor.recomm_id}/say", {"do": do, "once": "the same"})
    with ThreadPoolExecutor(8) as pool:
        pages = [one.page for one in pool.map(lambda _: Visitor(visitor.server, visitor.client).send(sent), range(8))]
    assert {page.status_code for page in pages} == {200}
    kinds = [event.kind for event in visitor.events("yes", "maybe", "no", "undone")]
    assert kinds == ["undone" if do == "undo 2" else do.removesuffix(" 2")]


def test_a_decision_survives_reload_and_a_restart_of_the_server(visitor: Visitor) -> None:
    visitor.press(do="maybe 3")
    folder = visitor.server.project.folder
    with open_project(folder, environment={}) as again, running(make_app(again)) as url:
        page = httpx.get(url + visitor.page.url.path)
    assert "You said maybe" in page.text
    assert "Your list (1)" in page.text


def test_an_error_keeps_the_words_that_were_typed(world_folder: Path, client: httpx.Client) -> None:
    overrides = ["server.page_rate_per_minute=2"]
    with open_project(world_folder, overrides=overrides, environment={}) as project, served(project) as server:
        visitor = Visitor(server, client).press(text=SENTENCE).press(do="yes 1").press(do="words", own="near the <sea>")
    assert visitor.page.status_code == 429
    assert "That was a lot at once." in visitor.text
    assert 'value="near the &lt;sea&gt;"' in visitor.page.text
    assert visitor.page.text.count("<article") == 5


def test_a_press_while_another_process_holds_the_store_is_told_to_come_again(
    world_folder: Path, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.3)
    with open_project(world_folder, environment={}) as project, served(project) as server:
        visitor = Visitor(server, client).press(text=SENTENCE)
        with closing(sqlite3.connect(world_folder / FILE, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            visitor.press(do="yes 1")
            other.execute("ROLLBACK")
        assert visitor.page.status_code == 503
        assert "We could not note that just now." in visitor.text
        assert visitor.page.text.count("<article") == 5


def test_words_that_say_why_not_stay_in_the_box_that_asked_for_them(world_folder: Path, client: httpx.Client) -> None:
    overrides = ["server.page_rate_per_minute=2"]
    with open_project(world_folder, overrides=overrides, environment={}) as project, served(project) as server:
        visitor = Visitor(server, client).press(text=SENTENCE).press(do="no 2")
        visitor.send((f"/slate/{visitor.recomm_id}/say", {"do": "no 2", "own": "too far <away>"}))
    assert visitor.page.status_code == 429
    boxes = re.findall(r'<input type="text" id="([^"]+)" name="own" value="([^"]*)"', visitor.page.text)
    assert boxes == [("why-own-2", "too far &lt;away&gt;"), ("own", "")]


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "answer 7"},
        {"do": "answer"},
        {"do": "sharpen 0 9"},
        {"do": "sharpen 9 0"},
        {"do": "without wish 99"},
        {"do": "without all 0"},
        {"do": "without wish -1"},
        {"do": "without wish"},
        {"do": "without told 0"},
        {"do": "without like 0"},
        {"do": "yes 7"},
        {"do": "undo"},
        {"do": "nothing"},
        {"do": ""},
        {"do": "answer ²"},
    ],
)
@pytest.mark.parametrize("route", ["next", "say"])
def test_a_button_that_the_answer_does_not_have_is_refused_in_words(
    visitor: Visitor, fields: Mapping[str, str], route: str
) -> None:
    answer = visitor.send((f"/slate/{visitor.recomm_id}/{route}", dict(fields))).page
    assert answer.status_code == 422
    assert "This button is no longer there. Please press one below." in answer.text
    assert answer.text.count("<article") == 5


def test_own_words_without_words_are_refused_in_words(visitor: Visitor) -> None:
    visitor.press(do="words", own="  ")
    assert visitor.page.status_code == 422
    assert "press “Add this”" in visitor.text
    assert re.findall(r'id="own" name="own" aria-invalid="true" aria-describedby="own-wrong"', visitor.page.text)


def test_a_box_for_why_not_that_is_empty_is_no_no_and_says_what_it_lacks(visitor: Visitor) -> None:
    visitor.press(do="no 2").send((f"/slate/{visitor.recomm_id}/say", {"do": "no 3", "own": " "}))
    assert visitor.page.status_code == 422
    assert [event.item for event in visitor.events("no")] == [visitor.items[1]]
    visitor.send((f"/slate/{visitor.recomm_id}/say", {"do": "no 2", "own": " "}))
    assert "press “Send”" in visitor.text
    assert 'aria-describedby="why-own-2-wrong"' in visitor.page.text
    assert 'aria-describedby="own-wrong"' not in visitor.page.text


# --- decide -----------------------------------------------------------------------------------------------------------


def test_a_no_is_recorded_at_once_and_then_asked_why(visitor: Visitor) -> None:
    visitor.press(do="no 1")
    assert visitor.text.count("What is wrong with it?") == 1
    visitor.press(do="no 1 part")
    assert [event.comment for event in visitor.events("no")] == ["part"]
    assert "Thank you. That helps us." in visitor.text


def test_a_no_can_be_explained_in_own_words(visitor: Visitor) -> None:
    where = f"/slate/{visitor.recomm_id}/say"
    visitor.send((where, {"do": "no 2", "own": " too <far>\u202e away " + "x" * 5000}))
    (event,) = visitor.events("no")
    assert event.comment.startswith("too <far> away x")
    assert len(event.comment) == visits.COMMENT


def test_what_was_refused_stays_away_when_the_first_page_is_used_again(server: Served, client: httpx.Client) -> None:
    visitor = Visitor(server, client)
    again = visitor.form(text=SENTENCE)
    refused, visit = visitor.send(again).items[0], visitor.slate.request.visit
    visitor.press(do="no 1").send((again[0], {**again[1], "once": "another"}))
    assert visitor.slate.request.visit == visit
    assert len(visitor.items) == 5
    assert refused not in visitor.items


def test_a_later_decision_takes_the_place_of_the_earlier_one(visitor: Visitor) -> None:
    where = f"/slate/{visitor.recomm_id}/say"
    for kind in ("yes", "no", "maybe"):
        visitor.send((where, {"do": f"{kind} 1"}))
    assert [event.kind for event in visitor.events("yes", "no", "maybe")] == ["maybe"]


def test_a_decision_that_is_made_again_keeps_its_time_and_what_was_said_with_it(visitor: Visitor) -> None:
    where = f"/slate/{visitor.recomm_id}/say"
    (first,) = visitor.send((where, {"do": "yes 1"})).events("yes")
    assert visitor.send((where, {"do": "yes 1"})).events("yes") == [first]
    (first,) = visitor.send((where, {"do": "no 2"})).events("no")
    visitor.send((where, {"do": "no 2 part"})).send((where, {"do": "no 2"}))
    assert visitor.events("no") == [replace(first, comment="part")]


def test_a_yes_leads_to_what_the_project_says(visitor: Visitor) -> None:
    visitor.press(do="yes 1")
    assert 'href="mailto:hello@lab.example"' in visitor.page.text
    assert "See your list" in visitor.text


def test_the_list_has_what_was_yes_and_maybe_over_all_answers_of_the_visit(visitor: Visitor) -> None:
    visitor.press(do="yes 1").press(do="no 2").press(do="more").press(do="maybe 1")
    wanted = [visitor.slate.places[0].title, "Bright Molar"]
    shown = visitor.open(f"/list/{visitor.slate.request.visit}").page
    assert sorted(re.findall(r'<h2 id="name-\d+"><bdi>([^<]+)', shown.text)) == sorted(map(html.escape, wanted))
    assert "You said maybe" in shown.text
    assert SENTENCE not in shown.text


def test_a_list_says_what_speaks_against_an_item_and_leads_back_to_it(visitor: Visitor) -> None:
    visitor.press(do="words", own="in Sweden")
    at = next(place.place for place in visitor.slate.places if place.mismatch)
    visitor.press(do=f"yes {at}")
    where = f"{visitor.server.url}/list/{visitor.slate.request.visit}"
    assert 'class="not"' not in visitor.client.get(where).text, "whoever has its address reads no words of the seeker's"
    shown = visitor.client.get(f"{where}?from={visitor.recomm_id}").text
    assert 'class="not"' in shown
    assert f'href="/slate/{visitor.recomm_id}#place-{at}">Back to the results' in shown


def test_a_list_has_what_the_results_show_of_an_item_and_its_own_address(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = visitor.server.project.settings
    facts = replace(settings, page=replace(settings.page, facts=("employees",)))
    monkeypatch.setattr(visitor.server.project, "settings", facts)
    where = f"/list/{visitor.press(do='yes 1').slate.request.visit}"
    assert visitor.slate.places[0].fields["employees"]
    shown = visitor.open(where)
    assert re.findall(r'<ul class="facts">\s*<li><bdi>employees: \d+', shown.page.text)
    assert f'<p class="paper">{visitor.server.url}{where}</p>' in shown.page.text


def test_what_stands_on_the_list_can_be_taken_off_it_by_who_comes_from_the_results_alone(visitor: Visitor) -> None:
    visitor.press(do="yes 1").press(do="maybe 3")
    where, items = f"{visitor.server.url}/list/{visitor.slate.request.visit}", visitor.items
    assert 'name="do"' not in visitor.client.get(where).text
    visitor.page = visitor.client.get(where, headers={"Referer": str(visitor.page.url)})
    visitor.press(do="undo 3").press(do="undo 1")
    assert visitor.page.url.path == where.removeprefix(visitor.server.url)
    assert "Your list is empty now." in visitor.text
    assert "still empty" not in visitor.text
    assert visitor.open(re.findall(r'href="([^"]+)">Back to the results', visitor.page.text)[0]).items == items
    assert visitor.events("yes", "maybe") == []


def test_what_was_taken_off_the_list_is_said_where_it_stood_and_can_be_put_back(visitor: Visitor) -> None:
    visitor.press(do="yes 1").press(do="maybe 3").press(do="yes 2")
    names = [place.title for place in visitor.slate.places]
    where = f"{visitor.server.url}/list/{visitor.slate.request.visit}"
    visitor.page = visitor.client.get(where, headers={"Referer": str(visitor.page.url)})
    visitor.press(do="undo 3")
    shown = [html.unescape(one) for one in re.findall(r'<h2 id="name-\d+"><bdi>([^<]+)', visitor.page.text)]
    assert shown == [names[0], names[2], names[1]]
    assert visitor.text.count("Taken off your list.") == 1
    part = visitor.page.url.fragment
    assert f'<article id="{part}"' in visitor.page.text
    sent = str(visitor.page.url).partition("from=")
    assert "Taken off" not in visitor.client.get(sent[0] + sent[2].partition("&")[2]).text, "who was sent the list"
    visitor.press(do="maybe 3")
    assert "Taken off your list." not in visitor.text
    assert visitor.text.count("You said maybe") == 1


@pytest.mark.parametrize("query", ["off={id}&place=9", "off=never&place=1", "off={id}", "off={id}&place=2&at=²"])
def test_what_was_not_taken_off_the_list_is_not_said_to_be(visitor: Visitor, query: str) -> None:
    slate = visitor.press(do="yes 1").press(do="no 2").press(do="undo 2").slate
    query = query.format(id=slate.recomm_id)
    visitor.open(f"/list/{slate.request.visit}?from={slate.recomm_id}&{query}")
    assert visitor.page.status_code == 200
    assert "Taken off" not in visitor.text


def test_a_list_has_the_reasons_and_the_seekers_words_for_who_comes_from_the_results_alone(visitor: Visitor) -> None:
    visitor.press(do="yes 1")
    where = f"{visitor.server.url}/list/{visitor.slate.request.visit}"
    theirs = visitor.client.get(where, headers={"Referer": str(visitor.page.url)}).text
    others = visitor.client.get(where).text
    reason = visitor.slate.places[0].reason
    assert reason
    for words, shown in ((reason.said.text, theirs), (reason.says.text, theirs), (reason.says.text, others)):
        assert f"<mark>{html.escape(words)}</mark>" in shown
    assert "<dt>You said</dt>" not in others
    assert "from=" not in others


def test_a_list_is_not_changed_by_who_names_an_answer_of_another_visit(visitor: Visitor) -> None:
    other = Visitor(visitor.server, visitor.client).press(text=SENTENCE).recomm_id
    visit = visitor.press(do="yes 1").slate.request.visit
    for named in (other, "none", ""):
        assert 'name="do"' not in visitor.open(f"/list/{visit}?from={named}").page.text


def test_a_list_without_a_yes_is_empty_and_one_of_no_visit_is_not_there(visitor: Visitor) -> None:
    assert "Your list is still empty." in visitor.open(f"/list/{visitor.slate.request.visit}").text
    assert visitor.open(f"/list/{visits.begin()}").page.status_code == 404
    assert visitor.open("/list/guess").page.status_code == 404


# --- what is recorded -------------------------------------------------------------------------------------------------


def test_what_was_shown_is_recorded_with_the_seconds_since_the_page_was_opened(visitor: Visitor) -> None:
    opened = visits.begin(datetime.now(UTC) - timedelta(seconds=30))
    visitor.send(("/find", {"text": SENTENCE, "visit": opened}))
    shown = visitor.events("shown")
    assert [event.item for event in shown] == visitor.items
    assert all(30 <= event.value < 60 for event in shown)
    assert {event.recomm_id for event in shown} == {visitor.recomm_id}


def test_an_item_that_is_shown_again_was_first_shown_when_it_was(server: Served, client: httpx.Client) -> None:
    visitor = Visitor(server, client)
    again = visitor.form(text=SENTENCE)
    items, first = visitor.send(again).items, visitor.events("shown")
    visitor.send((again[0], {**again[1], "once": "another"}))
    assert visitor.items == items
    assert visitor.events("shown") == first


def test_the_script_tells_what_was_seen_and_opened_and_that_the_page_was_left(visitor: Visitor) -> None:
    where = f"/slate/{visitor.recomm_id}/noted"
    told = {"seen": "1,3,99,x", "opened": "2", "left": "1"}
    assert visitor.client.post(visitor.server.url + where, data=told).status_code == 204
    assert [event.item for event in visitor.events("seen")] == [visitor.items[0], visitor.items[2]]
    assert [event.item for event in visitor.events("opened")] == [visitor.items[1]]
    assert [event.recomm_id for event in visitor.events("left")] == [visitor.recomm_id]


def test_what_went_wrong_once_is_not_answered_again_to_who_tries_again(
    server: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(server, client).press(text="something small")
    pressed = visitor.form(do="more")

    def busy(*_: object) -> None:
        raise StoreError("the store is busy; try again in a second", code="store.busy")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(visits, "shown", busy)
        assert visitor.send(pressed).page.status_code == 503
    assert visitor.send(pressed).page.status_code == 200
    assert visitor.send(pressed).page.url == visitor.page.url


def test_a_visit_goes_on_where_a_build_took_away_what_it_was_near_to(
    world: Project, tmp_path: Path, client: httpx.Client
) -> None:
    with served(world) as running:
        visitor = Visitor(running, client).press(text="something small")
        button = re.search(r'value="(sharpen [0-9] [0-9])"', visitor.page.text)
        assert button
        visitor.press(do=button[1])
        (near,), (told,) = visitor.slate.request.like, visitor.slate.request.told
        left = [{"id": one.id, "title": one.title, "text": one.text} for one in THINGS if one.id != near]
        assert told.field not in left[0]
        (tmp_path / "left.jsonl").write_text("".join(json.dumps(one) + "\n" for one in left), "utf-8")
        import_sources(world, [str(tmp_path / "left.jsonl")], full=True)
        build(world)
        visitor.press(do="more")
        assert visitor.page.status_code == 200
        assert (len(visitor.slate.request.like), len(visitor.slate.request.told)) == (0, 0)


def test_words_added_to_a_very_long_text_are_heard(server: Served, client: httpx.Client) -> None:
    visitor = Visitor(server, client).press(text="a bakery with many ovens " * 400)
    visitor.press(do="words", own="it must be near ZANZIBAR")
    assert visitor.slate.request.text.endswith("it must be near ZANZIBAR")
    assert len(visitor.slate.request.text) <= LONGEST


def test_a_card_says_where_its_item_states_otherwise_than_an_answer(server: Served, client: httpx.Client) -> None:
    visitor = Visitor(server, client).press(text="something small").press(do="answer 0")
    (told,), say = visitor.slate.request.told, messages("en")
    otherwise = [one for one in visitor.slate.places if one.mismatch and one.mismatch.said.of == "told.0"]
    assert otherwise
    for place in otherwise:
        card = visitor.page.text.split(f'id="place-{place.place}"')[1].split("<form")[0]
        text = " ".join(html.unescape(re.sub("<[^>]*>", "", card)).split())
        says = fact(told.field, place.fields[told.field], say)
        assert f"But: You want {told_text(told, say)}. It says {says}." in text


def test_answers_to_the_question_are_recorded_the_last_one_counts_and_the_rate_of_answers_sees_them(
    server: Served, client: httpx.Client
) -> None:
    visitor = Visitor(server, client).press(text="something small")
    asked = visitor.page.url.path
    question = visitor.slate.asked.question if visitor.slate.asked else None
    assert question

    def told() -> tuple[list[str], bool]:
        outcome = seen(visitor.events("shown", "asked", "answered"), datetime.now(UTC))
        assert outcome
        assert outcome.asked
        return [event.comment for event in visitor.events("answered")], outcome.answered

    assert told() == ([], False)
    visitor.press(do="any")
    assert told() == ([visits.ANY], False)
    visitor.send((f"{asked}/say", {"do": "any"})).send((f"{asked}/next", {"do": "words", "own": "by the sea"}))
    assert told() == ([visits.ANY], False)
    visitor.send((f"{asked}/next", {"do": "answer 0"}))
    assert told() == ([question.options[0].condition], True), "as from a tab that stood open meanwhile"
    fresh = Visitor(server, client).press(text="something small")
    asked, visitor = fresh.page.url.path, fresh.press(do="words", own="by the sea")
    assert told() == ([visits.OWN], True)
    visitor.send((f"{asked}/next", {"do": "answer 1"}))
    assert told() == ([question.options[1].condition], True)
    visitor.send((f"{asked}/say", {"do": "any"}))
    assert told() == ([visits.ANY], False)


def test_two_questions_come_after_a_decision_and_are_asked_once(visitor: Visitor) -> None:
    assert "Two short questions" not in visitor.text
    visitor.press(do="yes 1")
    assert "Two short questions" in visitor.text
    visitor.press(do="rate", matched="yes", trusted="no")
    assert [(event.kind, event.value) for event in visitor.events("matched", "trusted")] == [
        ("matched", 1),
        ("trusted", 0),
    ]
    assert "Thank you for your answer." in visitor.text
    visitor.press(do="more")
    assert "Two short questions" not in visitor.text
    assert "Thank you for your answer." not in visitor.text


def test_two_questions_without_an_answer_stay_and_say_what_to_do(visitor: Visitor) -> None:
    visitor.press(do="yes 1").press(do="rate")
    assert visitor.page.status_code == 422
    assert "press “Skip”" in visitor.text
    assert "Two short questions" in visitor.text
    assert visitor.events("matched", "trusted", "unrated") == []


def test_an_answer_to_the_two_questions_that_is_neither_yes_nor_no_is_refused_in_words(visitor: Visitor) -> None:
    visitor.press(do="yes 1").press(do="rate", matched="maybe", trusted="yes")
    assert visitor.page.status_code == 422
    assert "Two short questions" in visitor.text
    assert visitor.events("matched", "trusted", "unrated") == []


def test_the_two_questions_can_be_skipped(visitor: Visitor) -> None:
    visitor.press(do="no 1").press(do="skip", matched="yes")
    assert "Two short questions" not in visitor.text
    assert "We will not ask that again." in visitor.text
    assert "Thank you for your answer." not in visitor.text
    assert [event.kind for event in visitor.events("matched", "trusted", "unrated")] == ["unrated"]


def test_about_one_visit_in_so_many_is_asked() -> None:
    drawn = [visits.asks_for_rating(visits.begin(), 4) for _ in range(2000)]
    assert 400 < sum(drawn) < 600
    assert not visits.asks_for_rating(visits.begin(), 0)


def test_a_visit_says_when_it_began_and_is_not_believed_when_it_says_nonsense() -> None:
    now = datetime.now(UTC)
    visit = visits.begin(now)
    assert abs((began(visit) or now) - now) < timedelta(milliseconds=2)
    led = visits.going_on(visit)
    assert (visits.going_on(visit), began(led)) == (led, began(visit))
    for other in ("", "x", visits.begin(now - timedelta(days=2)), visits.begin(now + timedelta(days=2)), visit + "\n"):
        assert visits.going_on(other) != other
        assert abs((began(visits.going_on(other)) or datetime.max.replace(tzinfo=UTC)) - now) < timedelta(hours=1)


def test_whoever_has_the_address_of_a_list_says_and_asks_nothing_in_its_visit(visitor: Visitor) -> None:
    """Its id leads into no visit: not from the first form, and not by the id that the first form made of it."""
    theirs = visitor.slate.request.visit
    assert theirs
    for named in (theirs, visits.going_on(theirs)):
        visitor.send(("/find", {"text": SENTENCE, "visit": named, "once": named}))
        assert visitor.slate.request.visit not in {theirs, named}
    assert visitor.open(f"/list/{theirs}").page.status_code == 200


# --- steps, with what was asked by hand -------------------------------------------------------------------------------


ASKED = Asked(
    (),
    Strength("good", 1.5, ()),
    0.4,
    True,
    Question("country", "place", (Option("value", ("Norway",), 'country = "norway"'), Option("else", (), "x")), 0.1),
    ((Sharpening("employees", "size", "less", (40.0,), "employees < 40", 9),),),
)


@pytest.fixture
def given(visitor: Visitor) -> Slate:
    return replace(visitor.slate, asked=ASKED)


def test_an_answer_goes_into_what_was_told(given: Slate) -> None:
    request = visits.step("answer", given, visits.Visit(), ("0", ""))
    assert request.told == (Told("country", 'country = "norway"', "value", ("Norway",)),)


def test_a_sharpening_brings_its_item_along(given: Slate) -> None:
    request = visits.step("sharpen", given, visits.Visit(), ("0", "0", ""))
    assert request.like == (given.places[0].item,)
    assert request.told[0].condition == "employees < 40"


def test_own_words_answer_the_question(given: Slate) -> None:
    assert visits.step("words", given, visits.Visit(), ("by the sea",)).told == (Told("country"),)


@pytest.mark.parametrize(
    ("text", "taken", "left"),
    [
        ("cold storage, haulage, near Leeds", "haulage", "cold storage, near Leeds"),
        ("cold storage, haulage, near Leeds", "cold storage", "haulage, near Leeds"),
        ("cold storage, haulage, near Leeds", "Leeds", "cold storage, haulage"),
        ("Sägewerk im Schwarzwald, ohne Schulden. in Baden", "Sägewerk", "im Schwarzwald, ohne Schulden. in Baden"),
        ("im Schwarzwald, ohne Schulden. in Baden", "Schwarzwald", "ohne Schulden. in Baden"),
        ("ohne Schulden. in Baden", "Schulden", "in Baden"),
        ("a mill. in Kent. with a pond", "Kent", "a mill. with a pond"),
        ("a sawmill, and near Leeds", "sawmill", "near Leeds"),
        ("un moulin (près de Lyon), avec un étang", "Lyon", "un moulin, avec un étang"),
        ("a sawmill. in Kent. in Kent", "Kent", "a sawmill."),
    ],
)
def test_what_is_left_of_the_words_after_a_wish_was_taken_away_reads_as_if_written_so(
    given: Slate, text: str, taken: str, left: str
) -> None:
    wishes = read(Request(text)).wishes
    slate = replace(given, request=replace(given.request, text=text), asked=replace(ASKED, wishes=wishes))
    (do,) = [one.do for one in wanted(slate, {}, messages("en")) if taken in one.text]
    assert visits.step("without", slate, visits.Visit(), (*do.split()[1:], "")).text == left


def test_what_does_not_matter_is_not_asked_again(given: Slate) -> None:
    skipped = visits.Visit(VisitId("v"), skipped=frozenset({given.recomm_id}))
    assert visits.step("more", given, skipped, ("",)).told == (Told("country"),)


def test_a_chosen_phrase_is_read_back_and_can_be_taken_away(given: Slate) -> None:
    phrases = tuple(
        Option("phrase", values) for values in (("rye bread", "wedding cakes"), ("wedding cakes", "rye bread"))
    )
    asked = replace(ASKED, question=Question("", "phrase", phrases, 0.1))
    request = visits.step("answer", replace(given, asked=asked), visits.Visit(), ("1", ""))
    assert request.text == given.request.text
    after = replace(given, request=request, asked=replace(ASKED, question=None))
    last = [*wanted(after, {}, messages("en"))][-1]
    assert (last.text, last.do) == ("close to “wedding cakes”", "without told 0")
    assert visits.step("without", after, visits.Visit(), ("told", "0", "")).told == (Told(),)


def test_a_question_whose_answers_have_no_words_is_not_shown(given: Slate) -> None:
    asked = replace(ASKED, question=Question("", "phrase", (Option("phrase"), Option("phrase")), 0.1))
    assert asking(replace(given, asked=asked), visits.Visit(), messages("en")) is None
    assert asking(given, visits.Visit(), messages("en")) is not None


def test_a_question_that_was_not_asked_cannot_be_said_not_to_matter(visitor: Visitor) -> None:
    asked = visitor.slate.asked
    for without in (None, replace(ASKED if asked is None else asked, question=None)):
        given = replace(visitor.slate, asked=without)
        with pytest.raises(RequestError, match="none of this answer's"):
            visitor.server.project.store.write(lambda unit, given=given: visits.skip(unit, given))  # type: ignore[misc]
    assert visitor.events("answered") == []


def test_a_fault_of_our_own_is_not_taken_for_a_button_that_is_gone(
    given: Slate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Request:
        raise KeyError("ours")

    monkeypatch.setattr(visits, "answered", fails)
    with pytest.raises(KeyError):
        visits.step("answer", given, visits.Visit(), ("0", ""))


def test_an_answer_taken_back_is_not_asked_again(given: Slate) -> None:
    told = replace(given, request=replace(given.request, told=(Told("country", "x", "value", ("Norway",)),)))
    assert visits.step("without", told, visits.Visit(), ("told", "0", "")).told == (Told("country"),)


def test_an_answer_that_was_not_given_on_the_page_cannot_be_gone_on_from(visitor: Visitor) -> None:
    other = visitor.server.project.recommend("rye bread")
    assert visitor.send(("/find", {"text": SENTENCE, "from": other.recomm_id})).page.status_code == 404
