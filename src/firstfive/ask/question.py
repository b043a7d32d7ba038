"""The one best question: the one whose answer is expected to bring the match among the five most surely.

    best(columns, positions, shares) -> Question     buttons, each a condition in the filter language

Each candidate has its share of the chance to be the match (`Calibration.shares`). An answer moves shares: up for those
that state it, down for those that state otherwise; those that state nothing no answer brings up. The expected gain is
the sum over answers of what the best five then hold, less what they hold now: the value of information (Howard, 1966),
in units of Success@5.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from firstfive.ask.stated import for_programs, held_codes, is_any, names_of, one_place
from firstfive.ask.topics import LONGEST, asked_as, topic
from firstfive.features import FIRST, field_text, value_text
from firstfive.features.freshness import YEARS_OF_FIELD, looks_like_year
from firstfive.features.weekly import week
from firstfive.types import Option, Question

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Numbers, Positions

POOL = 200
"""Candidates whose answers are looked at."""
BUTTONS = 4
"""Values on buttons; a fifth says "something else"."""
WRONG, INCOMPLETE = 0.06, 0.15
"""How often an item that is right states something else: where it states one value, and where it lists several."""
LEAST_SHARE, LEAST_GAIN = 0.05, 0.01
"""An answer that is likelier than this is a button; a question that gains less is not asked."""
LEAST_VALUE, ALMOST_ALL = 0.025, 0.9
"""Between these shares of the chance a value takes a button: one that nearly nobody or nearly everybody states parts
nobody from the others."""
WEEKS, YEARS = 45, 1_100
"""Days from the first date to the last, up to which each cut is a day, and from which on it ends a year."""
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*+://|//|www\.|mailto:|javascript:)\S+$|[^\s@]++@\S+\.\w+$")
"""Of a page, a picture or somebody's mail: nobody can answer by it."""
ANSWERED = 0.3
"""The share of the chance whose items must state a field, for it to be asked about."""


def best(
    columns: Mapping[str, Column],
    positions: Positions,
    shares: Numbers,
    skip: Collection[str] = (),
) -> Question | None:
    """The question with the largest expected gain; None where none gains enough. Ties go to the first name.

    positions and shares (n,): candidates in the order of the ranking. skip: fields that were said or asked, beside
    those that are `for_programs`.
    """
    pool, weights = positions[:POOL], shares[:POOL]
    left = ((name, columns[name]) for name in sorted(columns.keys() - {*skip}))
    found = (_about(name, column, pool, weights) for name, column in left if not for_programs(name, column))
    return max(filter(None, found), key=lambda question: question.gain, default=None)


def gain(shares: Numbers, answers: Numbers) -> float:
    """What the first five are expected to hold after an answer, more than now. answers (options, n): P(answer | item).

    What is left to 1 of an item is "doesn't matter", after which all is as before.
    """
    now = _five(shares[None])[0]
    none = np.maximum(0, 1 - answers.sum(axis=0))
    silent = float((np.sort(shares)[::-1][:FIRST] * none[np.argsort(-shares, kind="stable")[:FIRST]]).sum())
    return float(_five(shares * answers).sum() + silent - now)


def _five(shares: Numbers) -> Numbers:
    """(rows,): the sum of the five largest of each row."""
    n = min(FIRST, shares.shape[1])
    return np.asarray(np.partition(shares, shares.shape[1] - n, axis=1)[:, -n:].sum(axis=1))


def _about(name: str, column: Column, positions: Positions, shares: Numbers) -> Question | None:
    made = _OPTIONS[column.kind](name, column, positions, shares)
    if made is None:
        return None
    options, holds = made  # holds (options, n): 1 states it, 0 states otherwise; nan: states nothing
    stated = ~np.isnan(holds[0])
    known = float(shares[stated].sum())
    if known < ANSWERED * float(shares.sum()):
        return None
    answers = _likelihoods(holds, INCOMPLETE if column.kind == "list" else WRONG)
    likely = answers @ shares / max(float(shares.sum()), 1e-12)
    if int((likely >= LEAST_SHARE).sum()) < 2:
        return None
    worth = gain(shares, answers)
    if worth < LEAST_GAIN:
        return None
    shown = tuple(replace(one, share=round(float(share), 4)) for one, share in zip(options, likely, strict=True))
    return Question(name, asked_as(name, column.kind), shown, round(worth, 4))


def _likelihoods(holds: Numbers, wrong: float) -> Numbers:
    """(options, n): the chance of each answer, if the item is the match.

    Of an item that states nothing none counts: no answer can bring it up.
    """
    stated = ~np.isnan(holds[0])
    held = np.nan_to_num(holds)
    sums = held.sum(axis=0)
    given = np.where(sums > 0, held / np.maximum(sums, 1), 1 / len(held))
    return np.asarray(((1 - wrong) * given + wrong / len(held)) * stated)


_Made = tuple[list[Option], "Numbers"] | None


def _numbers(name: str, column: Column, positions: Positions, shares: Numbers) -> _Made:
    if column.numbers is None:
        return None
    values = np.asarray(column.numbers[positions], dtype=np.float64)
    stated = np.isfinite(values)
    whole = bool((values[stated] == np.floor(values[stated])).all()) and topic(name) != "money"
    return _spans(name, values, natural_cuts(values[stated], shares[stated]), float, 1.0 if whole else 0.0)


def _days(name: str, column: Column, positions: Positions, shares: Numbers) -> _Made:
    """The same of dates: each cut is the last day of a month or a year, unless all are within weeks."""
    held = held_codes(column, positions)
    said = [column.values[codes[0]] if len(codes) else "" for codes in held]
    values = np.array([date.fromisoformat(one).toordinal() if one else np.nan for one in said], dtype=np.float64)
    stated = np.isfinite(values)
    cuts = _last_days(values[stated], shares[stated])
    return _spans(name, values, cuts, lambda at: date.fromordinal(int(at)).isoformat(), 1.0)


def _spans(
    name: str, values: Numbers, cuts: Sequence[float], told: Callable[[float], str | float], step: float
) -> _Made:
    """Options from cut to cut. told: a cut as its button and its condition say it.

    step: from a cut to where the next button begins, "50 or less" and then "51 to 100"; 0 where what lies between may
    be stated too, as of metres, or is nothing that anybody counts, as of money.
    """
    if not cuts:
        return None
    spans = list(zip([-np.inf, *cuts], [*cuts, np.inf], strict=True))
    holds = np.stack([(values > low) & (values <= high) for low, high in spans]).astype(np.float64)
    holds[:, np.isnan(values)] = np.nan
    return [_range(name, low, high, told, step) for low, high in spans], holds


def _range(name: str, low: float, high: float, told: Callable[[float], str | float], step: float) -> Option:
    """low or high, exclusive and inclusive; infinite where it is open at that end, as it is at one at most."""
    over, up_to = (f"{field_text(name)} {sign} " for sign in (">", "<="))
    if np.isinf(high):
        return Option("over", (told(low),), over + value_text(told(low)))
    up_to += value_text(told(high))
    if np.isinf(low):
        return Option("up_to", (told(high),), up_to)
    return Option("between", (told(low + step), told(high)), f"{over}{value_text(told(low))} and {up_to}")


def natural_cuts(values: Numbers, shares: Numbers) -> list[float]:
    """One to three round numbers that part the values into groups of like weight: 10, 50, 200; years by fives or tens.

    Each group has a value. Empty where all values are the same.
    """
    years = all(looks_like_year(value, YEARS_OF_FIELD) for value in values.tolist())
    return _parted(values, shares, _year if years else lambda level, _: _round(level))


def _last_days(values: Numbers, shares: Numbers) -> list[float]:
    """The same of days, counted."""
    return _parted(values, shares, _last_day)


def _parted(values: Numbers, shares: Numbers, near: Callable[[float, float], float]) -> list[float]:
    """The levels that part values in four, each made a near one that reads well. near: of a level and the spread."""
    if len(values) < 2 or values.min() == values.max():
        return []
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(np.maximum(shares[order], 1e-9))
    levels = [float(values[order][np.searchsorted(summed, part * summed[-1])]) for part in (0.25, 0.5, 0.75)]
    spread = float(values[order][-1] - values[order][0])
    rounded = (near(level, spread) for level in levels)
    low, high = float(values.min()), float(values.max())
    cuts = sorted({cut for cut in rounded if low <= cut < high})
    edges = [-np.inf, *cuts, np.inf]
    held = [bool(((values > one) & (values <= two)).any()) for one, two in zip(edges[:-1], edges[1:], strict=True)]
    return [cut for cut, full in zip(cuts, held, strict=False) if full]


def _year(value: float, spread: float) -> float:
    step = 1 if spread <= 8 else 5 if spread <= 40 else 10
    return float(np.floor(value / step) * step)


def _last_day(level: float, spread: float) -> float:
    """The last day of its month; where days lie years apart, of its year; where all are within weeks, itself."""
    at = date.fromordinal(int(level))
    if spread <= WEEKS:
        return level
    if spread > YEARS:
        return float(date(at.year, 12, 31).toordinal())
    return float(at.replace(day=monthrange(at.year, at.month)[1]).toordinal())


def _round(value: float) -> float:
    """The nearest of 1, 2, 5, 10, 20, 50, ... by ratio, with its sign."""
    if value == 0:
        return 0.0
    size = 10.0 ** np.floor(np.log10(abs(value)))
    near = min((1.0, 2.0, 5.0, 10.0), key=lambda step: abs(np.log(step * size / abs(value))))
    return float(np.sign(value) * near * size)


def _truths(name: str, column: Column, positions: Positions, shares: Numbers) -> _Made:  # noqa: ARG001
    if column.numbers is None:
        return None
    values = np.asarray(column.numbers[positions], dtype=np.float64)
    holds = np.stack([values, 1 - values])
    return [Option("yes", (), f"{field_text(name)} = yes"), Option("no", (), f"{field_text(name)} = no")], holds


def _values(name: str, column: Column, positions: Positions, shares: Numbers) -> _Made:
    """The likeliest values, and "something else".

    None for texts, where most values are long or each is an item's own, for addresses and for opening times. A value
    that all state parts nobody, and takes no button.
    """
    held = held_codes(column, positions)
    if not held:
        return None
    same = one_place(name, column)
    codes, rows = _flat(_under_one_name(held, same) if same else held)
    distinct, place = np.unique(codes, return_inverse=True)
    count = np.bincount(place)
    texts = [column.values[code] for code in distinct.tolist()]
    if not texts or (count.max() < 2 and len(texts) > 2) or not _short(texts):
        return None
    stated = np.array([len(one) > 0 for one in held], dtype=bool)
    total = float(shares[stated].sum())
    weight = np.bincount(place, weights=shares[rows]).astype(np.float64)
    parts = [at for at in _likeliest(weight) if weight[at] < ALMOST_ALL * total and len(texts[at]) <= LONGEST][:BUTTONS]
    parts = [at for at in parts if weight[at] >= LEAST_VALUE * total]
    if not parts or not _sayable([texts[at] for at in parts]):
        return None
    holds = np.zeros((len(parts) + 1, len(positions)))
    for number, at in enumerate(parts):
        holds[number, rows[place == at]] = 1
    holds[-1] = holds[:-1].sum(axis=0) == 0
    holds[:, ~stated] = np.nan
    options = _buttons(name, [names_of(column, code, same) for code in distinct[parts].tolist()])
    return (options, holds) if float(np.nan_to_num(holds[-1]) @ shares) > 0 else (options[:-1], holds[:-1])


def _short(texts: Sequence[str]) -> bool:
    """Whether most are short enough for a button, and most are no addresses."""
    if float(np.median([len(text) for text in texts])) > LONGEST:
        return False
    return sum(bool(_ADDRESS.match(text[: 4 * LONGEST])) for text in texts) < len(texts) / 2


def _sayable(buttons: Sequence[str]) -> bool:
    """Whether somebody can answer by these: "Mon-Fri" beside "Monday to Friday", or beside "Tue, Thu", is no answer."""
    days = [said.one_day for text in buttons if (said := week(text))]
    return None not in days and len(set(days)) == len(days)


def _buttons(name: str, values: Sequence[Sequence[str]]) -> list[Option]:
    """An option a value, and one for all others. values: the names of each, the one on the button first."""
    every = ", ".join(value_text(named) for names in values for named in names)
    rest = Option("else", (), f"known {field_text(name)} and not {field_text(name)} in ({every})")
    return [*(Option("value", tuple(names[:1]), is_any(name, names)) for names in values), rest]


def _under_one_name(held: Sequence[Positions], same: Mapping[int, tuple[int, ...]]) -> list[Positions]:
    """The codes of each item, with the name that is used most for each place."""
    counts = Counter(code for one in held for code in one.tolist())
    usual = {code: max(codes, key=lambda one: (counts[one], -one)) for code, codes in same.items()}
    return [np.array(list(dict.fromkeys(usual.get(code, code) for code in one.tolist())), np.int64) for one in held]


def _flat(held: Sequence[Positions]) -> tuple[Positions, Positions]:
    """All codes in one row, and the row of the item that each is of."""
    rows = np.repeat(np.arange(len(held)), [len(one) for one in held])
    return (np.concatenate(held) if held else np.empty(0, np.int64)), rows


def _likeliest(weight: Numbers) -> list[int]:
    return [int(at) for at in np.argsort(-weight, kind="stable")]


_OPTIONS = {"number": _numbers, "yes/no": _truths, "text": _values, "list": _values, "date": _days}
