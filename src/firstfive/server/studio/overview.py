"""The studio's first page: what visits came to, and how the project stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from firstfive.app.visited import Visited, numbers
from firstfive.errors import FirstFiveError
from firstfive.server.calls import Call, Param, Reply
from firstfive.server.service import Service
from firstfive.server.studio.frame import HOME, View, answered, seen, to
from firstfive.server.studio.tables import Cell, Column, Link, Table

DAYS = Param("days", Annotated[int, Meta(ge=1, le=3650)], 28, "How many days back visits are looked at.")
COLUMNS = (
    Column("number", "Number", "title"),
    Column("value", "Value", "number", 3),
    Column("low", "From", "number", 3),
    Column("high", "To", "number", 3),
    Column("unit", "Unit"),
    Column("visits", "Visits", "number"),
    Column("remark", "Remark", "title"),
    Column("meaning", "What it is", "long"),
)
STATE = (Column("what", "What"), Column("state", "How it stands", "long"))


def overview(call: Call) -> Reply:
    """What visits came to in the last days, and how the project stands."""
    days = call.param("days")
    found = numbers(call.service.project, days)
    state = Table("state", "How it stands", STATE, list(_state(call.service)))
    return answered(
        call,
        View("overview.html", "Overview", (_numbers(found, days), state), {"days": days, "numbers": found.numbers}),
    )


def _numbers(found: Visited, days: int) -> Table:
    rows = [
        (
            one.name,
            one.value.value if one.value else None,
            one.value.low if one.value else None,
            one.value.high if one.value else None,
            one.unit,
            one.visits,
            None if one.value else f"not enough data yet: {one.visits} of {one.needed} visits",
            one.meaning,
        )
        for one in found.numbers
    ]
    caption = f"What {found.visits:,} {'visit' if found.visits == 1 else 'visits'} of the last {days} days came to"
    about = "From and To are the ends of a 95 % interval: how far off the value may be by chance."
    if found.cut:
        about += f" There were more: these are the newest {found.visits:,}."
    return Table("numbers", caption, COLUMNS, rows, about=about)


def _state(service: Service) -> Iterator[tuple[str, Cell]]:
    settings = service.project.settings
    try:
        release = service.recommender.release
    except FirstFiveError as error:
        yield "Release in use", str(error)
    else:
        yield "Release in use", Link(release.id, to("releases", release.id))
        yield "built", release.created
        yield "items", release.items
    if held := service.standing.held_against(service.project.release_in_use()):
        yield "built, and held back", held
    with service.project.store.read() as unit:
        waiting, hidden, rejected = unit.pages.count(), len(unit.hidden.all()), unit.quarantine.count()
        last = unit.slates.last_at()
    yield "pages, for the next build", waiting
    yield "items hidden from answers", Link(f"{hidden:,}", f"{HOME}/items?only=hidden", hidden)
    yield "rows in quarantine", Link(f"{rejected:,}", f"{HOME}/quarantine", rejected)
    yield "last answer", last
    yield "embedder", settings.models.embedder
    yield "language model", settings.models.llm or "none"


ROUTES = (seen(HOME, overview, "What visits came to, and how the project stands", params=(DAYS,)),)
