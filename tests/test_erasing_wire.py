"""Erasing a person, end to end: what a model said with their words goes, what it said of the catalogue stays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from command_line import firstfive
from firstfive.app.wiring import Project, open_project
from firstfive.ports import Call, Payer, Reply
from firstfive.testing.faults import Said
from firstfive.testing.protocols import words
from firstfive.testing.providers import Provider, provider

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


def opened(folder: Path, loopback: Provider) -> Project:
    (folder / "firstfive.toml").write_text(
        f'[models]\nllm = "{LLM}"\nspeed = "best"\nrequest_timeout_s = 60.0\n'
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


def test_erase_user_takes_the_replies_with_their_words_and_leaves_the_catalogue_s(folder: Path) -> None:
    with provider(echo) as loopback:
        with opened(folder, loopback) as project:
            described(project)
            assert project.recommend(f"Bread for {ANN}", user="ann").models == (LLM,)
            assert project.recommend(f"Bread for {BOB}", user="bob").models == (LLM,)
        assert all(on_disk(folder, text) for text in (ANN, BOB, "Corrizel Lane"))

        ended = firstfive("-p", folder, "erase", "--user", "ann", "--json")
        assert (ended.status, ended.answer["removed"]["slates"]) == (0, 1)
        assert not on_disk(folder, ANN)
        assert on_disk(folder, BOB)

        with opened(folder, loopback) as project:
            before = len(loopback.asked)
            assert described(project).source == "cache"
            project.recommend(f"Bread for {BOB}", user="bob")
            assert len(loopback.asked) == before, "Bob's replies are still there"
            project.recommend(f"Bread for {ANN}", user="ann")
            assert len(loopback.asked) > before, "Ann's are not"
