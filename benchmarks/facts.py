"""Facts that a model draws out of real company descriptions, as a sheet to be read by a person.

    FIRSTFIVE_DATA=... python benchmarks/facts.py --llm local:FILE.gguf [--sample 100] [--seed 11] [--set N=V ...]

A sample of the companies is imported without their fields, so that every fact comes from prose, and is asked about once
each. Stopped at any point it goes on where it was: the folder of --keep holds every answer. The sheet, facts.txt there,
has each text with what the model said and what became of it.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

import measuring

import firstfive
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.coverage import as_text, quoted
from firstfive.cli.progress import progress

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

FACTS = """
[facts.sector]
kind = "choice"
about = "line of business"
values = [
  "developer tools", "software for businesses", "artificial intelligence", "health", "finance", "education",
  "shopping and food", "energy and industry", "property and construction", "transport", "media and games",
]

[facts.customers]
kind = "list"
about = "names of companies that are its customers"

[facts.users]
kind = "number"
about = "how many customers or users it has"

[facts.raised]
kind = "number"
unit = "USD"
about = "money raised from investors"

[facts.place]
kind = "place"
about = "where it is based or where it works"

[facts.open_source]
kind = "yes/no"
about = "open source, open-source"
"""


def main() -> None:
    """Builds, prints what there is of each fact, and writes the sheet."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--llm", required=True)
    asked.add_argument("--sample", type=int, default=100)
    asked.add_argument("--seed", type=int, default=11, help="another draw of companies; take another --keep with it")
    asked.add_argument("--keep", type=Path, default=Path("facts-benchmark"))
    asked.add_argument("--set", dest="settings", action="append", default=[])
    told = asked.parse_args()
    data = measuring.data()
    measuring.machine()
    own = [f"models.llm={told.llm}", "models.timeout_s=3600", "budget.day_usd=none", "clean.model=never"]
    with opened(told.keep, lambda: companies(data, told.sample, told.seed), [*own, *told.settings]) as project:
        began = perf_counter()
        report = build(project, progress=progress())
        done = report.asked.get("describe")
        if done and done.made:
            print(f"{done.made} answers in {perf_counter() - began:.0f} s, {done.failed} failed")
        sheet(project, told.keep / "facts.txt")


def opened(keep: Path, lines: Callable[[], list[str]], overrides: list[str]) -> Project:
    """The sample as a project, imported where it is not yet."""
    if not (keep / "firstfive.toml").exists():
        firstfive.init(keep)
        with (keep / "firstfive.toml").open("a", encoding="utf-8") as settings:
            settings.write(FACTS)
        (keep / "items.jsonl").write_text("".join(lines()), "utf-8")
        with firstfive.open(keep) as project:
            import_sources(project, [str(keep / "items.jsonl")])
    return firstfive.open(keep, overrides=overrides)


def companies(data: Path, sample: int, seed: int) -> list[str]:
    """Lines of JSON, always the same ones of a seed: name, and one-liner with long description."""
    with (data / "yc/companies.csv").open(encoding="utf-8", newline="") as rows:
        every = [row for row in csv.DictReader(rows) if row["long_description"].strip()]
    chosen = Random(seed).sample(every, min(sample, len(every)))  # a sample, not a secret
    return [
        json.dumps({"id": row["company_id"], "title": row["company_name"], "text": both(row)}) + "\n" for row in chosen
    ]


def both(row: dict[str, str]) -> str:
    """What a company says of itself."""
    return "\n".join(part for part in (row["short_description"].strip(), row["long_description"].strip()) if part)


def sheet(project: Project, file: Path) -> None:
    """Writes the texts with their facts, and prints how many there are of each kind."""
    catalogue = project.recommender.serving.catalogue
    counts: Counter[tuple[str, str, str]] = Counter()
    with file.open("w", encoding="utf-8") as out:
        for item in map(catalogue.item, range(len(catalogue))):
            out.write(f"=== {item.id} {item.title}\n{item.text}\n")
            for fact in item.facts:
                by = "model" if ":" in fact.by else fact.by
                counts[fact.name, fact.how, by] += 1
                out.write(f"  {fact.name}\t{as_text(fact)}\t{fact.how} {fact.confidence}\t{by}\t")
                out.write(f"{' '.join(quoted(item.text, fact).split())}\n")
    for (name, how, by), count in sorted(counts.items()):
        print(f"{name:12} {how:9} by {by:9} {count}")
    print(f"{file} is to be read")


if __name__ == "__main__":
    main()
