"""The demo: built from the pages in the package, served, and asked over HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app import wiring
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.demo import JUDGED, QUESTION, REQUESTS, RIGHT, demo_pages, fill, open_demo
from firstfive.app.measure import evaluate
from firstfive.app.wiring import Project
from firstfive.measure import read_qrels, read_queries
from firstfive.rank.wording import WORD, shared


def test_the_check_prints_five_matches_and_exits_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = firstfive("demo", "--check")
    assert ended.status == 0, ended.err
    assert [n for n in "12345" if re.search(rf"^{n}\. ", ended.out, re.MULTILINE)] == list("12345")
    assert RIGHT in ended.out
    assert ended.out.startswith(QUESTION)
    assert list(tmp_path.iterdir()) == []


def test_the_check_exits_1_when_the_answer_is_not_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstfive.app.demo.RIGHT", "nobody.example/at-home")
    assert firstfive("demo", "--check", "--json", "--set", "models.embedder=none").status == 1


def test_the_check_says_what_was_not_wanted_where_the_refusing_word_is_misspelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "pages" / "labs.example"
    site.mkdir(parents=True)
    for name, makes in (("a", "crowns and bridges"), ("b", "splints and retainers")):
        (site / f"{name}.html").write_text(
            f"<title>Lab {name}</title><p>A dental laboratory that makes {makes} for clinics.</p>"
        )
    for name in (REQUESTS, JUDGED):
        (tmp_path / name).write_bytes(demo_pages().with_name(name).read_bytes())
    monkeypatch.setattr("firstfive.app.demo.demo_pages", lambda: tmp_path / "pages")
    monkeypatch.setattr("firstfive.app.demo.QUESTION", "A dental laboratory withuot crowns")
    ended = firstfive("demo", "--check", "--set", "models.embedder=none", "--set", "models.llm=")
    assert "But you did not want “crowns”" in " ".join(ended.out.split())


def test_the_demo_says_which_address_to_open_and_serves_a_page_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "firstfive", "demo", "--json", "--set", "server.port=0"]
    environment = {**os.environ, "FIRSTFIVE_MODELS__EMBEDDER": "none"}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert (tmp_path / said["folder"] / "firstfive.toml").exists()
        assert said["items"] >= 150
        with urllib.request.urlopen(said["address"], timeout=20) as page:
            assert b"<form" in page.read()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_the_demo_has_at_least_150_pages_on_sites_of_their_own() -> None:
    pages = [page.relative_to(demo_pages()) for page in demo_pages().rglob("*.html")]
    assert len(pages) >= 150
    assert all(page.parts[0].endswith(".example") for page in pages)


TWICE = (
    ("caisserie-tremieux.example/la-maison", "repertoire-transmettre.example/caisserie-tremieux"),
    ("amber-odra-chamber.example/folinotec", "takeover-north.example/folinotec"),
    ("gewerberegister-alpenrhein.example/ruhehain-software", "ruhehain-software.example/ueber-uns"),
    ("guildbook-register.example/ombersfold-cartons", "marches-ledger.example/ombersfold-cartons"),
    ("guildbook-register.example/orchard-steading", "orchard-steading.example/index"),
    ("maison-rongevaux.example/story", "meridian-handover.example/maison-rongevaux"),
    ("meridian-handover.example/tussock-and-paw", "tramontane-courier.example/tussock-and-paw"),
)
"""Companies of the demo that stand on two sites, in other words here and there."""


def test_a_company_on_two_sites_takes_one_of_the_five_places_and_no_other_pages_are_linked(tmp_path: Path) -> None:
    with open_demo(tmp_path / "demo", overrides=["models.embedder=none"]) as project:
        import_sources(project, [str(demo_pages())])
        report = build(project)
        catalogue = project.recommender.serving.catalogue
        items = [catalogue.item(position) for position in range(len(catalogue))]
    assert {(item.copy_of, item.id) for item in items if item.copy_of} == set(TWICE)
    assert report.copies == len(TWICE)


def test_every_request_of_the_demo_has_an_answer_that_is_one_of_its_pages() -> None:
    pages = {str(page.relative_to(demo_pages()).with_suffix("")) for page in demo_pages().rglob("*.html")}
    asked = [query.qid for query in read_queries(demo_pages().with_name(REQUESTS))]
    judged = read_qrels(demo_pages().with_name(JUDGED))
    assert len(asked) == 60
    assert len(pages) >= 150
    assert set(judged.ids) <= pages
    fits = {judged.qids[query] for query, grade in zip(judged.query, judged.grades, strict=True) if grade >= 2}
    assert set(asked) <= fits


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with open_demo(tmp_path_factory.mktemp("built") / "demo") as project:
        fill(project)
        yield project


def test_four_of_five_requests_of_the_demo_find_a_fitting_company_among_the_first_five(demo: Project) -> None:
    asked = demo.recommend("a family business", ask=True).asked
    assert asked
    assert asked.question
    assert asked.question.field in {*demo.settings.facts, ""}  # and never the language of a page
    assert asked.chance
    report = evaluate(demo.folder / REQUESTS, demo.folder / JUDGED, project=demo)
    assert {result.measure: result.value for result in report.runs[0].results}["Success@5"] >= 0.8


def test_the_package_s_record_is_small_and_answers_each_example_of_the_page_with_reasons_of_a_model_where_they_hold(
    demo: Project,
) -> None:
    assert wiring.SHIPPED["demo"].stat().st_size < 100_000
    slates = [demo.recommend(question) for question in demo.settings.project.examples]
    places = [place for slate in slates for place in slate.places]
    by_model = [place.reason for place in places if place.reason and ", recorded 20" in place.reason.by]
    assert by_model
    assert all(place.reason and (place.reason.by or place.checks) for place in places)
    assert all(shared(reason.said.text, WORD.findall(reason.says.text.lower())) == 1 for reason in by_model)
    assert all(slate.recorded and slate.release == demo.release_in_use() for slate in slates)
