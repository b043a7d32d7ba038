"""Users and feedback, in Gorse's shapes. Feedback is an Event; its FeedbackType is the Event's kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Annotated

from msgspec import Meta

from firstfive.app.record import add_feedback
from firstfive.errors import NotFound
from firstfive.guard import storable
from firstfive.ports import Unit
from firstfive.server import labels, shapes
from firstfive.server.calls import CURSOR, ROWS, Call, Param, Reply, Route, json_reply
from firstfive.server.moments import moment
from firstfive.server.shapes import (
    N_LISTED,
    Feedback,
    FeedbackIterator,
    Feedbacks,
    Success,
    UserIterator,
    UserPatch,
    Users,
)
from firstfive.types import Event, ItemId, RecommId, User, UserId

PLACE = Param("cursor", Annotated[str, Meta(pattern="^[0-9]{0,18}$", max_length=18)], "", CURSOR.meaning)
AT_MOST = N_LISTED
"""Feedback of one user or item that one answer lists, as Gorse has no pages there."""


# --- users ------------------------------------------------------------------------------------------------------------


def put_user(call: Call) -> Reply:
    """Adds or replaces one user."""
    return insert_users(call, [call.read(shapes.User)])


def put_users(call: Call) -> Reply:
    """Adds or replaces users; of two with one id the last counts."""
    return insert_users(call, call.read(Users))


def insert_users(call: Call, users: Sequence[shapes.User]) -> Reply:
    """Stores users in one commit."""
    rows = {user.user_id: kept_user(user) for user in users}

    def work(unit: Unit) -> Reply:
        unit.users.put(list(rows.values()))
        return json_reply(Success(len(users)))

    return call.commit(work)


def kept_user(user: shapes.User) -> User:
    """A user as stored."""
    return User(UserId(user.user_id), labels.as_words(user.labels), words(user.subscribe), storable(user.comment))


def words(named: Sequence[str] | None) -> tuple[str, ...]:
    """Words as stored."""
    return tuple(storable(word) for word in named or ())


def user_of(user: User) -> shapes.User:
    """A user in Gorse's shape."""
    return shapes.User(user.id, labels.of_words(user.labels), list(user.subscribe), user.comment)


def get_user(call: Call) -> Reply:
    """One user."""
    with call.service.project.store.read() as unit:
        return json_reply(user_of(known(unit, UserId(call.path("user_id")))))


def known(unit: Unit, user: UserId) -> User:
    """A stored user. NotFound where there is none."""
    stored = unit.users.get(user)
    if stored is None:
        raise NotFound("no user has this id; GET /api/users lists them", code="not_found.user")
    return stored


def list_users(call: Call) -> Reply:
    """A page of users by id."""
    with call.service.project.store.read() as unit:
        users, cursor = unit.users.page(call.param("cursor"), call.param("n"))
    return json_reply(UserIterator(cursor, [user_of(user) for user in users]))


def change_user(call: Call) -> Reply:
    """Changes what the patch names."""
    patch, user = call.read(UserPatch), UserId(call.path("user_id"))

    def work(unit: Unit) -> Reply:
        before = known(unit, user)
        described = before.labels if patch.labels is None else labels.as_words(patch.labels)
        subscribe = before.subscribe if patch.subscribe is None else words(patch.subscribe)
        comment = before.comment if patch.comment is None else storable(patch.comment)
        unit.users.put([User(user, described, subscribe, comment)])
        return json_reply(Success(1))

    return call.commit(work)


def remove_user(call: Call) -> Reply:
    """Removes a user's description and feedback. `firstfive erase --user` also removes their Slates."""
    user = UserId(call.path("user_id"))
    return call.commit(lambda unit: json_reply(Success(int(unit.users.remove(user)))))


# --- feedback ---------------------------------------------------------------------------------------------------------


def insert_feedback(call: Call) -> Reply:
    """Adds feedback; what is there already stays as it was."""
    return store_feedback(call, replace=False)


def overwrite_feedback(call: Call) -> Reply:
    """Adds feedback; what is there already is replaced."""
    return store_feedback(call, replace=True)


def store_feedback(call: Call, *, replace: bool) -> Reply:
    """Stores feedback in one commit. RowAffected counts the rows taken in, as Gorse counts them.

    Rows on an answer that is not stored are left out; NotFound not_found.request where that is all of them.
    """
    events = [event_of(one) for one in call.read(Feedbacks)]

    def work(unit: Unit) -> Reply:
        taken = add_feedback(unit, events, replace=replace)
        if events and not taken:
            raise NotFound(
                f"no stored answer has the RecommId {events[0].recomm_id!r}, so its feedback was not taken in; it may "
                "have been erased; leave RecommId out where feedback is on no answer",
                code="not_found.request",
            )
        return json_reply(Success(taken))

    return call.commit(work)


def event_of(one: Feedback) -> Event:
    """Feedback as an Event."""
    return Event(
        one.feedback_type,
        UserId(one.user_id),
        ItemId(one.item_id),
        moment(one.timestamp),
        RecommId(storable(one.recomm_id)) if one.recomm_id else None,
        one.value or 0.0,
        storable(one.comment),
    )


def feedback_of(event: Event) -> Feedback:
    """An Event in Gorse's shape."""
    at = event.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    recomm_id = event.recomm_id or ""
    return Feedback(event.kind, event.user, event.item, at, event.value, event.comment, recomm_id)


def list_feedback(call: Call) -> Reply:
    """A page of feedback, of one type where the path names one."""
    kind = call.path("feedback_type") if "feedback_type" in call.request.path_params else None
    with call.service.project.store.read() as unit:
        events, cursor = unit.events.find(kind=kind, after=call.param("cursor"), n=call.param("n"))
    return json_reply(FeedbackIterator(cursor, [feedback_of(event) for event in events]))


def about(call: Call) -> Reply:
    """All feedback of what the path names: a user, an item, both, and of one type where it names one."""
    return json_reply([feedback_of(event) for event in selected(call)])


def one_feedback(call: Call) -> Reply:
    """The feedback of one type between a user and an item."""
    for event in selected(call):
        return json_reply(feedback_of(event))
    raise NotFound("there is no such feedback; GET /api/feedback lists what there is", code="not_found.feedback")


def selected(call: Call) -> Sequence[Event]:
    """The Events that the path names, AT_MOST of them."""
    named = call.request.path_params
    kind = call.path("feedback_type") if "feedback_type" in named else None
    user = UserId(call.path("user_id")) if "user_id" in named else None
    item = ItemId(call.path("item_id")) if "item_id" in named else None
    with call.service.project.store.read() as unit:
        events, _ = unit.events.find(kind=kind, user=user, item=item, n=AT_MOST)
    return events


def remove_feedback(call: Call) -> Reply:
    """Removes the feedback between a user and an item, of one type where the path names one."""
    kind = call.path("feedback_type") if "feedback_type" in call.request.path_params else None
    user, item = UserId(call.path("user_id")), ItemId(call.path("item_id"))
    return call.commit(lambda unit: json_reply(Success(len(unit.events.remove(kind, user, item)))))


def _feedback_routes() -> Iterator[Route]:
    pair, typed = "/api/feedback/{user_id}/{item_id}", "/api/feedback/{feedback_type}/{user_id}/{item_id}"
    pages = (ROWS, PLACE)
    for method, work, said in (
        ("POST", insert_feedback, "Add feedback"),
        ("PUT", overwrite_feedback, "Add or replace feedback"),
    ):
        yield Route(method, "/api/feedback", work, said, "app", Feedbacks, Success, errors=("not_found.request",))
    yield Route("GET", "/api/feedback", list_feedback, "List feedback", "app", None, FeedbackIterator, pages)
    yield Route(
        "GET",
        "/api/feedback/{feedback_type}",
        list_feedback,
        "List feedback of a type",
        "app",
        None,
        FeedbackIterator,
        pages,
    )
    yield Route("GET", pair, about, "Feedback between a user and an item", "reader", None, list[Feedback])
    yield Route("DELETE", pair, remove_feedback, "Remove feedback between a user and an item", "app", None, Success)
    yield Route(
        "GET", typed, one_feedback, "One piece of feedback", "reader", None, Feedback, errors=("not_found.feedback",)
    )
    yield Route("DELETE", typed, remove_feedback, "Remove one piece of feedback", "app", None, Success)
    for one, role in (("user", "reader"), ("item", "app")):  # on an item there is feedback of everybody
        path = f"/api/{one}/{{{one}_id}}/feedback"
        yield Route("GET", path, about, f"Feedback of one {one}", role, None, list[Feedback])
        yield Route(
            "GET", f"{path}/{{feedback_type}}", about, f"Feedback of one {one} and type", role, None, list[Feedback]
        )


UNKNOWN = ("not_found.user",)

ROUTES = (
    Route("POST", "/api/user", put_user, "Add or replace a user", "app", shapes.User, Success),
    Route("POST", "/api/users", put_users, "Add or replace users", "app", Users, Success),
    Route("GET", "/api/users", list_users, "List users", "app", None, UserIterator, (ROWS, CURSOR)),
    Route("GET", "/api/user/{user_id}", get_user, "Get a user", "reader", None, shapes.User, errors=UNKNOWN),
    Route("PATCH", "/api/user/{user_id}", change_user, "Change a user", "app", UserPatch, Success, errors=UNKNOWN),
    Route("DELETE", "/api/user/{user_id}", remove_user, "Remove a user and their feedback", "app", None, Success),
    *_feedback_routes(),
)
