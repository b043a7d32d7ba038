"""What the server keeps and for how long: keys, old data, erasing, builds of its own, and spans without text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import TYPE_CHECKING

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from firstfive import observe
from firstfive.app import record
from firstfive.app.collect import import_sources
from firstfive.app.visits import begin
from firstfive.app.wiring import Project, open_project
from firstfive.errors import AccessError, NotFound, RequestError
from firstfive.server import serving
from firstfive.server.forgetting import Forgetting
from firstfive.server.serving import Heard, Housekeeping, running
from firstfive.store.people import SqlSlates
from firstfive.testing.clients import served
from firstfive.testing.world import THINGS, write_items
from firstfive.types import Event, ItemId, KeyId, RecommId, ReleaseId, Request, Slate, UserId

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC)


def keep(project: Project, name: str, user: str | None = None, days_old: float = 0.0) -> RecommId:
    request = Request("words", user=None if user is None else UserId(user))
    slate = Slate(RecommId(name), ReleaseId("r"), request, (), {}, NOW - timedelta(days=days_old))
    project.store.write(lambda unit: unit.slates.add(slate))
    return slate.recomm_id


def stored(project: Project, name: RecommId) -> bool:
    with project.store.read() as unit:
        return unit.slates.get(name) is not None


def soon(happened: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = monotonic() + seconds
    while not happened():
        if monotonic() > end:
            return False
        sleep(0.05)
    return True


def test_a_key_opens_what_its_role_reaches_and_no_more(world: Project) -> None:
    ring = record.KeyRing(world.store)
    for role, may in (("reader", 1), ("app", 2), ("operator", 3)):
        key, secret = record.create_key(world, role, f"a {role}")
        for needed in record.ROLES[:may]:
            assert ring.check(secret, needed) == key
        for needed in record.ROLES[may:]:
            with pytest.raises(AccessError) as refused:
                ring.check(secret, needed)
            assert refused.value.code == "access.role"
    assert [key.name for key in record.list_keys(world)] == ["a reader", "a app", "a operator"]


def test_a_key_for_an_unknown_role_is_not_made(world: Project) -> None:
    with pytest.raises(RequestError, match="operator"):
        record.create_key(world, "admin", "x")


def test_revoking_a_key_that_is_not_there_is_an_error(world: Project) -> None:
    with pytest.raises(NotFound) as wrong:
        record.revoke_key(world, KeyId("nobody"))
    assert wrong.value.code == "not_found.key"


def test_two_keys_have_secrets_of_their_own(world: Project) -> None:
    secrets = {record.create_key(world, "reader", "same")[1] for _ in range(10)}
    assert len(secrets) == 10
    assert min(map(len, secrets)) >= 43


def test_what_is_older_than_keep_days_is_forgotten(world: Project) -> None:
    old, young = keep(world, "old", days_old=366), keep(world, "young", days_old=364)
    assert sum(record.forget_old(world).values()) == 1
    assert not stored(world, old)
    assert stored(world, young)


def test_keeping_for_ever_forgets_nothing(world_folder: Path) -> None:
    with open_project(world_folder, overrides=["privacy.keep_days=0"], environment={}) as project:
        old = keep(project, "old", days_old=9999)
        assert record.forget_old(project) == {}
        assert stored(project, old)


def test_erasing_a_user_takes_their_requests_and_feedback_and_no_one_elses(world: Project) -> None:
    hers, his = keep(world, "hers", "ann"), keep(world, "his", "ben")
    events = [Event("like", UserId(user), ItemId("bees"), NOW) for user in ("ann", "ben")]
    world.store.write(lambda unit: record.add_feedback(unit, events))
    record.erase(world, user=UserId("ann"))
    assert not stored(world, hers)
    assert stored(world, his)
    with world.store.read() as unit:
        assert [event.user for event in unit.events.find()[0]] == ["ben"]
        assert unit.users.get(UserId("ann")) is None


def test_whether_feedback_is_of_an_erased_answer_is_asked_once(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, asked = keep(world, "kept"), list[set[RecommId]]()
    known = SqlSlates.known

    def counted(self: SqlSlates, ids: set[RecommId]) -> set[RecommId]:
        asked.append(ids)
        return known(self, ids)

    monkeypatch.setattr(SqlSlates, "known", counted)
    said = [Event("like", UserId("ann"), ItemId("bees"), NOW, RecommId(one)) for one in (kept, "erased")]
    assert world.store.write(lambda unit: record.add_feedback(unit, said)) == 1
    assert asked == [{kept, "erased"}]


def test_erasing_what_is_not_there_says_so(world: Project) -> None:
    with pytest.raises(NotFound) as wrong:
        record.erase(world, request=RecommId("never"))
    assert wrong.value.code == "not_found.request"


def test_a_server_forgets_by_itself_not_at_once_and_says_how_much(
    world: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    old, young = keep(world, "old", days_old=999), keep(world, "young")
    monkeypatch.setattr(serving, "FORGET_AFTER_S", 3.0)
    with caplog.at_level("INFO", "firstfive"), Housekeeping(world):
        sleep(1.5)
        assert stored(world, old)
        assert soon(lambda: not stored(world, old))
        assert soon(lambda: "removed what is older than 365 days: 1 of slates" in caplog.text)
    assert stored(world, young)


def test_a_server_whose_clock_runs_ahead_removes_nothing_also_after_new_requests(
    world: Project, caplog: pytest.LogCaptureFixture
) -> None:
    old, older = keep(world, "old", days_old=9), keep(world, "older", days_old=400)
    ahead = NOW + timedelta(days=3_000)
    forgetting = Forgetting(world)
    keep(world, "by that clock", days_old=-3_000)
    with caplog.at_level("WARNING", "firstfive"):
        forgetting(ahead)
    assert stored(world, old)
    assert stored(world, older)
    assert "Set the clock and restart the server" in caplog.text
    forgetting(NOW)  # set right meanwhile
    assert stored(world, old)
    assert not stored(world, older)


def test_a_short_time_to_keep_is_kept_to_in_a_store_that_was_left_alone_for_some_weeks(world_folder: Path) -> None:
    with open_project(world_folder, overrides=["privacy.keep_days=1"], environment={}) as project:
        old = keep(project, "old", days_old=20)
        Forgetting(project)()
        assert not stored(project, old)


def test_a_server_builds_by_itself_when_told_to(world_folder: Path) -> None:
    with open_project(world_folder, overrides=["server.build_every_s=0.2"], environment={}) as project:
        before = project.release_in_use()
        with served(project) as server, Housekeeping(project):
            item = {"ItemId": "new", "Comment": "A lighthouse keeper who rents out the lantern room."}
            headers = {"X-API-Key": server.app}
            assert httpx.post(f"{server.url}/api/item", headers=headers, json=item).status_code == 200
            assert soon(lambda: project.release_in_use() != before)
            asked = {"text": "a night in a lighthouse"}

            def found() -> bool:
                answer = httpx.post(f"{server.url}/api/recommend", headers=headers, json=asked).json()
                return bool(answer["places"][0]["item"] == "new")

            assert soon(found)


def builds(caplog: pytest.LogCaptureFixture) -> int:
    return sum("built release" in record.message and record.name == "firstfive.build" for record in caplog.records)


def test_a_server_does_not_build_while_nothing_changes(world_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project,
        caplog.at_level("INFO", "firstfive"),
        Housekeeping(project),
    ):
        assert soon(lambda: builds(caplog) == 1)  # it cannot know yet what was built before
        sleep(1.0)
        assert builds(caplog) == 1
        with project.store.read() as unit:
            assert len(unit.releases.history()) == 1


def test_a_server_stays_with_the_release_that_was_rolled_back_to_until_pages_change(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.build import build
    from firstfive.app.release import rollback
    from firstfive.types import Page

    def put(name: str) -> None:
        page = Page(ItemId(name), "text", name, f"A mill that grinds {name}.".encode(), {})
        project.store.write(lambda unit: unit.pages.put([page]))

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        first = project.release_in_use()
        put("rye")
        second = build(project).release.id
        rollback(project)
        with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
            assert soon(lambda: "was in use before" in caplog.text)
            assert project.release_in_use() == first
            put("oats")
            assert soon(lambda: project.release_in_use() not in {first, second})


def put_mills(project: Project, names: Iterable[str]) -> None:
    """Puts a mill of each of these names."""
    from firstfive.types import Page

    pages = [Page(ItemId(name), "text", name, f"A mill that grinds {name}.".encode(), {}) for name in names]
    project.store.write(lambda unit: unit.pages.put(pages))


def blank(project: Project, names: Iterable[str]) -> None:
    """Puts pages that hold no text."""
    from firstfive.types import Page

    pages = [Page(ItemId(name), "html", "", b"<script>load()</script>", {}) for name in names]
    project.store.write(lambda unit: unit.pages.put(pages))


GRAINS = ("rye", "oats", "wheat", "barley", "millet", "spelt", "maize", "rice", "teff", "sorghum")


def retire(project: Project, names: Iterable[str]) -> None:
    project.store.write(lambda unit: unit.pages.retire([ItemId(name) for name in names]))


def test_a_server_does_not_use_by_itself_what_lost_most_items_and_goes_on_once_they_are_back(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app import release as releases
    from firstfive.server import make_app
    from firstfive.server.service import Standing

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        first, standing = project.release_in_use(), Standing()
        lost = [thing.id for thing in THINGS[:8]]
        with (
            caplog.at_level("INFO", "firstfive"),
            running(make_app(project, standing=standing)) as url,
            Housekeeping(project, standing),
        ):
            assert not httpx.get(f"{url}/api/health/ready").json()["held"]
            retire(project, lost)
            assert soon(lambda: "has 4 items where the one in use has 12" in caplog.text)
            assert project.release_in_use() == first
            assert "firstfive release use" in standing.held
            assert httpx.get(f"{url}/api/health/ready").json()["held"]
            releases.use(project, standing.held.split()[-1].strip("`"))
            assert not httpx.get(f"{url}/api/health/ready").json()["held"]
            releases.use(project, str(first))
            assert httpx.get(f"{url}/api/health/ready").json()["held"]
            import_sources(project, [str(write_items(world_folder))])
            put_mills(project, ["rye"])
            assert soon(lambda: project.release_in_use() != first)
            assert not standing.held


def test_a_server_does_not_use_by_itself_what_lost_items_since_their_pages_give_no_text(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.build import build

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        put_mills(project, GRAINS)
        before = build(project).release.id
        with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
            blank(project, GRAINS[:5])
            assert soon(lambda: "lacks 5 of the 22 items" in caplog.text)
            assert "import.max_bad = 0.01" in caplog.text
            assert project.release_in_use() == before


@pytest.mark.parametrize(
    ("title", "page", "n"),
    [
        ("Page not found", b"<p>Page not found.</p>", 7),
        ("Please enable JavaScript", b"<p>Please enable JavaScript.</p>", 4),
        ("", b"<script>a()</script>", 4),
    ],
)
def test_pages_that_are_gone_and_some_few_without_text_keep_no_release_from_being_used(
    world_folder: Path, title: str, page: bytes, n: int
) -> None:
    from firstfive.app.build import build
    from firstfive.types import Page

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        put_mills(project, GRAINS)
        before = build(project).release.id
        with Housekeeping(project):
            instead = [Page(ItemId(name), "html", title, page, {}) for name in GRAINS[:n]]
            project.store.write(lambda unit: unit.pages.put(instead))
            assert soon(lambda: project.release_in_use() != before)
        with project.store.read() as unit:
            assert unit.quarantine.count() == n


def test_many_pages_that_keep_visitors_out_hold_a_release_back(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.build import build
    from firstfive.types import Page

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        put_mills(project, GRAINS)
        before = build(project).release.id
        with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
            shell = "Please enable JavaScript", b"<p>Please enable JavaScript.</p>"
            pages = [Page(ItemId(name), "html", *shell, {}) for name in GRAINS[:6]]
            project.store.write(lambda unit: unit.pages.put(pages))
            assert soon(lambda: "lacks 6 of the 22 items" in caplog.text)
            assert project.release_in_use() == before


def test_pages_that_never_gave_text_keep_no_release_from_being_used(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.build import build

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        blank(project, ("app-1", "app-2"))
        put_mills(project, ["rye"])
        before = build(project)
        assert before.too_bad
        with Housekeeping(project):
            retire(project, ["rye"])
            assert soon(lambda: project.release_in_use() != before.release.id)


def test_a_server_uses_a_release_again_when_its_pages_are_back(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        first = project.release_in_use()
        put_mills(project, ["rye"])
        with Housekeeping(project):
            assert soon(lambda: project.release_in_use() != first)
            retire(project, ["rye"])
            assert soon(lambda: project.release_in_use() == first)


def test_a_server_that_starts_uses_a_release_again_only_where_pages_are_all_that_differs(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.build import build

    with open_project(world_folder, overrides=["server.build_every_s=0.1"], environment={}) as project:
        first = project.release_in_use()
        with open_project(world_folder, overrides=["rank.words=2"], environment={}) as trying:
            tried = build(trying).release.id
        with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
            assert soon(lambda: "was in use before" in caplog.text)
        assert project.release_in_use() == tried
        put_mills(project, ["rye"])
        build(project)
        retire(project, ["rye"])
        with Housekeeping(project):
            assert soon(lambda: project.release_in_use() == first)


def test_a_server_that_builds_by_itself_does_not_fill_the_disk(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.types import Page

    def put(text: str) -> None:
        page = Page(ItemId("new"), "text", "new", text.encode(), {})
        project.store.write(lambda unit: unit.pages.put([page]))

    def kept() -> set[str]:
        with project.store.read() as unit:
            return {release.id for release in unit.releases.all()}

    overrides = ["server.build_every_s=0.1", "server.keep_releases=1"]
    with open_project(world_folder, overrides=overrides, environment={}) as project:
        used = [project.release_in_use()]
        with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
            for text in ("A lighthouse keeper.", "A lighthouse keeper and two goats.", "A lighthouse, for rent."):
                put(text)
                assert soon(lambda: project.release_in_use() not in used)
                used.append(project.release_in_use())
            assert soon(lambda: f"removed release {used[1]}" in caplog.text)
        assert kept() == {used[0], *used[-2:]}  # what was there before, and what a rollback goes to
        assert {folder.name for folder in project.releases.iterdir()} == kept()


def test_no_release_is_removed_that_is_in_use_or_shown_by_an_experiment(world: Project) -> None:
    from firstfive.app import release as releases
    from firstfive.app.build import build
    from firstfive.app.experiments import start, stop

    first = world.release_in_use()
    with open_project(world.folder, overrides=["rank.words=4"], environment={}) as other:
        second = build(other, use=False).release.id
    start(world, "try", candidate=second)
    assert first is not None
    assert not releases.remove(world, first)
    assert not releases.remove(world, second)
    stop(world, "try")
    assert releases.remove(world, second)
    assert not (world.releases / second).exists()


def test_a_server_learns_by_itself_once_enough_was_said_and_only_then(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def say(count: int, since: int = 0) -> None:
        events = [Event("yes", UserId(f"v{number}"), ItemId("bees"), NOW) for number in range(since, since + count)]
        project.store.write(lambda unit: record.add_feedback(unit, events))

    def learned() -> int:
        return caplog.text.count("learned from")

    with open_project(world_folder, overrides=["server.learn_after=5"], environment={}) as project:
        say(4)
        with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
            sleep(2.5)
            assert learned() == 0
            say(1, 4)
            assert soon(lambda: learned() == 1)
            assert "learned from 5 likes: not enough data" in caplog.text
            say(4, 5)
            sleep(2.5)
            assert learned() == 1


def test_a_server_learns_every_so_often_where_something_new_was_said(
    world_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "firstfive")
    every = ["server.learn_every_s=0.2"]
    with open_project(world_folder, overrides=every, environment={}) as project, Housekeeping(project):
        sleep(1.0)
        assert "learned from" not in caplog.text
        event = Event("yes", UserId("ann"), ItemId("bees"), NOW)
        project.store.write(lambda unit: record.add_feedback(unit, [event]))
        assert soon(lambda: "learned from 1 likes" in caplog.text)
        sleep(1.0)
        assert caplog.text.count("learned from") == 1


SERVE = [sys.executable, "-m", "firstfive", "--json", "serve", "--port", "0", "-p"]


def traced(folder: Path, *more: str, **variables: str) -> tuple[str, str]:
    """stdout and stderr of a server that answered one call, and those for more addresses."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    pipe = subprocess.PIPE
    server = subprocess.Popen([*SERVE, str(folder)], env={**outside, **variables}, stdout=pipe, stderr=pipe, text=True)
    assert server.stdout is not None
    address = json.loads(server.stdout.readline())["address"]
    assert httpx.get(f"{address}/api/health/live").status_code == 200
    for where in more:
        httpx.get(address + where)
    server.terminate()
    return server.communicate(timeout=30)


def test_serve_sends_its_spans_where_opentelemetrys_variables_say(world_folder: Path) -> None:
    out, _ = traced(world_folder, OTEL_TRACES_EXPORTER="console")
    assert '"name": "firstfive.http"' in out
    assert '"service.name": "firstfive"' in out


def test_no_span_carries_an_address_as_it_was_sent(world_folder: Path) -> None:
    visit = begin()
    asked = f"/list/{visit}", "/slate/ann@firm.example", "/nowhere/ben@firm.example?q=carl@firm.example"
    out, _ = traced(world_folder, *asked, OTEL_TRACES_EXPORTER="console")
    assert '"http.route": "/list/{visit}"' in out
    assert out.count('"name": "firstfive.http"') == 4
    assert visit not in out
    assert "firm.example" not in out


def test_serve_sends_no_spans_where_nothing_says_so(world_folder: Path) -> None:
    out, err = traced(world_folder)
    assert "firstfive.http" not in out
    assert "traces" not in err


def test_serve_says_which_exporter_is_missing_and_serves(world_folder: Path) -> None:
    _, err = traced(world_folder, OTEL_TRACES_EXPORTER="nowhere")
    assert "pip install opentelemetry-exporter-nowhere" in err


def test_spans_carry_routes_and_ids_and_no_words(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(observe, "tracer", lambda: provider.get_tracer("test"))
    with served(world) as server:
        ask = {"text": "confidential succession", "userId": "mrs-smith"}
        headers = {"X-API-Key": server.reader, "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
        answer = httpx.post(f"{server.url}/api/recommend", headers=headers, json=ask)
    (outer,) = (span for span in kept.get_finished_spans() if span.name == "firstfive.http")
    spans = [span for span in kept.get_finished_spans() if span.context.trace_id == outer.context.trace_id]
    (inner,) = (span for span in spans if span.name == "firstfive.recommend")
    assert outer.context.trace_id == int("ab" * 16, 16), "the trace of the program that asked goes on"
    attributes = dict(outer.attributes or {})
    assert (attributes["http.route"], attributes["http.response.status_code"]) == ("/api/recommend", 200)
    assert (inner.attributes or {})["firstfive.recomm_id"] == answer.json()["recommId"]
    everything = "".join(span.to_json() for span in spans)
    assert "confidential" not in everything
    assert "mrs-smith" not in everything


def test_what_was_learned_from_is_not_new_again_when_the_last_of_it_is_erased_or_learning_fails(
    world_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def event(number: int, late_s: int = 0) -> Event:
        return Event("yes", UserId(f"v{number}"), ItemId("bees"), NOW - timedelta(seconds=60 - number - late_s))

    def fail(_: Project) -> None:
        raise RequestError("no")

    with open_project(world_folder, environment={}) as project:
        project.store.write(lambda unit: record.add_feedback(unit, [event(number) for number in range(5)]))
        keeping = Housekeeping(project)
        with monkeypatch.context() as broken:
            broken.setattr("firstfive.app.learning.learn", fail)
            with pytest.raises(RequestError):
                keeping._learn(5)
        assert keeping._heard.at_least(5), "it is tried again"
        heard = Heard(project)
        heard.all()
        project.store.write(lambda unit: unit.events.remove("yes", UserId("v4"), ItemId("bees")))
        assert not heard.at_least(1)
        project.store.write(lambda unit: record.add_feedback(unit, [event(5)]))
        assert heard.at_least(1)
        assert not heard.at_least(2)
