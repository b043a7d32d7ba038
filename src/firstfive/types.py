"""The nouns of the data path, as plain records.

    BUILD   Page ─clean─▶ Doc ─describe─▶ Item ─embed─▶ Item + vectors ─index─▶ Release
    SERVE   Request ─▶ Candidates ─▶ Slate
    LEARN   Slate + Event ─▶ next Release

All records are frozen. Times are aware UTC. Every made record carries the `Stamp` of what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NewType, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ItemId = NewType("ItemId", str)
UserId = NewType("UserId", str)
RecommId = NewType("RecommId", str)
ReleaseId = NewType("ReleaseId", str)
StampId = NewType("StampId", str)
KeyId = NewType("KeyId", str)
VisitId = NewType("VisitId", str)
ExperimentId = NewType("ExperimentId", str)

LONGEST_ID = 500
"""Characters of an id at most, in a file as over HTTP."""

Value: TypeAlias = str | float | bool | tuple[str, ...]
"""What a typed field holds. Missing is the field's absence, never an empty value."""

Fields: TypeAlias = Mapping[str, Value]

# As text, so that they can be imported without numpy.
Vectors: TypeAlias = "NDArray[np.float32]"
"""(n, size), rows of unit length."""
Scores: TypeAlias = "NDArray[np.float32]"
Numbers: TypeAlias = "NDArray[np.float64]"
Mask: TypeAlias = "NDArray[np.bool_]"
Pieces: TypeAlias = "NDArray[np.uint32]"
"""Ids of word pieces: rows of an embedder's table."""
Positions: TypeAlias = "NDArray[np.int64]"
"""Places of items in a Release's catalogue order (by id), from 0."""


def digest(*parts: str | bytes) -> str:
    """SHA-256 of the parts as 32 hexadecimal digits; each part's length is hashed too, so no two lists collide."""
    encoded = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    framed = [piece for data in encoded for piece in (len(data).to_bytes(8, "little"), data)]
    return hashlib.sha256(b"".join(framed)).hexdigest()[:32]


_VISIT = re.compile(r"([0-9a-f]{11})-[A-Za-z0-9_-]{12}")


def began(visit: str) -> datetime | None:
    """When a visit to the page began, as its id says; None for an id that is none of the page's."""
    told = _VISIT.fullmatch(visit)
    return datetime.fromtimestamp(int(told[1], 16) / 1000, UTC) if told else None


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a made record was made from and by. Two records with one stamp are the same record.

    inputs: digests of everything the step read, in order. `version` rises when the step's code gives other results.
    """

    step: str
    version: int
    prompt: str = ""
    model: str = ""
    inputs: tuple[str, ...] = ()

    @property
    def id(self) -> StampId:
        """The record's key in the ledger."""
        return StampId(digest(self.step, str(self.version), self.prompt, self.model, *self.inputs))


class Span(NamedTuple):
    """Characters [start, end) of an item's text."""

    start: int
    end: int


def content_id(title: str, body: bytes) -> ItemId:
    """The id of a row that has none of its own."""
    return ItemId(digest(title, body))


@dataclass(frozen=True, slots=True)
class Page:
    """One thing as it came in: a row of a table, or a file.

    media: "html" (body is the file's bytes, undecoded) or "text" (body is UTF-8). site: pages of one site share
    boilerplate; empty where there is no such thing. source and line (from 1; 0 for a whole file) say where it was read.
    """

    id: ItemId
    media: str
    title: str
    body: bytes
    fields: Mapping[str, str]
    site: str = ""
    source: str = ""
    line: int = 0

    @property
    def digest(self) -> str:
        """Hash of all that cleaning reads: not of where the page was read."""
        fields = json.dumps(dict(self.fields), sort_keys=True, ensure_ascii=False)
        return digest(self.id, self.media, self.title, self.body, fields, self.site)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row or file that could not be used, kept so that nothing is dropped silently."""

    source: str
    line: int
    reason: str
    advice: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Doc:
    """A cleaned page. removed: how much cleaning took out, as a count by kind.

    Of a page that a model cleaned, which its stamp names: invented, the share of the sentences the model wrote that the
    source does not bear out, none of which is in the text; lost, the share of the facts of the text by rules, and of
    what the model won back, that the text has not. Both in [0, 1].
    """

    id: ItemId
    title: str
    text: str
    fields: Mapping[str, str]
    removed: Mapping[str, int]
    stamp: Stamp
    invented: float = 0.0
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class Fact:
    """A value drawn out of an item's text, and where the text says so: `text[span.start:span.end]`, verbatim.

    how: "stated", where the span's words bear the value out, or the field it was imported in (then span is None and by
    is "import"); "inferred" otherwise. What is not stated at all is no fact. confidence in [0, 1]. by: "rules",
    "embedder", "import" or the model's name. An item that has several values has a fact for each, under one name.
    """

    name: str
    value: Value
    how: Literal["stated", "inferred"]
    confidence: float
    span: Span | None = None
    by: str = "rules"


@dataclass(frozen=True, slots=True)
class Item:
    """What can be recommended. passages cover the text, in order; copy_of names the item this one nearly repeats.

    facts are the declared ones; those that are sure enough are among the fields too. written: fields whose typed value
    lacks their unit, as the source wrote them.
    """

    id: ItemId
    title: str
    text: str
    passages: tuple[Span, ...]
    fields: Fields
    stamp: StampId
    copy_of: ItemId | None = None
    facts: tuple[Fact, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> Fields:
        """The fields for people to read: "78 m²", where `fields` has 78."""
        return {**self.fields, **self.written}


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing a request asks for, verbatim: `text == request[start:end]`. refused: it is asked to be absent.

    by: the words right before it that refuse it, "without ". meant: as it was read, where words of it were misspelt.
    """

    text: str
    start: int
    end: int
    refused: bool = False
    by: str = ""
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer given in a visit: to a question, or by a button of a result. It moves items, and never leaves one out.

    field: what it was about; empty: which phrase is nearer. condition: what was said, in the filter language; empty:
    that it does not matter, or a phrase. kind and values are those of the Option or the Sharpening that was chosen, so
    that a page can read the answer back. Of kind "phrase" they are the answer: the first value is nearer than the rest.
    """

    field: str = ""
    condition: str = ""
    kind: str = ""
    values: tuple[str | float, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What a seeker wants. filter is text of the filter language; like and unlike are items to go near or away from.

    diversity in [0, 1]: 0 is pure relevance; None, the default, only keeps near-repeats apart. user is never
    interpreted. exclude names items not to show. vector is the request in the space of the user's own vectors, where
    such were imported. told: what was answered so far, in order. visit: any id that the Slates of one visit share.
    """

    text: str
    n: int = 5
    filter: str = ""
    like: tuple[ItemId, ...] = ()
    unlike: tuple[ItemId, ...] = ()
    diversity: float | None = None
    user: UserId | None = None
    scenario: str = ""
    exclude: tuple[ItemId, ...] = ()
    vector: tuple[float, ...] = ()
    told: tuple[Told, ...] = ()
    visit: VisitId | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Items under consideration, best first: positions (n,), scores (n,), and each channel's scaled score (n,)."""

    positions: Positions
    scores: Scores
    channels: Mapping[str, Scores] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def refused(self) -> Mask:
        """(n,): those that a refusal has put behind all others. Answers lower scores as well, and refuse none."""
        marked = self.channels.get("refused")
        return self.positions < 0 if marked is None else marked > 0  # no position is below 0

    def take(self, rows: Any) -> Candidates:
        """The candidates at these rows (index array, boolean mask or slice), in that order."""
        channels = {name: scores[rows] for name, scores in self.channels.items()}
        return Candidates(self.positions[rows], self.scores[rows], channels)


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What was said of a field, by an answer or by the request. yes, perhaps (items,): which items state it, and which
    state nothing about it. silent, otherwise: what it speaks against these and against all others, in nats. firm: it
    was said of the field, and not only most likely meant so.
    """

    yes: Mask
    perhaps: Mask
    silent: float
    otherwise: float
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """Words quoted verbatim: `text == source[start:end]`, where source is the request's text or what `of` names.

    of: "request", "title", "text", or "fields." and a field's name, whose value is quoted whole, or "told." and the
    number of an answer of the visit, from 0, whose condition is.
    """

    text: str
    start: int
    end: int
    of: str = "text"

    @property
    def field(self) -> str:
        """The name of the field that is quoted; empty where none is."""
        return self.of.removeprefix("fields.") if self.of.startswith("fields.") else ""

    @property
    def told(self) -> str:
        """The words, a field's behind its name: "county: Devon"."""
        return f"{self.field}: {self.text}" if self.field else self.text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is shown: the seeker's words and the item's own, each verbatim. score in [0, 1] is their likeness.

    because joins the two in a sentence, every word of which was checked against them; empty where there is none. by
    names the model that chose the quotes; empty: none did.
    """

    said: Quote
    says: Quote
    score: float
    because: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stated wish, or an answer, that the item contradicts (`says` is set) or does not mention (`says` is None)."""

    said: Quote
    says: Quote | None
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """One of the five. place from 1; text is the opening of the item's text; channels are scaled scores in [0, 1].

    unknown names fields that the filter asks about and the item does not state. probability is the chance with which
    the item was put here (1 without exploration). copies say nearly the same and are not shown. Spans of facts are of
    the item's whole text, of which `text` is the opening. checks says, in words, what a model's reason was dropped or
    cut for. stages, where they were asked for, is the item's place after each stage, in order.
    """

    place: int
    item: ItemId
    title: str
    text: str
    score: float
    channels: Mapping[str, float]
    reason: Reason | None
    mismatch: Mismatch | None
    fields: Fields
    unknown: tuple[str, ...] = ()
    probability: float = 1.0
    copies: tuple[ItemId, ...] = ()
    facts: tuple[Fact, ...] = ()
    checks: tuple[str, ...] = ()
    stages: Mapping[str, int] = field(default_factory=dict)


Level: TypeAlias = Literal["thin", "start", "good", "strong"]
"""How strong a description is, weakest first."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong a request's description is. score: what level was read off; 1 where it singles out five items.

    telling: for each wish, whether it tells candidates apart. add, about: the field that would help most, and its
    topic; empty where none is known.
    """

    level: Level
    score: float
    telling: tuple[bool, ...]
    add: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A button under a question. condition: what it says, in the filter language, for `Told.condition`.

    kind names its message and values fill it: "value" (the value, as an item spells it), "up_to" (a bound), "between"
    (two: of days and of what is counted in whole numbers the first and the last), "over" (a bound), "else" (none of the
    other options' values), "yes", "no", and "phrase" (itself, and then the phrases that stood on the other buttons).
    share: how likely this answer is, in [0, 1].
    """

    kind: Literal["value", "up_to", "between", "over", "else", "yes", "no", "phrase"]
    values: tuple[str | float, ...] = ()
    condition: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask about a field, or which phrase is nearer: then field is empty. topic: what the field is about.

    gain: by how much an answer is expected to raise the chance of a match among the five, in [0, 1].
    """

    field: str
    topic: str
    options: tuple[Option, ...]
    gain: float


@dataclass(frozen=True, slots=True)
class Sharpening:
    """A button on a result: "like this, but `condition`". The item joins `Request.like`, the rest `Request.told`.

    kind names its message: "less", "more", "same" or "yes". values: the item's own. others: how many candidates that
    are not shown fit it.
    """

    field: str
    topic: str
    kind: Literal["less", "more", "same", "yes"]
    values: tuple[str | float, ...]
    condition: str
    others: int


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A word of a request that was misspelt: `text == request[start:end]`, and as what it was read."""

    text: str
    read: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes with five places: what was understood, how surely a match is among them, and what to ask next.

    chance: that a match is among them, in [0, 1]; None where the Release has learned none. sure: False where it lies
    below `ask.sure_at`, and one more fact is needed. question: None where none is worth a seeker's time. sharpenings:
    for each place, in order. wishes: each can be taken away from the request's text. misspelt: words of it that were
    read as others.
    """

    wishes: tuple[Wish, ...]
    strength: Strength
    chance: float | None
    sure: bool
    question: Question | None
    sharpenings: tuple[tuple[Sharpening, ...], ...]
    misspelt: tuple[Misspelt, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """The part that a Slate has in an experiment. arm: whose ranking it shows; "both": the two, interleaved.

    teams: for each place of an interleaved Slate, whose pick it was. leanings: how far the place speaks for the
    candidate, in [-1, 1]. Both are empty where only one of the two had anything to show. took_ms and costs_usd: of each
    arm, where both worked on the request. failed: the candidate could not answer, and the baseline did in its place.
    """

    experiment: ExperimentId
    arm: Literal["baseline", "candidate", "both"]
    teams: tuple[str, ...] = ()
    leanings: tuple[float, ...] = ()
    took_ms: Mapping[str, float] = field(default_factory=dict)
    costs_usd: Mapping[str, float] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Slate:
    """The answer to a request, as stored and as sent. timings_ms has the milliseconds of each stage, in order.

    notes are plain sentences for the seeker: what was left out or could not be done. models and prompts
    ("name@version") took part in it, at that cost; empty: none did. recorded: when the oldest of the replies that were
    replayed from a record was made; None: none was. asked: only where it was asked for. trial: its part in an
    experiment; None: it has none.
    """

    recomm_id: RecommId
    release: ReleaseId
    request: Request
    places: tuple[Place, ...]
    timings_ms: Mapping[str, float]
    created: datetime
    notes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    cost_usd: float = 0.0
    recorded: datetime | None = None
    asked: Asked | None = None
    trial: Trial | None = None

    def to_frame(self) -> Any:
        """One row a place, for notebooks. Raises ModuleNotFoundError without pandas, saying what to do."""
        try:
            pandas = import_module("pandas")
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError("a frame needs pandas; run `pip install 'firstfive[frames]'`") from missing
        return pandas.DataFrame([self._row(place) for place in self.places])

    def _row(self, place: Place) -> dict[str, object]:
        return {
            "recommId": self.recomm_id,
            "place": place.place,
            "item": place.item,
            "title": place.title,
            "score": place.score,
            "probability": place.probability,
            "you_said": place.reason.said.text if place.reason else None,
            "it_says": place.reason.says.told if place.reason else None,
            "missed": place.mismatch.said.text if place.mismatch else None,
            "unknown": ", ".join(place.unknown),
            **self._row_asked(place.place),
            **{f"score_{name}": score for name, score in place.channels.items()},
            **{f"field_{name}": value for name, value in place.fields.items()},
        }

    def _row_asked(self, place: int) -> dict[str, object]:
        if self.asked is None:
            return {}
        buttons = self.asked.sharpenings[place - 1]
        return {
            "chance": self.asked.chance,
            "strength": self.asked.strength.level,
            "sharpenings": "; ".join(button.condition for button in buttons),
        }


@dataclass(frozen=True, slots=True)
class Amended:
    """What a place says since a model's reason for it came. place: its number in the Slate."""

    place: int
    reason: Reason | None
    mismatch: Mismatch | None
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amendment:
    """Reasons that came after a Slate was given. The Slate stays stored as it was shown.

    places: those whose reason is another one since; empty: none is. models, prompts, cost_usd and recorded are as of a
    Slate, and beside what that one says.
    """

    recomm_id: RecommId
    created: datetime
    places: tuple[Amended, ...] = ()
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    cost_usd: float = 0.0
    recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a user did: kind is a verb such as shown, opened, yes, no, or a feedback type of the caller's own."""

    kind: str
    user: UserId
    item: ItemId
    at: datetime
    recomm_id: RecommId | None = None
    value: float = 0.0
    comment: str = ""


SAYS: Mapping[str, float] = {
    **dict.fromkeys("yes like".split(), 1.0),
    **dict.fromkeys("opened click".split(), 0.3),
    **dict.fromkeys("no dislike".split(), -1.0),
    **dict.fromkeys("shown seen asked answered led explained maybe undone left matched trusted unrated".split(), 0.0),
    **dict.fromkeys("read view impression".split(), 0.0),
}
"""The kinds of Event that have a meaning here, the page's all among them, and what each says of its item.

From -1, a no, to 1, a yes; 0: neither, for who is shown much must not be liked for it. Any other kind says yes.
"""


@dataclass(frozen=True, slots=True)
class User:
    """A user as a client described them."""

    id: UserId
    labels: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """One hash over all that decides an answer. parts names each thing hashed, so that two Releases can be compared."""

    id: ReleaseId
    parts: Mapping[str, str]
    items: int
    passages: int
    created: datetime


@dataclass(frozen=True, slots=True)
class Experiment:
    """Two Releases that answer seekers side by side. design "ab": each seeker sees one; "interleaving": both in one.

    share: of seekers, how many get the candidate, or the two interleaved; the others get the baseline. seed keys the
    draw, so that it is the same in every process and after every start, and no seeker can work it out. over_s: a visit
    in which nothing happened for so long has ended. why: what its beginner said. stopped None: it runs.
    """

    id: ExperimentId
    name: str
    design: Literal["ab", "interleaving"]
    baseline: ReleaseId
    candidate: ReleaseId
    share: float
    seed: str
    started: datetime
    stopped: datetime | None = None
    over_s: float = 1800.0
    why: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """An access key as stored: the secret itself is only ever shown once, and kept as a hash."""

    id: KeyId
    role: str
    name: str
    created: datetime
    revoked: bool = False
