"""The contract of the Store port about judging: pairs, labels, what models said, and how their trials ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from firstfive.ports import Graded, Label, Pair, Person, Store, Trial, words_of
from firstfive.types import ItemId, RecommId, ReleaseId, Request, Slate, StampId, UserId

MORNING = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
TEXT = "a bäckerei 🙂\x00"


def pair(qid: str, item: str = "a", *, text: str = TEXT, at: datetime = MORNING, stored: bool = False) -> Pair:
    """A pair of a file's request, or of a stored one."""
    return Pair(qid, text, ItemId(item), at, qid < "c", RecommId(qid) if stored else None)


def label(qid: str, item: str = "a", person: Person = "first", grade: int | None = 2) -> Label:
    """What somebody said of it."""
    return Label(qid, ItemId(item), person, "ann", grade, 7.25, MORNING)


def graded(item: str = "a", *, judge: str = "j", text: str = TEXT, grade: int = 1, request: str = "") -> Graded:
    """What a judge said."""
    recomm_id = RecommId(request) if request else None
    stamp = StampId("s")
    return Graded(StampId(judge), words_of(text), ItemId(item), grade, "bakes ü", stamp, MORNING, recomm_id)


def _slate(name: str, user: str, text: str) -> Slate:
    return Slate(RecommId(name), ReleaseId("r"), Request(text, user=UserId(user)), (), {}, MORNING)


class JudgingContract:
    """Pairs and judgements."""

    def test_pairs_come_back_as_drawn_and_the_first_of_a_name_stays(self, store: Store) -> None:
        drawn = [pair("b"), pair("a", stored=True), pair("a", "ü/1"), pair("c")]
        assert store.write(lambda unit: unit.pairs.add(drawn)) == 4
        assert store.write(lambda unit: unit.pairs.add([pair("a", text="other"), pair("d")])) == 1
        with store.read() as unit:
            assert unit.pairs.all() == [*drawn, pair("d")]

    def test_a_label_replaces_the_same_persons_and_is_taken_back(self, store: Store) -> None:
        with store.unit() as unit:
            unit.pairs.add([pair("b"), pair("a")])
            said = [label("a"), label("b", person="second"), label("b"), label("gone")]
            assert unit.pairs.label(said) == 3
            assert unit.pairs.label([label("a", grade=None)]) == 1
        with store.read() as unit:
            assert unit.pairs.labels() == [label("b"), label("b", person="second"), label("a", grade=None)]
        assert store.write(lambda unit: unit.pairs.unlabel("b", ItemId("a"), "first"))
        assert not store.write(lambda unit: unit.pairs.unlabel("b", ItemId("a"), "first"))
        assert not store.write(lambda unit: unit.pairs.unlabel("gone", ItemId("a"), "first"))
        with store.read() as unit:
            assert [(one.qid, one.person) for one in unit.pairs.labels()] == [("b", "second"), ("a", "first")]

    def test_of_ten_people_at_once_every_label_stays(self, store: Store) -> None:
        names = [f"q{n}" for n in range(10)]
        store.write(lambda unit: unit.pairs.add([pair(name) for name in names]))

        def say(name: str) -> int:
            return store.write(lambda unit: unit.pairs.label([label(name)]))

        with ThreadPoolExecutor(10) as pool:
            assert list(pool.map(say, names)) == [1] * 10
        with store.read() as unit:
            assert [one.qid for one in unit.pairs.labels()] == names

    def test_a_judgement_is_found_by_judge_and_words_and_replaced_in_its_place(self, store: Store) -> None:
        store.write(lambda unit: unit.judgements.put([graded("b"), graded("a"), graded(judge="k"), graded(text="x")]))
        store.write(lambda unit: unit.judgements.put([graded("b", grade=3)]))
        with store.read() as unit:
            found = unit.judgements.of(StampId("j"), {words_of(TEXT), *map(str, range(1200))})
            assert found == [graded("b", grade=3), graded("a")]
            assert unit.judgements.of(StampId("j"), []) == []

    def test_the_newest_trial_comes_first(self, store: Store) -> None:
        trials = [Trial(StampId("j"), "m", "p", verdict, "r", 100, MORNING, "{}") for verdict in ("TRUSTED", "ü")]
        for trial in trials:
            store.write(lambda unit, trial=trial: unit.judgements.conclude(trial))  # type: ignore[misc]
        with store.read() as unit:
            assert unit.judgements.trials() == trials[::-1]

    def _judged(self, store: Store) -> None:
        """Two people's stored requests, labelled and judged, and a request from a file with the words of the first."""
        with store.unit() as unit:
            for name, text in (("ann", "words of ann"), ("bob", "words of bob")):
                unit.slates.add(_slate(f"s-{name}", name, text))
                unit.pairs.add([pair(f"s-{name}", text=text, stored=True)])
                unit.judgements.put([graded(text=text, request=f"s-{name}")])
            unit.pairs.add([pair("file", text="words of ann"), pair("late", at=MORNING + timedelta(days=1))])
            unit.pairs.label([label(qid) for qid in ("s-ann", "s-bob", "file", "late")])

    def _left(self, store: Store) -> list[str]:
        with store.read() as unit:
            every = [words_of(f"words of {name}") for name in ("ann", "bob")]
            judged = [one.recomm_id or "" for one in unit.judgements.of(StampId("j"), every)]
            return [*(one.qid for one in unit.pairs.all()), *(one.qid for one in unit.pairs.labels()), *judged]

    def test_erasing_a_request_or_a_user_takes_labels_and_judgements_of_the_same_words(self, store: Store) -> None:
        self._judged(store)
        counts = store.erase(request=RecommId("s-ann"))
        assert (counts["pairs"], counts["grades"], counts["judged"]) == (2, 2, 1)
        assert self._left(store) == ["s-bob", "late", "s-bob", "late", "s-bob"]
        store.erase(user=UserId("bob"))
        assert self._left(store) == ["late", "late"]

    def test_erasing_what_is_old_goes_by_when_the_request_was_made(self, store: Store) -> None:
        self._judged(store)
        counts = store.erase(before=MORNING + timedelta(hours=1))
        assert (counts["pairs"], counts["grades"], counts["judged"]) == (3, 3, 2)
        assert self._left(store) == ["late", "late"]

    def test_erasing_more_labels_than_one_commit_holds_erases_all(self, store: Store) -> None:
        items = [str(number) for number in range(1100)]
        store.write(lambda unit: unit.pairs.add([pair("q", item, stored=True) for item in items]))
        store.write(lambda unit: unit.pairs.label([label("q", item) for item in items]))
        assert store.erase(request=RecommId("q"))["grades"] == 1100
        with store.read() as unit:
            assert (unit.pairs.labels(), unit.pairs.all()) == ([], [])
