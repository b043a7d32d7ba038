"""Which labels a site uses on its pages, so that "Deadline: 31 May" becomes the field `deadline`.

A label counts where a fifth of a site's pages have it, each once and with a short value, and not all with the same one:
that is a column that was written out as pages. What only looks like one ("Note: ..." in prose) stands on few pages or
has long values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from firstfive.build.beside import is_of_page
from firstfive.guard import says_nothing

FEWEST_PAGES, SHARE = 5, 0.2
"""Pages, and the share of a site's pages, that must have a label with a short value."""

MOST = 30
"""Labels of a site that become fields: those of most pages."""

MOST_OF_PAGE = 100
"""Labels of a page that are looked at."""

LONGEST_VALUE = 100
"""Characters of a value above which it does not filter."""

LONGEST_IN_TEXT = 60
"""Characters of a value in a line of text, where no table says that it is one."""

SHORT = 0.8
"""The share of a label's values that must be short ones."""

_LABEL = re.compile(r"[^\W\d_][\w '’()/&.,-]{1,39}")
_NO_FIELDS = frozenset(
    "title text id name url link call phone telephone tel mobile fax email e-mail titel telefon tel. mobil titre nom "
    "téléphone portable".split()
)
"""Labels that no filter has a use for, or that every item has already."""
_SENTENCE = re.compile(r"[.!?:;]$|[.!?]\s")
_WORDS_IN_TEXT = 4


def labelled(text: str, fact: bool) -> tuple[str, str]:
    """The label, in lower case, and the value of a line "Label: value"; empty where it is none.

    fact: a table or a list of pairs says so. In other lines the label is of few words, and the value no sentence; a
    table names a book's author, a line of text the page's. What is about the page is none.
    """
    label, _, value = (part.strip() for part in text.partition(": "))
    name = " ".join(label.casefold().split())
    if not value or not _LABEL.fullmatch(label) or says_nothing(value) or name in _NO_FIELDS or is_of_page(text):
        return "", ""
    in_text = (
        name != "author"
        and len(value) <= LONGEST_IN_TEXT
        and not _SENTENCE.search(value)
        and label.count(" ") < _WORDS_IN_TEXT
    )
    return (name, value) if fact or in_text else ("", "")


def values_of(lines: Iterable[tuple[str, bool]], names: Collection[str]) -> dict[str, str]:
    """The short value of each of these labels that a page has, as it stands; of a label twice on it, none."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for text, fact in lines:
        label, value = labelled(text, fact)
        if label in names and found.setdefault(label, value) != value:
            twice.add(label)
    return {label: value for label, value in found.items() if label not in twice and len(value) <= LONGEST_VALUE}


class Labels:
    """The labels of a site's pages. Memory: a number for each different line with one."""

    def __init__(self) -> None:
        self._pages: Counter[tuple[str, str]] = Counter()
        self._wrong: Counter[str] = Counter()

    def add(self, lines: Sequence[tuple[str, bool, str]]) -> None:
        """Notes a page's lines: text, whether it is a fact, and its mark."""
        found: dict[str, dict[str, str]] = {}
        for text, fact, mark in lines:
            label, value = labelled(text, fact)
            if label and (label in found or len(found) < MOST_OF_PAGE):
                found.setdefault(label, {})[value] = mark
        for label, values in found.items():
            if len(values) > 1 or any(len(value) > LONGEST_VALUE for value in values):
                self._wrong[label] += 1
            else:
                self._pages.update((label, mark) for mark in values.values())

    def names(self, sites: Collection[str], pages: int) -> list[str]:
        """The labels that become fields, of most pages first; lines with the marks of what is the site's count not."""
        right: Counter[str] = Counter()
        values: Counter[str] = Counter()
        for (label, mark), n in self._pages.items():
            if mark not in sites:
                right[label] += n
                values[label] += 1
        fewest = max(FEWEST_PAGES, SHARE * pages)
        often = [label for label, n in right.items() if n >= fewest and values[label] > 1]
        good = [label for label in often if right[label] >= SHORT * (right[label] + self._wrong[label])]
        return sorted(good, key=lambda label: (-right[label], label))[:MOST]


def field_mark(label: str) -> str:
    """The mark of a label that becomes a field."""
    return f"field:{label}"


def fields_in(marks: Iterable[str]) -> frozenset[str]:
    """The labels that become fields, by what a site's record holds."""
    return frozenset(mark.removeprefix("field:") for mark in marks if mark.startswith("field:"))
