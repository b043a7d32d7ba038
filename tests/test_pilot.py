"""A pilot written up: what visits came to, what was tried, said and failed; no words of people unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from command_line import firstfive, project
from firstfive.app import piloting
from firstfive.app.piloting import pilot
from firstfive.app.recommend import BY_WORDS
from firstfive.app.visited import timeline, visits
from firstfive.app.visits import MISFIT
from firstfive.app.wiring import Project, open_project
from firstfive.measure.sequential import arms_sequence
from firstfive.measure.visits import NUMBERS
from firstfive.types import (
    Event,
    Experiment,
    ExperimentId,
    ItemId,
    RecommId,
    ReleaseId,
    Request,
    Slate,
    Trial,
    UserId,
    VisitId,
)

BEGAN = datetime(2026, 11, 3, 9, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC)
DAYS = ("--since", "2026-11-02", "--until", "2026-11-15")
EVIL = "<img src=x onerror=alert(1)> | **no** call 0170 1234567"
FIVE = ("a", "b", "c", "d", "e")


def slate(number: int, release: str, text: str = "crowns") -> Slate:
    who, at = f"v{number}", BEGAN + timedelta(minutes=number)
    request = Request(text, user=UserId(who), visit=VisitId(who), scenario="page")
    return Slate(RecommId(f"s{number}"), ReleaseId(release), request, (), {"embed": 20.0}, at)


def events(number: int, *happened: tuple[str, str, float, str]) -> list[Event]:
    """Of (kind, item, value, comment)."""
    at, who, of = BEGAN + timedelta(minutes=number), UserId(f"v{number}"), RecommId(f"s{number}")
    shown = [Event("shown", who, ItemId(item), at, of, 1.0) for item in FIVE]
    rest = [Event(kind, who, ItemId(item), at, of, value, said) for kind, item, value, said in happened]
    return [*shown, *rest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty visits under one Release, thirty of which found a match, then thirty under another, none of which did."""
    made = project(tmp_path_factory.mktemp("pilot") / "shop")
    with open_project(made, environment={}) as opened:
        here = opened.recommender.release
        old = replace(here, id=ReleaseId("old"), parts={**here.parts, "rank.words": "0.5"})
        slates = [slate(n, "old", EVIL if n == 1 else "crowns") for n in range(40)]
        slates += [replace(slate(n, here.id), notes=(BY_WORDS,) if n == 41 else ()) for n in range(40, 70)]
        found = [events(n, ("yes", "b", 10.0 + n, ""), ("matched", f"s{n}", 1.0, "")) for n in range(30)]
        found += [events(n, ("no", "a", 3.0, "part"), ("no", "b", 3.0, EVIL)) for n in range(30, 40)]
        found += [events(n, *(("no", item, 3.0, MISFIT) for item in FIVE)) for n in range(40, 70)]
        long_ago = replace(slate(99, here.id), created=SINCE - timedelta(days=1))

        def work(unit: object) -> None:
            unit.releases.add(old)  # type: ignore[attr-defined]
            for one in (long_ago, *slates):
                unit.slates.add(one)  # type: ignore[attr-defined]
            for some in found:
                unit.events.add(some)  # type: ignore[attr-defined]

        opened.store.write(work)
    return made


@pytest.fixture
def opened(folder: Path) -> Iterator[Project]:
    with open_project(folder, environment={}) as found:
        yield found


def test_numbers_are_those_of_the_visits_in_the_time_alone(opened: Project) -> None:
    found = pilot(opened, SINCE, UNTIL)
    assert (found.seekers, found.answers, found.requests) == (70, 70, 70)
    by_name = {one.name: one for one in found.numbers}
    first, satisfied, trust = (by_name[name] for name in ("match_in_first_five", "satisfaction", "trust"))
    assert first.value
    assert (first.value.value, first.visits) == (30 / 70, 70)
    assert first.value.low < 30 / 70 < first.value.high
    assert satisfied.value
    assert (satisfied.value.value, satisfied.visits) == (1.0, 30)
    assert (trust.value, trust.visits) == (None, 0)
    before = pilot(opened, SINCE - timedelta(days=30), SINCE - timedelta(days=20))
    assert (before.seekers, before.answers, before.tried) == (0, 0, ())


def test_releases_stand_side_by_side_with_what_changed_between_them(opened: Project) -> None:
    found = pilot(opened, SINCE, UNTIL)
    assert [(group.name, group.seekers) for group in found.groups] == [
        ("Release old", 40),
        (f"Release {opened.recommender.release.id[:12]}", 30),
    ]
    values = [next(one.value for one in group.numbers if one.name == "match") for group in found.groups]
    assert [value.value for value in values if value] == [0.75, 0.0]
    assert found.tried[1].changed == (("rank.words", "0.5", "1.0"),)
    assert [(one.answers, one.items) for one in found.tried] == [(40, 8), (30, 8)]
    assert found.median_ms == 20.0


def test_what_failed_says_how_often_of_how_many(opened: Project) -> None:
    found = {one.what.partition(" ")[0]: one for one in pilot(opened, SINCE, UNTIL).failed}
    assert (found["left"].times, found["left"].of) == (40, 70)
    assert (found["“none"].times, found["“none"].of) == (30, 70)
    assert (found["matched"].times, found["matched"].of) == (1, 70)
    share = found["left"].share
    assert share
    assert (share.value, share.low < 4 / 7 < share.high) == (4 / 7, True)


def test_nobodys_words_are_in_it_unless_they_are_asked_for_and_then_masked(folder: Path, tmp_path: Path) -> None:
    plain = firstfive("-p", folder, "report", "pilot", *DAYS, "--json")
    assert "onerror" not in plain.out
    assert (plain.answer["said"], plain.answer["own_words"]) == (None, 10)
    assert plain.answer["reasons"]["right in part only"] == 10
    for name in ("p.html", "p.md"):
        out = tmp_path / name
        assert firstfive("-p", folder, "report", "pilot", *DAYS, "--out", out).status == 0
        assert "onerror" not in out.read_text("utf-8")
        assert firstfive("-p", folder, "report", "pilot", *DAYS, "--out", out, "--with-words").status == 0
        text = out.read_text("utf-8")
        assert "call [number]" in text.replace("\\", "")
        assert "0170" not in text
        assert "<img" not in text.replace("\\<", "")


def test_page_and_markdown_have_the_same_numbers(folder: Path, tmp_path: Path) -> None:
    printed = firstfive("-p", folder, "report", "pilot", *DAYS)
    assert firstfive("-p", folder, "report", "pilot", *DAYS, "--out", tmp_path / "p.html").status == 0
    page = (tmp_path / "p.html").read_text("utf-8")
    for number in ("42.9 %", "70 visits", "57.1 %", "75.0 %"):
        assert number in printed.out
        assert number in page
    assert "| old |" in printed.out


def test_an_empty_time_and_a_wrong_one_are_said(folder: Path, tmp_path: Path) -> None:
    ended = firstfive("-p", folder, "report", "pilot", "--since", "2020-01-01", "--until", "2020-02-01")
    assert ended.status == 0
    assert "Not enough data yet" in ended.out
    assert "Nobody asked for anything" in ended.out
    assert firstfive("-p", folder, "report", "pilot", "--since", "2026-03-01", "--until", "2026-02-01").status == 2
    assert firstfive("-p", folder, "report", "pilot", "--out", tmp_path / "p.pdf").status == 2


# --- an experiment ----------------------------------------------------------------------------------------------------


def test_the_arms_of_an_experiment_are_compared_and_other_visits_are_left_out(tmp_path: Path) -> None:
    made = project(tmp_path / "shop")
    with open_project(made, environment={}) as opened:
        here, now = opened.recommender.release, datetime.now(UTC) - timedelta(hours=2)
        other = replace(here, id=ReleaseId("other"))
        tried = Experiment(ExperimentId("x"), "warm", "ab", here.id, other.id, 0.5, "the key", now - timedelta(days=1))

        def work(unit: object) -> None:
            unit.releases.add(other)  # type: ignore[attr-defined]
            unit.experiments.add(tried)  # type: ignore[attr-defined]
            for n in range(130):
                arm = "candidate" if n % 2 else "baseline"
                trial = None if n >= 120 else Trial(tried.id, arm)  # type: ignore[arg-type]
                happy = n % 2 == 1 or n % 20 == 0
                rated = [("yes", "a", 9.0, ""), ("trusted", f"s{n}", float(happy), "")]
                of = other.id if n % 2 else here.id
                unit.slates.add(replace(slate(n, of), created=now, trial=trial))  # type: ignore[attr-defined]
                unit.events.add([replace(one, at=now) for one in events(n, *rated)])  # type: ignore[attr-defined]

        opened.store.write(work)
    ended = firstfive("-p", made, "report", "pilot", "--experiment", "warm", "--json")
    assert ended.status == 0, ended.err
    found = ended.answer
    assert [(group["name"], group["seekers"]) for group in found["groups"]] == [("baseline", 60), ("candidate", 60)]
    trust = next(one for one in found["apart"] if one["name"] == "trust")
    assert trust["value"]["value"] == pytest.approx(1 - 6 / 60)
    assert 0 < trust["value"]["low"] < 0.9 < trust["value"]["high"] <= 1
    assert trust["visits"] == 120
    match = next(one for one in found["apart"] if one["name"] == "match")
    assert match["value"]["low"] < 0 < match["value"]["high"], "both arms found a match each time"
    assert found["experiment"]["name"] == "warm"
    assert "the key" not in ended.out
    text = firstfive("-p", made, "report", "pilot", "--experiment", "warm").out
    assert "90.0 points" in text.replace("\\", "")
    whole = firstfive("-p", made, "report", "--json")
    assert [one["name"] for one in whole.answer["experiments"]] == ["warm"]
    assert "the key" not in whole.out
    missing = firstfive("-p", made, "report", "pilot", "--experiment", "cold")
    assert missing.status == 2
    assert "warm" in missing.err


def test_a_seeker_who_is_known_again_is_a_visit_like_others(tmp_path: Path) -> None:
    made = project(tmp_path / "shop")
    with open_project(made, environment={}) as opened:
        here = opened.recommender.release.id
        known = replace(slate(1, here), request=replace(slate(1, here).request, user=UserId("seeker-abc")))

        def work(unit: object) -> None:
            unit.slates.add(known)  # type: ignore[attr-defined]
            unit.events.add(events(1, ("yes", "b", 9.0, "")))  # type: ignore[attr-defined]

        opened.store.write(work)
        found = pilot(opened, SINCE, UNTIL)
        assert found.seekers == 1
        assert {one.name: one.visits for one in found.numbers}["match"] == 1
        (told,), _ = visits(opened)
        assert (told.id, told.answers, told.events, told.outcome) == ("v1", 1, 6, "yes")
        assert timeline(opened, "v1")[0] == told


def test_differences_are_widened_for_all_shares_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    levels: list[float] = []

    def sequence(a: object, b: object, *, level: float) -> object:
        levels.append(level)
        return arms_sequence(a, b, level=level)  # type: ignore[arg-type]

    monkeypatch.setattr(piloting, "arms_sequence", sequence)
    users = {arm: [UserId(f"v{n}") for n in range(at, at + 30)] for arm, at in (("baseline", 0), ("candidate", 30))}
    said = {UserId(f"v{n}"): events(n, ("yes", "b", 9.0, "")) for n in range(60)}
    found = list(piloting._apart(users, said, UNTIL))
    shares = sum(number.unit == "share" for number in NUMBERS)
    assert 0 < len(found) < shares
    assert set(levels) == {1 - 0.05 / shares}
