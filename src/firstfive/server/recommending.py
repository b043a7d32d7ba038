"""Routes that answer with items: for a request in words, for a user, for a visit, and near an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from firstfive.app import nearby
from firstfive.app.record import add_feedback
from firstfive.app.wire import slate_json
from firstfive.errors import NotFound
from firstfive.ports import Unit
from firstfive.server.calls import BUILT, Call, Param, Reply, Route, always, json_reply
from firstfive.server.catalogue import as_list
from firstfive.server.service import Service
from firstfive.server.shapes import N_LISTED, Ask, Line, Score, Session, Word
from firstfive.types import Event, ItemId, RecommId, Request, Slate, Told, UserId, VisitId

N = Param("n", Annotated[int, Meta(ge=1, le=N_LISTED)], 10, "How many items.")
OFFSET = Param("offset", Annotated[int, Meta(ge=0, le=N_LISTED)], 0, "How many items to leave out at the start.")
PAGE = "page"
"""The scenario of what is asked on the seeker's page, whose Slates whoever knows the recommId may read."""


# --- in words ---------------------------------------------------------------------------------------------------------


def recommend(call: Call) -> Reply:
    """The best matches for a request in words, stored before they are sent."""
    ask = call.read(Ask)
    slate = give_slate(
        call,
        Request(
            text=ask.text,
            n=int(ask.n),
            filter=ask.filter,
            like=tuple(ItemId(i) for i in (*ask.like, *ask.positive)),
            unlike=tuple(ItemId(i) for i in (*ask.unlike, *ask.negative)),
            diversity=ask.diversity,
            user=None if ask.userId is None else UserId(ask.userId),
            scenario=ask.scenario,
            exclude=tuple(ItemId(i) for i in ask.exclude),
            vector=tuple(ask.vector),
            told=tuple(Told(one.field, one.condition, one.kind, tuple(one.values)) for one in ask.told),
            visit=None if ask.visit is None else VisitId(ask.visit),
        ),
        ask=ask.ask,
    )
    return slate_reply(slate)


def give_slate(
    call: Call,
    request: Request,
    status: int = 200,
    *,
    ask: bool = False,
    also: Callable[[Unit, Slate], None] | None = None,
    within_s: float | None = None,
) -> Slate:
    """A stored Slate, as it was stored; the answer under the call's Idempotency-Key is stored in the same commit.

    also: what else is written in that commit; an error of its undoes it. within_s: how long models may take.
    """
    timings_ms: dict[str, float] = {}

    def keep(unit: Unit, slate: Slate) -> None:
        timings_ms.update(slate.timings_ms)
        if also:
            also(unit, slate)
        call.keep(unit, Reply(status=status, recomm_id=slate.recomm_id))

    key = call.key.id if call.key else None
    slate = call.service.recommender.recommend(request, also=keep, key=key, ask=ask, within_s=within_s, later=True)
    call.service.answered()
    if request.scenario != PAGE:  # with a page's recommId anybody may read its words; the log has the call's own id
        call.request.scope["firstfive.recomm_id"] = slate.recomm_id
    # What storing took is known only afterwards. A repeated call reads the stored Slate and must get the same bytes.
    return replace(slate, timings_ms=timings_ms) if call.token else slate


def slate_reply(slate: Slate) -> Reply:
    """A Slate as JSON."""
    return Reply(slate_json(slate), recomm_id=slate.recomm_id)


def slate_again(service: Service, recomm_id: RecommId) -> Reply:
    """The Slate that an earlier call with the same key was given."""
    return slate_reply(stored_slate(service, recomm_id))


def stored_slate(service: Service, recomm_id: RecommId) -> Slate:
    """A Slate as it was given. NotFound where it never was, or was erased."""
    with service.project.store.read() as unit:
        slate = unit.slates.get(recomm_id)
    if slate is None:
        raise NotFound("no stored answer has this id; it may have been erased, so ask again", code="not_found.request")
    return slate


# --- Gorse's ----------------------------------------------------------------------------------------------------------


def for_user(call: Call) -> Reply:
    """Items for a user: near what they liked, and what is popular before they liked anything."""
    user, n, offset = UserId(call.path("user_id")), call.param("n"), call.param("offset")
    kind = call.param("write-back-type")
    if kind and call.key:
        call.service.keys.permitted(call.key, "app")
    if "category" in call.request.path_params:
        found = of_category(call, user, call.path("category"), n, offset)
    else:
        found = call.service.recommender.for_user(user, n, offset)
    if kind:
        now = datetime.now(UTC)
        events = [Event(kind, user, item, now) for item, _ in found]
        call.service.project.store.write(lambda unit: add_feedback(unit, events))
    return scored(found) if call.param("x-api-version") == "2" else json_reply([item for item, _ in found])


def of_category(call: Call, user: UserId, category: str, n: int, offset: int) -> nearby.Ranking:
    """Items of a category for a user; capitals make no difference."""
    now, folded = call.service.recommender.now(), category.casefold()
    among = nearby.having(now, "categories", lambda value: folded in as_list(value))
    return nearby.for_user(now, call.service.project.store, user, n, offset, among=among)


def for_session(call: Call) -> Reply:
    """Items near those of a visit that is not stored."""
    liked = [(ItemId(one.item_id), one.value or 1.0) for one in call.read(Session)]
    return scored(call.service.recommender.session(liked, call.param("n")))


def neighbours(call: Call) -> Reply:
    """Items most like an item."""
    return scored(
        call.service.recommender.neighbours(ItemId(call.path("item_id")), call.param("n"), call.param("offset"))
    )


def scored(found: Iterable[tuple[ItemId, float]]) -> Reply:
    """Items and scores in Gorse's shape."""
    return json_reply([Score(item, float(score)) for item, score in found])


BACK = (
    N,
    OFFSET,
    Param(
        "write-back-type",
        Line,
        "",
        "Also record these items as feedback of this type; needs the role app.",
    ),
    Param("write-back-delay", Word, "", "Taken for Gorse's clients; feedback is recorded at once."),
    Param("x-api-version", Word, "", "2: answer with scores.", "header"),
)

ROUTES = (
    Route(
        "POST",
        "/api/recommend",
        recommend,
        "Match a request in words",
        "reader",
        Ask,
        Slate,
        errors=("request.empty", "request.filter", "not_found.item", *BUILT),
        again=slate_again,
        tag="recommend",
        searches=always,
    ),
    Route(
        "GET",
        "/api/recommend/{user_id}",
        for_user,
        "Recommend to a user",
        "reader",
        None,
        (list[str], list[Score]),
        BACK,
        BUILT,
        tag="recommend",
        searches=always,
    ),
    Route(
        "GET",
        "/api/recommend/{user_id}/{category}",
        for_user,
        "Recommend items of a category to a user",
        "reader",
        None,
        (list[str], list[Score]),
        BACK,
        BUILT,
        tag="recommend",
        searches=always,
    ),
    Route(
        "POST",
        "/api/session/recommend",
        for_session,
        "Recommend to a visit that is not stored",
        "reader",
        Session,
        list[Score],
        (N,),
        BUILT,
        tag="recommend",
        searches=always,
    ),
    Route(
        "GET",
        "/api/item/{item_id}/neighbors",
        neighbours,
        "Items most like an item",
        "reader",
        None,
        list[Score],
        (N, OFFSET),
        ("not_found.item", *BUILT),
        tag="recommend",
        searches=always,
    ),
)
