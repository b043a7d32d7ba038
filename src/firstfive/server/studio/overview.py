"""The studio's first page: how the project stands."""

from __future__ import annotations

from collections.abc import Iterator

from firstfive.errors import FirstFiveError
from firstfive.server.calls import Call, Reply
from firstfive.server.service import Service
from firstfive.server.studio.frame import HOME, View, answered, seen, to
from firstfive.server.studio.tables import Cell, Column, Link, Table

STATE = (Column("what", "What"), Column("state", "How it stands", "long"))


def overview(call: Call) -> Reply:
    """How the project stands."""
    state = Table("state", "How it stands", STATE, list(_state(call.service)))
    return answered(call, View("tables.html", "Overview", (state,)))


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
    with service.project.store.read() as unit:
        waiting, hidden, rejected = unit.pages.count(), len(unit.hidden.all()), unit.quarantine.count()
        last = unit.slates.last_at()
    yield "pages, for the next build", waiting
    yield "items hidden from answers", Link(f"{hidden:,}", f"{HOME}/items?only=hidden")
    yield "rows in quarantine", Link(f"{rejected:,}", f"{HOME}/quarantine")
    yield "last answer", last
    yield "embedder", settings.models.embedder
    yield "language model", settings.models.llm or "none"


ROUTES = (seen(HOME, overview, "How the project stands"),)
