"""Use case: show what a model made of pages, worst first, as differences that a person can read, and what it gained."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.cleaning import clean_all
from firstfive.app.model_cleaning import Asked, ModelCleaning
from firstfive.errors import SourceError
from firstfive.measure import Interval, intervals
from firstfive.measure.main_text import main_text_f1
from firstfive.observe import Quiet

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.build.clean import LeftOut
    from firstfive.ports import Progress
    from firstfive.types import Doc, ItemId

TRUTH = "ground-truth.json"
FINE = 4_000
"""Words in a changed part, both sides together, up to which it is compared word by word."""

_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a text. kind: "same", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that a model changed: its figures, what made it, and the difference to the text by rules."""

    id: ItemId
    title: str
    invented: float
    lost: float
    score: float
    model: str
    prompt: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Untouched:
    """A page that a model was to clean and that rules cleaned alone, and why."""

    id: ItemId
    title: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Gain:
    """F1 of main text on pages whose truth is known: by rules, and with the model. changed: pages it changed.

    difference: the mean over all these pages, with its 95 % interval; on_changed: over those it changed, if any.
    """

    pages: int
    changed: int
    by_rules: float
    with_model: float
    difference: Interval
    on_changed: Interval | None = None

    def told(self, *, on_changed: bool = False) -> str:
        """The difference with its interval, in one line."""
        said = self.on_changed if on_changed and self.on_changed else self.difference
        return f"{said.value:+.4f}, 95 % interval [{said.low:+.4f}, {said.high:+.4f}]"


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """How the catalogue is cleaned as it stands now. by_rules: pages that rules cleaned alone.

    changed: by a model; rewritten: those of them of which it wrote sentences itself. waiting: to be asked about.
    invented and lost: means over the changed pages. refused: how often something was not taken, by why.
    repeated: how many different lines rules left out since they repeat on many pages of a site; left_out: the first of
    them, on most pages first.
    """

    pages: int
    by_rules: int
    changed: int = 0
    rewritten: int = 0
    waiting: int = 0
    invented: float = 0.0
    lost: float = 0.0
    refused: Mapping[str, int] = field(default_factory=dict)
    worst: Sequence[Shown] = ()
    untouched: Sequence[Untouched] = ()
    gain: Gain | None = None
    repeated: int = 0
    left_out: Sequence[LeftOut] = ()


def report_cleaning(
    project: Project, *, n: int = 20, gold: str | Path | None = None, progress: Progress | None = None
) -> CleaningReport:
    """What the next build takes, with what models have answered so far. Makes no call; cleans by rules what waits.

    n: how many pages are shown, those with most invented and then most lost first, and how many lines that sites
    repeat. gold: a folder with
    `ground-truth.json`, {name: {"articleBody": text}}, where the catalogue has pages of these names.
    Raises SourceError measure.files where that cannot be read or names no page of the catalogue.
    """
    docs, cleaned = clean_all(project, progress or Quiet())
    cleaning = ModelCleaning(project, docs)
    asked = cleaning.asked() if cleaning.active else []
    changed = [one for one in asked if one.after != one.before]
    left = [_untouched(one) for one in asked if one.after == one.before]
    return CleaningReport(
        pages=len(docs),
        by_rules=len(docs) - len(changed),
        changed=len(changed),
        rewritten=sum(one.after.stamp.prompt.startswith("rewrite") for one in changed),
        waiting=sum(not one.answered for one in asked),
        invented=_mean([one.after.invented for one in changed]),
        lost=_mean([one.after.lost for one in changed]),
        refused=dict(sorted(Counter(step for one in asked for step in one.refused).items())),
        worst=[_shown(one) for one in sorted(changed, key=_badness)[:n]],
        untouched=left[:n],
        gain=_gain(docs, asked, _truth(Path(gold))) if gold else None,
        repeated=len(cleaned.repeated),
        left_out=cleaned.left_out()[:n],
    )


def _badness(one: Asked) -> tuple[float, float, str]:
    return (-one.after.invented, -one.after.lost, one.after.id)


def _shown(one: Asked) -> Shown:
    after = one.after
    changes = tuple(changed(one.before.text, after.text))
    stamp = after.stamp
    return Shown(after.id, after.title, after.invented, after.lost, one.worth.score, stamp.model, stamp.prompt, changes)


def _untouched(one: Asked) -> Untouched:
    whys = [f"{step}: {'nothing to change' if why == 'same' else why}" for step, why in one.refused.items()]
    waits = "not asked about yet, or there was no answer that could be used"
    return Untouched(one.before.id, one.before.title, one.worth.score, "; ".join(whys) if one.answered else waits)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


# --- what changed -----------------------------------------------------------------------------------------------------


def changed(before: str, after: str) -> Iterator[Change]:
    """The parts of both texts in order: what is the same, what was removed and what was added.

    Lines are compared first, and then words within the lines that differ. The parts that are the same or added make the
    text after, the same or removed the one before.
    """
    parts = _compared(before.splitlines(keepends=True), after.splitlines(keepends=True))
    yield from _joined(change for part in parts for change in _finer(*part))


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """The parts before and after, and whether they are the same."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        yield "".join(before[i:j]), "".join(after[k:m]), kind == "equal"


def _plain(before: str, after: str, same: bool) -> Iterator[Change]:
    if same:
        yield Change("same", before)
    else:
        yield Change("removed", before)
        yield Change("added", after)


def _finer(before: str, after: str, same: bool) -> Iterator[Change]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if same or len(old) + len(new) > FINE:
        yield from _plain(before, after, same)
        return
    for part in _compared(old, new):
        yield from _plain(*part)


def _joined(changes: Iterator[Change]) -> Iterator[Change]:
    """Neighbours of one kind as one; what is empty is left out."""
    last: Change | None = None
    for one in changes:
        if not one.text:
            continue
        if last and last.kind == one.kind:
            last = Change(last.kind, last.text + one.text)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


# --- what it gained ---------------------------------------------------------------------------------------------------


def _truth(folder: Path) -> dict[str, str]:
    """The true main text of each page, by its name."""
    file = folder / TRUTH
    try:
        found = json.loads(file.read_bytes())
        return {str(name): str(page["articleBody"]) for name, page in found.items()}
    except OSError as wrong:
        raise SourceError(
            f"{file} cannot be read: {wrong.strerror or wrong}; name a folder that holds it", code="measure.files"
        ) from wrong
    except (ValueError, AttributeError, KeyError, TypeError) as wrong:
        raise SourceError(
            f'{file} is not {{"NAME": {{"articleBody": "the text"}}, ...}}; write it so', code="measure.files"
        ) from wrong


def _gain(docs: Sequence[Doc], asked: Sequence[Asked], truth: Mapping[str, str]) -> Gain:
    after = {one.before.id: one.after for one in asked}
    named = [(doc, truth[name]) for doc in docs if (name := PurePosixPath(doc.id).name) in truth]
    if not named:
        raise SourceError(
            f"none of the {len(docs):,} pages has a name of {TRUTH}; import the pages that it is about",
            code="measure.files",
        )
    rules = np.array([main_text_f1(text, doc.text) for doc, text in named])
    model = np.array([main_text_f1(text, after.get(doc.id, doc).text) for doc, text in named])
    differs = np.array([after.get(doc.id, doc) != doc for doc, _ in named])
    on_changed = _interval(model[differs] - rules[differs]) if differs.any() else None
    difference = _interval(model - rules)
    return Gain(len(named), int(differs.sum()), float(rules.mean()), float(model.mean()), difference, on_changed)


def _interval(differences: np.ndarray) -> Interval:
    return intervals(differences[:, None], lowest=-1.0)[0]
