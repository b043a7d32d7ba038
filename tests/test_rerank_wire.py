"""Reranking through the real gateway and a provider on loopback: whatever it does, five places come in time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from firstfive.app.model_steps import UNAIDED
from firstfive.app.wiring import Project, open_project
from firstfive.server.app import make_app
from firstfive.server.serving import running
from firstfive.settings import ModelSettings
from firstfive.testing.faults import FAULTS, Said, slow, storm
from firstfive.testing.protocols import words
from firstfive.testing.providers import Provider, provider
from firstfive.testing.world import WISHES

LLM = "vllm:small"
"""A model that needs no key; its price makes each call cost something."""
BREAD = WISHES[0].text


def answers(body: dict[str, Any]) -> str | Said:
    """Yes to the dental laboratory and no to all else; a reason in the laboratory's words."""
    asked = words(body)
    if "response_format" in body:
        return json.dumps({"said": "dentures", "says": "crowns, bridges and dentures"})
    sure = -0.05 if "Bright Molar" in asked.rpartition("Item:")[2] else -3.0
    return Said("yes" if sure > -1 else "no", logprobs={"yes": sure, "no": -3.05 - sure})


@contextmanager
def asking(folder: Path, loopback: Provider, *overrides: str) -> Iterator[Project]:
    """The tiny world with this provider as its model, and time enough for a machine that has much else to do."""
    (folder / "firstfive.toml").write_text(
        f'[models]\nllm = "{LLM}"\nrequest_timeout_s = 60.0\n[prices]\n"{LLM}" = {{ input = 1.0, output = 1.0 }}\n'
        f'[providers]\nvllm = {{ url = "{loopback.openai}" }}\n',
        "utf-8",
    )
    with open_project(folder, overrides=overrides, environment={}) as project:
        project.recommender.ready()
        project.recommender.warm()
        yield project


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "world"))


def test_eight_requests_go_out_for_a_balanced_answer_and_are_paid(folder: Path) -> None:
    with provider(answers) as loopback, asking(folder, loopback) as project:
        slate = project.recommend(BREAD, user="ann")
        assert (len(loopback.asked), slate.models, slate.notes) == (8, (LLM,), ())
        assert slate.places[0].channels["rerank"] == pytest.approx(0.95, abs=0.01)
        assert all(place.channels.get("rerank", 0) < 0.1 for place in slate.places[1:])
        with project.store.read() as unit:
            spent = unit.spending.of(["user:ann"])["user:ann"]
        assert spent.calls == 8
        assert slate.cost_usd == pytest.approx(spent.settled.nano_usd / 1e9)


def test_the_same_request_again_is_answered_from_what_is_stored(folder: Path) -> None:
    with provider(answers) as loopback, asking(folder, loopback) as project:
        first, again = project.recommend(BREAD), project.recommend(BREAD)
        assert len(loopback.asked) == 8
        assert again.places == first.places
        assert again.cost_usd == 0


def test_the_best_speed_gives_reasons_that_were_checked(folder: Path) -> None:
    with provider(answers) as loopback, asking(folder, loopback, "models.speed=best") as project:
        slate = project.recommend(BREAD)
        first = slate.places[0]
        assert first.reason is not None
        assert (first.item, first.reason.by) == ("dentist", LLM)
        assert first.reason.says.text == "crowns, bridges and dentures"
        assert [place.checks for place in slate.places[1:]] == [("what it quotes of the item is not in it",)] * 4


@pytest.mark.parametrize("fault", ["500", "401", "429 quota", "HTML with 200", "cut"])
def test_a_provider_that_fails_costs_no_place(folder: Path, fault: str) -> None:
    with provider(answers, faults=lambda _: FAULTS[fault]) as loopback, asking(folder, loopback) as project:
        slate = project.recommend(BREAD)
        assert (len(slate.places), slate.notes, slate.models) == (5, (UNAIDED,), ())


def test_a_provider_that_drips_is_waited_for_until_the_deadline(folder: Path) -> None:
    with (
        provider(answers, faults=lambda _: FAULTS["drip"]) as loopback,
        asking(folder, loopback, "models.request_timeout_s=0.4") as project,
    ):
        began = monotonic()
        slate = project.recommend(BREAD)
        assert monotonic() - began < 2
        assert (len(slate.places), slate.notes) == (5, (UNAIDED,))


def test_with_a_slow_model_the_answer_comes_as_soon_as_the_page_promises(folder: Path) -> None:
    usual = f"models.request_timeout_s={ModelSettings().request_timeout_s}"
    with (
        provider(answers, faults=lambda _: slow(30)) as loopback,
        asking(folder, loopback, usual) as project,
    ):
        project.recommend(BREAD)  # what a process loads once
        took = []
        for wish in WISHES[:5]:
            began = monotonic()
            slate = project.recommend(wish.text)
            took.append(monotonic() - began)
            assert (len(slate.places), slate.notes) == (5, (UNAIDED,))
        assert max(took) < 1.5


def test_in_a_storm_every_request_gets_its_places(folder: Path) -> None:
    faults = storm(seed=3)
    with (
        provider(answers, faults=faults) as loopback,
        asking(folder, loopback, "models.request_timeout_s=1.5") as project,
    ):
        asked = [f"{wish.text} {number}" for number in range(3) for wish in WISHES]
        with ThreadPoolExecutor(10) as pool:
            slates = list(pool.map(project.recommend, asked))
    assert [len(slate.places) for slate in slates] == [5] * len(asked)
    assert sum(bool(slate.models) for slate in slates) >= 0.6 * len(asked)


def test_requests_that_wait_for_a_model_do_not_hold_up_a_server(folder: Path) -> None:
    """Twelve requests at once, each waiting a second for its model: together they take not much more than one."""
    with (
        provider(answers, faults=lambda _: slow(1.0)) as loopback,
        asking(folder, loopback, "models.speed=balanced", "models.rerank_short=1") as project,
        running(make_app(project)) as address,
    ):
        began = monotonic()
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(lambda number: found_at(address, f"{BREAD} {number}"), range(12)))
        assert monotonic() - began < 4
        assert all("Bright Molar" in page for page in found)


def found_at(address: str, text: str) -> str:
    import httpx

    return httpx.post(f"{address}/find", data={"text": text}, follow_redirects=True, timeout=20).text
