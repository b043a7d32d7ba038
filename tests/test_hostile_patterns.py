"""No pattern of the package takes much longer for hostile text than for as much plain text: items are scraped."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from re import _constants as codes  # how `re` itself reads a pattern
from re import _parser as parser
from time import process_time
from typing import Any, NamedTuple

import pytest

import firstfive

ROOT = Path(firstfive.__file__).parent
SIZE = 2_000
"""Characters that each pattern is fed with first. What is quick there costs under half a second for 20,000 of them,
even where four times as many take sixteen times as long."""
QUICK_S = 0.003
RATIO = 9
"""How many times as long four times the text may take; quadratic is 16."""
RUNS = (" ", "\n", "(", "1", "a", "1,", ", ", "and ", "a.", "1 ", "a \n", "a-(", "<a", "://a")
LONG = 20
"""How often a repetition must be allowed to repeat to be worth attacking."""

SHORT: Mapping[str, tuple[int, str]] = {
    "firstfive.ask.parting._CUTS": (60, "blanks of a request are single ones"),
    "firstfive.ask.reach.NUMBERED": (60, "blanks of a wish are single ones: a request is cleaned before"),
    "firstfive.ask.reach._TRAILS": (4_000, "of a request, which is no longer"),
    "firstfive.ask.spelling._QUOTED": (1_000, "of a request, which is at most 4,000 long"),
    "firstfive.rank.called._CALLED": (60, "of the characters before a number"),
    "firstfive.rank.when._WHEN": (60, "of a wish, whose blanks are single ones"),
    "firstfive.rank.value_field._OR": (60, "of a wish, whose blanks are single ones"),
    "firstfive.settings.tree._PASSWORD": (500, "of a setting, which is nobody's but the operator's"),
}
"""Patterns that are never fed more, or never more hostile text, and why."""
AT_ONE_PLACE = frozenset(
    {
        "firstfive.build.fields._BARE",
        "firstfive.rank.amounts._OR_FEWER",
        "firstfive.rank.amounts._OR_MORE",
        "firstfive.server.page.showing._MAIL",
        "firstfive.sources.pages._FOR_CRAWLERS",
    }
)
"""Patterns that are only matched at a place or with a whole text, though they stand in tables and loops."""


class Held(NamedTuple):
    """A pattern, where it stands, and whether it is looked for anywhere in a text rather than at one place."""

    name: str
    pattern: re.Pattern[Any]
    anywhere: bool


class Seed(NamedTuple):
    """A hostile text: something to begin with, and what is then repeated."""

    start: str
    run: str

    def of(self, size: int) -> str:
        return self.start + self.run * (size // len(self.run))


def every_pattern() -> Iterator[Held]:
    """Of all modules, those in tuples and tables too, and those that a function without arguments makes once."""
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(("firstfive", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        source = path.read_text("utf-8")
        if re.search(r"re\.compile|= \(?\s*pattern\(", source) and not module.endswith("migrations.env"):
            for name, value in vars(importlib.import_module(module)).items():
                made = hasattr(value, "cache_info") and re.search(rf"def {name}\(\) -> re\.Pattern", source)
                for pattern in patterns_in(value() if made else value):
                    yield Held(
                        f"{module}.{name}", pattern, searched(name, source) and f"{module}.{name}" not in AT_ONE_PLACE
                    )


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Mapping):
        yield from patterns_in((*value.keys(), *value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from patterns_in(one)


def searched(name: str, source: str) -> bool:
    """Whether a pattern is used but by `match` and `fullmatch`."""
    uses = re.findall(rf"\b{name}\b(?:\(\))?(?!\(\) ->)(?!:? ?=)(?!: )\.?(\w*)", source)
    return not uses or any(use not in ("match", "fullmatch") for use in uses)


def seeds(pattern: re.Pattern[Any]) -> list[Seed]:
    """Runs of what is everywhere, and for each repetition of the pattern what leads to it, and then what it repeats."""
    if not isinstance(pattern.pattern, str):
        return [Seed("", run) for run in RUNS]
    repeated: list[Seed] = []
    led(parser.parse(pattern.pattern, pattern.flags), "", repeated)
    again = [Seed("", seed.start + seed.run) for seed in repeated]
    on = [Seed(seed.start + more, run) for seed in repeated for more in ("", seed.run) for run in " (1a"]
    return list(dict.fromkeys([*(Seed("", run) for run in RUNS), *repeated, *again, *on]))


def led(parts: Sequence[Any], before: str, repeated: list[Seed]) -> str:
    """Some text that the parts of a pattern match, but for what looks around; notes each long repetition in it."""
    text = ""
    for code, value in parts:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, body = value
            one = led(body, before + text, repeated)
            if most >= LONG and one:
                repeated.append(Seed(before + text, one))
            text += one * least
        elif code is codes.BRANCH:
            ways = [led(way, before + text, repeated) for way in value[1]]
            text += next(filter(None, ways), "")
        elif code in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            text += led(value[3] if code is codes.SUBPATTERN else value, before + text, repeated)
        elif code is codes.IN or code is codes.LITERAL or code is codes.ANY or code is codes.NOT_LITERAL:
            text += fitting([(code, value)] if code is not codes.IN else value)
    return text


KINDS = {codes.CATEGORY_SPACE: " ", codes.CATEGORY_DIGIT: "1", codes.CATEGORY_NOT_WORD: " "}


def fitting(kinds: Sequence[tuple[Any, Any]]) -> str:
    """A character of a set, as near to a plain one as can be seen at once."""
    code, value = kinds[0]
    if code is codes.LITERAL:
        return chr(value)
    return chr(value[0]) if code is codes.RANGE else KINDS.get(value, "a") if code is codes.CATEGORY else "a"


def took(held: Held, text: str) -> float:
    """In seconds of the processor, the lesser of two."""
    given: Any = text if isinstance(held.pattern.pattern, str) else text.encode()
    times = []
    for _ in range(2):
        began = process_time()
        if held.anywhere:
            sum(1 for _ in held.pattern.finditer(given))
        else:
            held.pattern.match(given)
            held.pattern.fullmatch(given)
        times.append(process_time() - began)
        if times[0] < QUICK_S:
            break
    return min(times)


def slow(held: Held, seed: Seed) -> bool:
    """Whether four times a text takes far more than four times as long, twice over."""
    size, _ = SHORT.get(held.name, (0, ""))
    if size:
        return took(held, seed.of(size)) > 0.1
    first = took(held, seed.of(SIZE))
    if first < QUICK_S or first < RATIO * took(held, seed.of(SIZE // 4)):
        return False
    return took(held, seed.of(4 * SIZE)) > RATIO * took(held, seed.of(SIZE))


def test_hostile_text_costs_each_pattern_as_much_as_it_is_long() -> None:
    found = {(held.pattern.pattern, held.pattern.flags): held for held in every_pattern()}
    wrong = [(held.name, seed) for held in found.values() for seed in seeds(held.pattern) if slow(held, seed)]
    assert wrong == []


def test_each_pattern_that_is_fed_little_is_one_of_the_package() -> None:
    assert {*SHORT, *AT_ONE_PLACE} <= {held.name for held in every_pattern()}


@pytest.mark.parametrize(
    ("pattern", "anywhere"), [(r"\s+x", True), (r"founded \S*[\s(]*\d", True), (r"a\s*,?\s*b", False)]
)
def test_the_search_for_slow_patterns_finds_one(pattern: str, anywhere: bool) -> None:
    held = Held("made up", re.compile(pattern), anywhere)
    assert any(slow(held, seed) for seed in seeds(held.pattern))
