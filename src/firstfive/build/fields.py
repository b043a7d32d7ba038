"""What kind each field of a catalogue is, and its strings as values of that kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import msgspec

from firstfive.build.cells import amounts, dated, left_open, truth
from firstfive.build.units import magnified, unit_named
from firstfive.features import dates, name_words
from firstfive.features.weekly import week
from firstfive.guard import says_nothing
from firstfive.ports import YES_NO
from firstfive.types import Fields, Value

VERSION = 8
"""Raised with every change of what a field's strings become; it is part of each Release."""

ENOUGH = 0.95
"""The share of a field's stated values that must fit a kind; the few that do not are then missing."""
LARGE = 2 / 3
"""The same for dates and sums of money, which nothing else looks like: a third may say "rolling" or "competitive"."""
PLAIN = 0.5
"""The share of values that must fit a kind without remarks, for those with remarks to be read as it."""

SEPARATED = 0.2
"""The share of values with a separator above which a field of short texts is a list."""

SEVERAL, RECURRING = 5, 3
"""Values with a comma that there must be, for commas to part entries of a list; and how many of these an entry must be
in to say anything of that."""
LONGEST_ENTRY = 32
"""Characters of an entry that a comma ends."""

_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,2})?\s?%?|[+-]?\.\d+")
_WITH_COMMA = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?\s?%?")
_DECIMAL_COMMA = re.compile(r"(?!\D*[1-9]\d{0,2},\d{3}\D*$).*,\d+\D*")
"""A comma that does not set off thousands; "0,500" is a half."""
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}\s?%?")
"""Points that can be no decimal ones."""
_THOUSAND_OR_ONE = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
"""A point that may set off thousands or decimals; in "0.500" and "12.5 %" it is a decimal one."""
_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:([ \u00a0\u2009\u202f'’])\d{3})(?:\1\d{3})*(?!\d)")
"""Thousands set off by spaces or apostrophes, as in "1 234" and "1'234.50"."""
_GAPS = re.compile(r"[ \u00a0\u2009\u202f'’]")
_ABOUT = re.compile(
    r"(?:[~≈]|(?:ca|approx|env|circa|about|around|roughly|approximately|etwa|rund|ungefähr|environ)\b\.?)\s*",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"(?<=\d)(?:\+(?!\d)|\s\+$)")
_UP_TO_999 = re.compile(r"[+-]?\d{1,3}")
_WITH_UNIT = re.compile(
    r"(?P<before>[$€£¥]|EUR|USD|GBP|CHF)?\s?(?P<number>[+-]?\d(?:[\d.,]*\d)?)\s?"
    r"(?:(?P<size>[^\W\d_]{1,12})\.?(?!\w)\s?)?(?P<after>[^\W\d_]{1,12}[²³23]?|[$€£¥])?",
    re.IGNORECASE,
)
"""A number, perhaps a magnitude such as "k" or "Mio.", and a unit; a single word behind a number is one of the two."""
_LONGEST_AMOUNT = 40
_SIGNS: Mapping[str, str] = {"$": "usd", "€": "eur", "euro": "eur", "euros": "eur", "£": "gbp", "¥": "jpy"}
_MONEY = frozenset({*_SIGNS, *_SIGNS.values(), "chf"})
_COUNTED = frozenset({"money", "people"})
"""Kinds of units that nobody writes with three decimals."""
_CLOCK = frozenset({"am", "pm", "uhr"})
_BARE = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d{1,3})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CODE = re.compile(r"0\d")
_MOST_DIGITS = 15
"""Digits of a whole number above which it is the name of something, and would be rounded."""
_LETTERED = re.compile(r"[a-z]{1,2}-?\d{1,5}|\d{1,5}-?[a-z]", re.IGNORECASE)
_FEWEST_LETTERED = 2
"""Different cells such as "12a" that make a column of whole numbers one of names."""
_NAMED_BY = frozenset(
    "postcode plz postleitzahl postal zip sic model modell modèle version ref reference référence referenz code bus "
    "route phone telephone mobile telefon téléphone isbn hausnummer".split()
)
_NO = frozenset("no nr number num nummer numéro".split())
"""Words that end a field's name and mostly add nothing to it."""
_OF_MEASURE: Mapping[str, str] = {
    word: kind
    for kind, words in {
        "area": "size area fläche wohnfläche größe surface taille",
        "weight": "weight gewicht poids",
    }.items()
    for word in words.split()
}
"""What kind of unit numbers without one have too, by their field's name."""
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s,\[\]'"][^,\[\]]*)""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SEPARATOR = re.compile(r"[;|]")
_COMMA = re.compile(r",(?!\d)")
_SENTENCE = re.compile(r"[.!?]$|\S\s+\S+\s+\S+\s+\S+\s+\S")
"""What no entry is that commas part: it ends as a sentence does, or has five words."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of all items. kinds: of each field. values: an item's, as values of their kinds, for filters.

    written: an item's values that say more than that, such as numbers with a unit, dates with a time and a yes with a
    remark, as the source wrote them; and its cells that say something else. unread: of the fields that have such cells,
    how many, and the first of them.
    """

    kinds: dict[str, str]
    values: list[Fields]
    written: list[Mapping[str, str]]
    unread: dict[str, tuple[int, str]]


def typed(raw: Sequence[Mapping[str, str]]) -> Typed:
    """The kind of each field over the whole catalogue, and every item's typed values."""
    columns: dict[str, list[str]] = {}
    for fields in raw:
        for name, value in fields.items():
            columns.setdefault(name, []).append(value)
    read = {name: _read(name, cells) for name, cells in columns.items()}
    numbers = {name: one for name, one in read.items() if one.kind == "number"}
    comma = _with_commas(
        {name: one.plain for name, one in numbers.items()}, {name: one.unit for name, one in numbers.items()}
    )
    comma |= {name for name, one in read.items() if one.kind == "list" and _parted_by_commas(one.plain)}
    american = {name for name, one in read.items() if one.kind == "date" and dates.month_first(one.plain)}
    given = Typed({name: one.kind for name, one in read.items()}, [], [], {})
    cells = {name: iter(one.plain) for name, one in read.items()}
    for fields in raw:
        converted = {
            name: convert(given.kinds[name], next(cells[name]), comma=name in comma, month_first=name in american)
            for name in fields
        }
        values = {name: value for name, value in converted.items() if value is not None}
        unread = {name: text for name in fields.keys() - values.keys() if not _silent(text := fields[name].strip())}
        for name, text in unread.items():
            count, first = given.unread.get(name, (0, text))
            given.unread[name] = (count + 1, first)
        given.values.append(values)
        written = ((name, _written(given.kinds[name], fields[name].strip())) for name in values)
        given.written.append({name: text for name, text in written if text} | unread)
    return given


@dataclass(frozen=True, slots=True)
class _Column:
    """A field's kind, and its cells without remarks and units as far as they are of that kind."""

    kind: str
    plain: Sequence[str]
    unit: str = ""


def _read(name: str, cells: Sequence[str]) -> _Column:
    """The column as a kind that most of its cells fit as they are and nearly all without remarks; else as it is."""
    plain = _without_remarks(name, cells)
    unit = unit_of(plain, name)
    if unit is not None:
        plain = [without_unit(value, unit) for value in plain]
    kind = infer(plain, LARGE if unit in _MONEY else ENOUGH)
    if kind == "number" and not unit and _names_things(name, plain):
        return _Column("text", cells)
    if kind in _PLAINLY or plain is cells:
        return _Column(kind, plain, unit or "")
    return _Column(infer(cells), cells)


def _names_things(name: str, cells: Sequence[str]) -> bool:
    """Whether numbers are names that nobody compares: postcodes, models, bus routes, houses beside a "12a"."""
    words = name_words(name)
    if words[-1:] and words[-1] in _NO:
        words.pop()
        if words[-1:] == ["house"]:
            return True
    if words and (words[-1] in _NAMED_BY or words[0] == "code"):
        return True
    others = {
        text for text in _stated(cells) if not any(form.fullmatch(_bare(text)) for form in (_NUMBER, _WITH_COMMA))
    }
    return len(others) >= _FEWEST_LETTERED and all(map(_LETTERED.fullmatch, others))


def _without_remarks(name: str, cells: Sequence[str]) -> Sequence[str]:
    """The cells as what they say of the kind that PLAIN of them are without remarks; as they are where none is so."""
    stated = _stated(cells)
    fit = {kind: frozenset(filter(plainly, set(stated))) for kind, plainly in _PLAINLY.items()}
    kind = next(
        (kind for kind, texts in fit.items() if sum(map(texts.__contains__, stated)) >= PLAIN * len(stated)), ""
    )
    if kind == "number":
        return amounts([cell.strip() for cell in cells], name, fit[kind])
    said = {"yes/no": lambda text: truth(text, name), "date": dated}.get(kind)
    return [text if (text := cell.strip()) in fit[kind] else said(text) or text for cell in cells] if said else cells


def _number_alone(text: str) -> bool:
    return _parted(text) is not None or any(form.fullmatch(_bare(text)) for form in (_NUMBER, _WITH_COMMA))


_PLAINLY: Mapping[str, Callable[[str], bool]] = {
    "yes/no": lambda text: text.casefold() in YES_NO,
    "number": _number_alone,
    "date": lambda text: any(dates.day(text, month_first=order) is not None for order in (False, True)),
}
"""Whether a cell is of a kind as it is."""


def _silent(text: str) -> bool:
    """Whether a cell states no value of any kind, and nothing that would have to be read."""
    return says_nothing(text) or (_bracketed(text) and not text.strip("[] "))


def _written(kind: str, text: str) -> str:
    """What a source wrote, where the typed value lacks something of it; else empty."""
    plain = {"number": _BARE, "date": _DAY}.get(kind)
    remark = kind == "yes/no" and text.casefold() not in YES_NO
    return text if remark or (plain and not plain.fullmatch(text)) else ""


def _bare(value: str) -> str:
    """A number in the signs that all forms of number share: "-1234" of "ca. −1 234+". Any other value as it is."""
    text = value.strip()
    if _BARE.fullmatch(text) or len(text) > _LONGEST_AMOUNT:
        return text
    text = _OR_MORE.sub("", text.removeprefix(about[0]) if (about := _ABOUT.match(text)) else text)
    return _GROUPED.sub(lambda found: _GAPS.sub("", found[0]), text.replace("−", "-"))


def infer(values: Sequence[str], enough: float = ENOUGH) -> str:
    """The kind of a field from all its values, in any order: "number", "yes/no", "date", "list" or "text".

    Digits with a leading zero, such as postal codes, are text. Values that state nothing ("", "-", "nan") have no say,
    nor have those that leave it open ("on request"). enough: the share of them that numbers must be.
    """
    stated = _stated(values)
    if not stated:
        return "text"
    need = ENOUGH * len(stated)
    if sum(text.casefold() in YES_NO for text in stated) >= need:
        return "yes/no"
    bare = [text for text in map(_bare, stated) if not _too_long(text)]
    numbers = max(sum(map(bool, map(form.fullmatch, bare))) for form in (_NUMBER, _WITH_COMMA))
    if numbers >= enough * len(stated) and not any(map(_CODE.match, bare)):
        return "number"
    order = dates.month_first(stated)
    if order is not None and sum(dates.day(text, month_first=order) is not None for text in stated) >= LARGE * len(
        stated
    ):
        return "date"
    if sum(map(_bracketed, stated)) >= need or _separated(stated) or _parted_by_commas(stated):
        return "list"
    return "text"


def _too_long(text: str) -> bool:
    whole = text.lstrip("+-").partition(".")[0].replace(",", "")
    return len(whole) > _MOST_DIGITS and whole.isdecimal()


def _stated(values: Sequence[str]) -> list[str]:
    """Those that have a say in what kind a column is."""
    return [text for value in values if not says_nothing(text := value.strip()) and not left_open(text)]


def _with_commas(numbers: Mapping[str, Sequence[str]], units: Mapping[str, str]) -> frozenset[str]:
    """The fields of numbers that write them with decimal commas, by their own values and by the other fields."""
    own = {name for name, values in numbers.items() if decimal_commas(values, units.get(name, ""))}
    if not own or any(map(_has_decimal_point, (numbers[name] for name in numbers.keys() - own))):
        return frozenset(own)
    return frozenset(own | {name for name, values in numbers.items() if _thousands(values, surely=True)})


def decimal_commas(values: Sequence[str], unit: str = "") -> bool:
    """Whether a field of numbers writes them as much of Europe does: "12,5", and so "1.234" for thousands.

    Where each point has three digits behind it and there is no comma, the field does if its unit is money or people, or
    if whole numbers up to 999 stand beside, and none above.
    """
    bare = list(map(_bare, values))
    fit = list(filter(_WITH_COMMA.fullmatch, bare))
    told = any(_DECIMAL_COMMA.fullmatch(text) or _THOUSANDS.fullmatch(text) for text in fit)
    if told and len(fit) > sum(map(bool, map(_NUMBER.fullmatch, bare))):
        return True
    known = unit_named(unit) or unit_named(f"{unit}s") if unit else None
    return _thousands(values, surely=known is not None and known.kind in _COUNTED)


def _thousands(values: Sequence[str], *, surely: bool) -> bool:
    """Whether every point of a field may set off thousands and, unless that is sure, other numbers say that they do."""
    numbers = set(filter(_NUMBER.fullmatch, map(_bare, values)))
    pointed = {text for text in numbers if "." in text}
    whole = numbers - pointed
    if not pointed or not all(map(_THOUSAND_OR_ONE.fullmatch, pointed)) or any("," in text for text in whole):
        return False
    return surely or (len(pointed) > 1 and len(whole) > 0 and all(map(_UP_TO_999.fullmatch, whole)))


def _has_decimal_point(values: Sequence[str]) -> bool:
    numbers = filter(_NUMBER.fullmatch, map(_bare, values))
    return any("." in text and not _THOUSAND_OR_ONE.fullmatch(text) for text in numbers)


def unit_of(values: Sequence[str], name: str = "") -> str | None:
    """The one unit that a field's numbers have: "m²" of "78 m²" and "105 m²". None for a field of another kind.

    Empty where some numbers have a magnitude and none a unit: "43k". Half may lack the unit, and more where it counts
    what nobody mistakes: sums, people, and what the field is called by, "2 bedrooms". Fields of several units, such as
    kilograms and pounds, are of another kind, since their numbers do not compare; so are times of day, numbers with a
    letter ("12a"), and what may be metres or millions ("43k" and "5m").
    """
    stated = _stated(values)
    parted = [found for text in stated if (found := _parted(text))]
    units = Counter(one.unit for one in parted if one.unit)
    sized = any(one.sized for one in parted)
    unit = max(units, key=lambda one: (units[one], one), default="")
    enough = LARGE if unit in _MONEY else ENOUGH
    others = units.total() - units[unit]
    if len(parted) - others < enough * len(stated) or others > (1 - enough) * len(parted) or not (units or sized):
        return None
    known = unit_named(unit) or unit_named(f"{unit}s") if unit else None
    words = name_words(name)
    told = unit in {word.removesuffix("s") for word in words}
    if known:
        told = known.kind in _COUNTED or any(_OF_MEASURE.get(word) == known.kind for word in words)
    if (unit and units.total() < len(parted) / 2 and not told) or unit in _CLOCK:
        return None
    letter = len(unit) == 1 and (unit_named(unit) is None or (sized and unit not in _MONEY))
    return None if letter else unit


def without_unit(value: str, unit: str) -> str:
    """The number of a value that has this unit, or none, in full: "43000" of "43k". Any other value as it is."""
    found = _parted(value.strip())
    return found.number if found and found.unit in {unit, ""} else value


@dataclass(frozen=True, slots=True)
class _Parts:
    """A number without its unit; sized: a magnitude was multiplied into it. unit: in one spelling, "" for none."""

    number: str
    unit: str
    sized: bool


def _parted(text: str) -> _Parts | None:
    """A number and its unit; None for what is no such thing."""
    text = _bare(text)
    found = _WITH_UNIT.fullmatch(text) if len(text) <= _LONGEST_AMOUNT else None
    if not found:
        return None
    number, size, spelt = found["number"], found["size"], [found["before"], found["after"]]
    money = any(one and one.casefold() in _MONEY for one in spelt)
    large = magnified(number, size, money=money) if size else None
    if large is not None:
        number = _in_full(large, comma=_DECIMAL_COMMA.fullmatch(number) is not None)
    units = [one.casefold() for one in (*spelt, size if large is None else None) if one]
    if len(units) > 1:
        return None
    unit = units[0] if units else ""
    unit = _SIGNS.get(unit) or (unit.removesuffix("s") if len(unit) > len("ms") else unit)
    return _Parts(number, unit, large is not None)


def _in_full(number: float, *, comma: bool) -> str:
    """The number in digits; with a decimal comma even where it needs none, since its column is known by it."""
    whole, _, rest = f"{number:.6f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole},{rest or 0}" if comma else f"{whole}.{rest}" if rest else whole


def convert(kind: str, value: str, *, comma: bool = False, month_first: bool = False) -> Value | None:
    """The string as a value of the kind; None where it states nothing or does not fit. comma: as `decimal_commas`, of
    a list that commas part its entries; month_first: as that of dates.
    """
    text = _bare(value) if kind == "number" else value.strip()
    if kind == "list" and comma:
        return _entries(_COMMA.split(text)) if not says_nothing(text) else None
    if comma:
        text = text.replace(".", "").replace(",", ".") if _WITH_COMMA.fullmatch(text) else ""
    if kind == "date":
        return dates.day(text, month_first=month_first)
    return None if says_nothing(text) else _CONVERT[kind](text)


def _bracketed(text: str) -> bool:
    return text.startswith("[") and text.endswith("]")


def _separated(stated: Sequence[str]) -> bool:
    several = [parts for text in stated if len(parts := _SEPARATOR.split(text)) > 1]
    if len(several) < SEPARATED * len(stated):
        return False
    pieces = [len(piece.strip()) for parts in several for piece in parts]
    return sum(pieces) <= 40 * len(pieces)


def _parted_by_commas(values: Sequence[str]) -> bool:
    """Whether commas part the entries of lists, as in "English, Polish, Urdu", by how the entries recur.

    Each stands in several lists or alone too, and most alone, or now at one place and now at another. Of "Leeds, West
    Yorkshire" the town stands in one list only, of "Smith, John" each at its own place; sentences have long entries.
    """
    stated = [text.casefold() for value in values if not says_nothing(text := value.strip())]
    several = [[part.strip() for part in _COMMA.split(text)] for text in stated if _COMMA.search(text)]
    if len(several) < max(SEVERAL, SEPARATED * len(stated)) or any(map(_bracketed, stated)) or _separated(stated):
        return False
    fit = [parts for parts in several if all(part and len(part) <= LONGEST_ENTRY for part in parts)]
    fit = [parts for parts in fit if not any(map(_SENTENCE.search, parts))]
    if len(fit) < ENOUGH * len(several) or sum(week(text) is not None for text in stated) > len(stated) / 2:
        return False
    alone = set(stated)
    places: dict[str, set[int]] = {}
    lists: dict[str, set[frozenset[str]]] = {}
    for parts in fit:
        for at, part in enumerate(parts):
            places.setdefault(part, set()).add(at)
            lists.setdefault(part, set()).add(frozenset(parts))
    counts = Counter(part for parts in fit for part in set(parts))
    often = {part: count for part, count in counts.items() if count >= RECURRING}
    mixed = sum(count for part, count in often.items() if part in alone or len(lists[part]) > 1)
    free = sum(count for part, count in often.items() if part in alone or len(places[part]) > 1)
    return (
        sum(often.values()) > 0.8 * counts.total() and mixed > 0.9 * sum(often.values()) and free > counts.total() / 2
    )


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text) or _too_long(text):
        return None
    number = float(text.replace(",", "").rstrip("% \t"))
    return number if isfinite(number) else None


def _yes_no(text: str) -> bool | None:
    return YES_NO.get(text.casefold())


def _list(text: str) -> tuple[str, ...] | None:
    parts = _in_brackets(text) if _bracketed(text) else _SEPARATOR.split(text)
    return _entries(parts)


def _entries(parts: Sequence[str]) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(part for raw in parts if (part := raw.strip()))) or None


def _in_brackets(text: str) -> list[str]:
    """The entries of a list as JSON or as Python prints one; written out here, since nothing is to be evaluated."""
    try:
        return [entry if isinstance(entry, str) else str(entry) for entry in msgspec.json.decode(text, type=list)]
    except (msgspec.DecodeError, RecursionError):
        found = _QUOTED.findall(text[1:-1])
    return [_ESCAPED.sub(r"\1", single or double) or bare for single, double, bare in found]


_CONVERT: Mapping[str, Callable[[str], Value | None]] = {
    "number": _number,
    "yes/no": _yes_no,
    "list": _list,
    "text": str,
}
