"""What the server keeps and for how long: keys, old data, erasing, builds of its own, and spans without text."""

from __future__ import annotations

from collections.abc import Callable
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
from firstfive.app.wiring import Project, open_project
from firstfive.errors import AccessError, NotFound, RequestError
from firstfive.server.serving import Housekeeping
from firstfive.testing.clients import served
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
    for role, may in (("reader", 1), ("app", 2), ("operator", 3)):
        key, secret = record.create_key(world, role, f"a {role}")
        for needed in record.ROLES[:may]:
            assert record.check_key(world, secret, needed) == key
        for needed in record.ROLES[may:]:
            with pytest.raises(AccessError) as refused:
                record.check_key(world, secret, needed)
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


def test_erasing_what_is_not_there_says_so(world: Project) -> None:
    with pytest.raises(NotFound) as wrong:
        record.erase(world, request=RecommId("never"))
    assert wrong.value.code == "not_found.request"


def test_a_server_forgets_by_itself(world: Project) -> None:
    old = keep(world, "old", days_old=999)
    with Housekeeping(world):
        assert soon(lambda: not stored(world, old))


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


def test_spans_carry_routes_and_ids_and_no_words(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(observe, "tracer", lambda: provider.get_tracer("test"))
    with served(world) as server:
        ask = {"text": "confidential succession", "userId": "mrs-smith"}
        answer = httpx.post(f"{server.url}/api/recommend", headers={"X-API-Key": server.reader}, json=ask)
    (outer,) = (span for span in kept.get_finished_spans() if span.name == "firstfive.http")
    spans = [span for span in kept.get_finished_spans() if span.context.trace_id == outer.context.trace_id]
    (inner,) = (span for span in spans if span.name == "firstfive.recommend")
    attributes = dict(outer.attributes or {})
    assert (attributes["http.route"], attributes["http.response.status_code"]) == ("/api/recommend", 200)
    assert (inner.attributes or {})["firstfive.recomm_id"] == answer.json()["recommId"]
    everything = "".join(span.to_json() for span in spans)
    assert "confidential" not in everything
    assert "mrs-smith" not in everything
