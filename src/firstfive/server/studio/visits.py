"""The studio's visits: the newest ones, and one as a timeline, without what could say who somebody is."""

from __future__ import annotations

from firstfive.app.visited import Step, timeline, visits
from firstfive.server.calls import CURSOR, ROWS, Call, Reply
from firstfive.server.studio.frame import HOME, View, answered, onward, seen, to
from firstfive.server.studio.tables import Cell, Column, Link, Table

HERE = f"{HOME}/visits"
ABOUT = (
    "What patterns know for personal data gives way to its kind, in brackets. A name alone is not known to them: treat "
    "what you read as somebody's own words."
)
COLUMNS = (
    Column("began", "Began", "time"),
    Column("visit", "Visit", "code"),
    Column("request", "Asked for", "long"),
    Column("answers", "Answers", "number"),
    Column("events", "Events", "number"),
    Column("seconds", "Seconds", "number", 1),
    Column("outcome", "Came to"),
)
STEPS = (
    Column("seconds", "Seconds", "number", 1),
    Column("what", "What"),
    Column("title", "Items", "long"),
    Column("text", "Words", "title"),
    Column("item", "Item's id", "code"),
    Column("answer", "Answer", "code"),
)


def listed(call: Call) -> Reply:
    """A page of visits, those with the newest answers first."""
    found, cursor = visits(call.service.project, call.param("cursor"), call.param("n"))
    rows = [
        (one.began, Link(one.id, to("visits", one.id)), one.request, one.answers, one.events, one.last_s, one.outcome)
        for one in found
    ]
    table = Table(
        "visits",
        "Visits, newest first",
        COLUMNS,
        rows,
        "There are no more visits." if call.param("cursor") else "Nobody has asked for anything yet.",
        ABOUT,
        cursor=cursor,
        onward=onward(call.request, cursor),
    )
    return answered(call, View("tables.html", "Visits", (table,)))


def visit(call: Call) -> Reply:
    """One visit: its answers and its Events, in order."""
    told, steps = timeline(call.service.project, call.path("visit"))
    rows = [(step.at_s, step.what, _titled(step), step.text, step.item or None, step.slate) for step in steps]
    caption = f"{told.began:%Y-%m-%d %H:%M} UTC, {told.last_s:,.0f} s"
    table = Table("timeline", caption, STEPS, rows, about=ABOUT)
    return answered(call, View("tables.html", "Visit", (table,), more={"visit": told.id, "outcome": told.outcome}))


def _titled(step: Step) -> Cell:
    return Link(step.title, to("items", step.item)) if step.item else step.title


ROUTES = (
    seen(HERE, listed, "Visits", params=(ROWS, CURSOR)),
    seen(f"{HERE}/{{visit}}", visit, "One visit as a timeline", errors=("not_found.request",)),
)
