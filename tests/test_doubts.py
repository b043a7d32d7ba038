"""What settings ask for that cannot be is said by `settings`, and when a server starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app.doubts import unknown_fields, wrong
from firstfive.app.wiring import open_project
from firstfive.settings import Settings


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("goal.at_least=Succes@5 0.7", "did you mean Success"),
        ("goal.measure=nDGC@10", "nDCG"),
        ("models.embedder=minilmm", "PROVIDER:MODEL"),
        ("index.stemmer=deutsch", "german"),
        ("models.llm=gpt-4o", "models.llm is 'gpt-4o'"),
        ("models.judge=openai:", "models.judge is 'openai:'"),
        ("models.fallback=local:a.gguf,gpt", "models.fallback is 'gpt'"),
        ("models.llm=onnx:folder", "only embeds"),
        ("goal.queries=nosuch.jsonl", "there is no file"),
    ],
)
def test_settings_says_what_would_fail_later_and_exits_2(tmp_path: Path, setting: str, said: str) -> None:
    shown = firstfive("-p", tmp_path, "--set", setting, "settings")
    assert (shown.status, shown.err.count("Note: ")) == (2, 1)
    assert said in shown.err


def test_settings_says_its_doubts_even_where_the_project_cannot_be_opened(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    (tmp_path / "releases").mkdir(exist_ok=True)
    flags = ("--set", "models.embedder=foo", "--set", "store.database_url=postgresql://db/x")
    shown = firstfive("-p", tmp_path, *flags, "settings")
    assert (shown.status, shown.err.count("Note: ")) == (2, 1)
    assert "'foo'" in shown.err
    assert "store.database_url" in shown.err


def test_settings_that_can_be_are_not_doubted(tmp_path: Path) -> None:
    fine = ("models.embedder=openai:small", "models.llm=local:a.gguf", "index.stemmer=none", "goal.at_least=RR@10 0.2")
    assert wrong(Settings.load(tmp_path, overrides=fine, environment={}), tmp_path) == []
    assert firstfive("settings").status == 0


def test_a_field_that_the_page_is_to_show_and_no_item_has_is_told_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title,text,price\n1,Lamp,a lamp of brass,9\n2,Stool,a stool of oak,8\n")
    firstfive("init", tmp_path)
    firstfive("-p", tmp_path, "import", tmp_path / "items.csv", "--field", "price")
    assert firstfive("-p", tmp_path, "build").status == 0
    flags = ("page.facts=price,prcie", "page.website=site")
    with open_project(tmp_path, overrides=flags, environment={}) as project:
        first, second = unknown_fields(project)
    assert first.startswith("page.facts names 'prcie'")
    assert first.endswith("did you mean 'price'?")
    assert second.startswith("page.website names 'site'")
    assert second.endswith("there are price")
    shown = firstfive("-p", tmp_path, "--set", flags[0], "settings")
    assert (shown.status, "'prcie'" in shown.err) == (0, True)


def test_an_answer_says_how_many_imported_items_wait_for_a_build_until_they_are_built(tmp_path: Path) -> None:
    rows = ["id,title,text", "1,Lamp,a lamp of brass", "2,Stool,a stool of oak"]

    def brought(*more: str) -> None:
        (tmp_path / "items.csv").write_text("\n".join((*rows, *more, "")))
        firstfive("-p", tmp_path, "import", tmp_path / "items.csv")

    def noted() -> str:
        return firstfive("-p", tmp_path, "recommend", "a lamp").err

    firstfive("init", tmp_path)
    brought()
    firstfive("-p", tmp_path, "build")
    assert "wait" not in noted()
    brought("3,Chair,a chair of ash")
    assert "1 imported item waits for a build" in noted()
    assert "Note" not in firstfive("-p", tmp_path, "--json", "recommend", "a lamp").out
    firstfive("-p", tmp_path, "build")
    assert "wait" not in noted()
    brought("3,Chair,a chair of ash", "4,,<script>x</script>")
    assert "1 imported item waits for a build" in noted()
    firstfive("-p", tmp_path, "build")  # which rejects it, so that the Release stays the one it was
    assert "wait" not in noted()


def test_an_item_that_a_build_rejected_does_not_wait_whatever_its_id_and_one_whose_id_begins_alike_does(
    tmp_path: Path,
) -> None:
    def brought(*rows: str) -> str:
        (tmp_path / "items.csv").write_text("\n".join(("id,title,text", "1,Lamp,a lamp of brass", *rows, "")))
        firstfive("-p", tmp_path, "import", "--add", tmp_path / "items.csv")
        return noted()

    def noted() -> str:
        return firstfive("-p", tmp_path, "recommend", "a lamp").err

    firstfive("init", tmp_path)
    brought()
    firstfive("-p", tmp_path, "build")
    brought("Hike: hills,,<script>x</script>")
    firstfive("-p", tmp_path, "build")
    assert "wait" not in noted()
    (tmp_path / "more.csv").write_text("id,title,text\nHike,Hike,a walk over hills\n")
    firstfive("-p", tmp_path, "import", "--add", tmp_path / "more.csv")
    assert "1 imported item waits for a build" in noted()
