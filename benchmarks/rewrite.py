"""What a model invents when it rewrites broken passages of scraped pages, and what of that the proof lets through.

    FIRSTFIVE_DATA=... python benchmarks/rewrite.py --llm local:FILE.gguf [--sample 30] [--set NAME=VALUE ...]

Of each page of a sample the passage that is most in pieces, menus and all, is rewritten, whether or not a build would
ask for that: the check is to be tried where it is hardest. Stopped at any point it goes on where it was. The sheet,
rewrites.txt in the folder of --keep, has each passage with every sentence that the model wrote: = is the source's own
to the letter, + is another one that passed, to be read by a person, - was refused, with the reasons.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import measuring

import firstfive
from firstfive.app.cleaning import clean_all
from firstfive.app.collect import import_sources
from firstfive.build.choosing import page_sentences
from firstfive.build.proof import Proof, prove
from firstfive.build.rewriting import MOST_LOST
from firstfive.build.worth import fragments
from firstfive.cli.progress import progress
from firstfive.observe import Quiet
from firstfive.ports import Reply

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import Doc

SHORTEST, LONGEST = 300, 600
"""Characters of a passage."""


def main() -> None:
    """Rewrites, prints the counts, and writes the sheet."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--llm", required=True)
    asked.add_argument("--sample", type=int, default=30)
    asked.add_argument("--prompt", default="rewrite")
    asked.add_argument("--keep", type=Path, default=Path("rewrite-benchmark"))
    asked.add_argument("--set", dest="settings", action="append", default=[])
    told = asked.parse_args()
    data = measuring.data()
    measuring.machine()
    own = [f"models.llm={told.llm}", "models.timeout_s=3600", "budget.day_usd=none"]
    if not (told.keep / "firstfive.toml").exists():
        firstfive.init(told.keep)
    with firstfive.open(told.keep, overrides=[*own, *told.settings]) as project:
        import_sources(project, [str(data / "html_articles/html")])
        with (told.keep / "rewrites.txt").open("w", encoding="utf-8") as sheet:
            report(rewritten(project, told.prompt, list(passages(project, told.sample))), sheet.write)


def passages(project: Project, sample: int) -> Iterator[tuple[Doc, str]]:
    """Of each page of the sample the passage that is most in pieces."""
    docs, _ = clean_all(project, Quiet())
    for doc in Random(5).sample(docs, sample):  # a sample, not a secret
        with project.store.read() as unit:
            page = unit.pages.get(doc.id)
        lines = [one.text for one in page_sentences(page, doc)] if page else []
        found = list(windows(lines))
        if found:
            yield doc, max(found, key=fragments)


def windows(lines: Sequence[str]) -> Iterator[str]:
    """Runs of whole lines of a fitting length."""
    for first in range(len(lines)):
        text = ""
        for line in lines[first:]:
            text = f"{text}\n{line}".strip()
            if len(text) >= SHORTEST:
                break
        if SHORTEST <= len(text) <= LONGEST:
            yield text


def rewritten(
    project: Project, prompt: str, wanted: Sequence[tuple[Doc, str]]
) -> Iterator[tuple[Doc, str, str, Proof]]:
    """Each passage with its rewrite and what the check says of it."""
    assert project.gateway is not None
    shown = progress()
    shown.start("rewrite", len(wanted))
    for doc, source in wanted:
        call = project.prompts.get(prompt).call(step="rewrite", text=source)
        [reply] = project.gateway.many([call], deadline_s=3600, patient=True)
        if isinstance(reply, Reply):
            yield doc, source, reply.text, prove(source, reply.text, title=doc.title)
        else:
            print(f"{doc.id}: no rewrite, {reply.code}")
        shown.advance("rewrite", 1)
    shown.finish("rewrite")


def report(found: Iterator[tuple[Doc, str, str, Proof]], write: object) -> None:
    """Writes the sheet and prints the counts."""
    assert callable(write)
    counts: Counter[str] = Counter()
    for doc, source, _, proof in found:
        write(f"=== {doc.id}\n{source}\n--- fragments {fragments(source):.2f}, invented {proof.invented:.2f}, ")
        write(f"lost {proof.lost:.2f}\n")
        for one in proof.judged:
            kind = "-" if not one.sound else "=" if one.text in source else "+"
            counts[kind] += 1
            counts.update(doubt.kind for doubt in one.doubts)
            write(f"{kind} {one.text}   {'; '.join(f'{doubt.kind}: {doubt.words}' for doubt in one.doubts)}\n")
        counts["passages"] += 1
        counts["taken"] += any(one.sound for one in proof.judged) and proof.lost <= MOST_LOST
        write("\n")
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
