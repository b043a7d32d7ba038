"""Which lines stand in constant company, on sites of many lines."""

from __future__ import annotations

from itertools import pairwise

import pytest

from firstfive.build.company import BEGIN, END, _runs


@pytest.mark.parametrize(
    ("bound", "runs"),
    [
        ([], []),
        ([(BEGIN, END)], []),
        ([(BEGIN, 5)], [{5}]),
        ([(2, 3), (5, 6), (3, 4)], [{2, 3, 4}, {5, 6}]),
        ([(BEGIN, 2), (3, END)], [{2}, {3}]),
        ([(2, 3), (4, 5), (5, 3)], [{2, 3, 4, 5}]),
        ([(2, 3), (3, 2), (2, 2)], [{2, 3}]),
    ],
)
def test_a_run_is_all_lines_that_are_bound_but_for_a_pages_ends(
    bound: list[tuple[int, int]], runs: list[set[int]]
) -> None:
    assert sorted(map(sorted, _runs(bound))) == list(map(sorted, runs))


def test_a_run_of_very_many_lines_is_found_at_once() -> None:
    lines = range(2, 200_000)
    assert _runs(pairwise(lines)) == [set(lines)]
    assert _runs(reversed(list(pairwise(lines)))) == [set(lines)]
