"""Simulated seekers: a hidden item, one thin sentence of it, and truthful answers to what the page asks.

    FIRSTFIVE_DATA=... python benchmarks/seekers.py [--seekers N] [yc=FOLDER] [demo=FOLDER] [NAME=FOLDER]

Each project is one that was built; without a folder, yc (long descriptions only; 5 minutes), demo, websummit, cacm,
cranfield and equities (2,500 of them) are built in a temporary one. Printed: Success@5 after the first sentence, after
one and two answers, and after a sharpening; how far the stated chance can be trusted; and whether the strength in words
says how it will go.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

import measuring
import numpy as np

import firstfive
from firstfive.app import asking, chances
from firstfive.app.blind import without_sentence
from firstfive.app.collect import import_sources
from firstfive.app.demo import fill, open_demo
from firstfive.ask import LEVELS
from firstfive.ask.made_up import MadeUp, perturbed
from firstfive.features import FIRST
from firstfive.measure.calibration import reliability
from firstfive.rank import parse_filter
from firstfive.settings import AskSettings
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.ask import Calibration
    from firstfive.types import Asked, Candidates, ItemId, Option, Question, Sharpening

SEED = 11
LENGTHS = (3, 5, 8, 12)
NEVER: Mapping[str, tuple[str, ...]] = {
    "yc": ("batch", "status"),
    "demo": ("lang", "geo.region", "generator", "robots"),
}
"""Fields that nobody who looks for a company can be asked about."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one seeker fared: whether the match was among the five at the start and after each step.

    answered: how many questions were answered by a button, and not by "doesn't matter".
    """

    hits: tuple[bool, bool, bool, bool]
    chances: tuple[float, float, float]
    strength: float
    level: str
    answered: int
    sharpened: bool
    answer_ms: float
    fields: tuple[str, ...]


@dataclass(slots=True)
class Seeker:
    """Someone who looks for one item and says the truth about it."""

    serving: Serving
    learned: Calibration
    position: int
    settings: AskSettings

    def walk(self, text: str) -> Outcome:
        """One visit, to its end: everyone goes on, also who has seen the match already."""
        request = Request(text)
        begun, (ranked, first) = perf_counter(), self._find(request)
        spent = (perf_counter() - begun) * 1000
        hits, said, asked = [self._seen(ranked)], [first.chance or 0.0], first
        answered = 0
        for _ in range(self.settings.questions):
            if asked.question:
                option = self._answer(asked.question)
                answered += option is not None
                request = asking.answered(request, asked.question, option)
                ranked, asked = self._find(request)
            hits.append(self._seen(ranked))
            said.append(asked.chance or 0.0)
        fields = tuple(told.field for told in request.told)
        item, button = self._sharpen(asked, ranked) or (None, None)
        if item and button:
            ranked, _ = self._find(asking.sharpened(request, item, button))
        hits.append(self._seen(ranked))
        return Outcome(
            (hits[0], hits[1], hits[2], hits[3]),
            (said[0], said[1], said[2]),
            first.strength.score,
            first.strength.level,
            answered,
            button is not None,
            spent,
            fields,
        )

    def _find(self, request: Request) -> tuple[Candidates, Asked]:
        query = self.serving.query(self.serving.read(request))
        ranked = asking.find(self.serving, query)
        return ranked, asking.look(self.serving, query, ranked, self.learned, self.settings)

    def _seen(self, ranked: Candidates) -> bool:
        heads = self.serving.heads
        return bool((heads[ranked.positions[:FIRST]] == heads[self.position]).any())

    def _states(self, condition: str) -> bool:
        columns, items = self.serving.catalogue.columns(), len(self.serving.catalogue)
        return bool(parse_filter(condition).allowed(columns, items).yes[self.position])

    def _answer(self, question: Question) -> Option | None:
        """The first button that is true of the item; of phrases, the nearest to anything it says."""
        if question.field:
            return next((option for option in question.options if self._states(option.condition)), None)
        return asking.nearest_phrase(self.serving, question, self.position)

    def _sharpen(self, asked: Asked, ranked: Candidates) -> tuple[ItemId, Sharpening] | None:
        """A true button of the shown item that is most like the one looked for; None where the match is seen."""
        mine = self.serving.vector(self.position)
        if self._seen(ranked) or mine is None:
            return None
        shown = [
            (float(np.vecdot(near, mine)), position, buttons)
            for position, buttons in zip(ranked.positions[:FIRST].tolist(), asked.sharpenings, strict=False)
            if (near := self.serving.vector(position)) is not None
        ]
        for _, position, buttons in sorted(shown, key=lambda one: -one[0]):
            for button in buttons:
                if self._states(button.condition):
                    return self.serving.catalogue.id(position), button
        return None


def requests(serving: Serving, name: str, seekers: int) -> Iterator[tuple[Serving, int, str]]:
    """(what answers, position, text): the first sentence that says something, shortened and misspelt, of an item that
    is taken not to say it; for yc/oneliner the company's one-liner, which is in no index.
    """
    random = np.random.default_rng(SEED)
    asked = _oneliners() if name.startswith("yc/") else {}
    order = random.permutation(len(serving.catalogue)).tolist()
    number = 0
    for position in order:
        item = serving.catalogue.item(position)
        spans = [span for span in item.passages if len(item.text[span.start : span.end].split()) >= 4]
        sentence = asked.get(item.id) if asked else item.text[spans[0].start : spans[0].end] if spans else None
        if not sentence or number == seekers:
            continue
        text = perturbed(sentence, LENGTHS[number % len(LENGTHS)], random, dropped=0.0)
        if text.strip():
            number += 1
            question = MadeUp(text, position, spans[0], 0) if spans else None
            yield serving if asked or not question else without_sentence(serving, question), position, text


def _oneliners() -> dict[str, str]:
    folder = measuring.data() / "yc/oneliner"
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        asked = {str(query["qid"]): str(query["text"]) for query in map(json.loads, lines)}
    with (folder / "qrels.trec").open(encoding="utf-8") as judged:
        return {item: asked[qid] for qid, _, item, _ in map(str.split, judged) if qid in asked}


def report(name: str, outcomes: Sequence[Outcome]) -> None:
    """Prints what a project's seekers came to."""
    hits = np.array([one.hits for one in outcomes], dtype=np.float64)
    seen = np.maximum.accumulate(hits, axis=1)
    steps = ("first sentence", "one answer", "two answers", "and a sharpening")
    print(f"\n{name}: {len(outcomes)} seekers")
    for at, step in enumerate(steps):
        gained, by_then = hits[:, at] - hits[:, 0], seen[:, at].mean()
        error = 1.96 * gained.std() / np.sqrt(len(outcomes))
        print(
            f"  Success@5 {step:18} {hits[:, at].mean():.3f}  {100 * gained.mean():+5.1f} +- {100 * error:.1f} points;"
            f"  seen by then {by_then:.3f} ({100 * (by_then - seen[:, 0].mean()):+.1f})"
        )
    asked = sum(len(one.fields) for one in outcomes)
    answered = sum(one.answered for one in outcomes) / max(1, asked)
    sharpened, answer_ms = np.mean([one.sharpened for one in outcomes]), np.median([one.answer_ms for one in outcomes])
    print(
        f"  questions asked {asked / len(outcomes):.2f} a visit, answered {answered:.2f}; sharpened {sharpened:.2f}; "
        f"an answer took {answer_ms:.1f} ms"
    )
    for at, step in enumerate(("first", "after an answer", "after two")):
        found = reliability(np.array([one.chances[at] for one in outcomes]), hits[:, at] > 0)
        print(
            f"  chance {step}: error {found.error:.3f}, a perfect forecaster's 95th percentile {found.perfect:.3f}, "
            f"stated {np.mean([one.chances[at] for one in outcomes]):.3f}, informed {found.informed:+.2f}"
        )
    score = np.array([one.strength for one in outcomes])
    by_chance = rank_correlation(np.array([one.chances[0] for one in outcomes]), hits[:, 0])
    by_strength = rank_correlation(score, hits[:, 0])
    print(f"  rank correlation with Success@5: strength {by_strength:.3f}, chance {by_chance:.3f}")
    print("  strength at the quarters:", ", ".join(f"{bar:.2f}" for bar in np.quantile(score, (0.25, 0.5, 0.75))))
    levels = {level: [one.hits[0] for one in outcomes if one.level == level] for level in LEVELS}
    print("  by level:", ", ".join(f"{level} {np.mean(got):.2f} ({len(got)})" for level, got in levels.items() if got))
    fields: dict[str, int] = {}
    for one in outcomes:
        for field in one.fields:
            fields[field or "phrases"] = fields.get(field or "phrases", 0) + 1
    print("  asked about:", ", ".join(f"{field} {n}" for field, n in sorted(fields.items(), key=lambda pair: -pair[1])))


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's, ties at their mean rank."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


@contextmanager
def opened(name: str, folder: str) -> Iterator[Project]:
    """The built project in a folder, or one that is built now."""
    if folder:
        with firstfive.open(folder) as project:
            yield project
        return
    with tempfile.TemporaryDirectory() as temporary:
        if name == "demo":
            with open_demo(Path(temporary)) as project:
                fill(project)
                yield project
            return
        firstfive.init(temporary)
        with firstfive.open(temporary, overrides=["import.field=*", "import.title=title"]) as project:
            import_sources(project, [str(_source(name, Path(temporary)))], max_bad=1.0)
            project.build()
            yield project


def _source(name: str, folder: Path) -> Path:
    """The collection as a file that can be imported."""
    given = measuring.data() / name / "items.jsonl"
    if given.exists():
        return given
    target = folder / "items.jsonl"
    rows = {"yc": _companies, "websummit": _startups, "equities": _equities}[name.partition("/")[0]]
    target.write_text("".join(json.dumps(row) + "\n" for row in rows()), "utf-8")
    return target


def _companies() -> Iterator[dict[str, str]]:
    """yc's long descriptions with their fields, without name and one-liner."""
    kept = ("batch", "status", "tags", "location", "country", "year_founded", "team_size")
    with (measuring.data() / "yc/companies.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["long_description"].strip():
                fields = {name: row[name] for name in kept}
                yield {"id": row["company_id"], "title": "", "text": row["long_description"], **fields}


def _startups() -> Iterator[dict[str, str]]:
    for row in json.loads((measuring.data() / "websummit/startups.json").read_bytes()):
        if row.get("elevatorPitch"):
            fields = {name: row[name] for name in ("industry", "country", "city")}
            yield {"id": row["id"], "title": row["name"], "text": row["elevatorPitch"], **fields}


def _equities() -> Iterator[dict[str, str]]:
    with gzip.open(measuring.data() / "equities/companies.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["summary"]]
    Random(1).shuffle(rows)  # a sample, not a secret
    for number, row in enumerate(rows[:2500]):
        fields = {name: row[name] for name in ("sector", "industry", "country")}
        yield {"id": str(number), "title": row["name"], "text": row["summary"], **fields}


def main() -> None:
    """Prints a paragraph a project."""
    arguments = sys.argv[1:]
    seekers = 400
    if "--seekers" in arguments:
        at = arguments.index("--seekers")
        seekers = int(arguments[at + 1])
        del arguments[at : at + 2]
    measuring.machine()
    for name, _, folder in (argument.partition("=") for argument in arguments or ["yc", "yc/oneliner", "demo"]):
        with opened(name, folder) as project:
            serving = project.recommender.serving
            begun = perf_counter()
            settings = AskSettings(never=NEVER.get(name.partition("/")[0], ()))
            learned = chances.learn(serving, ask=settings)
            print(f"\n{name}: learned from {learned.questions} rankings in {perf_counter() - begun:.1f} s")
            outcomes = [
                Seeker(answering, learned, position, settings).walk(text)
                for answering, position, text in requests(serving, name, seekers)
            ]
            report(name, outcomes)


if __name__ == "__main__":
    main()
