"""The studio's quarantine: what could not be used, where it stands, why, and what to do."""

from __future__ import annotations

from firstfive.server.calls import CURSOR, ROWS, Call, Reply
from firstfive.server.studio.frame import HOME, View, answered, onward, seen
from firstfive.server.studio.tables import Column, Table

COLUMNS = (
    Column("source", "Source", "code"),
    Column("line", "Line", "number"),
    Column("reason", "What is wrong"),
    Column("advice", "What to do"),
    Column("excerpt", "It begins with", "code"),
)


def quarantine(call: Call) -> Reply:
    """A page of rejected rows and files, in the order they came."""
    with call.service.project.store.read() as unit:
        rows, cursor = unit.quarantine.page(call.param("cursor"), call.param("n"))
        count = unit.quarantine.count()
    table = Table(
        "quarantine",
        f"{count:,} rows and files that could not be used",
        COLUMNS,
        [(row.source, row.line, row.reason, row.advice, row.excerpt) for row in rows],
        "Nothing is in quarantine.",
        cursor=cursor,
        onward=onward(call.request, cursor),
    )
    return answered(call, View("tables.html", "Quarantine", (table,)))


ROUTES = (seen(f"{HOME}/quarantine", quarantine, "What could not be used, and why", params=(ROWS, CURSOR)),)
