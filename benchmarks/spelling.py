"""What misspelt words cost, and what reading them as they are meant gives back.

    FIRSTFIVE_DATA=... python benchmarks/spelling.py [demo=FOLDER] [cacm=FOLDER] [cranfield=FOLDER] [yc/oneliner=FOLDER]

Each project is one that was built, or it is built in a temporary folder. Of each judged request none, 15 and 40 of a
hundred words of five letters or more get one slip: a letter less, doubled or another, or two changed round. Printed:
Success@5 as typed and as read, and how many requests were read otherwise. Then, of words that three items of another
project say and none here, so that nearly all are right: how many are read as others.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import labels
import measuring
import numpy as np
import seekers

from firstfive.app import asking
from firstfive.ask import read
from firstfive.features import FIRST
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.ask import Reading

PROJECTS = ("demo", "cacm", "cranfield", "yc/oneliner")
SHARES, SEED, MOST = (0.0, 0.15, 0.4), 3, 1_000
WORD = re.compile(r"\b[^\W\d_]{5,}\b")


def slipped(word: str, random: np.random.Generator) -> str:
    """The word with one slip, not in its first letter or its last."""
    at = int(random.integers(1, len(word) - 1))
    other = "abcdefghijklmnopqrstuvwxyz"[int(random.integers(26))]
    ways = (word[at + 1] + word[at] + word[at + 2 :], word[at + 1 :], word[at] + word[at:], other + word[at + 1 :])
    return word[:at] + ways[int(random.integers(4))]


def found(serving: Serving, reading: Reading, grades: labels.Grades) -> bool:
    """Whether a match is among the first five."""
    ranked = asking.find(serving, serving.query_text(reading, demand=True))
    return any(grades[str(serving.catalogue.id(at))] > 0 for at in ranked.positions[:FIRST].tolist())


def main() -> None:
    """Prints a paragraph a project."""
    measuring.machine()
    said: dict[str, Counter[str]] = {}
    with ExitStack() as stack:
        servings = {}
        for name, _, folder in (one.partition("=") for one in sys.argv[1:] or PROJECTS):
            project = stack.enter_context(seekers.opened(name, folder))
            serving, asked = project.recommender.serving, labels.judged(project, name)
            asked = asked[:: -(-len(asked) // MOST)]
            print(f"\n{name}: {len(asked)} requests")
            for share in SHARES:
                report(serving, asked, share)
            servings[name], said[name] = serving, words_of(serving)
        print()
        for name, serving in servings.items():
            others = {word for other in said if other != name for word, items in said[other].items() if items >= 3}
            right = sorted(others - said[name].keys())
            read_as = {word: found for word in right if (found := serving.read(Request(word)).misspelt)}
            few = ", ".join(f"{word} {found[0].read}" for word, found in list(read_as.items())[:8])
            print(f"{name}: {len(read_as)} of {len(right)} words of the other projects are read as others: {few}")


def words_of(serving: Serving) -> Counter[str]:
    """How many items say each word of four letters or more."""
    every = (serving.catalogue.item(at).text.lower() for at in range(len(serving.catalogue)))
    return Counter(word for text in every for word in set(re.findall(r"\b[^\W\d_]{4,}\b", text)))


def report(serving: Serving, asked: list[tuple[str, labels.Grades]], share: float) -> None:
    """Prints what a share of slips comes to."""
    random = np.random.default_rng(SEED)

    def typed(word: re.Match[str]) -> str:
        return slipped(word[0], random) if random.random() < share else word[0]

    as_typed, as_read, other = [], [], 0
    for text, grades in asked:
        request = Request(WORD.sub(typed, text))
        reading = serving.read(request)
        as_typed.append(found(serving, read(request), grades))
        as_read.append(found(serving, reading, grades))
        other += bool(reading.misspelt)
    print(
        f"  {share:4.0%} of words: Success@5 {np.mean(as_typed):.3f} as typed, {np.mean(as_read):.3f} as read; "
        f"{other} requests read otherwise"
    )


if __name__ == "__main__":
    main()
