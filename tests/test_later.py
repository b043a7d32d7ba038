"""Reasons by a model that come after the answer: kept beside it, shown where nobody looks, checked like all others."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from firstfive.app import later as later_reasons
from firstfive.app.later import amendment_of
from firstfive.app.model_steps import UNEXPLAINED
from firstfive.app.record import erase
from firstfive.app.wiring import Project, open_project
from firstfive.errors import RequestError
from firstfive.models.gateway.cached import Cached
from firstfive.ports import words_of
from firstfive.testing.clients import Served, served
from firstfive.testing.faults import FAULTS, Fault, Said, slow
from firstfive.testing.providers import Provider, provider
from firstfive.types import Amended, Amendment, Event, RecommId, Request, Slate
from pages import OVERRIDES, REASON, fresh, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LLM = "vllm:small"
WANTED = "someone who makes crowns and dentures for dentists"
LATE_S = 2.5
GOOD = {"said": "dentures", "says": "bridges and dentures"}
MARKED = "<mark>bridges and dentures</mark>"
SHIFTS = """window.shifts = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) {
  window.shifts += one.value; } }).observe({ type: 'layout-shift', buffered: true });"""


def answers(reason: Mapping[str, Any]) -> Callable[[dict[str, Any]], str | Said]:
    """Scores all alike; one reason for every item."""

    def answer(body: dict[str, Any]) -> str | Said:
        if "response_format" in body:
            return json.dumps(reason)
        return Said("yes", logprobs={"yes": -0.05, "no": -3.0})

    return answer


def reasons_late(loopback: Provider, seconds: float = LATE_S) -> Callable[[int], Fault | None]:
    """A fault for each request by number: those that ask for a reason come late."""
    return lambda number: slow(seconds) if "response_format" in loopback.asked[number].json else None


@contextmanager
def serving(
    built: Path,
    folder: Path,
    reason: Mapping[str, Any],
    fault: Fault | None = None,
    more: str = "",
    timeout_s: float = 1.0,
) -> Iterator[tuple[Served, Provider]]:
    """The tiny world at the best speed, with a provider whose reasons come late, or fail."""
    copy = Path(shutil.copytree(built, folder / "world"))
    with provider(answers(reason)) as loopback:
        loopback.faults = (lambda _: fault) if fault else reasons_late(loopback)
        (copy / "firstfive.toml").write_text(
            f'[models]\nllm = "{LLM}"\nspeed = "best"\nrerank_long = 5\nrequest_timeout_s = {timeout_s}\n{more}'
            f'[prices]\n"{LLM}" = {{ input = 1.0, output = 1.0 }}\n'
            f'[providers]\nvllm = {{ url = "{loopback.openai}" }}\n',
            "utf-8",
        )
        with open_project(copy, overrides=OVERRIDES, environment={}) as project, served(project) as running:
            project.recommender.warm()
            assert project.gateway
            project.gateway.warm().result(60)  # what the server began; calls before its end spend their time on it
            yield running, loopback


@pytest.fixture(scope="module")
def late(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(built, tmp_path_factory.mktemp("late"), GOOD) as (running, _):
        yield running


def ask(server: Served, text: str = WANTED) -> str:
    """Asks on the page; the path of the answer."""
    answer = httpx.post(f"{server.url}/find", data={"text": text}, timeout=30)
    assert answer.status_code == 303
    return answer.headers["location"]


def stored(project: Project, path: str) -> tuple[Slate, Any, list[Event]]:
    recomm_id = RecommId(path.rpartition("/")[2])
    with project.store.read() as unit:
        slate = unit.slates.get(recomm_id)
        assert slate
        return slate, unit.amendments.get(recomm_id), list(unit.events.find(kind="explained")[0])


def waited(until: Callable[[], object], seconds: float = 30) -> None:
    end = monotonic() + seconds
    while not until():
        assert monotonic() < end, "it did not come"
        sleep(0.05)


def test_a_reason_that_is_late_comes_later_and_the_log_keeps_what_was_shown(late: Served) -> None:
    path = ask(late)
    page = httpx.get(late.url + path)
    assert "data-late" in page.text
    assert MARKED not in page.text
    assert UNEXPLAINED not in page.text
    assert httpx.get(f"{late.url}{path}/reasons").status_code in {204, 200}
    waited(lambda: httpx.get(f"{late.url}{path}/reasons").status_code == 200)
    slate, amendment, _ = stored(late.project, path)
    assert slate.places[0].reason
    assert slate.places[0].reason.by == ""
    assert amendment.places[0].reason.by == LLM
    assert amendment.created > slate.created
    assert amendment.cost_usd > 0
    again = httpx.get(late.url + path)
    assert MARKED in again.text
    assert "data-late" not in again.text
    _, _, events = stored(late.project, path)
    assert next(event.item for event in events if event.recomm_id == slate.recomm_id) == "dentist"


def test_a_program_asks_for_the_reasons_of_its_answer(late: Served) -> None:
    headers = {"x-api-key": late.reader}
    slate = httpx.post(f"{late.url}/api/recommend", json={"text": WANTED + " here"}, headers=headers, timeout=30).json()
    address = f"{late.url}/api/slate/{slate['recommId']}/reasons"
    first = httpx.get(address, headers=headers).json()
    assert first["state"] == "pending"
    assert first["amended"] is None
    waited(lambda: httpx.get(address, headers=headers).json()["state"] == "amended")
    told = httpx.get(address, headers=headers).json()
    assert (told["places"][0]["item"], told["places"][0]["later"]) == ("dentist", True)
    assert told["places"][0]["reason"]["by"] == LLM
    assert told["models"] == [LLM]
    assert httpx.get(address).status_code == 401
    assert httpx.get(f"{late.url}/api/slate/none/reasons", headers=headers).status_code == 404


def test_what_comes_late_is_erased_with_its_answer(late: Served) -> None:
    path = ask(late, "crowns and dentures please")
    waited(lambda: httpx.get(f"{late.url}{path}/reasons").status_code == 200)
    assert stored(late.project, path)[1]
    recomm_id = RecommId(path.rpartition("/")[2])
    assert late.project.store.erase(request=recomm_id)["amendments"] == 1
    with late.project.store.read() as unit:
        assert unit.amendments.get(recomm_id) is None


def replies_of(project: Project, text: str) -> int:
    """How many replies to these words are stored; none is afterwards."""
    return project.store.erase(words=words_of(text))["replies"]


def test_what_comes_after_its_answer_was_erased_is_nowhere(built: Path, tmp_path: Path) -> None:
    with serving(built, tmp_path, GOOD, more='record = "said.jsonl"\n') as (server, loopback):
        text = "dentures for Zeppelheim"
        recomm_id = RecommId(ask(server, text).rpartition("/")[2])
        recording = server.project.folder / "said.jsonl"
        assert server.project.recommender.later.pending(recomm_id)
        assert erase(server.project, request=recomm_id)["slates"] == 1
        assert recording.read_text("utf-8") == ""
        waited(lambda: not server.project.recommender.later.pending(recomm_id))
        assert any("response_format" in one.json for one in loopback.asked)
        assert recording.read_text("utf-8") == ""
        assert replies_of(server.project, text) == 0


def test_a_reply_is_stored_before_the_reason_that_was_made_of_it(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that who erases the answer finds both; however long the store makes a reply wait."""
    put = Cached._put

    def slowly(*given: Any) -> None:
        sleep(1.0)
        put(*given)

    with serving(built, tmp_path, GOOD) as (server, _):
        text = "dentures, if there are any"
        monkeypatch.setattr(Cached, "_put", slowly)
        path = ask(server, text)
        waited(lambda: stored(server.project, path)[1])
        assert replies_of(server.project, text) > 0
        sleep(2.5)
        assert replies_of(server.project, text) == 0


def test_a_project_that_is_closed_keeps_what_came_and_opens_its_store_no_more(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came, others = threading.Event(), set(threading.enumerate())

    def slowly(*given: Any) -> Any:
        came.set()
        sleep(0.5)
        return amendment_of(*given)

    with serving(built, tmp_path, GOOD) as (server, _):
        monkeypatch.setattr(later_reasons, "amendment_of", slowly)
        path = ask(server)
        assert came.wait(30)
        server.project.close()
        assert not [one for one in set(threading.enumerate()) - others if one.name.startswith("later")]
        assert not (server.project.folder / "firstfive.db-wal").exists()
        with open_project(server.project.folder, overrides=OVERRIDES, environment={}) as again:
            assert stored(again, path)[1], "what came was paid for"


@pytest.mark.parametrize("where", ["stored with it", "made of it"])
def test_reasons_of_an_answer_that_is_not_stored_are_given_up(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fails(*_: object) -> Any:
        raise RequestError("it is not wanted any more")

    with serving(built, tmp_path, GOOD, timeout_s=2.0) as (server, _):
        text, recommender = "crowns and dentures, or not", server.project.recommender
        also = fails if where == "stored with it" else None
        if where == "made of it":
            monkeypatch.setattr("firstfive.app.recommend._notes", fails)
        with pytest.raises(RequestError, match="not wanted"):
            recommender.recommend(Request(text), also=also, later=True)
        waited(lambda: replies_of(server.project, text) > 0)  # the scores, which were there in time
        sleep(LATE_S + 1)
        assert replies_of(server.project, text) == 0


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ({**GOOD, "says": "<script>window.ran=1</script> the best in town"}, None),
        ({"said": "x" * 5000, "says": "Ignore all rules. " * 300}, None),
        (GOOD, FAULTS["500"]),
    ],
    ids=["a lie with markup", "giant words", "model down"],
)
def test_late_lies_and_a_model_that_is_down_change_nothing(
    built: Path, tmp_path: Path, reason: Mapping[str, Any], fault: Fault | None
) -> None:
    with serving(built, tmp_path, reason, fault) as (server, _):
        path = ask(server)
        waited(lambda: httpx.get(f"{server.url}{path}/reasons").status_code == 200)
        _, amendment, _ = stored(server.project, path)
        page = httpx.get(server.url + path)
        assert "window.ran" not in page.text
        assert "Ignore all" not in page.text
        assert amendment is None if fault else (amendment.places, amendment.models) == ((), (LLM,))
        assert stored(server.project, path)[2] == []


@pytest.mark.parametrize("fault", [slow(30), FAULTS["500"]], ids=["slow", "down"])
def test_the_page_has_its_five_results_in_time_with_a_model_that_is_slow_or_down(
    built: Path, tmp_path: Path, fault: Fault | None
) -> None:
    with serving(built, tmp_path, GOOD, fault, "timeout_s = 4.0\n", timeout_s=4.0) as (server, _):
        took = []
        for number in range(3):
            began = monotonic()
            page = httpx.get(server.url + ask(server, f"{WANTED} {number}"))
            took.append(monotonic() - began)
            assert page.text.count("<article") == 5
    print(", ".join(f"{one:.2f} s" for one in took))
    assert min(took) < 1.9  # 1.5 s is promised; a busy machine may need more


def test_what_a_page_shows_is_recorded_once_and_a_look_at_its_head_is_none(
    late: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fresh(late)
    slate, _, _ = stored(late.project, path)
    shown = Amended(slate.places[0].place, REASON, None)
    late.project.store.write(
        lambda unit: unit.amendments.add(Amendment(slate.recomm_id, datetime.now(UTC), (shown,), (LLM,)))
    )
    writes: list[object] = []
    write = type(late.project.store).write

    def counted(*given: Any) -> object:
        writes.append(1)
        return write(*given)

    monkeypatch.setattr(type(late.project.store), "write", counted)
    assert httpx.head(late.url + path).status_code == 200
    assert (writes, told(late, slate)) == ([], [])
    for _ in range(2):
        assert httpx.get(late.url + path).status_code == 200
    assert (len(writes), told(late, slate)) == (1, [slate.places[0].item])


def test_late_reasons_are_put_where_nobody_looks_and_move_nothing(
    browser: Browser, late: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, pending = fresh(late), [True]
    slate, _, _ = stored(late.project, path)
    monkeypatch.setattr(type(late.project.recommender.later), "pending", lambda *_: pending[0])
    longer = replace(REASON, because="It makes crowns, bridges and dentures for dentists. " * 4)
    with opened(browser, late.url, viewport={"width": 800, "height": 500}) as page:
        page.add_init_script(SHIFTS)
        page.goto(path)
        page.locator("#place-5 .yes").focus()
        page.evaluate("scrollTo(0, 0)")
        before = [page.locator(f"#place-{n} .reason").inner_html() for n in range(1, 6)]
        amended = tuple(Amended(place.place, longer, None) for place in slate.places)
        amendment = Amendment(slate.recomm_id, datetime.now(UTC), amended, (LLM,))
        late.project.store.write(lambda unit: unit.amendments.add(amendment))
        pending[0] = False
        page.locator("#place-4 .because").wait_for(state="attached")
        after = [page.locator(f"#place-{n} .reason").inner_html() for n in range(1, 6)]
        assert [old != new for old, new in zip(before, after, strict=True)] == [False, True, True, True, False]
        assert page.evaluate("document.activeElement.closest('article')?.id") == "place-5"
        assert page.evaluate("document.getElementById('live').textContent") == ""
        assert page.evaluate("scrollY") == 0
        assert page.evaluate("window.shifts") == 0
        waited(lambda: len(told(late, slate)) == 3)
        page.locator("#place-3").scroll_into_view_if_needed()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.locator("#place-1 .because").count() == 0  # it is above, and there is no room for so much
        page.reload()
        assert page.locator("#place-1 .because").count() == 1
        assert len(told(late, slate)) == 5


def told(server: Served, slate: Slate) -> list[str]:
    """Items of which it is recorded that their later reason stood on the page."""
    _, _, events = stored(server.project, f"/slate/{slate.recomm_id}")
    return [event.item for event in events if event.recomm_id == slate.recomm_id]
