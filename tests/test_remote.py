"""The embedder behind the gateway: the port's contract, over a loopback provider and a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import BY_WORDS
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BudgetError, ModelError, SettingsError
from firstfive.ports import Embedder
from firstfive.testing.embedders import EmbedderContract
from firstfive.testing.faults import FAULTS, Fault
from firstfive.testing.providers import Provider, provider
from firstfive.testing.world import WISHES, write_items

SIZE = 64


class Weather:
    """What goes wrong now, for every request."""

    def __init__(self) -> None:
        self.fault: Fault | None = None

    def __call__(self, _: int) -> Fault | None:
        return self.fault


@pytest.fixture(scope="module")
def weather() -> Weather:
    return Weather()


@pytest.fixture(scope="module")
def loopback(weather: Weather) -> Iterator[Provider]:
    with provider(size=SIZE, faults=weather) as running:
        yield running


def project_at(folder: Path, loopback: Provider, *more: str) -> Project:
    init_project(folder)
    settings = ["models.embedder=vllm:bge", f"providers.vllm.url={loopback.openai}", "prices.vllm:bge.input=0.1", *more]
    return open_project(folder, overrides=settings, environment={})


@pytest.fixture(scope="module")
def project(loopback: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with project_at(tmp_path_factory.mktemp("remote"), loopback) as opened:
        yield opened


@pytest.fixture(autouse=True)
def calm(weather: Weather) -> Iterator[None]:
    yield
    weather.fault = None


class TestGatewayEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, project: Project) -> Embedder:
        assert project.embedder is not None
        return project.embedder


def embedder_of(project: Project) -> Embedder:
    assert project.embedder is not None
    return project.embedder


def test_the_name_says_provider_model_and_window(project: Project) -> None:
    assert embedder_of(project).name == "vllm:bge/2000"


def test_the_size_is_asked_once_and_remembered_in_a_file(loopback: Provider, tmp_path: Path) -> None:
    with project_at(tmp_path / "p", loopback) as first:
        before = len(loopback.asked)
        assert embedder_of(first).size == SIZE
        assert len(loopback.asked) == before + 1
    with open_project(tmp_path / "p", overrides=["models.embedder=vllm:bge"], environment={}) as second:
        assert embedder_of(second).size == SIZE
    assert len(loopback.asked) == before + 1


def test_many_texts_go_in_few_calls_and_equal_ones_go_once(project: Project, loopback: Provider) -> None:
    before = len(loopback.asked)
    embedder_of(project).embed([f"number {n % 100}" for n in range(200)])
    sent = [body["input"] for body in loopback.bodies[before:]]
    assert sorted(map(len, sent)) == [36, 64]


def test_a_long_text_is_embedded_in_windows_that_end_between_words(project: Project, loopback: Provider) -> None:
    words = [f"wholemeal-{n}" for n in range(400)]
    before = len(loopback.asked)
    embedder_of(project).embed([" ".join(words)])
    (windows,) = [body["input"] for body in loopback.bodies[before:]]
    assert len(windows) == 3
    assert [word for window in windows for word in window.split()] == words


def test_every_call_is_paid_from_the_projects_budget(project: Project) -> None:
    with project.store.read() as unit:
        before = unit.spending.of(["project"])["project"]
    embedder_of(project).embed(["a text that is new"])
    with project.store.read() as unit:
        after = unit.spending.of(["project"])["project"]
    assert after.calls == before.calls + 1
    assert after.settled.tokens == before.settled.tokens + 5


def test_a_spent_budget_embeds_nothing(loopback: Provider, tmp_path: Path) -> None:
    with project_at(tmp_path / "p", loopback, "budget.project_tokens=0") as poor:
        before = len(loopback.asked)
        with pytest.raises(BudgetError):
            embedder_of(poor).embed(["bread"])
        assert len(loopback.asked) == before


def test_vectors_of_another_size_than_before_are_refused(project: Project, weather: Weather) -> None:
    assert embedder_of(project).size == SIZE
    weather.fault = FAULTS["vectors of another size"]
    with pytest.raises(ModelError, match=f"32 numbers and those before had {SIZE}"):
        embedder_of(project).embed(["something never embedded before"])


def test_an_embedder_that_nobody_knows_is_said_with_what_can_be_set(tmp_path: Path) -> None:
    init_project(tmp_path / "p")
    with (
        open_project(tmp_path / "p", overrides=["models.embedder=word2vec"], environment={}) as unknown,
        pytest.raises(SettingsError, match="PROVIDER:MODEL"),
    ):
        _ = unknown.embedder


def test_a_catalogue_is_built_and_answered_with_it_and_by_words_alone_where_it_is_down(
    loopback: Provider, weather: Weather, tmp_path: Path
) -> None:
    with project_at(tmp_path / "p", loopback) as project:
        import_sources(project, [str(write_items(tmp_path))], field=["*"])
        build(project)
        for wish in WISHES:
            first = project.recommend(wish.text).places[0]
            assert first.item == wish.answer
            assert "whole" in first.channels
        weather.fault = FAULTS["401"]
        alone = project.recommend("a vet who can operate on my cat")
        with pytest.raises(ModelError):  # a run measures the ranking that it is told to, or nothing
            list(project.recommender.many([("1", "a vet who can operate on my dog")], 5))
    assert alone.places[0].item == "clinic"
    assert set(alone.places[0].channels) == {"words", "chars"}
    assert alone.notes[-1:] == (BY_WORDS,)


def test_a_text_without_a_sign_that_shows_still_has_a_vector(project: Project) -> None:
    blank, zero_width = embedder_of(project).embed(["  \n", "\u200b\x00"])
    assert np.array_equal(blank, zero_width)
