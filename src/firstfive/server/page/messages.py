"""What the page says, in each language: one file a language under `messages/`, the same keys in all.

say = messages("de")        say("results.more")        say("results.one", item="Hof")
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

from firstfive.app import notes

FOLDER = Path(__file__).parent.parent / "messages"
LANGUAGES = tuple(sorted((path.stem for path in FOLDER.glob("*.toml")), key=lambda name: (name != "en", name)))
"""The languages shipped, English first: it is what a browser gets that asks for none of them."""
_PARTS = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,35})?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
LONGEST_HEADER = 1000


@dataclass(frozen=True, slots=True)
class Messages:
    """The words of one language, and how it writes numbers and days."""

    language: str
    texts: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    """What the project calls its fields in this language, by their names."""

    def __call__(self, key: str, **values: object) -> Markup:
        """The words under a key, ready for the page: what is put in is escaped, unless it is markup already."""
        return Markup.escape(self.texts[key]).format(**values)

    def plain(self, key: str, **values: object) -> str:
        """The words under a key as text, which whoever shows it escapes."""
        return self.texts[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there are words under this key."""
        return key in self.texts

    def number(self, value: float) -> str:
        """As the language writes it: 1,200 or 1.200; three digits after the point at most."""
        return str(format_decimal(value, locale=self.language))

    def money(self, value: float) -> str:
        """The same of a sum: with both digits of its cents, where it has any."""
        whole = float(value).is_integer()
        return self.number(value) if whole else str(format_decimal(value, "#,##0.00", locale=self.language))

    def day(self, at: date) -> str:
        """A day in words: 21 November 2026."""
        told = str(format_date(at, DAY.get(self.language, "d MMMM y"), locale=self.language))
        return f"1er {told.removeprefix('1 ')}" if self.language == "fr" and at.day == 1 else told

    def month(self, at: date) -> str:
        """The month of a day in words: November 2026."""
        return str(format_date(at, "MMMM y", locale=self.language))

    def note(self, text: str) -> str:
        """What an answer notes in English, in this language.

        Empty for what the page tells in another way, `UNSAID`, and for a note that is none of those known, which stands
        as it is only where the page is in English.
        """
        found = notes.known(text)
        if found is None:
            return text if self.language == "en" else ""
        name, numbers = found
        return "" if name in UNSAID else self(f"note.{name}", **{k: self.number(v) for k, v in numbers.items()})


UNSAID = frozenset({"one", "one_here", "unexplained", notes.READ_AS})
"""Notes that have no words on the page: its headline counts what there is, misspelt words have lines of their own, and
that reasons are quoted by rule helps nobody who looks for something."""
DAY = {"de": "d. MMMM y"}
"""How a day is written, where not as "21 November 2026"."""


@cache
def messages(language: str) -> Messages:
    """The words of a language shipped."""
    tree = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return Messages(language, {f"{part}.{name}": text for part, of in tree.items() for name, text in of.items()})


def quoted(text: str) -> Markup:
    """Words that somebody else wrote, as a quote to be put into others."""
    return Markup("<q><bdi>{}</bdi></q>").format(text)


def preferred(accept_language: str, spoken: Sequence[str]) -> str:
    """The language to answer in, by a browser's Accept-Language: of those spoken, or the first of them."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language[:LONGEST_HEADER].split(",")):
        if found := _PARTS.fullmatch(part):
            wishes.append((-float(found[2] or 1), place, found[1].lower()))
    wanted = (spoken[0] if name == "*" else name for weight, _, name in sorted(wishes) if weight)
    return next((name for name in wanted if name in spoken), spoken[0])
