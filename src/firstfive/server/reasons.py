"""The reasons of an answer that was given, with those by a model that came since."""

from __future__ import annotations

from firstfive.app.later import amended
from firstfive.server.calls import Call, Reply, Route, json_reply
from firstfive.server.recommending import stored_slate
from firstfive.server.shapes import PlaceReason, Reasons
from firstfive.types import RecommId


def reasons(call: Call) -> Reply:
    """What each place says now. The Slate itself stays as it was given."""
    slate = stored_slate(call.service, RecommId(call.path("recomm_id")))
    pending = call.service.recommender.later.pending(slate.recomm_id)
    with call.service.project.store.read() as unit:
        amendment = unit.amendments.get(slate.recomm_id)
    later = {one.place for one in amendment.places} if amendment else set()
    now = amended(slate, amendment) if amendment else slate
    told = Reasons(
        slate.recomm_id,
        "pending" if pending else "amended" if later else "whole",
        slate.created,
        amendment.created if amendment else None,
        [
            PlaceReason(one.place, one.item, one.reason, one.mismatch, one.checks, one.place in later)
            for one in now.places
        ],
        now.models,
        now.prompts,
        now.cost_usd,
        now.recorded,
    )
    return json_reply(told)


ROUTES = (
    Route(
        "GET",
        "/api/slate/{recomm_id}/reasons",
        reasons,
        "The reasons of an answer, with those that came later",
        "reader",
        None,
        Reasons,
        errors=("not_found.request",),
        tag="recommend",
    ),
)
