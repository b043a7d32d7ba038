"""Use case: write requests that a person looking for an item might make, with that item as the right answer.

    items ─model, or extraction─▶ requests of three lengths ─drop what quotes─▶ ─round trip─▶ two halves, by item

They are marked as made up by their qid, wherever they go. An item stays for ever in one half, for tuning or for
judging, so that nothing is judged by what it was tuned on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from firstfive.app.blind import Vocabulary, telling_first
from firstfive.app.calibrating import learned_from
from firstfive.app.embedders import patient
from firstfive.app.model_runs import Silence, at_once
from firstfive.app.pools import RANKERS
from firstfive.app.questions import JUDGING, SEED, TUNING
from firstfive.app.recommend import Recommender
from firstfive.app.sides import rank_settings
from firstfive.ask.made_up import made_up
from firstfive.errors import ModelError, SourceError
from firstfive.measure import MADE_UP, Query, token
from firstfive.observe import Quiet, span
from firstfive.ports import Payer, Reply
from firstfive.types import ItemId, digest

if TYPE_CHECKING:
    from firstfive.app.following import Now
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress
    from firstfive.types import Item

STEP = "seek"
LENGTHS: Mapping[str, tuple[str, int]] = {
    "keywords": ("two to four words, as in a search box", 3),
    "sentence": ("one sentence", 9),
    "story": ("two or three sentences", 24),
}
"""What a model is asked for, and the most words that extraction takes."""
LONGEST = 600
"""Characters of a request, at most."""
QUOTED = 5
"""This many words of an item in a row are a quotation, which no seeker would write."""
FOUND, TENTH = 50, 0.1
"""A request is kept where some ranking has its item among the first FOUND, or the first TENTH of a small catalogue,
where any request finds any item among fifty. Any ranking will do, so that none is favoured."""
AT_ONCE = 32
"""How many requests are written at most before checking which of them find their items."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Seeker:
    """A made-up request and the item that it is about."""

    query: Query
    item: ItemId
    half: str


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, by half, and what fell away. by: the model and prompt, or "extraction".

    failed: no usable answer; quoted: it named the item or repeated its words; lost: no ranking finds the item by it.
    """

    folder: str
    by: str
    tuning: int
    judging: int
    failed: int
    quoted: int
    lost: int
    cost_usd: float

    def lines(self) -> list[str]:
        """All of it as plain text."""
        fell = f"{self.failed:,} without a usable answer, {self.quoted:,} that named or quoted the item, {self.lost:,}"
        cost = f" It cost ${self.cost_usd:,.4f}." if self.cost_usd else ""
        return [
            f"Wrote {self.tuning:,} made-up requests for tuning and {self.judging:,} for judging to {self.folder}, by "
            f"{self.by}; no item is in both.",
            f"Left out: {fell} by which no ranking finds it.{cost}",
        ]


def write_seekers(project: Project, folder: str | Path, n: int, *, progress: Progress | None = None) -> Written:
    """Writes n requests at most, half for tuning and half for judging, as queries and qrels in a folder.

    A model writes them where `models.llm` is set; else they are extracted, shortened and misspelt, and reward spelling
    where people paraphrase. The same Release and seed ask about the same items. Stores nothing.

    Raises SourceError measure.nothing where no request can be made, measure.files, and the ModelError of a model that
    answers nothing.
    """
    said, now = progress or Quiet(), project.recommender.now()
    writer = _Model(project, said) if project.gateway is not None else _Extraction(now)
    with span("firstfive.seekers", release=now.release.id, n=n):
        kept, lost, back = list[Seeker](), 0, _Back(project, now)
        said.start("made up", n)
        wanted = (draw for draw in _drawn(project, now, 2 * n) if _room(kept, n)[half_of(draw.item.id)] > 0)
        for seekers in writer.write(wanted):
            found = back.kept(seekers)
            lost += len(seekers) - len(found)
            before = len(kept)
            kept += _of_both(kept, found, n)
            said.advance("made up", len(kept) - before)
            if len(kept) == n:
                break
        said.finish("made up")
    if not kept and lost:
        raise SourceError(
            f"no request could be made up: of {lost:,} none finds its own item among the first; judge some instead",
            code="measure.nothing",
        )
    if not kept:
        raise SourceError(
            "no request could be made up: no item has a sentence that can be asked for; judge some requests instead",
            code="measure.nothing",
        )
    for half in (TUNING, JUDGING):
        _write(Path(folder), half, [seeker for seeker in kept if seeker.half == half], now)
    return Written(str(folder), writer.by, *_sizes(kept), writer.failed, writer.quoted, lost, writer.cost_usd)


def half_of(item: ItemId) -> str:
    """Which half an item is of, whatever else the catalogue has."""
    return TUNING if int(digest("half", item)[:8], 16) % 2 else JUDGING


def _room(kept: Sequence[Seeker], n: int) -> dict[str, int]:
    """How many are missing from each half."""
    tuning, judging = _sizes(kept)
    return {TUNING: n // 2 - tuning, JUDGING: n - n // 2 - judging}


def _of_both(kept: Sequence[Seeker], found: Sequence[Seeker], n: int) -> Iterator[Seeker]:
    """Those of the new ones that have room in their half."""
    room = _room(kept, n)
    for seeker in found:
        if room[seeker.half] > 0:
            room[seeker.half] -= 1
            yield seeker


def _sizes(kept: Sequence[Seeker]) -> tuple[int, int]:
    tuning = sum(seeker.half == TUNING for seeker in kept)
    return tuning, len(kept) - tuning


# --- items and requests -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draw:
    """An item to ask about, where it stands, and how long the request is to be."""

    number: int
    position: int
    item: Item
    length: str

    def seeker(self, text: str) -> Seeker:
        half = half_of(self.item.id)
        return Seeker(Query(f"{MADE_UP}{half}-{self.number}-{self.length}", text), self.item.id, half)


def _drawn(project: Project, now: Now, most: int) -> Iterator[_Draw]:
    """Items that are shown and no copies, in an order by chance; those that chances were learned from come last."""
    learned, catalogue = learned_from(project.releases / now.release.id), now.serving.catalogue
    drawn = np.random.default_rng(SEED).permutation(len(catalogue)).tolist()
    order = sorted(drawn, key=lambda position: catalogue.id(position) in learned)
    shown = (one for one in order if now.serving.heads[one] == one and one not in now.hidden)
    for number, position in enumerate(islice(shown, most)):
        yield _Draw(number, position, catalogue.item(position), list(LENGTHS)[number % len(LENGTHS)])


class _Extraction:
    """Writes by rule: a sentence of the item, shortened, thinned, misspelt, some words replaced by near ones."""

    by = "extraction"
    cost_usd = 0.0

    def __init__(self, now: Now) -> None:
        self.failed = self.quoted = 0
        self._now = now

    def write(self, draws: Iterable[_Draw]) -> Iterator[list[Seeker]]:
        """In portions."""
        return _portions(self._each(list(draws)), AT_ONCE)

    def _each(self, draws: Sequence[_Draw]) -> Iterator[Seeker]:
        random = np.random.default_rng(SEED)
        like = Vocabulary(self._now.serving, [draw.position for draw in draws]).like
        for draw in draws:
            spans = telling_first(self._now.serving, draw.item, draw.position)
            one = made_up(draw.item.text, spans, draw.position, LENGTHS[draw.length][1], random, like)
            if one and any(char.isalnum() for char in one.text):
                yield draw.seeker(one.text)
            else:
                self.failed += 1


class _Model:
    """Asks the model, one item a call, as many at once as it takes. What was paid for before is used again."""

    def __init__(self, project: Project, said: Progress) -> None:
        self.failed = self.quoted = 0
        self.cost_usd = 0.0
        self._project, self._said = project, said
        self._prompt = project.prompts.get(STEP)
        self.by = f"{project.settings.models.llm} with {self._prompt.name_and_digest}"

    def write(self, draws: Iterable[_Draw]) -> Iterator[list[Seeker]]:
        """In portions: who has enough asks for no further one, and it is not paid for."""
        payer, silence = Payer(run=f"{STEP}-{token_urlsafe(6)}"), Silence()
        for portion in _portions(draws, min(AT_ONCE, at_once(self._project))):
            replies = self._answers(portion, payer)
            silence.heard(replies)
            yield list(self._usable(portion, replies))
            self._said.note("made up", f"${self.cost_usd:,.4f}")

    def _usable(self, portion: Sequence[_Draw], replies: Sequence[Reply | ModelError]) -> Iterator[Seeker]:
        for draw, reply in zip(portion, replies, strict=True):
            if not isinstance(reply, Reply):
                self.failed += 1
                continue
            self.cost_usd += reply.cost_usd
            text = " ".join(str(reply.value["request"]).split())[:LONGEST]
            if not any(char.isalnum() for char in text):
                self.failed += 1
            elif quotes(text, draw.item):
                self.quoted += 1
            else:
                yield draw.seeker(text)

    def _answers(self, portion: Sequence[_Draw], payer: Payer) -> Sequence[Reply | ModelError]:
        calls = [
            self._prompt.call(step=STEP, item=_shown(draw.item), length=LENGTHS[draw.length][0]) for draw in portion
        ]
        within_s = self._project.settings.models.timeout_s * AT_ONCE  # each may wait for others, and for its turn
        return self._project.calls().many(calls, deadline_s=within_s, payer=payer, patient=True)


def _shown(item: Item) -> str:
    return f"{item.title}\n{item.text}"


def quotes(request: str, item: Item) -> bool:
    """Whether a request names the item, or has QUOTED of its words in a row: nobody does who does not know it."""
    asked, said = _words(request), _words(_shown(item))
    title = _words(item.title)
    if title and len("".join(title)) > 3 and _within(title, asked):
        return True
    runs = {tuple(said[at : at + QUOTED]) for at in range(len(said) - QUOTED + 1)}
    return any(tuple(asked[at : at + QUOTED]) in runs for at in range(len(asked) - QUOTED + 1))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(list(whole[at : at + len(part)]) == list(part) for at in range(len(whole) - len(part) + 1))


def _portions(things: Iterable[Any], n: int) -> Iterator[list[Any]]:
    rest = iter(things)
    while portion := list(islice(rest, n)):
        yield portion


# --- round trip and files ---------------------------------------------------------------------------------------------


class _Back:
    """The round trip: what comes back to its item by some ranking.

    Dai and others, Promptagator, ICLR 2023, ask that one ranking have it first; that would favour that ranking.
    """

    def __init__(self, project: Project, now: Now) -> None:
        names = ("words", "characters", "whole-text meaning")[: 3 if now.serving.whole else 2]
        self._now = now
        self._found = min(FOUND, max(1, int(TENTH * len(now.serving.catalogue))))
        self._rankings = [
            Recommender(project, now.release.id, rank_settings(now.serving.rank, RANKERS[name]), patient(project))
            for name in names
        ]

    def kept(self, seekers: Sequence[Seeker]) -> list[Seeker]:
        """Those whose item, or a copy of it, is among the first of any ranking."""
        right = {seeker.query.qid: set(_same(self._now, seeker.item)) for seeker in seekers}
        asked = [(seeker.query.qid, seeker.query.text) for seeker in seekers]
        back = {
            qid
            for recommender in self._rankings
            for qid, ranking in recommender.many(asked, self._found)
            if not right[qid].isdisjoint(item for item, _ in ranking)
        }
        return [seeker for seeker in seekers if seeker.query.qid in back]


def _same(now: Now, item: ItemId) -> list[ItemId]:
    """The item and its copies."""
    same = np.flatnonzero(now.serving.heads == now.serving.heads[now.serving.position(item)])
    return [now.serving.catalogue.id(int(position)) for position in same]


def _write(folder: Path, half: str, seekers: Sequence[Seeker], now: Now) -> None:
    """HALF.queries.jsonl and HALF.qrels.trec."""
    asked = "".join(
        msgspec.json.encode({"qid": one.query.qid, "text": one.query.text, "made_up": True}).decode() + "\n"
        for one in seekers
    )
    right = "".join(f"{one.query.qid} 0 {token(item)} 1\n" for one in seekers for item in _same(now, one.item))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{half}.queries.jsonl").write_text(asked, "utf-8")
        (folder / f"{half}.qrels.trec").write_text(right, "utf-8")
    except OSError as wrong:
        raise SourceError(
            f"{folder} cannot be written to: {wrong.strerror or wrong}; choose another place", code="measure.files"
        ) from wrong
