"""Text as sentences, and sentences as atoms: words, numbers, dates and signs by what they mean.

How they are written is left behind:

    "Founded on 3 May 1990, it sold 1,500 pumps for €2m."  ->  founded on 1990-5-3 it sold 1500 pumps for 2000000 eur
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from firstfive.build.languages import Tongue, tongues
from firstfive.build.stops import goes_on
from firstfive.features.dates import MONTH_NAMES
from firstfive.features.freshness import YEARS_IN_TEXT, looks_like_year


class Atom(NamedTuple):
    """One unit of meaning. key: equal for what means the same; text: as written.

    kind: "word", "number", "date", "currency", "percent" or "sign". case: "lower", "capital" or, of an acronym, "loud".
    unsure: it begins its sentence, or stands in a heading, so that its capital tells nothing. parted: a comma, colon,
    dash or bracket follows; None: whether one does means nothing.
    """

    key: str
    text: str
    kind: str = "word"
    case: str = "lower"
    unsure: bool = False
    parted: bool | None = False

    @property
    def name(self) -> bool:
        """Whether it is written as a name where only names are: what German calls nouns is too."""
        return self.kind == "word" and self.case != "lower" and not self.unsure


def is_year(atom: Atom) -> bool:
    """Whether it is a date, or a number that may be a year."""
    digits = re.fullmatch(r"number:(\d{4})", atom.key)
    return atom.kind == "date" or (digits is not None and looks_like_year(int(digits[1]), YEARS_IN_TEXT))


# --- sentences --------------------------------------------------------------------------------------------------------

ENDED = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
"""Whether a text ends as a sentence does."""

_GAP = re.compile(
    r"(?<=[.!?…])(?P<closing>[\"'”’»)\]]*+)\s++(?=[\"'“‘«„(\[¿¡]*[A-ZÀ-ÖØ-ÞĀ-ſΑ-ΩА-ЯЁ0-9])|"
    r"(?<=[。！？])|(?<!\s)(?:\s*\n\s*|\s++[|·•]\s++)"
)
_ORDINAL = re.compile(r"\b\d{1,2}\.$")
_MONTH = re.compile("|".join(name[:3].capitalize() for name in MONTH_NAMES["de"]))


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; lines, and what bars or bullets part, stand by themselves."""
    found: list[str] = []
    start = 0
    for gap in _GAP.finditer(text):
        end = gap.start()
        if gap["closing"] is not None:
            before = text[max(start, end - 12) : end]
            if goes_on(text, end, gap.end()) or (_ORDINAL.search(before) and _MONTH.match(text, gap.end())):
                continue
            end = gap.end("closing")
        found.append(text[start:end])
        start = gap.end()
    found.append(text[start:])
    return [one for raw in found if (one := " ".join(raw.split()))]


# --- atoms ------------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<iso>(?<!\d)\d{4}-\d{2}-\d{2}(?!\d))|(?P<point>(?<![\d.])\d{1,2}\.\d{1,2}\.\d{4}(?!\d))"
    r"|(?P<exact>(?<!\d)(?:\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}[:h]\d{2}(?::\d{2})?)(?!\d))"
    r"|(?P<dollar>\b(?:US|CA|C|AU|A|NZ|HK|S)\$)"
    r"|(?P<number>\d{1,3}(?:[\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*)(?P<tail>[^\W\d_]\w*)?"
    r"|(?P<word>[^\W\d_]\w*(?:['’][^\W\d_]\w*|\.\d+)*)"
    r"|(?P<sign>[%‰€$£¥&²³°≈≃≅∼≲≳≪≫≠∓÷∞√¢\u20a0-\u20cf✓✔✅✗✘❌☑☒★☆]|(?<=[\d])\s?[-–—](?=\s?\d)|(?<![^\s(])[-−–](?=\d)"
    r"|(?<=\w)[+#]+|[<>≤≥~±+×/@#=](?=\s?\d)|(?<=\w)[/@](?=\w)|\?(?=[\"'”’»)\]]*\s*$))"
    r"|(?P<pause>[,;:()\[\]|…]|(?<!\S)[-–—/](?!\S)|[–—])"
)
_CURRENCIES: Mapping[str, str] = {
    **dict.fromkeys(("€", "eur", "euro", "euros"), "eur"),
    **dict.fromkeys(("$", "dollar", "dollars"), "dollar"),
    **dict.fromkeys(("us$", "usd"), "usd"),
    **dict.fromkeys(("£", "gbp"), "gbp"),
    **dict.fromkeys(("¥", "yen"), "yen"),
    **dict.fromkeys(("chf", "franken"), "chf"),
    **{code: code for code in "cad aud nzd hkd sgd sek nok dkk pln czk inr cny jpy c$ ca$ a$ au$ nz$ hk$ s$".split()},
}
_PERCENT = {("%",), ("percent",), ("pct",), ("prozent",), ("per", "cent"), ("pour", "cent")}
_SHORT_MAGNITUDES = {
    "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "mm": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000,
}  # fmt: skip
_UNITS = frozenset("m km cm mm kg g t l ml h min ft mi lb kw mw gw kwh gb tb mb".split())
_SHORT_FORMS = {"ca": "can", "wo": "will", "sha": "shall"}
_ENDINGS = {"'s": "'s", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am"}
_ELIDED = frozenset("l d qu n s j c m t jusqu lorsqu puisqu".split())
_TO = frozenset(("to", "bis", "à"))
_DASHES = frozenset("-−–—")


def atoms(sentence: str, spoken: str) -> tuple[Atom, ...]:
    """The sentence's atoms in order. spoken: the language's code; without one that is known, words are only words."""
    tongue = tongues().get(spoken)
    found = list(_words(sentence, tongue, spoken))
    if tongue is not None:
        for merge in (_spelt, _magnified, _dated, _ranged):
            found = list(merge(found, tongue))
    found = list(_with_currency_last(list(_percents(found))))
    return tuple(_judged(found, tongue))


def _words(sentence: str, tongue: Tongue | None, spoken: str) -> Iterator[Atom]:
    spaced = tongue is not None and tongue.group == " "
    for match in _TOKEN.finditer(sentence):
        kind, text = match.lastgroup or "", match.group()
        if kind == "tail":
            kind = "number"
        if kind == "number" and " " in text and not spaced:  # two numbers side by side, and no thousands
            for part in text.split(" "):
                yield from _number(part, "", tongue)
        elif kind == "number":
            yield from _number(match["number"], match["tail"] or "", tongue)
        else:
            yield from _READERS[kind](text, tongue, spoken)


def _word(text: str, tongue: Tongue | None, spoken: str) -> Iterator[Atom]:
    """One word, or what a contraction is short for."""
    parts = _parted(text.replace("’", "'"), spoken)
    for at, part in enumerate(parts):
        key = part.casefold()
        if tongue:
            key = tongue.same.get(key, key)
        currency = _CURRENCIES.get(key)
        kind = "currency" if currency else "word"
        yield Atom(f"currency:{currency}" if currency else key, part, kind, _case(part) if at == 0 else "lower")


def _case(text: str) -> str:
    if len(text) > 1 and text.isupper():
        return "loud"
    return "capital" if text[0].isupper() else "lower"


def _parted(text: str, spoken: str) -> list[str]:
    low = text.casefold()
    if spoken == "en":
        if low == "cannot":
            return [text[:3], "not"]
        if low.endswith("n't"):
            return [_SHORT_FORMS.get(low[:-3], text[:-3]), "not"]
        for ending, whole in _ENDINGS.items():
            if low.endswith(ending) and len(low) > len(ending):
                return [text[: -len(ending)], whole]
    head, apostrophe, rest = text.partition("'")
    if spoken == "fr" and apostrophe and head.casefold() in _ELIDED:
        return [head, *_parted(rest, spoken)]
    return [text]


def _sign(text: str, tongue: Tongue | None, _spoken: str) -> Iterator[Atom]:
    sign = text.strip()
    currency = _CURRENCIES.get(sign.casefold())
    if currency:
        yield Atom(f"currency:{currency}", sign, "currency")
    elif sign in _DASHES:
        yield Atom("-", sign, "sign")
    elif sign == "&":
        yield Atom(tongue.same["&"] if tongue else sign, sign)
    else:
        yield Atom(sign, sign, "sign")


def _pause(text: str, _tongue: Tongue | None, _spoken: str) -> Iterator[Atom]:
    yield Atom(",", text, "pause")


def _exact(text: str, _tongue: Tongue | None, _spoken: str) -> Iterator[Atom]:
    yield Atom(f"number:{text}", text, "number")


def _iso(text: str, _tongue: Tongue | None, _spoken: str) -> Iterator[Atom]:
    year, month, day = (int(part) for part in text.split("-"))
    yield Atom(f"date:{year}-{month}-{day}", text, "date")


def _point(text: str, _tongue: Tongue | None, spoken: str) -> Iterator[Atom]:
    """Day, month and year with full stops between them, as German writes them; elsewhere nobody can tell."""
    day, month, year = (int(part) for part in text.split("."))
    known = spoken == "de" and 1 <= month <= 12
    yield Atom(f"date:{year}-{month}-{day}" if known else f"number:{text}", text, "date")


_READERS = {
    "word": _word,
    "sign": _sign,
    "dollar": _sign,
    "pause": _pause,
    "exact": _exact,
    "iso": _iso,
    "point": _point,
}


def _number(text: str, tail: str, tongue: Tongue | None) -> Iterator[Atom]:
    """A number and what is written right behind it: a unit, a magnitude; "3rd" and "1990s" are words of their own."""
    low = tail.casefold()
    apart = low in _UNITS or low in _SHORT_MAGNITUDES or (tongue is not None and low in tongue.magnitudes)
    if tail and not apart and low not in _CURRENCIES:
        yield Atom(f"number:{text}{low}", text + tail, "number")
        return
    yield _value(text, tongue)
    if low in _CURRENCIES:
        yield Atom(f"currency:{_CURRENCIES[low]}", tail, "currency")
    elif tail:
        yield Atom(low, tail)


def _value(text: str, tongue: Tongue | None) -> Atom:
    value = _read(text, tongue)
    return Atom(f"number:{text if value is None else _plain(value)}", text, "number")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _read(text: str, tongue: Tongue | None) -> Decimal | None:
    """The number; None where it could be read in two ways, so that only the same digits are the same."""
    bare = re.sub(r"(?<=\d)['’\u00a0\u202f](?=\d{3})", "", text)
    if re.fullmatch(r"0|[1-9]\d*", bare):
        return Decimal(bare)
    if tongue is None:
        return None
    group, point = re.escape(tongue.group), re.escape(tongue.point)
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?:{point}\d+)?", bare):
        return Decimal(bare.replace(tongue.group, "").replace(tongue.point, "."))
    if re.fullmatch(rf"\d+{point}(?:\d{{1,2}}|\d{{4,}})", bare) or re.fullmatch(rf"0{point}\d+", bare):
        return Decimal(bare.replace(tongue.point, "."))
    return None


def _is_number(atom: Atom) -> bool:
    return atom.kind == "number" and atom.key.removeprefix("number:").replace(".", "", 1).isdecimal()


def _of(number: Decimal | int, text: str) -> Atom:
    return Atom(f"number:{_plain(Decimal(number))}", text, "number")


def _spelt(found: Sequence[Atom], tongue: Tongue) -> Iterator[Atom]:
    """Numbers in words as numbers: the longest run of words that is one, and hundreds with what follows."""
    at = 0
    while at < len(found):
        value, length = _hundreds(found, at, tongue)
        if length:
            yield _of(value, " ".join(atom.text for atom in found[at : at + length]))
        else:
            yield found[at]
        at += length or 1


def _hundreds(found: Sequence[Atom], at: int, tongue: Tongue) -> tuple[int, int]:
    """A number in words below a thousand and how many words it takes: "two hundred and five" is (205, 4)."""
    value, length = _in_words(found, at, tongue)
    linked = value >= 100 and at + length < len(found) and found[at + length].key in ("and", "und")
    following, more = _in_words(found, at + length + linked, tongue) if length else (0, 0)
    if more and following < 100 <= value:
        return value + following, length + linked + more
    return value, length


def _in_words(found: Sequence[Atom], at: int, tongue: Tongue) -> tuple[int, int]:
    """The number that stands here in words and how many words it takes; (0, 0) where there is none."""
    if at < len(found) and found[at].kind == "word":
        for words, value in tongue.numbers.get(found[at].key, ()):
            if tuple(atom.key for atom in found[at : at + len(words)]) == words:
                return value, len(words)
    return 0, 0


def _magnified(found: Sequence[Atom], tongue: Tongue) -> Iterator[Atom]:
    """ "2 million" and, of money, "2m"."""
    at = 0
    while at < len(found):
        atom, after = found[at], found[at + 1] if at + 1 < len(found) else None
        if after is None or not _is_number(atom) or after.kind != "word":
            yield atom
            at += 1
            continue
        beside = (found[at - 1] if at else None, found[at + 2] if at + 2 < len(found) else None)
        money = any(one is not None and one.kind == "currency" for one in beside)
        size = tongue.magnitudes.get(after.key) or (_SHORT_MAGNITUDES.get(after.key) if money else None)
        if size:
            yield _of(Decimal(atom.key.removeprefix("number:")) * size, f"{atom.text} {after.text}")
            at += 2
        else:
            yield atom
            at += 1


def _percents(found: Sequence[Atom]) -> Iterator[Atom]:
    at = 0
    while at < len(found):
        length = next((n for n in (2, 1) if tuple(atom.key for atom in found[at : at + n]) in _PERCENT), 0)
        if length:
            yield Atom("percent", " ".join(atom.text for atom in found[at : at + length]), "percent")
        else:
            yield found[at]
        at += length or 1


def _with_currency_last(found: Sequence[Atom]) -> Iterator[Atom]:
    """ "€ 5" as "5 €"."""
    waiting: Atom | None = None
    for at, atom in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        alone = at == 0 or found[at - 1].kind != "number"
        if atom.kind == "currency" and alone and after is not None and after.kind == "number":
            waiting = atom
            continue
        yield atom
        if waiting:
            yield waiting
            waiting = None


def _dated(found: Sequence[Atom], tongue: Tongue) -> Iterator[Atom]:
    """A month with its day, its year or both, in whatever order, as one date."""
    at = 0
    while at < len(found):
        date, length = _date(found, at, tongue)
        yield date or found[at]
        at += length or 1


def _date(found: Sequence[Atom], at: int, tongue: Tongue) -> tuple[Atom | None, int]:
    for shape in ("dmy", "mdy", "md,y", "dm", "md", "my"):
        window = found[at : at + len(shape)]
        if len(window) < len(shape):
            continue
        parts = {letter: _part(letter, atom, tongue) for letter, atom in zip(shape, window, strict=True)}
        if all(parts.values()):
            date = "-".join(str(parts.get(letter) or "") for letter in "ymd")
            return Atom(f"date:{date}", " ".join(atom.text for atom in window), "date"), len(shape)
    return None, 0


def _part(letter: str, atom: Atom, tongue: Tongue) -> int:
    """The year, month or day that an atom is; 0 where it is none."""
    if letter == ",":
        return int(atom.kind == "pause")
    if letter == "m":
        return _month(atom, tongue) if atom.kind == "word" else 0
    digits = re.fullmatch(r"number:(\d{1,4})(?:st|nd|rd|th|er)?", atom.key)
    value = int(digits[1]) if digits else 0
    return value if (1 <= value <= 31 if letter == "d" else looks_like_year(value, YEARS_IN_TEXT)) else 0


def _month(atom: Atom, tongue: Tongue) -> int:
    """From 1; 0 for no month. English and German write months with a capital: "may" and "march" are verbs."""
    if atom.case == "lower" and tongue.group != " ":
        return 0
    return next((n for n, name in enumerate(tongue.months, 1) if name == atom.key or _shortens(atom.key, name)), 0)


def _shortens(key: str, name: str) -> bool:
    return 3 <= len(key) <= 4 and len(name) > len(key) and name.startswith(key)


def _ranged(found: Sequence[Atom], _tongue: Tongue) -> Iterator[Atom]:
    """ "3 to 5" as "3-5"."""
    for at, atom in enumerate(found):
        between = 0 < at < len(found) - 1 and found[at - 1].kind == found[at + 1].kind == "number"
        yield atom._replace(key="-", kind="sign") if between and atom.key in _TO else atom


def _judged(found: Sequence[Atom], tongue: Tongue | None) -> Iterator[Atom]:
    """Without pauses, which atoms note, and with those marked whose capital tells nothing: headings and beginnings."""
    small = frozenset(tongue.articles) | tongue.prepositions | tongue.connecting if tongue else frozenset[str]()
    words = [atom for atom in found if atom.kind == "word" and atom.key not in small]
    shouted = len(words) > 1 and sum(atom.text.isupper() for atom in words) > 0.5 * len(words)
    headed = 1 < len(words) < 12 and all(atom.case != "lower" for atom in words)
    first = next((at for at, atom in enumerate(found) if atom.kind == "word"), -1)
    for at, atom in enumerate(found):
        if atom.kind != "pause":
            case = "capital" if shouted and atom.case == "loud" else atom.case
            unsure = shouted or headed or (at == first and case == "capital")
            parted = at + 1 < len(found) and found[at + 1].kind == "pause"
            yield atom._replace(case=case, unsure=unsure, parted=parted)
