"""What reranking by a model gains and takes: Success@5 and others with and without it, and seconds a pair.

    FIRSTFIVE_DATA=... python benchmarks/rerank.py --llm local:FILE.gguf [--sample 100] [--first 10] [SET ...]

A sample of each collection's queries is ranked without a model and then with the first items scored, one call each, on
short extracts. Stopped at any point it goes on where it was: the folder of --keep holds the index and every reply. It
also gets each item's place, score and fit (SET.pairs.jsonl), so that other ways to put the two together can be tried
without another call.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

import measuring
from quality import items

import firstfive
from firstfive.app.collect import import_sources
from firstfive.app.model_steps import OFF, Dial, Spent
from firstfive.cli.progress import progress
from firstfive.measure import Measure, Query, Run, compare, read_qrels, read_queries, run_of
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import Slate

SETS = ("yc/oneliner", "job_titles")
MEASURES = ("Success@1", "Success@5", "RR@10", "nDCG@10")


def main() -> None:
    """Prints a report a collection."""
    asked = argparse.ArgumentParser()
    asked.add_argument("sets", nargs="*", default=SETS)
    asked.add_argument("--llm", required=True)
    asked.add_argument("--sample", type=int, default=100)
    asked.add_argument("--first", type=int, default=10)
    asked.add_argument("--keep", type=Path, default=Path("rerank-benchmark"))
    told = asked.parse_args()
    data = measuring.data()
    measuring.machine()
    for name in told.sets:
        settings = {"models.llm": told.llm, "models.request_timeout_s": 3600, "budget.day_usd": "none"}
        with opened(name, data, told.keep, [f"{key}={value}" for key, value in settings.items()]) as project:
            queries = sampled(read_queries(data / name / "queries.jsonl"), told.sample)
            report(name, project, queries, data / name / "qrels.trec", told.first, told.keep)


def opened(name: str, data: Path, keep: Path, overrides: Sequence[str]) -> Project:
    """The collection as a project, built where it is not yet."""
    folder = keep / name.replace("/", "-")
    if not (folder / "firstfive.toml").exists():
        firstfive.init(folder)
        with firstfive.open(folder) as project:
            import_sources(project, [str(items(name, data, folder))], max_bad=1.0)
            project.build()
    return firstfive.open(folder, overrides=overrides)


def sampled(queries: Sequence[Query], n: int) -> list[Query]:
    """So many of the queries, always the same ones, in their order."""
    chosen = set(Random(7).sample(range(len(queries)), min(n, len(queries))))  # a sample, not a secret
    return [query for place, query in enumerate(queries) if place in chosen]


def report(name: str, project: Project, queries: Sequence[Query], qrels: Path, first: int, keep: Path) -> None:
    """Ranks with and without the model, and prints quality, differences and time."""
    before = {query.qid: answer(project, query, OFF, Spent()) for query in queries}
    spent, began, said = Spent(), perf_counter(), progress()
    after: dict[str, Slate] = {}
    said.start(name, len(queries))
    for query in queries:
        after[query.qid] = answer(project, query, Dial(first), spent)
        said.advance(name, 1)
    said.finish(name)
    took, made = perf_counter() - began, spent.asked - spent.stored
    runs = [ranked("without", before), ranked("reranked", after)]
    measures = [Measure.parse(measure) for measure in MEASURES]
    found = compare(runs, read_qrels(qrels), measures=measures, queries=[query.qid for query in queries])
    print(f"\n{name}, {len(queries)} queries, the first {first} scored by {', '.join(spent.models) or 'nobody'}")
    print("\n".join(f"   {line}" for line in found.lines()))
    print(
        f"   {spent.asked} pairs, {spent.asked - spent.given} of them without a score, {spent.stored} kept from before"
    )
    if made:
        print(f"   {took / made:.2f} s a pair over {made} pairs made now, ${spent.cost_usd:.4f}")
    with (keep / f"{name.replace('/', '-')}.pairs.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(f"{json.dumps(pair)}\n" for pair in pairs(before, after))


def answer(project: Project, query: Query, wanted: Dial, spent: Spent) -> Slate:
    """Ten places, by relevance alone."""
    return project.recommender.answer(Request(query.text, 10, diversity=0.0), wanted, spent=spent)


def ranked(name: str, slates: dict[str, Slate]) -> Run:
    """The slates as a run."""
    lists = ((qid, [(place.item, -float(place.place)) for place in slate.places]) for qid, slate in slates.items())
    return run_of(lists, name)


def pairs(before: dict[str, Slate], after: dict[str, Slate]) -> Iterator[dict[str, object]]:
    """Each item of each query: its place and score without the model, and how well the model thinks it fits."""
    for qid, slate in before.items():
        fits = {place.item: place.channels.get("rerank") for place in after[qid].places}
        for place in slate.places:
            score, fit = place.score, fits.get(place.item)
            yield {"qid": qid, "item": place.item, "place": place.place, "score": score, "fit": fit}


if __name__ == "__main__":
    main()
