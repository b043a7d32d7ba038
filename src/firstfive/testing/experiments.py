"""The contract of experiments in a Store; part of `firstfive.testing.stores.StoreContract`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from firstfive.errors import Conflict
from firstfive.ports import Store, Unit
from firstfive.types import Experiment, ExperimentId, ReleaseId

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def experiment(name: str, *, at: datetime = NOON) -> Experiment:
    """One with something in every field."""
    return Experiment(
        ExperimentId(f"id of {name}"),
        name,
        "interleaving",
        ReleaseId("old"),
        ReleaseId("new"),
        0.25,
        "seed",
        at,
        None,
        600.0,
        "to see",
        "ann",
    )


class ExperimentContract:
    """Experiments, of which one runs at a time."""

    def test_an_experiment_comes_back_as_it_was_added_and_runs_until_it_is_stopped(self, store: Store) -> None:
        one, later = experiment("one"), NOON + timedelta(hours=1)
        with store.read() as unit:
            assert unit.experiments.running() is None
        store.write(lambda unit: unit.experiments.add(one))
        with store.read() as unit:
            assert unit.experiments.running() == one
        assert store.write(lambda unit: unit.experiments.stop(one.id, later))
        assert not store.write(lambda unit: unit.experiments.stop(one.id, later + timedelta(hours=1)))
        with store.read() as unit:
            assert unit.experiments.running() is None
            assert unit.experiments.all() == [replace(one, stopped=later)]

    def test_a_second_experiment_is_refused_with_the_name_of_the_one_that_runs(self, store: Store) -> None:
        store.write(lambda unit: unit.experiments.add(experiment("one")))
        with pytest.raises(Conflict, match="the experiment one runs") as refused:
            store.write(lambda unit: unit.experiments.add(experiment("two")))
        assert refused.value.code == "conflict.experiment"
        with store.read() as unit:
            assert [one.name for one in unit.experiments.all()] == ["one"]

    def test_a_name_is_given_once_and_the_newest_experiment_comes_first(self, store: Store) -> None:
        def begin_and_end(name: str, unit: Unit) -> None:
            unit.experiments.add(experiment(name))
            assert unit.experiments.stop(experiment(name).id, NOON)

        store.write(partial(begin_and_end, "one"))
        store.write(partial(begin_and_end, "two"))
        with pytest.raises(Conflict, match="take another name"):
            store.write(lambda unit: unit.experiments.add(experiment("one")))
        with store.read() as unit:
            assert [one.name for one in unit.experiments.all()] == ["two", "one"]

    def test_of_ten_that_begin_at_once_one_runs(self, store: Store) -> None:
        def begin(number: int) -> bool:
            try:
                store.write(lambda unit: unit.experiments.add(experiment(str(number))))
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(10) as pool:
            assert sum(pool.map(begin, range(10))) == 1
