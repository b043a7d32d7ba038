"""Use case: take out what was said of items for requests, as qrels: by people, or by a judge; never both in one.

    said = by_people(project, "first")     or    by_a_judge(project)
    said.write("grades.trec", "requests.jsonl")

What a judge said is kept by a request's words alone. Whose words they are is found among the requests of a file, or
else those of `[goal]`, of the sample that people label, and the stored ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstfive.app import labelling
from firstfive.app.judges import Judge, call_of, judge_of, shown_of, stamp_of
from firstfive.errors import SourceError
from firstfive.measure import Ask, Query, qrels_line, read_queries, write_judged
from firstfive.ports import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.wiring import Project
    from firstfive.ports import Graded, Person
    from firstfive.types import ItemId


@dataclass(frozen=True, slots=True)
class Said:
    """Grades as (qid, item, grade), and the requests that the qids stand for. who: whose they are.

    outdated: grades that are left out, since the item's text changed since.
    """

    who: str
    grades: Sequence[tuple[str, ItemId, int]]
    requests: Sequence[Query]
    outdated: int = 0

    @property
    def lines(self) -> list[str]:
        """The qrels, a line a grade."""
        return [qrels_line(*one) for one in self.grades]

    def write(self, qrels: str | Path | None, queries: str | Path | None) -> None:
        """Writes what a file is named for, as `write_judged` does. Raises SourceError measure.files."""
        write_judged(qrels, self.grades, queries, self.requests)


def by_people(project: Project, person: Person) -> Said:
    """One person's grades, and all requests of the sample. Raises SourceError measure.nothing where there are none."""
    grades = [(pair.qid, pair.item, grade) for pair, grade in labelling.grades(project, person)]
    if not grades:
        raise SourceError(
            f"the {person} person graded nothing yet, so nothing was written; draw pairs with `firstfive label draw`, "
            "and label them at /studio/label",
            code="measure.nothing",
        )
    with project.store.read() as unit:
        asked = {pair.qid: pair.request for pair in unit.pairs.all()}
    return Said(f"the {person} person", grades, [Query(qid, text) for qid, text in asked.items()])


def by_a_judge(project: Project, model: str = "", file: str | Path | None = None) -> Said:
    """A judge's grades, and the requests that they are of. model: see `judge_of`; file: of its requests alone.

    Of an item whose text is another by now, in the Release in use and in those that wait, the grade is left out: it
    would be asked for anew.
    Raises SettingsError without a judge, and SourceError measure.nothing where it graded nothing of these.
    """
    judge = judge_of(project, model)
    asked = read_queries(file) if file else list(_asked(project))
    with project.store.read() as unit:
        kept = unit.judgements.of(judge.id, {words_of(query.text) for query in asked})
    by_words: dict[str, list[Graded]] = {}
    for one in kept:
        by_words.setdefault(one.about, []).append(one)
    fresh = _fresh(project, judge)
    found = [(query, one) for query in asked for one in by_words.get(words_of(query.text), ())]
    good = [(query, one) for query, one in found if fresh(query.text, one)]
    if not good:
        changed = f"; {len(found):,} grades are of texts that changed since" if found else ""
        raise SourceError(
            f"{judge} graded {f'none of the requests in {file}' if file else 'no request that is here'} yet, so "
            f"nothing was written{changed}; run `firstfive evaluate --judged`, or name another judge with --model",
            code="measure.nothing",
        )
    return Said(
        str(judge),
        [(query.qid, one.item, one.grade) for query, one in good],
        list(dict.fromkeys(query for query, _ in good)),
        len(found) - len(good),
    )


def _asked(project: Project) -> Iterator[Query]:
    """Every request that is known here, each with the first of its qids."""
    with project.store.read() as unit:
        pairs = unit.pairs.all()
    goal = project.settings.goal.queries
    of_file = read_queries(project.folder / goal) if goal else ()
    of_people: Iterable[Query] = (Query(pair.qid, pair.request) for pair in pairs)
    seen: set[str] = set()
    for query in (*of_file, *of_people, *labelling.stored_requests(project)):
        if query.text not in seen:
            seen.add(query.text)
            yield query


def _fresh(project: Project, judge: Judge) -> Callable[[str, Graded], bool]:
    """Whether a grade is of a text that the item has, in the Release in use or one that waits to be promoted.

    One of an item that is in none of these counts as fresh: no text says otherwise.
    """
    find = labelling.finder(project)

    def fresh(request: str, one: Graded) -> bool:
        items = [shelf.item(place) for shelf, place in find(one.item)]
        stamps = (stamp_of(judge, call_of(judge, Ask("first", request, shown_of(item)))) for item in items)
        return not items or one.stamp in stamps

    return fresh
