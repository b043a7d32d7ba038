"""Use case: which kind of request each one is: by its length, its language, or a field of what is right for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstfive.build.languages import language
from firstfive.errors import UsageError
from firstfive.measure import Qrels, Query, by_length, spellings

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project

MOST = 12
"""Values of a field that are kinds of their own, those of the most requests; the others are one kind together."""
OTHERS, UNSTATED, UNTOLD = "all others", "not stated", "not told by its words"


def kinds_of(
    by: Sequence[str], queries: Sequence[Query], judged: Qrels, project: Project | None
) -> dict[str, dict[str, str]]:
    """For each of these ways to divide requests ("length", "language" or a field's name), the kind of each qid.

    Raises UsageError where there are no queries, for a field that no right item has, and for any field where there is
    no project.
    """
    if by and not queries:
        raise UsageError("requests cannot be divided without their words; name them with --queries")
    found: dict[str, dict[str, str]] = {}
    for one in dict.fromkeys(by):
        if way := WAYS.get(one):
            found[one] = dict(zip([query.qid for query in queries], way([q.text for q in queries]), strict=True))
        else:
            found[one] = _by_field(one, queries, judged, project)
    return found


def _by_language(texts: Sequence[str]) -> list[str]:
    return [language(text) or UNTOLD for text in texts]


WAYS: Mapping[str, Callable[[Sequence[str]], list[str]]] = {"length": by_length, "language": _by_language}


def _by_field(name: str, queries: Sequence[Query], judged: Qrels, project: Project | None) -> dict[str, str]:
    """What the items that are right for a request have most often in this field; numbers in three parts."""
    if project is None:
        raise UsageError(f"{name!r} is a field of items, and a run has none; divide it by {' or '.join(WAYS)}")
    serving = project.recommender.serving
    right: dict[str, list[object]] = {}
    for query, item, grade in zip(judged.query.tolist(), judged.item.tolist(), judged.grades.tolist(), strict=True):
        if grade > 0:
            right.setdefault(judged.qids[query], []).extend(_values(serving, judged.ids[item], name))
    most = {qid: Counter(values).most_common(1)[0][0] for qid, values in right.items() if values}
    if not most:
        raise UsageError(
            f"no right item has a field {name!r}; divide requests by {', '.join(WAYS)} or a field of the items"
        )
    numbers = [float(n) for n in most.values() if isinstance(n, (int, float)) and not isinstance(n, bool)]
    named = _thirds(most, numbers) if len(numbers) == len(most) else _named(most)
    return {query.qid: named.get(query.qid, UNSTATED) for query in queries}


def _values(serving: Serving, item: str, name: str) -> list[object]:
    """The values of the field that an item has."""
    places = map(serving.catalogue.position, spellings(item))
    place = next((at for at in places if at is not None), None)
    value = None if place is None else serving.catalogue.item(place).fields.get(name)
    several = value if isinstance(value, (list, tuple)) else [value]
    return [one for one in several if one not in {None, ""}]


def _named(most: Mapping[str, object]) -> dict[str, str]:
    kept = {value for value, _ in Counter(most.values()).most_common(MOST)}
    return {qid: str(value) if value in kept else OTHERS for qid, value in most.items()}


def _thirds(most: Mapping[str, object], numbers: Sequence[float]) -> dict[str, str]:
    """Three parts of about as many requests each."""
    low, high = (float(end) for end in np.quantile(np.array(numbers), (1 / 3, 2 / 3)))
    names = (f"up to {low:g}", f"above {low:g}, up to {high:g}", f"above {high:g}")
    told = zip(most, numbers, strict=True)
    return {qid: names[0 if number <= low else 1 if number <= high else 2] for qid, number in told}
