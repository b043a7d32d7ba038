"""Use case: let a model clean the pages that rules did badly, and keep only what is proved.

    docs by rules ─▶ worth ─▶ the worst, within clean.model_share
                                  │  ledger "select": which of the page's own sentences
                                  ▼
                              settled against what rules are sure of          ledger "proof"
                                  │  ledger "rewrite": where it stays in pieces
                                  ▼
                              proved sentence by sentence                     ledger "proof"

A page of which nothing was taken keeps the Doc that rules made, stamp and all, so that nothing built from it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from firstfive.app.model_runs import Task, run_tasks
from firstfive.app.portions import portions
from firstfive.build import proof, worth
from firstfive.build.choosing import Sentence, check_choice, page_sentences, settle, shown, text_of, windows
from firstfive.build.clean import decode
from firstfive.build.rewriting import mended, passages
from firstfive.build.worth import Worth, worthy
from firstfive.errors import FirstFiveError, ModelError
from firstfive.observe import Quiet, log
from firstfive.run import Here, Processes
from firstfive.types import Doc, Stamp, digest

if TYPE_CHECKING:
    from firstfive.app.model_runs import RunReport
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress, Reply
    from firstfive.prompts import Prompt
    from firstfive.types import ItemId, Page, StampId

SELECT, REWRITE, WORTH, PROOF = "select", "rewrite", "worth", "proof"
ASKED = 1
"""Rises when a model would be asked otherwise about the same page."""
PROVED = 2
"""Rises when something else would become of the same answer."""
BATCH = 256
PORTION = 16
WORTH_A_POOL = 400
"""Pages from which a pool of processes is quicker than starting it is slow."""


class Answer(msgspec.Struct, frozen=True):
    """What a model answered: the numbers it chose, or the text it wrote."""

    model: str
    keep: tuple[int, ...] = ()
    text: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a page that a model was asked about. doc None: it keeps what it had, and refused says why."""

    doc: Doc | None = None
    refused: str = ""


class Asked(msgspec.Struct, frozen=True):
    """A page that a model was to clean. after: what it is now; refused: by step, why something was not taken.

    answered: the model's choice is there.
    """

    before: Doc
    after: Doc
    worth: Worth
    answered: bool
    refused: dict[str, str]


@dataclass(frozen=True, slots=True)
class ByModel:
    """A build's docs, those cleaned by a model among them. asked and stopped: as `BuildReport` has them, by step."""

    docs: list[Doc]
    asked: dict[str, RunReport] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)


def clean_by_model(project: Project, docs: list[Doc], progress: Progress) -> ByModel:
    """Lets the model clean what it pays to have cleaned. What it does not get to stays as rules made it.

    Raises BuildError build.waiting where a batch job has not ended.
    """
    cleaning = ModelCleaning(project, docs)
    if not cleaning.active:
        return ByModel(docs)
    stopped = ""
    try:
        cleaning.ask(progress)
    except ModelError as error:
        stopped = str(error)
        log("build").warning("the model did not clean all pages that it was to: %s", error.code)
    return ByModel(cleaning.docs(), cleaning.reports, {SELECT: stopped} if stopped else {})


class ModelCleaning:
    """The pages of one build, as rules cleaned them. Without a model, or with clean.model "never", they stay so."""

    def __init__(self, project: Project, docs: Sequence[Doc]) -> None:
        self._project = project
        self._docs = docs
        self._worths: dict[ItemId, Worth] | None = None
        self.reports: dict[str, RunReport] = {}
        """What `ask` came to, by step."""
        self.stamps: dict[str, set[StampId]] = {step: set() for step in (WORTH, SELECT, REWRITE, PROOF)}
        """The records that this build needs, by step, as far as they were asked for."""

    @property
    def active(self) -> bool:
        """Whether a model may clean at all."""
        settings = self._project.settings
        return settings.clean.model != "never" and bool(settings.models.llm)

    def ask(self, progress: Progress) -> None:
        """Asks about every page that is worth it and has no answer yet: first which sentences, then for rewrites.

        Raises what `run_tasks` does; what was made is kept, and pages without an answer stay as rules made them.
        """
        if not self.active or self._project.gateway is None:
            return
        self._weigh(progress)
        if self.chosen:
            self._run(SELECT, self.tasks(), _choice, progress)
            done = self.reports[SELECT]
            done.kept = len(self.stamps[SELECT]) - done.made - done.failed - done.waiting
        if any(True for _ in self._broken()):
            self._run(REWRITE, self._rewrites(), _writing, progress)

    def _run(self, step: str, tasks: Iterator[Task], encode: Callable[[Reply], bytes], progress: Progress) -> None:
        self.reports[step] = run_tasks(self._project, step, tasks, encode, progress=progress)

    def tasks(self) -> Iterator[Task]:
        """What would be asked now about which sentences to keep; rewrites depend on the answers."""
        for batch in portions(self.chosen, BATCH):
            stamps = {stamp.id for doc in batch for stamp in self._select_stamps(doc)}
            with self._project.store.read() as unit:
                have = unit.ledger.have(list(stamps))
            for doc in batch:
                if any(stamp.id not in have for stamp in self._select_stamps(doc)):
                    yield from self._selecting(doc, have)

    def likely_rewrites(self) -> Iterator[Task]:
        """What may be asked to be rewritten, to be priced: of a page without a choice yet, what is in pieces now."""
        for doc, selected in self._selected():
            yield from self._rewriting((selected.doc if selected else None) or doc)

    def docs(self) -> list[Doc]:
        """The docs, in order, with those that a model cleaned as far as there are answers. Makes no call."""
        after = {one.before.id: one.after for one in self.asked()}
        return [after.get(doc.id, doc) for doc in self._docs]

    def asked(self) -> list[Asked]:
        """The pages that a model was to clean, those that seem worst first. Makes no call."""
        found: list[Asked] = []
        for doc, selected in self._selected():
            refused = {SELECT: selected.refused} if selected and selected.refused else {}
            base = (selected.doc if selected else None) or doc
            after = base
            rewritten = self._rewritten(base) if selected else None
            if rewritten:
                after = rewritten.doc or base
                refused |= {REWRITE: rewritten.refused} if rewritten.refused else {}
            found.append(Asked(doc, after, self._weighed[doc.id], selected is not None, refused))
        return found

    # --- which pages ------------------------------------------------------------------------------------------------

    @cached_property
    def chosen(self) -> list[Doc]:
        """The pages that a model is to clean, those that seem worst first."""
        settings = self._project.settings.clean
        if not self.active:
            return []
        least = worth.THRESHOLD if settings.model == "auto" else 0.0
        found = [doc for doc in self._docs if doc.id in self._weighed and worthy(self._weighed[doc.id], least=least)]
        found.sort(key=lambda doc: (-self._weighed[doc.id].score, doc.id.encode("utf-8", "surrogatepass")))
        return found[: ceil(min(1.0, max(0.0, settings.model_share)) * len(self._docs))]

    @property
    def _weighed(self) -> dict[ItemId, Worth]:
        return self._weigh(Quiet()) if self._worths is None else self._worths

    def _weigh(self, progress: Progress) -> dict[ItemId, Worth]:
        """How much each page seems worth a model; from the ledger where it is there."""
        found: dict[ItemId, Worth] = {}
        missing: list[Doc] = []
        for batch in portions(self._docs, BATCH):
            with self._project.store.read() as unit:
                known = unit.ledger.get([worth.stamp(doc).id for doc in batch])
            for doc in batch:
                payload = known.get(worth.stamp(doc).id)
                if payload is None:
                    missing.append(doc)
                else:
                    found[doc.id] = decode(Worth, payload)
        if missing:
            found |= self._weigh_missing(missing, progress)
        self.stamps[WORTH].update(worth.stamp(doc).id for doc in self._docs)
        self._worths = found
        return found

    def _weigh_missing(self, missing: Sequence[Doc], progress: Progress) -> dict[ItemId, Worth]:
        found: dict[ItemId, Worth] = {}
        progress.start(WORTH, len(missing))
        runner = Processes() if len(missing) >= WORTH_A_POOL else Here()
        for weighed in runner.map(weigh_batch, self._with_pages(missing)):
            records = {worth.stamp(doc).id: msgspec.json.encode(one) for doc, one in weighed}
            with self._project.store.unit() as unit:
                unit.ledger.put(WORTH, records)
            found |= {doc.id: one for doc, one in weighed}
            progress.advance(WORTH, len(weighed))
        progress.finish(WORTH)
        return found

    def _with_pages(self, docs: Sequence[Doc]) -> Iterator[list[tuple[Page, Doc]]]:
        for batch in portions(docs, PORTION):
            with self._project.store.read() as unit:
                pages = [(unit.pages.get(doc.id), doc) for doc in batch]
            yield [(page, doc) for page, doc in pages if page is not None]

    # --- which sentences --------------------------------------------------------------------------------------------

    @cached_property
    def _prompts(self) -> Mapping[str, Prompt]:
        return {step: self._project.prompts.get(step) for step in (SELECT, REWRITE)}

    def _stamp(self, kind: str, step: str, inputs: Sequence[str]) -> Stamp:
        """The stamp of a record about an answer to the step's prompt."""
        model = self._project.settings.models.llm
        version = PROVED if kind == PROOF else ASKED
        stamp = Stamp(kind, version, self._prompts[step].name_and_digest, model, tuple(inputs))
        self.stamps[kind].add(stamp.id)
        return stamp

    def _select_stamps(self, doc: Doc) -> list[Stamp]:
        """One for each window of the page's sentences."""
        calls = self._weighed[doc.id].calls
        return [self._stamp(SELECT, SELECT, (doc.stamp.id, f"{n} of {calls}")) for n in range(1, calls + 1)]

    def _selecting(self, doc: Doc, have: set[StampId]) -> Iterator[Task]:
        page = self._sentences(doc)
        for stamp, window in zip(self._select_stamps(doc), windows(page), strict=True):
            if stamp.id not in have:
                call = self._prompts[SELECT].call(
                    step=SELECT,
                    check=partial(check_choice, len(window)),
                    title=doc.title,
                    sentences=[shown(page[place]) for place in window],
                )
                yield Task(stamp, call, doc.id)

    def _sentences(self, doc: Doc) -> tuple[Sentence, ...]:
        with self._project.store.read() as unit:
            page = unit.pages.get(doc.id)
        return page_sentences(page, doc) if page else ()

    def _selected(self) -> Iterator[tuple[Doc, Outcome | None]]:
        """Each chosen page with what became of the model's choice; None where that is not there, or not whole."""
        for batch in portions(self.chosen, BATCH):
            stamps = {doc.id: [stamp.id for stamp in self._select_stamps(doc)] for doc in batch}
            with self._project.store.read() as unit:
                found = unit.ledger.get([stamp for some in stamps.values() for stamp in some])
            whole = [doc for doc in batch if all(stamp in found for stamp in stamps[doc.id])]
            answers = {doc.id: [decode(Answer, found[stamp]) for stamp in stamps[doc.id]] for doc in whole}
            proofs = {doc.id: self._stamp(PROOF, SELECT, stamps[doc.id]) for doc in whole}
            made = self._proved(proofs, partial(self._settled, answers), whole)
            yield from ((doc, made.get(doc.id)) for doc in batch)

    def _settled(self, all_answers: Mapping[ItemId, Sequence[Answer]], doc: Doc) -> Outcome:
        answers = all_answers[doc.id]
        page = self._sentences(doc)
        places = [window[n - 1] for answer, window in zip(answers, windows(page), strict=True) for n in answer.keep]
        chosen = settle(page, places)
        if not chosen.text:
            return Outcome(refused=chosen.refused)
        won = {place for place in places if not page[place].hopeless}
        source = text_of(page, [place for place, one in enumerate(page) if one.kept or place in won])
        lost = proof.lost(source, chosen.text, title=doc.title)
        return Outcome(self._made(doc, SELECT, answers, chosen.text, lost=lost))

    def _made(
        self, doc: Doc, step: str, answers: Sequence[Answer], text: str, *, invented: float = 0.0, lost: float = 0.0
    ) -> Doc:
        """The doc with a text that a model made; by its stamp one knows which, and by which prompt."""
        models = " ".join(sorted({answer.model for answer in answers}))
        stamp = Stamp(
            "clean", PROVED, self._prompts[step].name_and_digest, models, (doc.stamp.id, digest(text, doc.title))
        )
        return replace(doc, text=text, stamp=stamp, invented=round(invented, 4), lost=round(lost, 4))

    def _proved(
        self, stamps: Mapping[ItemId, Stamp], make: Callable[[Doc], Outcome], docs: Sequence[Doc]
    ) -> dict[ItemId, Outcome]:
        """What became of each doc, from the ledger where it is there."""
        with self._project.store.read() as unit:
            known = unit.ledger.get([stamps[doc.id].id for doc in docs])
        made = {doc.id: _outcome(make, doc) for doc in docs if stamps[doc.id].id not in known}
        if made:
            records = {stamps[item].id: msgspec.json.encode(outcome) for item, outcome in made.items()}
            with self._project.store.unit() as unit:
                unit.ledger.put(PROOF, records)
        there = {doc.id: known[stamps[doc.id].id] for doc in docs if doc.id not in made}
        return made | {item: decode(Outcome, payload) for item, payload in there.items()}

    # --- what stays in pieces ---------------------------------------------------------------------------------------

    def _broken(self) -> Iterator[Doc]:
        """The pages whose choice is there and whose text has passages to rewrite."""
        for doc, selected in self._selected():
            if selected is not None:
                base = selected.doc or doc
                if passages(base.text):
                    yield base

    def _rewrite_stamps(self, doc: Doc) -> dict[int, Stamp]:
        """By the first line of each passage; a passage is asked about once, wherever it stands."""
        return {one.first: self._stamp(REWRITE, REWRITE, (digest(one.text),)) for one in passages(doc.text)}

    def _rewrites(self) -> Iterator[Task]:
        for doc in self._broken():
            yield from self._rewriting(doc)

    def _rewriting(self, doc: Doc) -> Iterator[Task]:
        stamps = self._rewrite_stamps(doc)
        for passage in passages(doc.text):
            call = self._prompts[REWRITE].call(step=REWRITE, text=passage.text)
            yield Task(stamps[passage.first], call, doc.id)

    def _rewritten(self, doc: Doc) -> Outcome | None:
        """What became of the rewrites of a page; None where it needs none, or not all of them are there."""
        stamps = self._rewrite_stamps(doc)
        with self._project.store.read() as unit:
            found = unit.ledger.get([stamp.id for stamp in stamps.values()])
        if not stamps or any(stamp.id not in found for stamp in stamps.values()):
            return None
        answers = {first: decode(Answer, found[stamp.id]) for first, stamp in stamps.items()}
        proved = self._stamp(PROOF, REWRITE, (doc.stamp.id, *(stamp.id for stamp in stamps.values())))
        return self._proved({doc.id: proved}, partial(self._mended, answers), [doc])[doc.id]

    def _mended(self, answers: Mapping[int, Answer], doc: Doc) -> Outcome:
        done = mended(doc.text, doc.title, {first: answer.text for first, answer in answers.items()})
        lost = 1 - (1 - doc.lost) * (1 - done.lost)
        if not done.taken:
            doubts = ", ".join(sorted({doubt.kind for one in done.judged for doubt in one.doubts}))
            return Outcome(refused=f"{done.invented:.0%} of its sentences were refused ({doubts or 'facts were lost'})")
        return Outcome(self._made(doc, REWRITE, list(answers.values()), done.text, invented=done.invented, lost=lost))


def weigh_batch(pages: Sequence[tuple[Page, Doc]]) -> list[tuple[Doc, Worth]]:
    """How much each page seems worth a model: what a worker process does."""
    return [(doc, _worth(page, doc)) for page, doc in pages]


def _worth(page: Page, doc: Doc) -> Worth:
    try:
        return worth.worth(doc, page_sentences(page, doc))
    except Exception as unforeseen:  # noqa: BLE001  # the top of a page's task: one page never ends a build
        log("build").warning("a page could not be weighed: %s", type(unforeseen).__name__)
        return Worth(0.0, {}, 0)


def _outcome(make: Callable[[Doc], Outcome], doc: Doc) -> Outcome:
    try:
        return make(doc)
    except FirstFiveError:
        raise
    except Exception as unforeseen:  # noqa: BLE001  # the top of a page's task: one page never ends a build
        log("build").warning("a page could not be proved: %s", type(unforeseen).__name__)
        return Outcome(refused=f"it could not be proved: {type(unforeseen).__name__}")


def _choice(reply: Reply) -> bytes:
    return msgspec.json.encode(Answer(reply.by, keep=tuple(reply.value)))


def _writing(reply: Reply) -> bytes:
    return msgspec.json.encode(Answer(reply.by, text=reply.text))
