"""A Release's calibration: learned by the build that made it, carried over while it holds, and no part of its hash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firstfive.app import calibrating, chances, labelling, measure
from firstfive.app.calibrating import FILE, Learned, load
from firstfive.app.wiring import init_project, open_project
from firstfive.ask import Calibration
from firstfive.errors import IndexFileError, ModelError, UsageError
from firstfive.types import ItemId, Release, ReleaseId, StampId

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.ask import MadeUp

TRADES = ("bakes bread", "casts iron", "repairs boats", "keeps bees", "washes linen", "presses oil")
TOWNS = ("Oslo", "Lyon", "Graz", "Cork", "Turin", "Malmo", "Ghent", "Porto", "Bergen", "Nantes")
NAMES = [f"{trade} in {town}" for trade in TRADES for town in TOWNS]


def firms(folder: Path, changed: int = 0) -> str:
    """Sixty firms as JSON lines; the first few say something new."""
    file = folder / "firms.jsonl"
    lines = [
        {"id": f"{at:02}", "title": f"Firm {at}", "text": f"This firm {name}. {'It moved.' if at < changed else ''}"}
        for at, name in enumerate(NAMES)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(file)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Sixty firms, imported, found by words alone."""
    init_project(tmp_path)
    with open_project(tmp_path, overrides=["models.embedder=none"], environment={}) as opened:
        opened.import_(firms(tmp_path))
        yield opened


def built(project: Project) -> tuple[Path, Calibration | None]:
    """The folder of a Release that is built now, and its calibration."""
    folder = project.releases / project.build().release.id
    return folder, load(folder)


def said(project: Project) -> float:
    """The chance that a new opening of the project states of a request."""
    with open_project(project.folder, overrides=["models.embedder=none"], environment={}) as opened:
        asked = opened.recommend("someone who casts iron in Turin", ask=True).asked
    assert asked
    assert asked.chance
    return asked.chance


def learned_anew(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one each time that questions are made up."""
    times: list[int] = []
    real = chances.questions_of

    def counted(serving: Serving, questions: int, seed: int) -> Iterator[MadeUp]:
        times.append(questions)
        return real(serving, questions, seed)

    monkeypatch.setattr(chances, "questions_of", counted)
    return times


def test_a_build_learns_how_sure_its_answers_are(project: Project) -> None:
    _, learned = built(project)
    assert learned
    assert learned.questions > 50
    asked = project.recommend("someone who casts iron in Turin", ask=True).asked
    assert asked
    assert asked.chance
    assert asked.sure == (asked.chance >= project.settings.ask.sure_at)


def test_the_release_is_the_same_whether_a_chance_was_learned_or_not(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrating, "FEWEST", 61)
    without, nothing = built(project)
    monkeypatch.undo()
    assert nothing is None
    assert project.recommend("bread", ask=True).asked.chance is None  # type: ignore[union-attr]
    assert built(project)[0] == without
    assert load(without)


def test_a_calibration_is_carried_over_where_little_changed_and_learned_anew_where_much_did(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = learned_anew(monkeypatch)
    first, learned = built(project)
    project.import_(firms(project.folder, changed=2))
    second, carried = built(project)
    assert first != second
    assert carried == learned
    assert len(times) == 1
    project.import_(firms(project.folder, changed=20))
    built(project)
    assert len(times) == 2


def test_each_question_is_asked_with_and_without_its_sentence_and_some_are_answered(tmp_path: Path) -> None:
    init_project(tmp_path)
    lines = [
        {
            "id": f"{at:02}",
            "title": f"Firm {at}",
            "text": f"This firm {trade} every day. Its owner learned the trade near {town} long ago.",
            "guild": town[::-1].title(),
            "people": 10 * at + 10,
        }
        for at, (trade, town) in enumerate((trade, town) for trade in TRADES for town in TOWNS)
    ]
    file = tmp_path / "owners.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_project(tmp_path, overrides=["models.embedder=none", "import.field=*"], environment={}) as project:
        project.import_(str(file))
        project.build()
        tried = chances.try_made_up(project.recommender.serving, questions=40)
    after = [one for one in tried if one.grounds.doubts.any()]
    first = [one for one in tried if not one.grounds.doubts.any()]
    assert sum(one.weight for one in first) == pytest.approx(40)
    assert sum(one.usual for one in first) == len({one.position for one in tried}) == 40
    told, unsaid = [one.found for one in first[::2]], [one.found for one in first[1::2]]
    assert len(told) == len(unsaid) == 40
    assert {one.weight for one in first} == {chances.UNSAID, 1 - chances.UNSAID}
    assert sum(told) > sum(unsaid)
    assert all(one.right.sum() == 1 and one.found == one.right[:5].any() for one in tried)
    assert 6 < sum(one.weight for one in after) <= 2 * 6  # a seventh goes on, most of them to two answers
    assert sum(one.usual for one in first[1::2]) == chances.UNSAID * 40
    assert len({one.grounds.words for one in after}) > 2


def test_each_item_is_asked_about_before_one_is_asked_about_again(project: Project) -> None:
    built(project)
    serving = project.recommender.serving
    asked = [question.position for question in chances.questions_of(serving, 90, chances.SEED)]
    counts = np.bincount(asked, minlength=60)
    assert len(asked) == 90
    assert set(counts.tolist()) == {1, 2}
    assert sum(one.usual for one in chances.try_made_up(serving)) == chances.OF_AN_ITEM * 60


def test_a_catalogue_of_which_many_items_say_one_thing_is_asked_about_all_of_them(project: Project) -> None:
    file = project.folder / "firms.jsonl"
    lines = [
        {"id": f"{at:02}", "title": "", "text": f"This firm {name}.{' It has done so for years.' * (at < 30)}"}
        for at, name in enumerate(NAMES[:50])
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    project.import_(str(file), full=True)
    _, learned = built(project)
    assert learned
    asked = [one.position for one in chances.questions_of(project.recommender.serving, 100, chances.SEED)]
    assert set(np.bincount(asked, minlength=50).tolist()) == {2}


def test_a_release_of_an_earlier_version_states_no_chance_until_it_is_built(project: Project) -> None:
    folder, learned = built(project)
    (folder / FILE).rename(folder / "chance.json")
    assert load(folder) is None
    assert built(project) == (folder, learned)
    other = json.loads((folder / FILE).read_text())
    other["curve"]["grounds"] = ["best", "lead"]
    (folder / FILE).write_text(json.dumps(other))
    assert load(folder) is None
    assert built(project) == (folder, learned)


def test_other_settings_learn_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    built(project)
    times = learned_anew(monkeypatch)
    other = ["models.embedder=none", "rank.chars=0"]
    with open_project(project.folder, overrides=other, environment={}) as changed:
        built(changed)
    assert len(times) == 1


@pytest.mark.parametrize(
    ("items", "kept", "holds"), [(95, 10, True), (80, 10, False), (125, 10, False), (100, 8, False)]
)
def test_a_calibration_holds_for_nearly_the_same_catalogue(items: int, kept: int, holds: bool) -> None:
    release = Release(ReleaseId("r"), {"catalogue": "c"}, items, 0, None)  # type: ignore[arg-type]
    stamps = {ItemId(str(at)): StampId(f"s{at}") for at in range(10)}
    curve = Calibration((), (), (), 0.0, 0.0, 0)
    learned = Learned(curve, calibrating._settings(release), 100, stamps)
    assert learned.holds(release, list(stamps.values())[:kept]) is holds


def test_a_damaged_calibration_is_said_when_it_is_opened_and_mended_by_a_build(project: Project) -> None:
    folder, learned = built(project)
    (folder / FILE).write_text('{"curve": 1}')
    with pytest.raises(IndexFileError, match="firstfive build"):
        load(folder)
    assert built(project) == (folder, learned)


def test_stated_chances_are_held_against_judgements_and_without_these_against_made_up_questions(
    project: Project, tmp_path: Path
) -> None:
    built(project)
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.trec"
    asked = [{"qid": f"q{at}", "text": name} for at, name in enumerate(NAMES[:20])]
    queries.write_text("".join(json.dumps(one) + "\n" for one in asked))
    qrels.write_text("".join(f"q{at} 0 {at:02} 1\n" for at in range(20)))
    judged = measure.evaluate(queries, qrels, project=project)
    assert judged.chances
    assert judged.chances.requests == 20
    assert sum(one.found * one.requests for one in judged.chances.bins) == pytest.approx(
        20 * judged.runs[0].results[0].value
    )
    assert judged.lines()[-1] == judged.chances.lines()[-1]
    assert measure.trust(project, questions=40).requests > 20


def test_a_release_that_states_no_chance_cannot_be_held_against_anything(world: Project) -> None:
    with pytest.raises(UsageError, match="50 items"):
        measure.trust(world)


def test_titles_alone_can_be_asked_nothing_about_and_so_state_no_chance(tmp_path: Path) -> None:
    init_project(tmp_path)
    titles = tmp_path / "titles.csv"
    titles.write_text("id,title,text\n" + "".join(f"{at},Baker {at},\n" for at in range(80)), "utf-8")
    with open_project(tmp_path, overrides=["models.embedder=none"], environment={}) as project:
        project.import_(titles)
        _, learned = built(project)
        asked = project.recommend("baker", ask=True).asked
    assert learned is None
    assert asked
    assert (asked.chance, asked.sure) == (None, True)


def test_an_embedder_that_fails_costs_the_chance_and_not_the_release(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> Sequence[object]:
        raise ModelError("the embedder is down; wait")

    monkeypatch.setattr(calibrating, "try_made_up", down)
    _, learned = built(project)
    assert learned is None
    assert len(project.recommend("bread").places) == 5


def label(project: Project, requests: int, grade: int = 0) -> None:
    """Labels all of the first five of so many requests, alike."""
    queries = project.folder / "asked.jsonl"
    queries.write_text("".join(json.dumps({"qid": f"q{at}", "text": name}) + "\n" for at, name in enumerate(NAMES)))
    labelling.draw(project, 5 * requests, queries=queries, whole=True)
    relabel(project, grade)


def relabel(project: Project, grade: int) -> None:
    """Says so of all that was drawn."""
    for row in labelling.rows(project):
        labelling.say(project, "first", "ann", row.pair.qid, row.pair.item, grade)


def test_what_people_labelled_is_learned_from_at_the_next_build_and_again_when_it_is_another(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same Release: its chances change, its answers do not, and no question is made up for it."""
    folder, without = built(project)
    assert without
    times = learned_anew(monkeypatch)
    stated = said(project)
    label(project, 29)
    assert built(project) == (folder, without)
    label(project, 32)
    again, learned = built(project)
    assert again == folder
    assert learned
    assert learned.unlabelled == without
    assert said(project) < stated / 2  # not one of them had a match
    assert len(calibrating.taught_in(folder)) == 32
    assert built(project) == (folder, learned)
    relabel(project, 1)
    assert project.build().labelled == 32
    assert said(project) > stated
    assert times == []


def test_labels_that_are_taken_back_leave_the_chances_as_they_were(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, without = built(project)
    label(project, 32)
    assert built(project)[1] != without
    monkeypatch.setattr(labelling, "whole_requests", lambda _: [])
    assert built(project) == (folder, without)
    assert calibrating.taught_in(folder) == frozenset()


def test_labels_are_carried_over_with_the_questions_and_learned_from_again_when_they_are_more(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = learned_anew(monkeypatch)
    first, _ = built(project)
    label(project, 32)
    _, learned = built(project)
    project.import_(firms(project.folder, changed=2))
    second, carried = built(project)
    assert second != first
    assert carried == learned
    assert calibrating.taught_in(second) == calibrating.taught_in(first)
    label(project, 50)
    _, more = built(project)
    assert more
    assert learned
    assert more.shift < learned.shift
    assert len(times) == 1


def test_labels_of_which_some_of_what_is_shown_lacks_one_teach_nothing_and_the_build_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder, without = built(project)
    part = [(name, {ItemId("00"): 1}) for name in NAMES[:40]]
    monkeypatch.setattr(labelling, "whole_requests", lambda _: part)
    assert built(project) == (folder, without)
    assert "people labelled 40 requests, and all of the first five of 0" in caplog.text
    assert "label draw --release" in caplog.text


def test_labels_that_taught_an_earlier_release_nothing_are_tried_again_on_another(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(project)
    label(project, 35)
    with monkeypatch.context() as nothing:
        nothing.setattr(calibrating, "try_judged", lambda *_, **__: [])
        first, _ = built(project)
    assert calibrating.taught_in(first) == frozenset()
    assert built(project)[0] == first
    assert calibrating.taught_in(first) == frozenset()  # of the same answers nothing else is to be learned
    project.import_(firms(project.folder, changed=2))
    second, _ = built(project)
    assert second != first
    assert len(calibrating.taught_in(second)) >= 30


def test_where_the_embedder_fails_an_earlier_calibration_is_carried_over_without_new_labels(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, learned = built(project)
    label(project, 35)

    def down(*_: object, **__: object) -> list[chances.Judged]:
        raise ModelError("the embedder is down; wait")

    project.import_(firms(project.folder, changed=2))
    with monkeypatch.context() as broken:
        broken.setattr(calibrating, "try_judged", down)
        folder, carried = built(project)
    assert carried == learned
    assert calibrating.taught_in(folder) == frozenset()
    assert "what people labelled was not learned: the embedder is down" in caplog.text
    built(project)
    assert len(calibrating.taught_in(folder)) >= 30


def test_who_answers_already_states_what_labels_say_once_a_build_learned_it(project: Project) -> None:
    built(project)
    with open_project(project.folder, overrides=["models.embedder=none"], environment={}) as serving:

        def stated() -> float | None:
            asked = serving.recommend("someone who casts iron in Turin", ask=True).asked
            return asked.chance if asked else None

        before = stated()
        label(project, 32)
        folder, _ = built(project)
        after = stated()
        assert before
        assert after
        assert after < before / 2
        (folder / FILE).write_text("{")
        assert stated() == after


def test_made_up_questions_check_the_chances_without_what_labels_say(project: Project) -> None:
    built(project)
    before = measure.trust(project)
    label(project, 32)
    built(project)
    assert measure.trust(project) == before


def test_titles_alone_state_no_chance_however_much_was_labelled(tmp_path: Path) -> None:
    init_project(tmp_path)
    lines = [{"id": f"{at:02}", "title": name, "text": ""} for at, name in enumerate(NAMES)]
    (tmp_path / "titles.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_project(tmp_path, overrides=["models.embedder=none"], environment={}) as project:
        project.import_(str(tmp_path / "titles.jsonl"))
        built(project)
        label(project, 32)
        assert built(project)[1] is None


def test_requests_that_chances_were_learned_from_are_no_test_of_them(project: Project, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "asked.jsonl", tmp_path / "qrels.trec"
    queries.write_text("".join(json.dumps({"qid": f"q{at}", "text": name}) + "\n" for at, name in enumerate(NAMES)))
    qrels.write_text("".join(f"q{at} 0 {at:02} 1\n" for at in range(len(NAMES))))
    built(project)
    label(project, 35, 1)
    built(project)
    report = measure.evaluate(queries, qrels, project=project)
    assert report.chances
    assert report.chances.requests == len(NAMES) - 35
    assert "learned from 35 requests that people labelled, too; 35 of the queries are among them" in report.notes[-1]
