"""Which lines a site writes as one piece: they stand in the same company on all pages that have them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

NEARLY_ALL = 0.8
"""The share of pages that counts as nearly all, for a line or for a neighbour beside it."""

WORDS_AT_END, WORDS_WITHIN = 6, 12
"""Words that lines in constant company need together, at a page's begin or end and in its midst, to be the site's."""

_WORD = re.compile(r"[^\W\d_]+")

BEGIN, END = 0, 1
"""What stands before a page's first line and after its last, as numbers of lines."""


class Company:
    """What stands directly before and after each line, over a site's pages.

    A line's side is constant if what stands there on nearly all its pages is one neighbour, or one of a few that each
    repeat themselves: a folder of two sites has two. Two lines are bound if the one's lower and the other's upper side
    are constant: a heading that stands over everything does not bind what often comes first below it. Bound lines are a
    run; the page's own begin and end bind too. A run is the site's if it is long enough to be no chance: a few words at
    the begin or end (or fewer on nearly all pages), more in the midst of a page, where two ingredients that always go
    together would otherwise be taken for it. A line of so many words that stands on nearly all pages is one by itself.

    Memory: a number or two for each different line and each different pair of neighbours.
    """

    def __init__(self) -> None:
        self.pages = 0
        self._keys: dict[str, str] = {}
        self._numbers: dict[str, int] = {"begin": BEGIN, "end": END}
        self._words: dict[int, int] = {}
        self._stands: Counter[int] = Counter()
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, lines: Sequence[str], marks: Sequence[tuple[str, ...]]) -> None:
        """Notes the texts of a page's lines, each with its marks."""
        self.pages += 1
        numbers = [self._number(line, own) for line, own in zip(lines, marks, strict=True)]
        self._stands.update(set(numbers))
        self._pairs.update(set(pairwise([BEGIN, *numbers, END])))

    def key(self, mark: str) -> str:
        """By what the line that has the mark is known here."""
        return self._keys.get(mark, mark)

    def constant(self, share: float) -> set[str]:
        """Keys of the lines that are part of a site's run."""
        bound = self._bound(share * NEARLY_ALL * self.pages)
        ends = {line for pair in bound if BEGIN in pair or END in pair for line in pair}
        site = {line for run in _runs(bound) if self._is_sites(run, not ends.isdisjoint(run)) for line in run}
        site |= {
            line for line, n in self._stands.items() if n >= NEARLY_ALL * self.pages and self._is_sites({line}, False)
        }
        return {key for key, number in self._numbers.items() if number in site}

    def _number(self, text: str, marks: tuple[str, ...]) -> int:
        """The line's number: lines that are the same but for the page's name are one."""
        key = marks[-1] if marks[-1].startswith("near:") else marks[0]
        number = self._numbers.setdefault(key, len(self._numbers))
        words = len(_WORD.findall(text))
        self._words[number] = min(self._words.get(number, words), words)
        self._keys.update((mark, min(self._keys.get(mark, key), key)) for mark in marks if mark != key)
        return number

    def _bound(self, often: float) -> list[tuple[int, int]]:
        """The pairs of neighbours of which each is constant for the other."""
        pairs = [(pair, n) for pair, n in self._pairs.items() if n >= 3 and n > often]
        after, before = Counter[int](), Counter[int]()
        for (one, other), n in pairs:
            after[one] += n
            before[other] += n
        firm = (pair for pair, _ in pairs if self._nearly(pair[0], after[pair[0]]))
        return [pair for pair in firm if self._nearly(pair[1], before[pair[1]])]

    def _nearly(self, line: int, n: int) -> bool:
        """Whether so many are nearly all the line's pages; a page's begin and end bind whatever stands there."""
        return line in (BEGIN, END) or n >= NEARLY_ALL * self._stands[line]

    def _is_sites(self, run: set[int], at_end: bool) -> bool:
        words = sum(self._words[line] for line in run)
        if not at_end:
            return words >= WORDS_WITHIN
        return words >= WORDS_AT_END or any(self._stands[line] >= NEARLY_ALL * self.pages for line in run)


def _runs(bound: Iterable[tuple[int, int]]) -> list[set[int]]:
    """The lines that are bound to each other, directly or by others, but for the page's begin and end."""
    leads: dict[int, int] = {}

    def first(line: int) -> int:
        while (above := leads.setdefault(line, line)) != line:
            leads[line] = line = leads[above]
        return line

    for pair in bound:
        lines = [first(line) for line in pair if line not in (BEGIN, END)]
        leads.update(zip(lines, lines[1:], strict=False))
    runs: dict[int, set[int]] = {}
    for line in list(leads):
        runs.setdefault(first(line), set()).add(line)
    return list(runs.values())
