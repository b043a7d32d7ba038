"""Reasons that a model finds for the demo's requests, and what the checks drop of them, as a sheet to be read.

    python benchmarks/reasons.py --llm local:FILE.gguf [--sample 60] [--set NAME=VALUE ...]

A sample of the demo's sixty requests is answered, five places each, with reasons by the model. Stopped at any point it
goes on where it was: the folder of --keep holds every reply. The sheet, reasons.txt there, has each request with what
it says and what each item says, or why the model's reason was dropped and the rule's stands instead.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import measuring

from firstfive.app.demo import REQUESTS, fill, open_demo
from firstfive.app.model_steps import Dial, Spent
from firstfive.cli.progress import progress
from firstfive.measure import Query, read_queries
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

REASONS = Dial(0, reasons=True)


def main() -> None:
    """Asks, prints the counts, and writes the sheet."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--llm", required=True)
    asked.add_argument("--sample", type=int, default=60)
    asked.add_argument("--keep", type=Path, default=Path("reasons-benchmark"))
    asked.add_argument("--set", dest="settings", action="append", default=[])
    told = asked.parse_args()
    measuring.machine()
    with open_demo(told.keep, overrides=["models.llm="]) as project:
        fill(project)
    own = [f"models.llm={told.llm}", "models.request_timeout_s=36000", "budget.day_usd=none"]
    with open_demo(told.keep, overrides=[*own, *told.settings]) as project:
        every = read_queries(told.keep / REQUESTS)
        chosen = Random(3).sample(list(every), min(told.sample, len(every)))  # a sample, not a secret
        sheet(project, chosen, told.keep / "reasons.txt")


def sheet(project: Project, queries: list[Query], file: Path) -> None:
    """Writes the reasons, and prints how many there are of each kind."""
    counts: Counter[str] = Counter()
    spent, shown = Spent(), progress()
    shown.start("reasons", len(queries))
    with file.open("w", encoding="utf-8") as out:
        for query in queries:
            slate = project.recommender.answer(Request(query.text), REASONS, spent=spent)
            out.write(f"=== {query.qid} {query.text}\n")
            for place in slate.places:
                reason = place.reason
                by = "rule" if reason is None or not reason.by else "model"
                counts[by] += 1
                counts.update(f"dropped: {why}" for why in place.checks)
                words = f"“{reason.said.text}” / “{reason.says.text}” {reason.because}" if reason else "no reason"
                out.write(f"  {by}\t{place.title}\t{words}\t{'; '.join(place.checks)}\n")
            out.flush()
            shown.advance("reasons", 1)
    shown.finish("reasons")
    print("\n".join(f"{count:4} {what}" for what, count in sorted(counts.items())))
    print(f"{spent.asked} asked, {spent.given} answered; {file} is to be read")


if __name__ == "__main__":
    main()
