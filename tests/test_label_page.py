"""The studio's page for labels: by keyboard alone, complete without a script, blind for the second person."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from firstfive.app.labelling import draw, rows, say
from firstfive.app.wiring import Project, open_project
from firstfive.testing.clients import Served, served
from firstfive.testing.world import write_judgements

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Opened

FIRST = "/studio/label?person=first&who=ann"
SECOND = "/studio/label?person=second&who=ben"


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Iterator[Project]:
    """The tiny world with ten pairs of six requests to label."""
    folder = shutil.copytree(built, tmp_path / "world")
    with open_project(folder, overrides=["server.rate_per_minute=0"], environment={}) as opened:
        draw(opened, 10, queries=write_judgements(folder)[0])
        yield opened


@pytest.fixture
def server(project: Project) -> Iterator[Served]:
    with served(project) as running:
        yield running


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"X-API-Key": server.operator}) as opened:
        yield opened


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def sent(client: httpx.Client, say: str, person: str = "first", who: str = "ann", **fields: str) -> httpx.Response:
    """The form of the page, as a browser sends it."""
    shown = client.get("/studio/label", params={"person": person, "who": who, "as": "json"}).json()
    asked = {"qid": shown["qid"] or "", "item": shown["item"] or "", "person": person, "who": who, "say": say}
    return client.post("/studio/label", data={**asked, **fields})


def grades(project: Project) -> list[tuple[int | None, int | None]]:
    return [(row.first.grade if row.first else None, row.second.grade if row.second else None) for row in rows(project)]


# --- over HTTP --------------------------------------------------------------------------------------------------------


def test_a_page_has_one_pair_its_text_the_rubric_and_how_far_one_is(client: httpx.Client, project: Project) -> None:
    pair = rows(project)[0].pair
    item = project.recommender.item(pair.item)
    text = words(client.get(FIRST))
    for part in (pair.request, item.title, item.text, "0 of 10", "Skip", "Undo", "all that they state is met"):
        assert part in text
    assert sent(client, "2").headers["location"] == FIRST
    assert "1 of 10" in words(client.get(FIRST))
    assert grades(project)[0] == (2, None)


def test_the_seconds_from_seeing_to_saying_are_kept_and_their_median_shown(
    client: httpx.Client, project: Project
) -> None:
    page = client.get(FIRST).text
    shown = int(re.findall(r'name="shown" value="(\d+)"', page)[0])
    sent(client, "2", shown=str(shown - 8_000))
    sent(client, "2", shown="soon")
    seconds = [row.first.seconds for row in rows(project)[:2] if row.first]
    assert seconds[0] == pytest.approx(8, abs=5)
    assert seconds[1] is None
    assert re.search(r"A label takes \d+ s", words(client.get(FIRST)))
    assert client.get(f"{FIRST}&as=json").json()["median_s"] == seconds[0]


def test_undo_brings_the_last_pair_back_and_skip_passes_one(client: httpx.Client, project: Project) -> None:
    sent(client, "skip")
    sent(client, "3")
    assert grades(project)[:2] == [(None, None), (3, None)]
    sent(client, "undo")
    assert client.get(f"{FIRST}&as=json").json()["qid"] == rows(project)[1].pair.qid
    sent(client, "undo")
    sent(client, "undo")
    assert client.get(f"{FIRST}&as=json").json()["done"] == 0


def test_the_second_person_sees_nothing_of_the_first_ones_grades(client: httpx.Client, project: Project) -> None:
    before = client.get(SECOND).text
    for row in rows(project):
        say(project, "first", "ann", row.pair.qid, row.pair.item, 3, 5.0)
    clock = re.compile(r'name="shown" value="\d+"')
    assert clock.sub("", client.get(SECOND).text) == clock.sub("", before)
    for _ in range(6):
        assert sent(client, "1", "second", "ben").status_code == 303
    assert "That was all" in words(client.get(SECOND))
    assert sum(second == 1 for _, second in grades(project)) == 6


def test_one_name_cannot_be_both_persons(client: httpx.Client) -> None:
    sent(client, "3")
    answer = client.get("/studio/label?person=second&who=ann")
    assert answer.status_code == 422
    assert "ann labels as the first person already" in words(answer)


@pytest.mark.parametrize(
    "fields",
    [{"say": "4"}, {"say": ""}, {"person": "third"}, {"who": ""}, {"item": "nobody"}, {"qid": "'; drop table pairs"}],
)
def test_what_the_form_never_sends_is_refused_and_changes_nothing(
    client: httpx.Client, project: Project, fields: dict[str, str]
) -> None:
    pair = rows(project)[0].pair
    form = {"qid": pair.qid, "item": pair.item, "person": "first", "who": "ann", "say": "1", **fields}
    assert client.post("/studio/label", data=form).status_code == 422
    assert grades(project)[0] == (None, None)


def test_labels_are_there_as_csv_and_json(client: httpx.Client, project: Project) -> None:
    sent(client, "2")
    found = client.get("/studio/labels?as=json").json()
    assert len(found["labels"]) == 10
    assert found["labels"][0] | {"seconds": 0} == {
        "request": rows(project)[0].pair.request,
        "item": rows(project)[0].pair.item,
        "first": 2,
        "second": None,
        "seconds": 0,
        "qid": rows(project)[0].pair.qid,
    }
    assert found["progress"][0] | {"median_s": 0} == {
        "person": "first",
        "who": "ann",
        "labels": 1,
        "skipped": 0,
        "of": 10,
        "median_s": 0,
    }
    csv = client.get("/studio/labels?as=csv&table=labels").text
    assert csv.count("\r\n") == 11


def test_what_is_hostile_or_personal_in_a_request_is_escaped_and_masked(client: httpx.Client, project: Project) -> None:
    project.store.erase(before=rows(project)[-1].pair.created.replace(year=2126))
    project.recommend("<script>window.ran=1</script> rye bread for anna@example.org", 1)
    assert client.post("/studio/labels", data={"n": "5"}).headers["location"] == "/studio/label"
    page = client.get(FIRST).text
    assert "&lt;script&gt;window.ran" in page
    assert "<script>window" not in page
    assert "anna@example.org" not in page + client.get("/studio/labels?as=json").text


@pytest.mark.parametrize("n", ["0", "10001", "00010001", "0000019", "1" * 5000, "-1", "٣", ""])
def test_a_number_of_pairs_that_is_none_is_refused(client: httpx.Client, n: str) -> None:
    answer = client.post("/studio/labels", data={"n": n})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert "from 1 to 10,000" in answer.json()["detail"]


# --- in a browser -----------------------------------------------------------------------------------------------------


def opened(browser: Browser, server: Served, *, script: bool = True) -> Opened:
    """A page of somebody who signed in."""
    context = browser.new_context(base_url=server.url, java_script_enabled=script)
    page = context.new_page()
    page.goto("/studio/sign-in")
    page.get_by_label("Operator's key").fill(server.operator)
    page.get_by_label("Operator's key").press("Enter")
    page.wait_for_url("**/studio")
    page.goto("/studio/label")
    return page


def done(page: Opened, n: int) -> None:
    page.get_by_text(f"{n} of 10, as the first person").wait_for()
    page.wait_for_load_state()  # the script is there


def test_all_is_labelled_by_keys_alone(browser: Browser, server: Served, project: Project) -> None:
    page = opened(browser, server)
    wrong: list[str] = []
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.get_by_label("Your name here").focus()
    page.keyboard.type("ann")
    page.keyboard.press("Enter")
    done(page, 0)
    for at, key in enumerate(("3", "0", "s", "x", "u", "1", "2"), 1):
        page.keyboard.press(key)
        done(page, {4: 3, 5: 2, 6: 3, 7: 4}.get(at, at))
    assert grades(project)[:4] == [(3, None), (0, None), (1, None), (2, None)]
    for n in range(5, 11):
        page.keyboard.press("0")
        done(page, n)
    page.get_by_text("That was all").wait_for()
    page.keyboard.press("u")
    done(page, 9)
    assert wrong == []
    page.context.close()


def test_without_a_script_tab_and_enter_do_the_same(browser: Browser, server: Served, project: Project) -> None:
    page = opened(browser, server, script=False)
    page.goto(FIRST)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("button:focus-visible").filter(has_text="Fits").count():
            break
    page.keyboard.press("Enter")
    done(page, 1)
    assert grades(project)[0] == (2, None)
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    done(page, 0)
    assert grades(project)[0] == (None, None)
    page.context.close()


def test_a_key_that_belongs_to_the_browser_or_a_box_says_nothing(
    browser: Browser, server: Served, project: Project
) -> None:
    page = opened(browser, server)
    page.goto(FIRST)
    page.keyboard.press("Control+0")
    page.keyboard.press("Control+u")
    page.evaluate("document.querySelector('main').prepend(document.createElement('input'))")
    page.locator("main input:visible").fill("")
    page.keyboard.type("3us")
    assert page.locator("main input:visible").input_value() == "3us"
    page.wait_for_timeout(200)
    assert grades(project)[0] == (None, None)
    page.context.close()
