"""Erasing a person, end to end: what a model said with their words goes, what it said of the catalogue stays."""

from __future__ import annotations

import gzip
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from command_line import firstfive
from firstfive.app.record import erase, forget_old
from firstfive.app.wiring import Project, open_project
from firstfive.errors import ModelError
from firstfive.ports import Call, Payer, Reply
from firstfive.testing.faults import Said
from firstfive.testing.protocols import words
from firstfive.testing.providers import Provider, provider
from firstfive.types import UserId

LLM = "vllm:small"
ANN, BOB = "my aunt Quillon in Zeppelheim", "the Ostrander twins of Vexby"
"""Words that stand nowhere else."""
CATALOGUE = Call("describe", text="A bakery on Corrizel Lane.", prompt="describe@1")


def echo(body: dict[str, Any]) -> Said:
    """An answer with the words of the question in it, as a reason has them."""
    said = next((one for one in (ANN, BOB, "Corrizel Lane") if one in words(body)), "")
    if "response_format" in body:
        return Said(json.dumps({"said": said, "says": said}))
    return Said(f"yes, for {said}")


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "world"))


def opened(folder: Path, loopback: Provider, record: str = "") -> Project:
    (folder / "firstfive.toml").write_text(
        f'[models]\nllm = "{LLM}"\nrecord = "{record}"\nspeed = "best"\nrequest_timeout_s = 60.0\n'
        f'[prices]\n"{LLM}" = {{ input = 1.0, output = 1.0 }}\n[providers]\nvllm = {{ url = "{loopback.openai}" }}\n',
        "utf-8",
    )
    return open_project(folder, environment={})


def on_disk(folder: Path, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def described(project: Project) -> Reply:
    """What the model said of the catalogue: from what is stored, where it is."""
    assert project.gateway is not None
    (reply,) = project.gateway.many([CATALOGUE], deadline_s=30, payer=Payer(run="build"), patient=True)
    assert isinstance(reply, Reply), reply
    return reply


@pytest.mark.parametrize("record", ["", "said.jsonl"])
def test_erase_user_takes_the_replies_with_their_words_and_leaves_the_catalogue_s(folder: Path, record: str) -> None:
    with provider(echo) as loopback:
        with opened(folder, loopback, record) as project:
            described(project)
            assert project.recommend(f"Bread for {ANN}", user="ann").models == (LLM,)
            assert project.recommend(f"Bread for {BOB}", user="bob").models == (LLM,)
        assert all(on_disk(folder, text) for text in (ANN, BOB, "Corrizel Lane"))

        ended = firstfive("-p", folder, "erase", "--user", "ann", "--json")
        assert (ended.status, ended.answer["removed"]["slates"]) == (0, 1)
        assert not on_disk(folder, ANN)
        assert on_disk(folder, BOB)

        with opened(folder, loopback, record) as project:
            before = len(loopback.asked)
            assert described(project).source == "cache"
            project.recommend(f"Bread for {BOB}", user="bob")
            assert len(loopback.asked) == before, "Bob's replies are still there"
            project.recommend(f"Bread for {ANN}", user="ann")
            assert len(loopback.asked) > before, "Ann's are not"


@pytest.mark.parametrize("record", ["said.jsonl", "said.jsonl.gz"])
def test_a_recording_forgets_what_is_too_old_and_keeps_what_is_said_of_the_catalogue(folder: Path, record: str) -> None:
    with provider(echo) as loopback, opened(folder, loopback, record) as project:
        described(project)
        project.recommend(f"Bread for {ANN}", user="ann")
        recorded = (folder / record).read_bytes()
        today = datetime.now(UTC)
        assert forget_old(project, today)["recording"] == 0
        assert (folder / record).read_bytes() == recorded
        assert forget_old(project, today + timedelta(days=4_000))["recording"] > 0
    kept = unpacked(folder / record)
    assert ANN not in kept
    assert "Corrizel Lane" in kept


def unpacked(path: Path) -> str:
    return (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()


def test_an_erasure_that_could_not_reach_the_recording_is_finished_by_the_next(folder: Path) -> None:
    with provider(echo) as loopback, opened(folder, loopback, "said.jsonl") as project:
        project.recommend(f"Bread for {ANN}", user="ann")
        lock = folder / ".said.jsonl.lock"
        lock.unlink()
        lock.mkdir()
        with pytest.raises(ModelError, match="erase again"):
            erase(project, user=UserId("ann"))
        lock.rmdir()
        assert erase(project, user=UserId("ann"))["recording"] > 0
    assert not on_disk(folder, ANN)


def test_what_is_recorded_of_nobody_known_goes_with_who_may_have_said_it(folder: Path) -> None:
    """Vectors of requests, asked for by an embedder that knows no person."""
    with provider(echo) as loopback, opened(folder, loopback, "said.jsonl") as project:
        assert project.gateway is not None
        described(project)
        project.gateway.many([Call("other", text="Zeppelheim?")], deadline_s=30)
        project.recommend(f"Bread for {ANN}", user="ann")
        erase(project, user=UserId("ann"))
    kept = unpacked(folder / "said.jsonl")
    assert "Corrizel Lane" in kept
    assert len(kept.splitlines()) == 1
