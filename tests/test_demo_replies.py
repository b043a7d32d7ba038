"""What a model answered for the demo: recorded by one command, replayed without a model, marked wherever it shows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from command_line import firstfive
from firstfive.app import demo as demo_module
from firstfive.app import wiring
from firstfive.app.demo import demo_pages, fill, open_demo
from firstfive.server.page.messages import messages
from firstfive.server.page.showing import recorded
from firstfive.testing.protocols import PROTOCOLS
from firstfive.testing.wire import Asked, Wire, serving
from firstfive.types import Item, Slate

NO_VECTORS = "models.embedder=none"
"""Facts and reasons of the record are then read of the same texts, and a build takes a second."""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo of the pages of one site, whose record is kept beside it."""
    site = "guildbook-register.example"
    pages = tmp_path / "package" / "pages"
    (pages / site).mkdir(parents=True)
    for page in sorted((demo_pages() / site).iterdir())[:6]:
        (pages / site / page.name).write_bytes(page.read_bytes())
    for name in (demo_module.REQUESTS, demo_module.JUDGED):
        (pages.parent / name).write_bytes(demo_pages().with_name(name).read_bytes())
    monkeypatch.setattr(demo_module, "demo_pages", lambda: pages)
    target = pages.parent / "replies.jsonl.gz"
    monkeypatch.setitem(wiring.SHIPPED, "demo", target)
    return target


@pytest.fixture
def asked() -> list[str]:
    """The prompts that the model was asked, in order."""
    return []


@pytest.fixture
def model(asked: list[str]) -> Iterator[list[str]]:
    """The options that lead to a model which keeps a page's first line, names an industry, and quotes "dental"."""
    protocol = dict(PROTOCOLS)[r"/chat/completions$"]

    def answer(request: Asked) -> Wire:
        asked.append(request.json["messages"][-1]["content"])
        return protocol.wire(request, protocol.answer(request.json, said, 8))

    with serving(answer) as address:
        settings = [f"providers.vllm.url={address}/v1", "prices.vllm:tiny.input=0", "prices.vllm:tiny.output=0"]
        yield ["--record", "vllm:tiny", *(word for one in (*settings, NO_VECTORS) for word in ("--set", one))]


def said(body: dict[str, Any]) -> str:
    wanted = body["response_format"]["json_schema"]["schema"]["properties"]
    industry = {"quote": "dental", "value": "dental and orthopaedic"}
    answers = {"keep": [[1, 1]], "said": "dental", "says": "dental", "industry": industry}
    return json.dumps({name: answers.get(name, "not stated") for name in wanted})


def replayed(folder: Path, *, question: str = "a dental laboratory") -> tuple[Slate, list[Item]]:
    """The demo made anew, by default: its answer to a question, and its items."""
    with open_demo(folder, overrides=[NO_VECTORS]) as project:
        fill(project)
        slate = project.recommend(question)
        catalogue = project.recommender.serving.catalogue
        return slate, [catalogue.item(position) for position in range(len(catalogue))]


def test_one_command_records_the_demo_and_again_asks_and_changes_nothing(
    small: Path, model: list[str], asked: list[str], tmp_path: Path
) -> None:
    ended = firstfive("-p", tmp_path / "record", "demo", *model)
    assert ended.status == 0, ended.err
    lines = gzip.decompress(small.read_bytes()).splitlines()
    assert len(lines) == len(set(asked)) > 6
    assert lines == sorted(lines)
    assert ended.out.startswith(f"{len(lines)} replies of vllm:tiny are in {small}, {small.stat().st_size:,} bytes.")
    first, calls = small.read_bytes(), len(asked)
    assert firstfive("-p", tmp_path / "record", "demo", *model).status == 0
    assert (small.read_bytes(), len(asked)) == (first, calls)


def test_the_record_is_replayed_without_the_model_and_marked_with_model_and_day(
    small: Path, model: list[str], asked: list[str], tmp_path: Path
) -> None:
    firstfive("-p", tmp_path / "record", "demo", *model)
    calls, today = len(asked), datetime.now(UTC)
    with open_demo(tmp_path / "settings") as project:
        question = project.settings.project.examples[1]
    slate, items = replayed(tmp_path / "one", question=question)
    assert f"vllm:tiny, recorded {today:%Y-%m-%d}" in {fact.by for item in items for fact in item.facts}
    assert slate.recorded is not None
    assert recorded(slate, messages("en")) == f"A computer wrote these reasons on {today.day} {today:%B %Y}."
    assert len(asked) == calls
    other, _ = replayed(tmp_path / "two", question=question)
    assert other.release == slate.release


def test_what_the_record_lacks_is_done_by_rule_without_a_word(
    small: Path, model: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    firstfive("-p", tmp_path / "record", "demo", *model)
    small.write_bytes(gzip.compress(gzip.decompress(small.read_bytes()).splitlines(keepends=True)[0]))
    slate, items = replayed(tmp_path / "one")
    assert len(items) == 6
    assert any(item.facts for item in items)
    assert slate.notes == ()
    assert slate.recorded is None
    assert [one for one in caplog.records if one.levelname == "WARNING"] == []
