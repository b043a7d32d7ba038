"""Quantities in text: numbers as people write them, with their units, and conversion between units of one kind.

    £13.5m of sales    15,9 Mio. €    6 800 t    C$41 million    52,000 sq ft    seventy people

Money is never converted: a rate is not in the text. A plain "$" is US dollars, as most who write it mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from math import isclose, isfinite
from typing import NamedTuple

from firstfive.features import numerals


class Unit(NamedTuple):
    """A unit of measure. size: how many of its kind's first unit it is; of money, always 1."""

    name: str
    kind: str
    size: float = 1.0


class Quantity(NamedTuple):
    """A number where it stands: `text[start:end]` has all of it, currency, magnitude and unit included.

    ranged: one end of a range, such as "10 to 15". worded: written in words.
    """

    number: float
    unit: Unit | None
    start: int
    end: int
    ranged: bool = False
    worded: bool = False


_MONEY = """\
USD $ US$ USD dollar dollars US-dollars
EUR € EUR euro euros
GBP £ GBP sterling
CAD C$ CA$ Can$ CAD
AUD A$ AU$ AUD
NZD NZ$ NZD
SGD S$ SGD
HKD HK$ HKD
TWD NT$ TWD
BRL R$ BRL reais
MXN MX$ MXN
CHF CHF SFr SFr. Franken
SEK SEK
NOK NOK
DKK DKK
ISK ISK
PLN PLN zł zlotys
CZK CZK Kč
HUF HUF Ft forint
RON RON lei
BGN BGN
RSD RSD
TRY TRY ₺
RUB RUB ₽ rubles
UAH UAH ₴
JPY ¥ JPY yen
CNY CNY RMB yuan
KRW ₩ KRW
INR ₹ INR Rs Rs. rupees
IDR IDR Rp
MYR MYR RM
THB THB ฿ baht
PHP PHP ₱
VND VND ₫
PKR PKR
BDT BDT
ILS ILS ₪ NIS
AED AED dirhams
SAR SAR
QAR QAR
EGP EGP
KES KES KSh
NGN NGN ₦
GHS GHS
ZAR ZAR
ARS ARS
CLP CLP
COP COP
PEN PEN"""

_MEASURES: Mapping[str, str] = {
    "people": "1 people people persons person employees staff FTE FTEs workers Mitarbeiter Mitarbeitern Mitarbeitende "
    "Mitarbeitenden Mitarbeiterinnen Beschäftigte Beschäftigten Angestellte Leute Menschen Personen salariés "
    "collaborateurs personnes employés dipendenti addetti persone empleados trabajadores personas trabalhadores "
    "colaboradores pessoas medewerkers werknemers mensen ansatte medarbejdere anställda pracowników osób "
    "zaměstnanců zamestnancov työntekijää",
    "percent": "1 percent % per_cent pct Prozent pour_cent percento procent",
    "area": "1 m2 m² sqm sq_m sq._m. square_metres square_meters Quadratmeter qm mètres_carrés metri_quadrati "
    "metros_cuadrados vierkante_meter\n"
    "0.09290304 sq_ft sq._ft. sqft ft² ft2 square_feet square_foot\n"
    "1000000 km2 km² sq_km square_kilometres square_kilometers\n2589988.11 sq_mi square_miles\n"
    "10000 ha hectare hectares Hektar ettari hectáreas\n4046.8564224 acre acres",
    "weight": "1 kg kilo kilos kilogram kilograms kilogrammes Kilogramm\n0.001 g gram grams grammes Gramm\n"
    "1000 t tonne tonnes metric_tons metric_tonnes Tonnen tonnellate toneladas ton\n"
    "0.45359237 lb lbs pound pounds\n0.028349523125 oz ounce ounces",
    "length": "1 m metre metres meter meters Meter mètres metri metros\n1000 km kilometre kilometres kilometer "
    "kilometers Kilometer\n0.01 cm centimetres centimeters\n0.001 mm millimetres millimeters\n"
    "0.3048 ft feet foot\n0.0254 inch inches\n1609.344 mi mile miles\n0.9144 yd yards",
    "volume": "1 l litre litres liter liters Liter litri litros\n0.001 ml millilitres milliliters\n"
    "100 hl hectolitres Hektoliter\n1000 m3 m³ cubic_metres cubic_meters Kubikmeter\n3.785411784 gallon gallons",
    "duration": "1 days day Tage Tagen jours giorni días\n365.25 years Jahre Jahren ans anni años anos yrs\n"
    "30.4375 months month Monate Monaten mois mesi meses\n7 weeks week Wochen semaines settimane semanas\n"
    "0.041666666667 hours hour h Stunden heures ore horas\n0.000694444444 minutes minute min Minuten",
    "power": "1 kW\n0.001 W watts\n1000 MW megawatts\n1000000 GW gigawatts\n0.745699872 hp",
    "energy": "1 kWh\n1000 MWh\n1000000 GWh\n1000000000 TWh",
}
"""By kind, a line a unit: its size, its name, and how it is written; "_" stands for a space.

Among others, "t" also reads "tons": who writes it seldom says which.
"""

YEAR = Unit("year", "year")
"""A year of the calendar, as in "founded in 1987"; "years" are a duration."""

_LETTERS: Mapping[str, float] = {"k": 1e3, "t": 1e3, "m": 1e6, "mm": 1e6, "b": 1e9}
_PLAIN_LETTERS = frozenset("kKMB")
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?"
_GAP = r"[ \u00a0\u202f]?"
_WORDS: Mapping[str, int] = {
    **{word: n for n, word in enumerate(numerals.ENGLISH)},
    **{word: 10 * n for n, word in enumerate(numerals.ENGLISH_TENS, 2)},
    "dozen": 12,
}
_BEGINNINGS = frozenset({*_WORDS, "a", "half", "quarter"})
_LETTERS_ONLY = re.compile(r"\b[A-Za-z]+")
_BIG: Mapping[str, float] = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}


@lru_cache(maxsize=32)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of the text with its unit, in order; years and plain numbers have none.

    Cost: about 0.2 ms a thousand characters of prose; the texts asked about last are remembered.
    """
    found = [quantity for match in _quantity().finditer(text) if (quantity := _read(match)) is not None]
    found += _in_words(text)
    found.sort(key=lambda one: one.start)
    return tuple(one._replace(ranged=True) if _ranged(text, found, place) else one for place, one in enumerate(found))


def converted(number: float, unit: Unit, wanted: Unit) -> float | None:
    """The number in another unit of the same kind; None where they are of two kinds, or of two currencies."""
    if unit.kind != wanted.kind or (unit.kind == "money" and unit.name != wanted.name):
        return None
    return number * unit.size / wanted.size


def same_number(one: float, other: float) -> bool:
    """Whether two numbers are one but for rounding in conversions and in print."""
    return isclose(one, other, rel_tol=0.005, abs_tol=1e-9)


def unit_named(name: str) -> Unit | None:
    """The unit that goes by this name or spelling, such as "USD", "people", "sq ft"; None for one not known."""
    if name.casefold() in {"year", "calendar year"}:
        return YEAR
    spelt = _spellings()
    return (
        spelt.get(name)
        or spelt.get(name.replace("_", " "))
        or {k.casefold(): u for k, u in spelt.items()}.get(name.casefold())
    )


def known_units() -> str:
    """The names of all units, for people to choose from."""
    names = dict.fromkeys(unit.name for unit in _spellings().values())
    return ", ".join([YEAR.name, *names])


def magnified(number: str, word: str, *, money: bool) -> float | None:
    """The number times what the word behind it says: 43,000 of "43" and "k"; None for a word that is no magnitude.

    "m", "b" and "t" are units, such as metres, but of money; "M" and "B" are millions and billions of anything.
    """
    folded = word.casefold()
    letter = _LETTERS.get(folded) if money or word in _PLAIN_LETTERS else None
    size = numerals.MAGNITUDES.get(folded) or letter
    return None if size is None else numerals.number(number, folded) * size


# --- reading ----------------------------------------------------------------------------------------------------------


@cache
def _spellings() -> Mapping[str, Unit]:
    """Every way to write a unit after a number."""
    found: dict[str, Unit] = {}
    for kind, lines in _MEASURES.items():
        for line in lines.split("\n"):
            size, *written = line.split()
            names = [name.replace("_", " ") for name in written]
            found.update(dict.fromkeys(names, Unit(names[0], kind, float(size))))
    for line in _MONEY.split("\n"):
        name, *written = line.split()
        found.update(dict.fromkeys((one.replace("-", " ") for one in written), Unit(name, "money")))
    found["tons"] = found["t"]
    return found


@cache
def _quantity() -> re.Pattern[str]:
    signs = _any(one for one, unit in _spellings().items() if unit.kind == "money" and not one.islower())
    coins = _any(one for one, unit in _spellings().items() if unit.kind == "money")
    units = "|".join(f"{re.escape(one)}{_edge(one)}" for one in _longest(_spellings()))
    magnitudes = "|".join(_longest(numerals.MAGNITUDES))
    first = "".join(sorted({re.escape(one[0]) for one, unit in _spellings().items() if unit.kind == "money"}))
    return re.compile(
        rf"(?=[\d{first}])(?<![\w.,/])(?:(?P<before>(?<!\w)(?:{signs})){_GAP})?(?<![A-Za-z])(?P<number>{_NUMBER})"
        rf"(?:{_GAP}-?(?P<size>(?i:{magnitudes}))\.?(?!\w)"
        rf"|{_GAP}(?P<letter>(?i:mm|[kmbt]))(?=(?:{_GAP}(?:{coins})(?!\w))|(?(before)(?![\w²³])|(?!)))"
        rf"|(?P<compact>[kKM])(?={_GAP}\+?{_GAP}(?:people|employees)))?\+?"
        rf"(?:{_GAP}-?(?:of |d'|di |de )?(?P<unit>{units}))?(?![\d])"
    )


def _edge(spelling: str) -> str:
    """What must not follow: no letter after a word, nothing after "m" that makes it another unit."""
    return r"(?![\w²³])" if spelling[-1].isalnum() else ""


def _any(spellings: Iterator[str]) -> str:
    return "|".join(re.escape(one) for one in _longest(spellings))


def _longest(words: Iterator[str] | Mapping[str, object]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _read(match: re.Match[str]) -> Quantity | None:
    size = (match["size"] or "").casefold()
    letter = (match["letter"] or match["compact"] or "").casefold()
    number = numerals.number(match["number"], size) * numerals.MAGNITUDES.get(size, 1.0) * _LETTERS.get(letter, 1.0)
    spelt = match["before"] or match["unit"]
    if not isfinite(number) or number > 1e18:
        return None
    return Quantity(number, _spellings()[spelt] if spelt else None, match.start(), match.end())


def _in_words(text: str) -> Iterator[Quantity]:
    """The numbers that are written out."""
    end = 0
    for word in _LETTERS_ONLY.finditer(text):
        if word.start() >= end and word.group().casefold() in _BEGINNINGS:
            match = _words().match(text, word.start())
            quantity = _spelt(match) if match else None
            if quantity is not None:
                end = quantity.end
                yield quantity


@cache
def _words() -> re.Pattern[str]:
    small = "|".join(_longest({**_WORDS, "a": 1}))
    units = "|".join(re.escape(one) + r"(?!\w)" for one in _longest(_spellings()) if one.isalpha())
    tens, ones = "|".join(numerals.ENGLISH_TENS), "|".join(numerals.ENGLISH[1:10])
    return re.compile(
        rf"(?P<words>(?:half an?|quarter of a|(?:{tens})[- ](?:{ones})|{small})(?: (?:{'|'.join(_BIG)}))*"
        rf"(?: and (?:{tens})(?:[- ](?:{ones}))?)?)(?: (?P<unit>{units}))?(?!\w)",
        re.IGNORECASE,
    )


def _spelt(match: re.Match[str]) -> Quantity | None:
    number = _worded(match["words"])
    if number is None:
        return None
    unit = unit_named(match["unit"]) if match["unit"] else None
    return Quantity(number, unit, match.start(), match.end(), worded=True)


def _worded(words: str) -> float | None:
    """A number in English words; None for "a" alone and the like."""
    total, said = 0.0, False
    current = 0.0
    for word in re.split(r"[\s-]+", words.casefold()):
        if word in {"half", "quarter"}:
            current, said = (0.5 if word == "half" else 0.25), True
        elif word in _WORDS:
            current, said = current + _WORDS[word], True
        elif word in _BIG:
            current, said = max(current, 0.25 if current else 1) * _BIG[word], True
            if _BIG[word] > 100:
                total, current = total + current, 0.0
    return total + current if said else None


def _ranged(text: str, found: list[Quantity], place: int) -> bool:
    """Whether the number is an end of a range: "10 to 15", "between 10 and 15"."""
    here = found[place]
    for left, right in ((place - 1, place), (place, place + 1)):
        if left < 0 or right >= len(found):
            continue
        between = text[found[left].end : found[right].start]
        if _TO.fullmatch(between):
            return True
        if _AND.fullmatch(between) and _BETWEEN.search(text[max(0, found[left].start - 12) : found[left].start]):
            return True
    return bool(_TO.fullmatch(text[here.end : here.end + 1]) and text[here.end + 1 : here.end + 2].isdigit())


_TO = re.compile(r"\s?(?:-|–|—|to|bis|à|until|or)\s?")
_AND = re.compile(r"\s(?:and|und|et)\s")
_BETWEEN = re.compile(r"(?:between|from|zwischen|entre)\s+$", re.IGNORECASE)
