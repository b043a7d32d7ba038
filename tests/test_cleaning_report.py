"""The report on cleaning: what a model changed, worst first, readable, and what it gained."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import firstfive
from firstfive.app.build import build
from firstfive.app.cleaning_report import Change, Shown, changed, report_cleaning
from firstfive.app.collect import import_sources
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.cli.reports import as_html
from firstfive.errors import SourceError
from firstfive.measure.main_text import main_text_f1
from firstfive.ports import Call
from firstfive.testing.models import FakeGateway

MENU = "<div>Home and <b>garden</b></div><div>Log in or register</div><div>Basket of the shop</div>"
SAID = "The firm repairs church organs &lt;b&gt;by hand&lt;/b&gt; in every county of the land."
PAGES = {
    "one": f"<main>{MENU}<p>{SAID}</p>{MENU.replace('shop', 'site')}</main>",
    "two": f"<main>{MENU}<p>{SAID}</p><p>It does not sell any.</p>{MENU.replace('shop', 'club')}</main>",
    "good": f"<main><p>{SAID} {SAID}</p><p>{SAID.replace('church', 'barrel')}</p></main>",
}

OWN = "The firm repairs church organs <b>by hand</b> in every county of the land."


def keep_the_text(call: Call) -> str:
    """A model that keeps the sentences about the firm, and refuses to rewrite."""
    lines = [line.partition(". ") for line in call.text.split("\n")]
    kept = [int(number) for number, dot, text in lines if dot and number.isdigit() and "firm" in text]
    return json.dumps({"keep": [[n, n] for n in kept]})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Built with a model that drops menus, and the sentence of one page that says "not"."""
    init_project(tmp_path)
    settings = '[models]\nembedder = "none"\nllm = "fake:model"\n[clean]\nmodel_share = 1.0\n'
    (tmp_path / "firstfive.toml").write_text(settings)
    web = tmp_path / "web"
    web.mkdir()
    for name, body in PAGES.items():
        (web / f"{name}.html").write_text(f"<html><head><title>{name}</title></head><body>{body}</body></html>")
    monkeypatch.setattr(Project, "gateway", property(lambda _: FakeGateway(keep_the_text)))
    with open_project(tmp_path, environment={}) as opened:
        import_sources(opened, [str(web)])
        build(opened)
        yield opened


def text_after(changes: Sequence[Change]) -> str:
    return "".join(one.text for one in changes if one.kind != "removed")


def test_the_worst_pages_come_first_each_as_what_was_removed_and_what_is_the_same(project: Project) -> None:
    report = report_cleaning(project)
    assert (report.pages, report.by_rules, report.changed, report.waiting) == (3, 1, 2, 0)
    assert [(one.id, one.lost) for one in report.worst] == [("two", 1.0), ("one", 0.0)]
    assert text_after(report.worst[0].changes) == OWN
    removed = "".join(one.text for one in report.worst[0].changes if one.kind == "removed")
    assert "Home and garden" in removed
    assert "It does not sell any." in removed
    assert report.worst[0].model == "fake:model"
    assert report_cleaning(project, n=1).worst == report.worst[:1]


def test_a_page_that_the_model_did_not_get_to_is_listed_with_the_reason(project: Project) -> None:
    with open_project(project.folder, overrides=["models.llm=other:model"], environment={}) as other:
        report = report_cleaning(other)
    assert (report.by_rules, report.changed, report.waiting) == (3, 0, 3)
    assert {one.id for one in report.untouched} == set(PAGES)
    assert "not asked about yet" in report.untouched[0].why


def test_without_a_model_the_report_says_that_rules_cleaned_it_all(project: Project) -> None:
    with open_project(project.folder, overrides=["models.llm="], environment={}) as without:
        assert report_cleaning(without).by_rules == 3


def test_the_gain_is_measured_against_the_true_text(project: Project, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    gold.mkdir()
    truth = {name: {"articleBody": OWN} for name in ("one", "two", "elsewhere")}
    (gold / "ground-truth.json").write_text(json.dumps(truth))
    gain = report_cleaning(project, gold=gold).gain
    assert gain is not None
    assert (gain.pages, gain.changed, gain.with_model) == (2, 2, 1.0)
    assert gain.difference.value == pytest.approx(1.0 - gain.by_rules)
    assert gain.difference.low <= gain.difference.value <= gain.difference.high


@pytest.mark.parametrize("written", [None, "{", "[]", '{"one": "text"}', '{"elsewhere": {"articleBody": "x"}}'])
def test_truth_that_cannot_be_used_is_said(written: str | None, project: Project, tmp_path: Path) -> None:
    if written is not None:
        (tmp_path / "ground-truth.json").write_text(written)
    with pytest.raises(SourceError, match=r"ground-truth\.json"):
        report_cleaning(project, gold=tmp_path)


def test_f1_of_main_text_counts_runs_of_four_words() -> None:
    assert main_text_f1("a b c d e", "a b c d e") == 1.0
    assert main_text_f1("a b c d e", "a b c d x") == 0.5
    assert main_text_f1("a b c d e", "") == 0.0
    assert main_text_f1("", "") == 1.0


LINES = st.lists(st.sampled_from(["a b c", "a b d", "x", "", "long  line of it"]), max_size=6).map("\n".join)


@given(LINES, LINES)
def test_the_parts_of_a_difference_make_both_texts(before: str, after: str) -> None:
    changes = list(changed(before, after))
    assert text_after(changes) == after
    assert "".join(one.text for one in changes if one.kind != "added") == before
    assert all(one.text for one in changes)


def test_lines_that_repeat_on_many_pages_are_listed_with_their_pages_and_the_build_says_so(tmp_path: Path) -> None:
    web = tmp_path / "web" / "site"
    web.mkdir(parents=True)
    told = ("Pumps for deep wells.", "Taps, mostly of brass.", "We cut bolts to size.", "Gears from our own works.")
    for at, text in enumerate(told):
        said = f"<p>Accept all <b>jars</b> &lt;i&gt; of this site</p><p>{text}</p>"
        (web / f"{at}.html").write_text(f"<title>Page {at}</title>{said}")
    firstfive("init", tmp_path)
    firstfive("-p", tmp_path, "import", web.parent, "--full")
    line = "Accept all jars <i> of this site"
    built = firstfive("-p", tmp_path, "build", "--set", "models.embedder=none")
    assert f"were left out: 1, such as '{line}'; `firstfive report cleaning` shows them." in built.out
    again = firstfive("-p", tmp_path, "build", "--set", "models.embedder=none", "--json").answer
    assert (again["left_out"], again["left_out_such_as"]) == (1, line)
    ended = firstfive("-p", tmp_path, "report", "cleaning", "--html", tmp_path / "report.html")
    assert f"left out: 1, with the pages that had them.\n        4  {line}" in ended.out
    assert "<li>Accept all jars &lt;i&gt; of this site (4)</li>" in (tmp_path / "report.html").read_text("utf-8")
    few = firstfive("-p", tmp_path, "report", "cleaning", "--n", "0", "--json").answer
    assert (few["repeated"], few["left_out"]) == (1, [])


# --- on the command line ----------------------------------------------------------------------------------------------


def test_the_command_prints_totals_and_differences_with_marks_in_a_pipe(project: Project) -> None:
    ended = firstfive("report", "cleaning", "-p", project.folder)
    assert ended.status == 0
    assert "3 pages: 1 cleaned by rules alone, 2 by a model." in ended.out
    assert "[-Home and garden" in ended.out
    assert ended.out.index("two  two") < ended.out.index("one  one")


def test_the_command_answers_in_json(project: Project) -> None:
    answer = firstfive("report", "cleaning", "--json", "-p", project.folder).answer
    assert [page["id"] for page in answer["worst"]] == ["two", "one"]
    assert answer["worst"][0]["changes"][0]["kind"] == "removed"


def test_the_web_page_needs_no_other_file_and_escapes_what_pages_say(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    ended = firstfive("report", "cleaning", "--html", file, "-p", project.folder)
    assert (ended.status, f"Wrote {file}" in ended.err) == (0, True)
    page = file.read_text("utf-8")
    assert "&lt;b&gt;by hand&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "<del>Home and garden" in page
    assert "src=" not in page
    assert "href=" not in page


def test_what_a_model_or_a_page_says_cannot_steer_a_terminal_or_a_browser() -> None:
    from firstfive.app.cleaning_report import CleaningReport
    from firstfive.types import ItemId

    evil = "<script>x</script>\x1b[2J\u202e"
    shown = Shown(ItemId(evil), evil, 0.5, 0.5, 0.5, evil, evil, (Change("added", evil),))
    page = as_html(CleaningReport(1, 0, worst=(shown,)))
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_a_file_that_cannot_be_written_is_said(project: Project, tmp_path: Path) -> None:
    ended = firstfive("report", "cleaning", "--html", tmp_path / "no" / "such.html", "-p", project.folder)
    assert ended.status == 2
    assert "choose another place" in ended.err
