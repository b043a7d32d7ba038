"""Routes about the server itself: health, metrics, and what the interface is."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from firstfive import observe
from firstfive.server.calls import BUILT, Call, Reply, Route, json_reply
from firstfive.server.shapes import Health


def live(call: Call) -> Reply:
    """That the process answers, whatever else it is doing. Says nothing about a Release or a store."""
    return json_reply(Health("live", None, call.service.last_answer_s))


def ready(call: Call) -> Reply:
    """That an answer went end to end in the last minute; where nobody asked, a probe asks, and stores nothing.

    After a start it also waits until what a model needs is loaded.
    """
    call.service.prove_ready()
    call.service.prove_loaded()
    service = call.service
    held = service.standing.held_against(service.project.release_in_use())
    return json_reply(Health("ready", service.recommender.release.id, service.last_answer_s, bool(held)))


def metrics(_: Call) -> Reply:
    """Prometheus metrics as text."""
    return Reply(generate_latest(observe.registry()), media=CONTENT_TYPE_LATEST)


ROUTES = (
    Route("GET", "/api/health/live", live, "Whether the process answers", gives=Health, tag="health", waits=False),
    Route("GET", "/api/health/ready", ready, "Whether recommendations work", gives=Health, errors=BUILT, tag="health"),
)
METRICS = Route("GET", "/metrics", metrics, "Prometheus metrics", tag="health")
