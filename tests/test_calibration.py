"""How far stated chances can be trusted: the diagram's points, the error, and what a perfect forecaster gets."""

from __future__ import annotations

from math import comb
from xml.etree import ElementTree

import numpy as np
import pytest

from firstfive.errors import UsageError
from firstfive.measure.calibration import perfect_error, reliability


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Chances spread over 0 to 1, and outcomes that keep to them."""
    random = np.random.default_rng(seed)
    chances = random.random(n)
    return chances, random.random(n) < chances


def test_the_error_is_the_mean_distance_of_stated_and_found_by_bin() -> None:
    chances = np.array([0.2] * 5 + [0.8] * 5)
    found = np.array([True, False, False, False, False, True, True, False, False, False])
    told = reliability(chances, found, bins=2)
    assert [one.requests for one in told.bins] == [5, 5]
    assert [one.stated for one in told.bins] == pytest.approx([0.2, 0.8])
    assert [one.found for one in told.bins] == pytest.approx([0.2, 0.4])
    assert told.error == pytest.approx((0.0 + 0.4) / 2)


def test_a_perfect_forecaster_is_trusted_nineteen_times_of_twenty() -> None:
    trusted = [reliability(*drawn(200, seed)).trusted for seed in range(60)]
    assert 0.85 <= np.mean(trusted) <= 1


def test_someone_who_is_too_sure_is_not_trusted() -> None:
    chances, found = drawn(400)
    sure = np.where(chances > 0.5, 0.95, 0.05)
    assert not reliability(sure, found).trusted
    assert reliability(chances, found).trusted


def test_the_diagram_in_text_has_a_line_a_bin_and_says_whether_to_trust_it() -> None:
    chances = np.array([0.25] * 5 + [0.75] * 5)
    found = np.array([True] + [False] * 4 + [True] * 5)
    lines = reliability(chances, found, bins=2).lines()
    assert len(lines) == 5
    assert lines[2].split()[:2] == ["0.250", "0.200"]
    assert lines[2].rindex("o") < lines[2].index("|")
    assert lines[3].index("|") < lines[3].rindex("o")
    assert "no more than chance makes" in lines[-1]
    assert "do not trust" in reliability(np.full(200, 0.9), np.zeros(200, dtype=bool)).lines()[-1]


def test_one_bin_beyond_chance_is_said_where_the_mean_error_hides_it() -> None:
    chances = np.repeat([0.1, 0.2, 0.3, 0.4, 0.5, 0.816], 20)
    found = np.tile(np.arange(20), 6) < np.repeat([2, 4, 6, 8, 10, 7], 20)
    told = reliability(chances, found, bins=6)
    assert told.trusted
    assert told.worst == told.bins[-1]
    assert told.lines()[-1].endswith("in 7 of 20 requests stated at 0.816: do not trust it there.")
    assert told.worst.luck == pytest.approx(2 * sum(comb(20, k) * 0.816**k * 0.184 ** (20 - k) for k in range(8)))


def test_a_perfect_forecaster_has_no_bin_beyond_chance_nineteen_times_of_twenty() -> None:
    beyond = [reliability(*drawn(200, seed)).worst is not None for seed in range(200)]
    assert np.mean(beyond) <= 0.05
    assert reliability(np.array([0.0] * 5 + [1.0] * 5), np.array([False] * 5 + [True] * 5)).worst is None


def test_the_diagram_as_a_picture_is_well_formed_and_has_a_dot_a_bin() -> None:
    chances, found = drawn(100)
    told = reliability(chances, found)
    root = ElementTree.fromstring(told.svg())
    dots = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(dots) == len(told.bins)
    assert all(50 <= int(dot.attrib["cx"]) <= 400 and 20 <= int(dot.attrib["cy"]) <= 370 for dot in dots)


def test_more_requests_leave_a_perfect_forecaster_less_room() -> None:
    few, many = drawn(50)[0], drawn(2_000)[0]
    assert perfect_error(many) < perfect_error(few) / 2
    assert perfect_error(many) < 0.05


def test_stating_the_share_each_time_is_trusted_and_not_informed() -> None:
    _, found = drawn(300)
    told = reliability(np.full(300, found.mean()), found)
    assert told.informed == pytest.approx(0)
    assert reliability(*drawn(300)).informed > 0.2


def test_a_point_by_few_requests_shows_its_doubt() -> None:
    told = reliability(np.full(5, 0.5), np.array([True, False, True, False, True]))
    (point,) = told.bins
    assert point.low < 0.3 < point.found < 0.85 < point.high


def test_the_same_input_gives_the_same_report_in_any_order() -> None:
    chances, found = drawn(150)
    order = np.random.default_rng(1).permutation(150)
    assert reliability(chances, found) == reliability(chances[order], found[order])


@pytest.mark.parametrize(
    ("chances", "found", "said"),
    [
        ([], [], "0 chances"),
        ([0.5], [True, False], "1 chances and 2 outcomes"),
        ([1.2], [True], "outside 0 to 1"),
        ([float("nan")], [True], "outside 0 to 1"),
    ],
)
def test_what_is_no_chance_is_refused(chances: list[float], found: list[bool], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        reliability(np.array(chances), np.array(found, dtype=bool))
