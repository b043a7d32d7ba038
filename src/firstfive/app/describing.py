"""Use case: draw the declared facts out of every item of a build.

    docs ─▶ a model's answers ─▶ judged by their words, with what rules and the embedder find ─▶ facts
            ledger "describe"                                                                   ledger "facts"

A model's answer is kept as it came, since it was paid for; the facts are drawn from it without a call, and again when
the drawing gets better or an import brings a field. Where no model is set, or its run is stopped, rules do what they
can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from firstfive.app.embedding import embed, read_vectors, reading
from firstfive.app.model_runs import Task, run_tasks
from firstfive.app.portions import portions
from firstfive.build import facts as drawing
from firstfive.build.describe import row_spans
from firstfive.build.excerpt import MOST, by_words, excerpt, questions
from firstfive.build.facts import Answer
from firstfive.build.nearest import nearest, wordings
from firstfive.build.rules import Told
from firstfive.build.schema import Schema, read_schema
from firstfive.errors import ModelError
from firstfive.run import Here, Processes
from firstfive.types import Fact, Stamp, digest

if TYPE_CHECKING:
    from firstfive.app.embedding import Reading
    from firstfive.app.model_runs import RunReport
    from firstfive.app.wiring import Project
    from firstfive.ports import Embedder, Progress, Reply
    from firstfive.prompts import Prompt
    from firstfive.types import Doc, Fields, ItemId, StampId, Vectors

STEP = "describe"
VERSION = 1
"""Rises when the same answer of a model would be asked for otherwise."""
BATCH = 64
READ = 1_000
WORTH_A_POOL = 10_000
"""Items from which a pool of processes is quicker than starting it is slow."""
ANSWER_TOKENS, FACT_TOKENS = 60, 70
"""The longest answer: so many tokens, and so many for each fact."""
LONGEST_QUOTE = 1_000


class Asked(NamedTuple):
    """What the facts of one item are drawn from; guesses: the embedder's."""

    stamp: StampId
    title: str
    text: str
    imported: Mapping[str, str]
    answer: Answer | None
    guesses: tuple[Fact, ...]


class Drawn(NamedTuple):
    """The facts of each doc, in order; no entries where none are declared. made: how many were not there before."""

    facts: list[tuple[Fact, ...]]
    made: int


@dataclass(frozen=True)
class Describing:
    """The facts of one build's docs. Does nothing, and costs nothing, where none are declared."""

    project: Project
    docs: Sequence[Doc]
    given: Schema | None = None
    """Other facts than the settings declare, to see what they would come to."""

    @cached_property
    def read(self) -> Sequence[Reading]:
        """What of each doc is embedded."""
        return [reading(doc, self._embedder_name) for doc in self.docs]

    @cached_property
    def schema(self) -> Schema:
        """What is declared. Raises SettingsError for what makes no sense."""
        return self.given if self.given is not None else read_schema(self.project.settings.facts)

    def ask(self, progress: Progress) -> RunReport | None:
        """Asks the model about every item of which the ledger has no answer; None without a model or a declared fact.

        Long texts are embedded first, to find their telling parts. Raises what `run_tasks` does; what was made is kept.
        """
        if not self.schema or self.project.gateway is None:
            return None
        missing = [doc for doc, _ in self._unanswered()]
        if long := [one for doc, one in zip(self.docs, self.read, strict=True) if len(doc.text) > MOST]:
            embed(self.project, long, progress)
        report = run_tasks(
            self.project, STEP, self.tasks(missing), encode_answer, progress=progress, total=len(missing)
        )
        report.kept += len(self.docs) - len(missing)
        return report

    def tasks(self, docs: Sequence[Doc] | None = None) -> Iterator[Task]:
        """A task a doc; without docs, of every one that has no answer yet.

        Where a long text has no vectors yet, which part of it is read is chosen by its words.
        """
        wanted = [doc for doc, _ in self._unanswered()] if docs is None else docs
        tokens = ANSWER_TOKENS + FACT_TOKENS * len(self.schema.facts)
        for batch in portions(wanted, BATCH):
            excerpts = self._excerpts(batch)
            for doc in batch:
                call = self._prompt.call(
                    step=STEP,
                    check=partial(check_answer, self.schema),
                    schema=self.schema.answer_schema(),
                    max_tokens=tokens,
                    title=doc.title,
                    text=excerpts.get(doc.id, doc.text),
                    fields=self.schema.form(),
                )
                yield Task(self._asked(doc), call, doc.id)

    def stamps(self) -> list[StampId]:
        """The stamp of each doc's facts, in order, with the model's answers that there are; none without facts."""
        return list(self._stamps)

    def draw(self, progress: Progress) -> Drawn:
        """Each doc's facts, in order; from the ledger where they are there. Needs the docs' vectors to be there."""
        if not self.schema:
            return Drawn([], 0)
        made = self._make_missing(progress)
        found: list[tuple[Fact, ...]] = []
        for batch in portions(self._stamps, READ):
            with self.project.store.read() as unit:
                records = unit.ledger.get(batch)
            found += [drawing.decode(records[stamp]) for stamp in batch]
        return Drawn(found, made)

    def joined(
        self, kinds: dict[str, str], fields: Sequence[Fields], drawn: Sequence[tuple[Fact, ...]]
    ) -> tuple[dict[str, str], list[Fields]]:
        """The typed fields with the facts that are sure enough: each is typed as it is declared, whatever it was."""
        if not self.schema:
            return kinds, list(fields)
        names = self.schema.by_name.keys()
        rest = ({name: value for name, value in typed.items() if name not in names} for typed in fields)
        told = (drawing.as_fields(self.schema, facts) for facts in drawn)
        return {**kinds, **drawing.field_kinds(self.schema)}, [
            {**own, **new} for own, new in zip(rest, told, strict=True)
        ]

    def needed(self) -> dict[str, set[StampId]]:
        """The records that the next build may read, by step: the answers to every version of the prompt among them.

        Without a model set nothing is said of answers: they were paid for.
        """
        found = {"facts": set(self._stamps)}
        model = self.project.settings.models.llm
        if model:
            prompts = [self.project.prompts.get(f"{STEP}@{version}") for version in self.project.prompts.versions(STEP)]
            found[STEP] = {
                asked(doc, self.schema, prompt, model, self._embedder_name).id
                for doc in self.docs
                for prompt in prompts
                if self.schema
            }
        return found

    # --- a model's answers ---

    @cached_property
    def _prompt(self) -> Prompt:
        return self.project.prompts.get(STEP)

    def _asked(self, doc: Doc) -> Stamp:
        """The stamp of a model's answer about a doc. Which part of a long text it reads is the embedder's choice."""
        return asked(doc, self.schema, self._prompt, self.project.settings.models.llm, self._embedder_name)

    def _unanswered(self) -> Iterator[tuple[Doc, StampId]]:
        for batch in portions(self.docs, READ):
            stamps = [self._asked(doc).id for doc in batch]
            with self.project.store.read() as unit:
                have = unit.ledger.have(stamps)
            yield from ((doc, stamp) for doc, stamp in zip(batch, stamps, strict=True) if stamp not in have)

    def _excerpts(self, docs: Sequence[Doc]) -> dict[ItemId, str]:
        """What is read of each long text among these."""
        long = [(doc, self._reading_of[doc.id]) for doc in docs if len(doc.text) > MOST]
        embedder = self.project.embedder
        if not long:
            return {}
        if embedder is None or not self._embedded([one for _, one in long]):
            counts = ((doc, one, by_words(self.schema, doc.text, one.spans)) for doc, one in long)
            return {doc.id: excerpt(doc.text, one.spans, alike) for doc, one, alike in counts}
        asks = embedder.embed(questions(self.schema))
        vectors = read_vectors(self.project, [one for _, one in long], embedder.size)
        return {doc.id: _excerpt(doc, one, asks, rows) for (doc, one), rows in zip(long, vectors, strict=True)}

    @cached_property
    def _reading_of(self) -> Mapping[ItemId, Reading]:
        return {one.item: one for one in self.read}

    def _embedded(self, read: Sequence[Reading]) -> bool:
        with self.project.store.read() as unit:
            return len(unit.ledger.have([one.stamp for one in read])) == len({one.stamp for one in read})

    # --- facts ---

    @property
    def _embedder_name(self) -> str:
        return self.project.embedder.name if self.project.embedder else ""

    @cached_property
    def _stamps(self) -> list[StampId]:
        if not self.schema:
            return []
        answers = self._answers_there()
        return [
            drawing.stamp(drawing.said(doc, self.schema), self.schema, self._embedder_name, answers.get(place)).id
            for place, doc in enumerate(self.docs)
        ]

    def _answers_there(self) -> dict[int, StampId]:
        """The stamps of the model's answers that are in the ledger, by the doc's place."""
        if self.project.gateway is None:
            return {}
        stamps = [self._asked(doc).id for doc in self.docs]
        with self.project.store.read() as unit:
            have = unit.ledger.have(stamps)
        return {place: stamp for place, stamp in enumerate(stamps) if stamp in have}

    def _make_missing(self, progress: Progress) -> int:
        with self.project.store.read() as unit:
            have = unit.ledger.have(self._stamps)
        first = {stamp: place for place, stamp in reversed(list(enumerate(self._stamps)))}
        missing = sorted(place for stamp, place in first.items() if stamp not in have)
        progress.start("facts", len(missing))
        batches = portions(self._asked_of(missing), BATCH)
        alone = self.project.gateway is not None or len(missing) < WORTH_A_POOL
        alike = _Meaning(self.project.embedder) if self.project.gateway and self.project.embedder else None
        for records in (Here() if alone else Processes()).map(partial(draw_batch, self.schema, alike), batches):
            with self.project.store.unit() as unit:
                unit.ledger.put("facts", records)
            progress.advance("facts", len(records))
        progress.finish("facts")
        return len(missing)

    def _asked_of(self, places: Sequence[int]) -> Iterator[Asked]:
        """What each of these docs' facts are drawn from."""
        answers = self._answers_there()
        guesses = self._guesses(places)
        for batch in portions(places, READ):
            with self.project.store.read() as unit:
                found = unit.ledger.get([answers[place] for place in batch if place in answers])
            for place in batch:
                doc, record = self.docs[place], found.get(answers.get(place, self._stamps[place]))
                answer = msgspec.json.decode(record, type=Answer) if record else None
                yield Asked(self._stamps[place], doc.title, doc.text, doc.fields, answer, next(guesses))

    def _guesses(self, places: Sequence[int]) -> Iterator[tuple[Fact, ...]]:
        """The embedder's: the nearest value of each choice."""
        embedder, choices = self.project.embedder, [fact for fact in self.schema.facts if fact.kind == "choice"]
        if embedder is None or not choices:
            yield from (() for _ in places)
            return
        values = {fact.name: embedder.embed(wordings(fact)) for fact in choices}
        vectors = read_vectors(self.project, [self.read[place] for place in places], embedder.size)
        for place, rows in zip(places, vectors, strict=True):
            doc, one = self.docs[place], self.read[place]
            spans = row_spans(doc.title, doc.text, one.spans)
            near = ((fact.name, nearest(fact, values[fact.name], rows)) for fact in choices)
            yield tuple(
                Fact(name, found.value, "inferred", round(found.sure, 3), spans[found.row], "embedder")
                for name, found in near
            )


def asked(doc: Doc, schema: Schema, prompt: Prompt, model: str, embedder: str) -> Stamp:
    """The stamp of a model's answer about a doc: of what it reads, the form, the prompt and the model."""
    chooses = embedder if len(doc.text) > MOST else ""
    inputs = (digest(doc.title, doc.text), schema.digest, chooses)
    return Stamp(STEP, VERSION, prompt.name_and_digest, model, inputs)


def check_answer(schema: Schema, value: object) -> dict[str, Any]:
    """The facts that an answer states, whatever else is in it. Raises ModelError for one that is no such form."""
    if not isinstance(value, Mapping) or not schema.by_name.keys() & value.keys():
        raise ModelError(
            f"the answer has none of the fields {', '.join(schema.by_name)}; give each of them", code="model.reply"
        )
    stated = {name: value[name] for name in schema.by_name if isinstance(value.get(name), Mapping)}
    return {
        name: {"quote": said["quote"][:LONGEST_QUOTE], "value": said["value"]}
        for name, said in stated.items()
        if isinstance(said.get("quote"), str) and said.get("value") is not None
    }


def encode_answer(reply: Reply) -> bytes:
    """A model's answer as the ledger keeps it, with the model that gave it; of a replayed one, when it was recorded."""
    return msgspec.json.encode(Answer(reply.by, reply.value if isinstance(reply.value, dict) else {}))


def draw_batch(schema: Schema, alike: _Meaning | None, batch: Sequence[Asked]) -> dict[StampId, bytes]:
    """The facts of a batch as ledger records: what a worker process does."""
    return {
        one.stamp: drawing.encode(
            drawing.draw(schema, Told(one.title, one.text), one.imported, one.answer, alike, one.guesses)
        )
        for one in batch
    }


class _Meaning:
    """How alike two texts are, by the embedder; a text is embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def __call__(self, one: str, other: str) -> float:
        new = [text for text in dict.fromkeys((one, other)) if text not in self._known]
        if len(self._known) > READ:
            self._known = dict(islice(self._known.items(), READ // 2))
            new = [text for text in dict.fromkeys((one, other)) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True) if new else ())
        return float(self._known[one] @ self._known[other])


def _excerpt(doc: Doc, one: Reading, asks: Vectors, rows: Vectors) -> str:
    """What is read of a long text, by how alike its passages are to what is asked."""
    spans = row_spans(doc.title, doc.text, one.spans)
    inside = [place for place, span in enumerate(spans) if span]
    return excerpt(doc.text, [span for span in spans if span], asks @ rows[1:][inside].T)
