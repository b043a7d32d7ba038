"""Use case: reasons by a model that were not there in time come after the answer, and are kept beside it.

    later = Later(project)
    later.finish(slate, late)                        goes on with the calls that are on their way; returns at once
    later.pending(slate.recomm_id)                   whether they still may come
    slate = as_it_is(unit, slate)                    the answer with the reasons that came since

What was stored as shown stays. An amendment is stored beside it once, with its time, and the Events of a visit say
which of its reasons stood on the page since when.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from firstfive import observe
from firstfive.app.model_steps import UNEXPLAINED, Spent, outcome, reasoned
from firstfive.app.record import erase_words
from firstfive.errors import FirstFiveError, ModelError
from firstfive.ports import Reply
from firstfive.types import Amended, Amendment, RecommId, Slate

if TYPE_CHECKING:
    from firstfive.app.model_steps import Late
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit

MOST = 200
"""Answers whose reasons may be on their way at once; those of others are given up."""

KEPT_S = 30.0
"""How long it may take until the replies that came are in the store."""


class Later:
    """Reasons on their way, of one process: what a process that ends was waiting for is lost, and paid."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = Lock()
        self._waiting: set[RecommId] = set()
        self._pool = ThreadPoolExecutor(1, "later")

    def finish(self, slate: Slate, late: Late) -> None:
        """Keeps what comes in an amendment of the stored Slate."""
        with self._lock:
            full = len(self._waiting) >= MOST
            if not full:
                self._waiting.add(slate.recomm_id)
        if full:
            late.pending.drop()
            observe.count("firstfive_model_help_total", step="late reason", outcome="none")
        else:
            late.pending.then(lambda: self._submit(slate, late))

    def pending(self, recomm_id: RecommId) -> bool:
        """Whether reasons of this answer are still on their way."""
        with self._lock:
            return recomm_id in self._waiting

    def close(self) -> None:
        """Ends with what has come: to be called when no call is on its way any more, and before the store is closed."""
        self._pool.shutdown()

    def _submit(self, slate: Slate, late: Late) -> None:
        with suppress(RuntimeError):  # it is closed, or the process ends
            self._pool.submit(self._finish, slate, late)

    def _finish(self, slate: Slate, late: Late) -> None:
        try:
            amendment = amendment_of(slate, late)
            if amendment.models:
                self._keep(slate, amendment, late)
        except FirstFiveError as error:  # the answer stands as it is
            observe.log("models").info("reasons that came late were lost, %s", error.code)
        finally:
            with self._lock:
                self._waiting.discard(slate.recomm_id)

    def _keep(self, slate: Slate, amendment: Amendment, late: Late) -> None:
        """Where the answer was erased meanwhile, what models said for it goes as well.

        The replies are in the store first: who erases the answer after its amendment came finds them, too.
        """
        late.pending.kept(KEPT_S)
        store = self._project.store
        if not store.write(lambda unit: unit.amendments.add(amendment)):
            with store.read() as unit:
                gone = unit.slates.get(slate.recomm_id) is None
            if gone:
                erase_words(self._project, slate.request.text)


def amendment_of(slate: Slate, late: Late) -> Amendment:
    """What came of the calls. Its models are empty where nothing came at all."""
    found = late.pending.within(0)
    gone = ModelError("it did not come", code="model.timeout")
    replies = [found[row] or gone for row in late.rows]
    spent = Spent()
    spent.add(replies)
    given = sum(isinstance(reply, Reply) for reply in replies)
    observe.count("firstfive_model_help_total", step="late reason", outcome=outcome(given, len(replies)))
    places = [late.places[row] for row in late.rows]
    items = [late.items[row] for row in late.rows]
    judged = reasoned(late.serving, late.query, places, items, replies)
    changed = [
        Amended(now.place, now.reason, now.mismatch, now.checks)
        for before, now in zip(places, judged, strict=True)
        if (now.reason, now.mismatch) != (before.reason, before.mismatch)
    ]
    return Amendment(
        slate.recomm_id,
        datetime.now(UTC),
        tuple(changed),
        tuple(spent.models),
        late.prompts if given else (),
        round(spent.cost_usd, 9),
        spent.recorded,
    )


def as_it_is(unit: Unit, slate: Slate) -> Slate:
    """The answer with the reasons that came since it was given; the same one where none did."""
    amendment = unit.amendments.get(slate.recomm_id)
    return amended(slate, amendment) if amendment and amendment.places else slate


def amended(slate: Slate, amendment: Amendment) -> Slate:
    """The answer as it is with these reasons."""
    later: Mapping[int, Amended] = {one.place: one for one in amendment.places}
    places = tuple(
        replace(place, reason=new.reason, mismatch=new.mismatch, checks=new.checks)
        if (new := later.get(place.place))
        else place
        for place in slate.places
    )
    times = [at for at in (slate.recorded, amendment.recorded) if at]
    return replace(
        slate,
        places=places,
        notes=tuple(note for note in slate.notes if note != UNEXPLAINED),
        models=tuple(dict.fromkeys((*slate.models, *amendment.models))),
        prompts=tuple(dict.fromkeys((*slate.prompts, *amendment.prompts))),
        cost_usd=round(slate.cost_usd + amendment.cost_usd, 9),
        recorded=min(times) if times else None,
    )
