"""The value of a choice that an item's text is nearest to in meaning, and how sure that is."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

from firstfive.build.schema import Declared
from firstfive.types import Vectors

BEST = 3
"""So many of the most alike passages count, half and half with the whole text."""
SHIFT, LIKENESS, LEAD = -1.91, 3.68, 18.73
"""How sure a value is, from how alike it is and by how much more than the next one.

Fitted (logistic, each set of one weight) on 171 pages with 14 plain kinds of business, 300 summaries of companies with
11 sectors, and 300 pitches with 22 industries, by MiniLM. At 0.5 and above, values were given to 64, 37 and 41 %,
and right for 92, 69 and 54 %: a few plain values that exclude each other work, a broker's sectors hardly.
"""
SUREST = 0.9


class Nearest(NamedTuple):
    """A value, how sure it is, and the row of the text that is most like it, from 0 for the first after the whole."""

    value: str
    sure: float
    row: int


def wordings(fact: Declared) -> list[str]:
    """What of each value is embedded: with what the fact is about, which measured better than the value alone."""
    about = fact.about or fact.name.replace("_", " ")
    return [f"{value}: {about}" for value in fact.values]


def nearest(fact: Declared, values: Vectors, rows: Vectors) -> Nearest:
    """The nearest value. values (n, size), of `wordings`; rows (1 + k, size): the whole text, then its passages."""
    alike = rows @ values.T
    passages = alike[1:] if len(alike) > 1 else alike
    best = np.sort(passages, axis=0)[-BEST:].mean(axis=0)
    scores = (alike[0] + best) / 2
    first, second = np.argsort(-scores, kind="stable")[:2]
    sure = sureness(float(scores[first]), float(scores[second]))
    return Nearest(fact.values[first], sure, int(np.argmax(passages[:, first])))


def sureness(score: float, next_best: float) -> float:
    """How sure a value of this score is, in (0, SUREST], where another one has the next best."""
    return min(1 / (1 + exp(-(SHIFT + LIKENESS * score + LEAD * (score - next_best)))), SUREST)
