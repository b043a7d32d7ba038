"""Two rankings in five slots: a fair draft that can be made again, and credit without the coin's noise."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import UsageError
from firstfive.measure.interleaving import Slot, credit, preference, team_draft
from firstfive.types import ItemId


def ids(text: str) -> list[ItemId]:
    return [ItemId(letter) for letter in text]


def shown(slots: tuple[Slot, ...]) -> str:
    return "".join(slot.item for slot in slots)


rankings = st.lists(st.sampled_from(ids("abcdefghij")), unique=True, max_size=8)


@given(rankings, rankings, st.text(max_size=5))
def test_a_draft_shows_each_item_once_in_five_slots_and_keeps_the_order_of_each_ranking(
    a: list[ItemId], b: list[ItemId], seed: str
) -> None:
    slots = team_draft(a, b, seed)
    items = [slot.item for slot in slots]
    assert len(items) == len(set(items)) == min(5, len({*a, *b}))
    for name, ranking in (("a", a), ("b", b)):
        mine = [ranking.index(slot.item) for slot in slots if slot.team == name]
        assert mine == sorted(mine)
    assert slots == team_draft(a, b, seed)


@given(rankings, rankings, st.text(max_size=5))
def test_leaning_changes_its_sign_when_the_rankings_change_places(a: list[ItemId], b: list[ItemId], seed: str) -> None:
    leaning = {slot.item: slot.leaning for slot in team_draft(a, b, seed)}
    for other in range(20):
        turned = team_draft(b, a, str(other))
        if [slot.item for slot in turned] == [*leaning]:
            assert [slot.leaning for slot in turned] == pytest.approx([-x for x in leaning.values()])


def test_equal_rankings_are_shown_as_they_are_and_speak_for_nobody() -> None:
    slots = team_draft(ids("abcde"), ids("abcde"), "x")
    assert shown(slots) == "abcde"
    assert [slot.leaning for slot in slots] == [0.0] * 5


def test_what_both_would_show_there_speaks_for_nobody_and_what_one_has_for_that_one() -> None:
    for seed in map(str, range(10)):
        leaning = {slot.item: slot.leaning for slot in team_draft(ids("abc"), ids("axy"), seed)}
        assert leaning == {"a": 0.0, "b": -1.0, "c": -1.0, "x": 1.0, "y": 1.0}


def test_each_ranking_picks_first_half_of_the_time() -> None:
    firsts = Counter(shown(team_draft(ids("abcde"), ids("vwxyz"), str(seed)))[0] for seed in range(2000))
    assert firsts["a"] == pytest.approx(1000, abs=100)


def test_leaning_is_the_mean_of_the_teams_that_many_drafts_give_in_the_same_order() -> None:
    drafts = [team_draft(ids("abcdef"), ids("bacfgh"), str(seed)) for seed in range(3000)]
    order, often = Counter(map(shown, drafts)).most_common(1)[0]
    same = [draft for draft in drafts if shown(draft) == order]
    teams = np.mean([[1 if slot.team == "b" else -1 for slot in draft] for draft in same], axis=0)
    assert often > 300
    assert [slot.leaning for slot in same[0]] == pytest.approx(teams, abs=0.15)


def test_a_ranking_that_runs_out_leaves_its_turns_to_the_other() -> None:
    assert sorted(shown(team_draft(ids("a"), ids("vwxyz"), "1"))) == sorted("avwxy")
    assert shown(team_draft([], ids("vwxyz"), "1")) == "vwxyz"
    assert team_draft([], [], "1") == ()


def test_a_session_says_the_mean_of_what_was_clicked() -> None:
    slots = (Slot(ItemId("p"), "a", 0.0), Slot(ItemId("q"), "b", 1.0), Slot(ItemId("r"), "a", -1.0))
    assert credit(slots, ids("q")) == 1
    assert credit(slots, ids("pq")) == 0.5
    assert credit(slots, ids("qr")) == credit(slots, []) == credit(slots, ids("z")) == 0


def test_clicks_at_random_prefer_nobody_and_clicks_on_what_is_right_the_better_one() -> None:
    random = np.random.default_rng(1)
    letters = np.array(ids("abcdefghij"))
    by_chance, by_right = [], []
    for at in range(1500):
        right = letters[random.integers(10)]
        a, b = ([*random.permutation(letters)] for _ in range(2))
        if random.random() < 0.3:
            b = [right, *(item for item in b if item != right)]
        slots = team_draft(a, b, str(at))
        by_chance.append(credit(slots, [slots[random.integers(5)].item]))
        by_right.append(credit(slots, [right]))
    assert not preference(np.array(by_chance)).known.shown
    assert preference(np.array(by_right)).sentence().startswith("B is better than A: ")
    assert preference(-np.array(by_right)).sentence().startswith("A is better than B: ")


def test_few_sessions_are_not_enough_and_it_says_so() -> None:
    found = preference(np.array([1.0, 0.0, -0.5, 1.0]))
    assert found.sentence() == "Not enough data yet: 2 sessions speak for B, 1 for A, 1 for neither."


def test_a_ranking_with_an_item_twice_or_too_many_slots_is_refused() -> None:
    with pytest.raises(UsageError, match="ranking b has an item twice"):
        team_draft(ids("abc"), ids("xx"), "1")
    with pytest.raises(UsageError, match="99 slots"):
        team_draft(ids("abc"), ids("x"), "1", slots=99)
