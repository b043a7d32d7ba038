"""Values of fields that a wish names: "care home in Devon", where Devon is a county that no text speaks of.

    named = values.named(text, wishes)      the values, each with its field and its wish
    said = values.verdicts(named)           by field: which items state one of its values, and what that says

How surely the field is meant is learned from the items: of those whose text names the value, how many state it. Of
"software for India" few do, where a field names cities: that is a matter of texts. Of a field that says what an item
is, such as a species or a sex, nothing need be learned: who asks for "a small dog" wants one, however many cats are
afraid of dogs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features.numerals import COUNTS
from firstfive.rank.lexicon import OWN, OWNERS
from firstfive.rank.placed import PlacedValues
from firstfive.rank.value_field import HELD, MOST, ValueField
from firstfive.rank.wording import tells
from firstfive.types import Stated

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Positions, Wish

SURE, AS_MANY = 0.8, 5.0
"""How likely a value means its field before any text was read, and how many items that counts as, for fields of places,
of kinds, of makers and of few values. Other fields hold names that are words too, such as a contact called Cook: there
it is half as likely."""
MEANT, SUREST = 0.5, 12 / 13
"""A value that is less likely than MEANT to mean its field is not read as one. None is likelier than SUREST: as with
answers, some of the right items state otherwise."""
READ = 50
"""How many texts are read to learn whether a value means its field. Cost: 2 ms, once a value."""
KEPT = 32
"""How many values are remembered with their items: 9 MB a value that all of a million items say."""
OF_MANY = 3
"""Items that each value of a field must have on average for a wish to be read as values put together."""
LONGEST = 4
"""Most words of a value that is looked for within a wish."""
_WORD = re.compile(r"[^\W_][\w'’-]*")
_LED = re.compile(
    r"\b(?:with|(?<!looking )(?<!look )(?<!searching )(?<!search )(?<!asking )(?<!ask )(?<!apply )(?<!hoping )"
    rf"(?<!wishing )for|near|mit|für|bei|avec|pour|près|{OWN}|that|who|which|"
    r"qui)\s+(?:(?:an?|the|eine?n?|un|une|des)\s+)?$",
    re.IGNORECASE,
)
"""Before a wish: it is about something beside the item, or about what the seeker has."""
_IN = re.compile(r"\b(?:in|within|im|aus|dans|en|à|au)\s+(?:(?:the|der|dem|den|le|la)\s+)?$", re.IGNORECASE)
"""Before a place where the item itself is to be."""
_NOUN_ENDS = re.compile(
    r"\s(?:to|who|that|which|for|with|over|under|aged|older|younger|less|more|between|near|from|in|at|on|of|like|as|than|rather|around|"
    r"wie|als|comme|älter|jünger|ab|zum|zur|für|mit|aus|über|unter|von|pour|avec|de|dans|à)\s|[\d,;:(]"
)
"""Where the thing that a wish names ends, and what is said of it begins."""
_NUMBER_FIRST = re.compile(r"(?:(?:an?|the|eine?n?|une?)\s)?\d[\d.,/–-]{0,8}(?=[\s-]\w)")
"""A number at the beginning that counts the thing or a part of it: "2 bedroom house"."""
_QUOTES = "\"'“”„«»‹›‘’ "
_LEADS = re.compile(r"^(?:in|at|on|from|im|am|an|aus|à|en|dans|le|la|les)\s+", re.IGNORECASE)
_MADE_BY = re.compile(
    r"^(?:made by|by|from|von|de|par|(?:(?:von )?der|de la) (?:marke|marque))\s(?:the\s)?", re.IGNORECASE
)
"""Before the name of who made a thing."""
_ONLY_WORDS = re.compile(r"[^\W\d_][\w'’-]*(?:\s[^\W\d_][\w'’-]*)*")
_DESCRIBES = re.compile(
    r".{2,40}[\s-]\w{0,20}(?:ed|led|run|free|time|able|ible|less|term|friendly)|"
    r"\w{3,30}(?:geführt|gestützt|finanziert|frei|basiert|orientiert|gerecht|freundlich)",
)
"""A value that says how an item is, and may stand before a noun for it. One word might belong to the noun: "listed
building"."""
_WORD_ALONE = re.compile(r"[^\W_]+")
_JOINING = frozenset("or and oder und ou et a an the ein eine einen un une".split())


@dataclass(frozen=True, slots=True)
class Named:
    """A value of a field that a wish names. value: in small letters. wish: where the wish starts.

    whole: values are all that the wish names. sure: the wish says of the item itself what it is, and so does the field.
    there: it is said to be where the item is, "in Germany": texts that name other places, such as those that a firm
    sells to, do not tell otherwise. refused: neither it nor the others are wanted. others: values that the wish names
    by the same words, or refuses too. open: values of the field that leave it open, such as towns of which no list says
    where they lie. wider: its values only hold what the wish names, as a country holds a region.
    """

    field: str
    value: str
    wish: int
    whole: bool = True
    sure: bool = False
    there: bool = False
    refused: bool = False
    others: tuple[str, ...] = ()
    open: frozenset[str] = frozenset()
    wider: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """All values that it names."""
        return (self.value, *self.others)

    def meets(self, column: Column, position: int) -> bool:
        """Whether the item there states the value, or where it is refused another one."""
        held = column.held(position)
        named = not {*held}.isdisjoint(self.values)
        if self.refused:
            return bool(held) and not named and self.open.isdisjoint(held)
        return named and not self.wider


@dataclass(frozen=True, slots=True, eq=False)
class _Spoken:
    """states (items,): which state the value. positions: which say it in words. `read`: items read that mention the
    value and have the field; `said`: how many of them have the value."""

    states: Mask
    positions: Positions
    said: int
    read: int


class NamedValues:
    """The fields of a catalogue that hold values in words, one each or of few values several.

    about: a field's topic by its name. holding: gives the items that hold all words of a text, in it or in their
    fields. text: an item's own text.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        about: Callable[[str], str],
        holding: Callable[[str], Positions],
        text: Callable[[int], str],
    ) -> None:
        words = {name: column for name, column in columns.items() if column.kind in {"text", "list"}}
        single = {name: column.values for name, column in words.items() if column.kind == "text"}
        placed = PlacedValues({name: values for name, values in single.items() if about(name) == "place"})
        self._fields = {name: ValueField(name, column, about(name), placed) for name, column in words.items()}
        self._holding, self._text = holding, text
        self._spoken: dict[tuple[str, tuple[str, ...], bool], _Spoken] = {}

    def named(self, text: str, wishes: Sequence[Wish]) -> tuple[Named, ...]:
        """The values that wishes name, in singular or plural and however they are spelt, field by field.

        "Devon or Somerset" names both where both are values of the field. "Small dog" names a value of each of two
        fields, as every wish does that consists of values. "A quiet dog" names the value that it ends with; how much
        that counts is learned from texts. A refused wish names values only where it says nothing else.
        """
        found: list[Named] = []
        for wish in wishes if self._fields else ():
            led = _LED.search(text, 0, wish.start) is not None
            there = _IN.search(text, 0, wish.start) is not None
            if wish.refused:
                found += self._refused(wish)
            else:
                found += (
                    [*self._whole(wish, led, there=there)]
                    or [*self._each(wish, led)]
                    or [*self._parts(wish, led)]
                    or ([] if led else [*self._before_a_noun(wish)])
                )
                found += [] if led else self._made_by(wish, {one.field for one in found if one.wish == wish.start})
        sure = {one.field for one in found if one.sure}
        kept = (one for one in found if one.sure or one.field not in sure)  # "a cat, for someone with dogs"
        return tuple(sorted(kept, key=lambda one: one.field))

    def _refused(self, wish: Wish) -> Iterator[Named]:
        said = _LEADS.sub("", wish.text.strip(_QUOTES))
        for field in self._of_whole:
            several = field.several(_MADE_BY.sub("", said) if field.names_makers else said) or field.held(said)
            if several and not any(one.wider for one in several):
                first, *others = dict.fromkeys(value for one in several for value in one.values)
                open_ = frozenset[str]().union(*(one.open for one in several)).difference([first, *others])
                yield Named(field.name, first, wish.start, refused=True, others=tuple(others), open=open_)

    def _whole(self, wish: Wish, led: bool, *, there: bool = False) -> Iterator[Named]:
        said = wish.text.strip(_QUOTES)
        for field in self._of_whole:
            values = field.several(said)
            for rest in () if values else field.beside_name(said):
                values = values or field.several(rest, shortest=1)
            values = values or ([] if led else field.of_a_noun(said)) or field.held(said)
            sure, is_there = not led and field.says_what_it_is, there and field.topic == "place"
            for one in values:
                first, *others = one.values
                named = Named(field.name, first, wish.start, sure=sure, there=is_there, others=(*others,))
                yield replace(named, open=one.open, wider=one.wider)

    @cached_property
    def _of_whole(self) -> Sequence[ValueField]:
        return [field for field in self._fields.values() if field.of_whole]

    @cached_property
    def _single(self) -> Sequence[ValueField]:
        return [field for field in self._fields.values() if field.single]

    def _before_a_noun(self, wish: Wish) -> Iterator[Named]:
        """A value that says how an item is, and then a noun: "family-owned bakery", "ISO 9001 certified labs"."""
        held = HELD.match(wish.text)
        if held and held[2] and wish.text[held.end() :].startswith(" "):
            for field in (one for one in self._of_whole if not one.single):
                yield from (Named(field.name, one.values[0], wish.start, whole=False) for one in field.several(held[2]))
        words = _WORD_ALONE.findall(wish.text)
        for size in range(min(LONGEST, len(words) - 1), 0, -1):
            said = " ".join(words[:size])
            for field in self._single:
                value = field.spelt(said) if field.sorts() else None
                if value and _DESCRIBES.fullmatch(value) and not field.says_what_it_is:
                    yield Named(field.name, value, wish.start, whole=False)
                    return

    def _made_by(self, wish: Wish, known: Collection[str]) -> Iterator[Named]:
        """Who made the thing that a wish names: "by Yamaha", "small Bosch mower". known: fields that it already
        names a value of."""
        for field in (one for one in self._fields.values() if one.names_makers and one.name not in known):
            if of_all := field.several(_MADE_BY.sub("", wish.text, count=1)):
                yield from (Named(field.name, one.values[0], wish.start) for one in of_all)
                continue
            words = _WORD.findall(wish.text)
            for at in range(len(words)):
                _, found = _longest(words[at : at + LONGEST], [field])
                if found and not (at and words[at - 1].casefold() in OWNERS):
                    yield Named(field.name, found[field.name], wish.start, whole=False)

    def _each(self, wish: Wish, led: bool) -> Iterator[Named]:
        """The values that make up a wish, "intermediate Italian", each of a different field that sorts items.

        Only where some item states all of them. "Bank software" is not two industries.
        """
        if not _ONLY_WORDS.fullmatch(wish.text):
            return
        words, fields = wish.text.split(), [field for field in self._single if field.sorts(OF_MANY)]
        runs: list[dict[str, str]] = []
        together: Mask | None = None
        at = 0
        while at < len(words):
            size, found = _longest(words[at : at + LONGEST], fields)
            new = {name: value for name, value in found.items() if not any(name in run for run in runs)}
            if not new:
                return
            states = np.logical_or.reduce([self._fields[name].states((value,)) for name, value in new.items()])
            together = states if together is None else together & states
            runs.append(new)
            at += size
        if together is not None and together.any():
            for name, value in (pair for run in runs for pair in run.items()):
                yield Named(name, value, wish.start, sure=not led and self._fields[name].says_what_it_is)

    def _parts(self, wish: Wish, led: bool) -> Iterator[Named]:
        """The values among a wish's words, where they are the whole wish or it ends with one that says what the thing
        is.

        Only of fields that say what or where an item is. Words after "my" are about what the seeker has, and are passed
        over.
        """
        fields = [field for field in self._single if field.says_what_it_is or field.topic == "place"]
        counted = _NUMBER_FIRST.match(wish.text)
        ends = _NOUN_ENDS.search(wish.text, counted.end() if counted else 0)
        words = [match.group() for match in _WORD.finditer(wish.text[: ends.start()] if ends else wish.text)]
        small = [word.casefold() for word in words]
        at, left, own = 0, counted is not None, False
        found: dict[str, list[str]] = {}
        of_last: dict[str, str] = {}
        between: list[str] = []
        while at < len(words):
            own = own or small[at] in OWNERS
            size, of_last = _longest(words[at : at + LONGEST], fields)
            of_last = {} if own or (at and _counts(small[at - 1])) else of_last  # "two rooms"
            left = left or (not of_last and tells(small[at]))
            for name, value in of_last.items():
                joined = _JOINING.issuperset(between) and not _JOINING.isdisjoint(between)
                found[name] = [*(found.get(name, []) if joined else []), value]
            between = [] if of_last else [*between, small[at]]
            at += size
        whole = not left and not ends
        is_thing = not led and any(self._fields[name].says_what_it_is for name in of_last)
        for name, values in found.items() if is_thing or whole else ():
            sure = whole and not led and self._fields[name].says_what_it_is
            yield from (Named(name, value, wish.start, whole, sure) for value in values)

    def verdicts(self, named: Sequence[Named]) -> dict[str, Stated]:
        """What the wanted values say of items, by field. Yes for items that state one of them, or say one in words and
        leave the field empty. Fields that the values are unlikely to mean are left out."""
        wanted = (one for one in named if not one.refused)
        fields = {field: [*several] for field, several in groupby(wanted, key=lambda one: one.field)}
        found = {field: self._stated(field, several) for field, several in fields.items()}
        return {field: stated for field, stated in found.items() if stated}

    def refusals(self, named: Sequence[Named]) -> dict[str, tuple[Mask, Mask]]:
        """Per refused field, (items,) each: items with another value, and items without a clear one. Fields that the
        values are unlikely to mean are left out."""
        found: dict[str, tuple[Mask, Mask]] = {}
        for one in (one for one in named if one.refused):
            if stated := self._stated(one.field, [one]):
                other, perhaps = found.get(one.field, (True, False))
                found[one.field] = (other & ~stated.yes & ~stated.perhaps, perhaps | stated.perhaps)
        return found

    def _stated(self, name: str, named: Sequence[Named]) -> Stated | None:
        field, sure = self._fields[name], any(one.sure for one in named)
        silent = field.silent
        spoken = [self._spoken_of(field, one.values, read=not (sure or one.there)) for one in named]
        states = np.logical_or.reduce([one.states for one in spoken])
        said, read = sum(one.said for one in spoken), sum(one.read for one in spoken)
        of_it = SURE if field.of_one_sense else SURE / 2
        meant = SUREST if sure else min((said + of_it * AS_MANY) / (read + AS_MANY), SUREST)
        usual = float(states.sum()) / max(1, len(silent) - int(silent.sum()))
        if meant < MEANT or meant <= usual:
            return None
        otherwise = float(np.log(meant / (1 - meant) * (1 - usual) / usual))
        says = np.zeros(len(states), dtype=bool)
        for one in spoken:
            says[one.positions] = True
        known = float(-np.log(usual + (1 - usual) * np.exp(-otherwise)))
        # what states another value and has the word in its text may mean something else by it: "There is a bath"
        perhaps = silent if sure else silent | says
        if not (field.single or field.one_each or named[0].refused):
            perhaps = ~states  # to hold others does not say that it holds not this
        for not_told in (one.open for one in named if one.open):
            perhaps = perhaps | field.states(not_told)
        return Stated(states | (says & silent), perhaps & ~states & ~(says & silent), known, otherwise)

    def _spoken_of(self, field: ValueField, values: tuple[str, ...], *, read: bool) -> _Spoken:
        """Which items state or say values that are one to a wish; with `read`, also how often those that say them state
        them."""
        found = self._spoken.get((field.name, values, read))
        if found is None:
            states, said = field.states(values), values[:MOST]
            positions = np.unique(np.concatenate([self._holding(value) for value in said]))
            filled = positions[~field.silent[positions]] if read else positions[:0]
            some = filled[np.linspace(0, len(filled) - 1, min(READ, len(filled))).astype(np.int64)]
            texts = [place for place in some.tolist() if _says(self._text(place), said)]
            found = _Spoken(states, positions, int(states[texts].sum()), len(texts))
            if len(self._spoken) >= KEPT:
                self._spoken.clear()
            self._spoken[field.name, values, read] = found
        return found


def _longest(words: Sequence[str], fields: Sequence[ValueField]) -> tuple[int, dict[str, str]]:
    """How many of the first words form one value, and that value by field; 1 and nothing where they form none."""
    for size in range(len(words), 0, -1):
        said = " ".join(words[:size])
        found = {field.name: value for field in fields if (value := field.spelt(said))}
        if found:
            return size, found
    return 1, {}


def _counts(word: str) -> bool:
    return word in COUNTS or word.isdecimal()


def _says(text: str, values: Sequence[str]) -> bool:
    """Whether one of the values stands in the text as words of its own."""
    said = "|".join(map(re.escape, values))
    return re.search(rf"(?<!\w)(?:{said})(?!\w)", text.casefold()) is not None
