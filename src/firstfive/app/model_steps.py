"""A language model's part in one request: it scores the first items, and finds the words that make a reason.

    models.speed   fast: nothing   balanced: the first few are scored   best: more are, and reasons are the model's

Everything here may fail, be late or come back in part, and the answer is whole all the same: the order of retrieval
and the reasons by rule, with a note that says so in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import nan
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from firstfive import observe
from firstfive.build.describe import row_spans
from firstfive.errors import FirstFiveError, ModelError
from firstfive.ports import Call, Gateway, Payer, Pending, Reply
from firstfive.rank import Stage, claims, fit, rerank, told
from firstfive.rank.extract import FACTS, WORDS
from firstfive.rank.wording import WORD, shared
from firstfive.types import Item, Place, Quote, Request, Slate, Span

if TYPE_CHECKING:
    from firstfive.app.learned import Blending
    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.settings import ModelSettings
    from firstfive.types import Positions, Scores

Resting: TypeAlias = Callable[[], AbstractContextManager[object]]
"""Gives something up while a model is waited for, such as a turn at the processor."""

RERANK_SHARE = 0.6
"""The share of the time that scoring may take where reasons come after it: one late score must not cost them all."""
LEAST_S = 0.05
"""With less time left than this nothing is asked: it would be paid for and not be used."""
MOST = 50
"""Items that are ever scored: those that the word-by-word match has put in order."""
REASON_WORDS = 160
"""Words of an item that a reason is found in: more than a score needs, since it must quote."""

UNAIDED = "These are matched by words and meaning only just now."
UNEXPLAINED = "The reasons are taken from the texts by rule just now."


@dataclass(frozen=True, slots=True)
class Dial:
    """What the model may do in a request. rerank: how many items it scores; 0: none."""

    rerank: int = 0
    reasons: bool = False

    @property
    def off(self) -> bool:
        """Whether no model takes part."""
        return not (self.rerank or self.reasons)


OFF = Dial()


def dial(settings: ModelSettings, speed: str = "") -> Dial:
    """What a speed stands for, that of the settings where none is named. Without a model all are the same: off."""
    if not settings.llm:
        return OFF
    speeds = {"fast": OFF, "balanced": Dial(settings.rerank_short), "best": Dial(settings.rerank_long, reasons=True)}
    return speeds[speed or settings.speed]


@dataclass(slots=True)
class Spent:
    """What model calls came to. asked and given: calls, and those of them that came back good and in time."""

    asked: int = 0
    given: int = 0
    stored: int = 0
    cost_usd: float = 0.0
    models: dict[str, None] = field(default_factory=dict)
    prompts: dict[str, None] = field(default_factory=dict)
    recorded: datetime | None = None

    def add(self, replies: Sequence[Reply | ModelError]) -> None:
        """Counts these calls."""
        self.asked += len(replies)
        for reply in replies:
            if isinstance(reply, Reply):
                self.given += 1
                self.stored += reply.source != "model"
                self.cost_usd += reply.cost_usd
                self.models[reply.model] = None
                if reply.source == "replay" and reply.recorded:
                    self.recorded = min(self.recorded or reply.recorded, reply.recorded)

    def join(self, other: Spent) -> None:
        """Adds what another one counted."""
        self.asked += other.asked
        self.given += other.given
        self.stored += other.stored
        self.cost_usd += other.cost_usd
        self.models |= other.models
        self.prompts |= other.prompts
        times = [at for at in (self.recorded, other.recorded) if at]
        self.recorded = min(times) if times else None


@dataclass(frozen=True, slots=True)
class Late:
    """Reasons that were not there in time: the calls on their way, and what they are about.

    rows: of the places, and of the calls, that had no reply in time. places: as they are without a model.
    """

    pending: Pending
    rows: tuple[int, ...]
    serving: Serving
    query: Query
    places: tuple[Place, ...]
    items: tuple[Item, ...]
    prompts: tuple[str, ...]


class Help:
    """The model's help with one request. Its stages are asked for in order: `stage`, then `explain`.

    rest is entered while the model is waited for. within_s: how long all steps together may take, from the first call
    on. patient: part of a run over many requests: its calls are made one by one, and each has that time for itself.
    scorer: the prompt that scores.
    later_s: how long reasons that are not there in time may still take; see `firstfive.app.later`.
    """

    def __init__(
        self,
        project: Project,
        dial: Dial,
        payer: Payer,
        within_s: float,
        *,
        rest: Resting = nullcontext,
        fresh: bool = False,
        patient: bool = False,
        scorer: str = "rerank",
        later_s: float = 0.0,
    ) -> None:
        self.dial = dial
        self.late: Late | None = None
        self._scorer = scorer
        self.spent = Spent()
        self.errors: list[ModelError] = []
        self._project = project
        self._terms: Mapping[str, Any] = {"payer": payer, "fresh": fresh, "patient": patient}
        self._patient = patient
        self._within_s = within_s
        self._until: float | None = None
        self._later_s = later_s
        self._pending: tuple[Pending, tuple[int, ...]] | None = None
        self._rest = rest
        self._notes: dict[str, None] = {}

    def signed(self, slate: Slate) -> Slate:
        """The Slate with what the model had to do with it."""
        spent = self.spent
        return replace(
            slate,
            notes=(*slate.notes, *self._notes),
            models=tuple(spent.models),
            prompts=tuple(spent.prompts) if spent.given else (),
            cost_usd=round(spent.cost_usd, 9),
            recorded=spent.recorded,
        )

    def drop(self) -> None:
        """Ends calls that are still on their way: nobody will get what they come to."""
        if self._pending:
            self._pending[0].drop()

    def demand(self, spent: Spent | None) -> None:
        """For a run: adds what was spent. Raises the ModelError of a request that got nothing and never will."""
        if spent:
            spent.join(self.spent)
        if self.errors and not self.spent.given and not self.errors[0].retry:
            raise self.errors[0]

    # --- scores ---

    def stage(self, serving: Serving, query: Query) -> Callable[[Blending | None], Stage] | None:
        """Makes the stage that reranks; None where the model is not to, or the request has no words to read.

        What a score is worth may be learned: then the stage needs what was.
        """
        if not self.dial.rerank or not query.reading.asked:
            return None

        def fits(_: Request, positions: Positions) -> Scores:
            items = [_told(serving, query, int(position)) for position in positions]
            replies = self._ask("rerank", query.reading.typed(), items)
            found = [fit(reply) if isinstance(reply, Reply) else nan for reply in replies]
            if np.isnan(found).all() and not _unrecorded(replies):
                self._notes[UNAIDED] = None
            return np.array(found, dtype=np.float32)

        among, most = min(self.dial.rerank, MOST), self._project.settings.models.rerank_places

        def made(learned: Blending | None) -> Stage:
            if learned is None:
                return rerank(fits, among, most)
            by = (self.spent.prompts, self.spent.models)
            return rerank(fits, among, most, lambda items, found: learned.worth(items, found, {*by[0], *by[1]}))

        return made

    # --- reasons ---

    def explain(self, serving: Serving, query: Query, places: Sequence[Place]) -> tuple[Place, ...]:
        """The places with reasons by the model where they hold, and by rule where they do not."""
        request = query.reading.typed()  # by what was typed it is found when that is erased
        if not self.dial.reasons or not places or not query.reading.asked:
            return tuple(places)
        items = [serving.catalogue.item(serving.position(place.item)) for place in places]
        texts = [_told(serving, query, serving.position(item.id), REASON_WORDS, facts=0) for item in items]
        replies = self._ask("reason", request, texts)
        if not any(isinstance(reply, Reply) for reply in replies) and not _unrecorded(replies):
            self._notes[UNEXPLAINED] = None
        if self._pending:
            self.late = Late(
                *self._pending, serving, query, tuple(places), tuple(items), tuple(self.spent.prompts)[-1:]
            )
        return reasoned(serving, query, places, items, replies)

    # --- asking ---

    def _ask(self, step: str, request: Request, items: Sequence[str]) -> Sequence[Reply | ModelError]:
        """A reply or an error for each item, in order; errors alone where nothing could be asked."""
        share = RERANK_SHARE if step == "rerank" and self.dial.reasons else 1.0
        self._make_ready()
        if self._patient or self._until is None:
            self._until = monotonic() + self._within_s
        left = (self._until - monotonic()) * share
        try:
            replies = self._replies(step, request.text, items, left)
        except FirstFiveError as error:  # settings, a prompt, a missing package: the answer goes out all the same
            replies = [_as_model_error(error)] * len(items)
        self.spent.add(replies)
        given = sum(isinstance(reply, Reply) for reply in replies)
        observe.count("firstfive_model_help_total", step=step, outcome=outcome(given, len(replies)))
        self.errors += [reply for reply in replies if isinstance(reply, ModelError)]
        if given < len(replies):
            failed = len(replies) - given
            code = self.errors[-failed].code  # its text may quote what a model said
            observe.log("models").info("%s: %d of %d calls failed, %s", step, failed, len(replies), code)
        return replies

    def _make_ready(self) -> None:
        """Loads the provider's libraries with a process's first request: that is nobody's deadline."""
        with suppress(FirstFiveError), self._rest():
            if self._project.gateway is not None:
                self._project.gateway.ready()

    def _replies(self, step: str, request: str, items: Sequence[str], left: float) -> list[Reply | ModelError]:
        gateway = self._project.gateway
        comes_later = bool(self._later_s) and step == "reason"
        if gateway is None or (left < LEAST_S and not comes_later):
            late = ModelError(f"there is no time left to {step}; raise models.request_timeout_s", code="model.timeout")
            return [late] * len(items)
        prompt = self._project.prompts.get(self._scorer if step == "rerank" else step)
        calls = [replace(prompt.call(step=step, request=request, item=item), about=request) for item in items]
        self.spent.prompts[prompt.name_and_digest] = None
        portions = [[call] for call in calls] if self._patient else [calls]
        if comes_later:
            return self._in_time(gateway, calls, max(left, 0.0))
        with self._rest():
            return [reply for some in portions for reply in gateway.many(some, deadline_s=left, **self._terms)]

    def _in_time(self, gateway: Gateway, calls: Sequence[Call], left: float) -> list[Reply | ModelError]:
        """What is there in time. The others go on, and `_pending` has them."""
        terms = {name: value for name, value in self._terms.items() if name != "patient"}
        pending = gateway.begin(calls, deadline_s=left + self._later_s, **terms)
        with self._rest():
            found = pending.within(left)
        late_rows = tuple(at for at, reply in enumerate(found) if reply is None)
        self._pending = (pending, late_rows) if late_rows else None
        late = ModelError("the reasons come later than the answer", code="model.timeout")
        return [late if reply is None else reply for reply in found]


def _unrecorded(replies: Sequence[Reply | ModelError]) -> bool:
    """Whether a record was to be replayed and has nothing of this request: then no model was meant to help with it."""
    return all(isinstance(reply, ModelError) and reply.code == "model.not_recorded" for reply in replies)


def outcome(given: int, asked: int) -> str:
    """How a step went, for its count."""
    return "whole" if given == asked else "part" if given else "none"


def _as_model_error(error: FirstFiveError) -> ModelError:
    return error if isinstance(error, ModelError) else ModelError(str(error))


# --- what the model reads ---------------------------------------------------------------------------------------------


def _told(serving: Serving, query: Query, position: int, words: int = WORDS, facts: int = FACTS) -> str:
    """The item as the model reads it for this request."""
    item = serving.catalogue.item(position)
    spans = row_spans(item.title, item.text, item.passages)
    return told(item, spans, _nearness(serving, query, position, item, spans), words=words, facts=facts)


def _nearness(serving: Serving, query: Query, position: int, item: Item, spans: Sequence[Span | None]) -> Scores:
    """(rows,): how near each of the item's rows is to the request or to one of its wishes, refused ones included."""
    if serving.passages is None or query.vector is None or query.wishes is None:
        texts = [item.title if span is None else item.text[span.start : span.end] for span in spans]
        return np.array([shared(query.reading.asked, WORD.findall(text.lower())) for text in texts], dtype=np.float32)
    asked = np.concatenate([query.vector[None], query.wishes()])
    return np.asarray(np.vecdot(asked[:, None], serving.passages.rows(position)[None]).max(axis=0))


# --- what it answered -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the model said of an item, and which model did."""

    said: str
    says: str
    because: str
    by: str


def reasoned(
    serving: Serving,
    query: Query,
    places: Sequence[Place],
    items: Sequence[Item],
    replies: Sequence[Reply | ModelError],
) -> tuple[Place, ...]:
    """The places, each with its reply's reason where that holds, and as it is where it does not."""
    answers = [_answered(reply) for reply in replies]
    pairs = [_paired(answer, query, item) for answer, item in zip(answers, items, strict=True)]
    alike = iter(_alike(serving, [both for both in pairs if isinstance(both, claims.Pair)]))
    return tuple(
        _judged(serving, query, place, both, next(alike), answer)
        if answer and isinstance(both, claims.Pair)
        else replace(place, checks=(both,) if isinstance(both, str) and both else ())
        for place, both, answer in zip(places, pairs, answers, strict=True)
    )


def _answered(reply: Reply | ModelError) -> _Answer | None:
    """None where there is no reply, or not one of this form."""
    if not isinstance(reply, Reply) or not isinstance(reply.value, Mapping):
        return None
    said, says, because = (reply.value.get(name, "") for name in ("said", "says", "because"))
    whole = isinstance(said, str) and isinstance(says, str) and isinstance(because, str)
    return _Answer(said, says, because, reply.by) if whole else None


def _paired(answer: _Answer | None, query: Query, item: Item) -> claims.Pair | str:
    """The answer's quotes where they truly stand, or why they are not used; empty where there is no answer.

    A model is asked with what was typed; whether its quotes hold is told by what is meant.
    """
    if answer is None:
        return ""
    reading, said = query.reading, answer.said
    if reading.respelt and (typed := claims.aligned(said, reading.respelt.typed)):
        at = reading.respelt.meant_at(typed.start, typed.end)
        said = reading.request.text[at.start : at.end]
    return claims.pair(said, answer.says, reading.request.text, reading.wishes, item)


def _alike(serving: Serving, pairs: Sequence[claims.Pair]) -> list[float | None]:
    """How alike the two quotes of each pair are; None without an embedder."""
    if serving.embedder is None or not pairs:
        return [None] * len(pairs)
    texts = [both.said.text for both in pairs] + [both.says.text for both in pairs]
    said, says = np.split(serving.embedder.embed(texts), 2)
    return [float(cosine) for cosine in np.vecdot(said, says)]


def _judged(
    serving: Serving, query: Query, place: Place, both: claims.Pair, cosine: float | None, answer: _Answer
) -> Place:
    """The place with the model's reason, where it holds. What a rule found against the same words goes before it."""
    claimed = claims.supported(both, cosine, serving.telling.weigh)
    if claimed is None:
        return replace(place, checks=("its two quotes are about different things",))
    said = query.reading.quote(claimed.said)
    against = place.mismatch if place.mismatch and _overlap(place.mismatch.said, said) else None
    if against and against.says:
        return replace(place, checks=("the item denies it elsewhere",))
    doubt = claims.unsupported(answer.because, both, place.title) if answer.because else ""
    reason = replace(claims.made(both, cosine, "" if doubt else answer.because.strip(), answer.by), said=said)
    return replace(place, reason=reason, mismatch=None if against else place.mismatch, checks=(doubt,) if doubt else ())


def _overlap(one: Quote, other: Quote) -> bool:
    return one.of == other.of and one.start < other.end and other.start < one.end
