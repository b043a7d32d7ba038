"""The report: what it says, that its numbers are those of its JSON, and that text from outside stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from command_line import COMPANIES, firstfive, project
from firstfive.app.learning import LearnReport
from firstfive.app.measured import learned
from firstfive.app.past import past
from firstfive.app.wiring import open_project
from firstfive.cli.charts import Dot, Plot, plot, strip, ticks
from firstfive.cli.document import Document, Listed, Section, Table, Words, as_markdown, as_page
from firstfive.learn import Ends, Handover
from firstfive.learn.handover import Point
from firstfive.measure import Check, Interval, Judgement, Verdict
from firstfive.ports import Measurement, Trial
from firstfive.testing.clients import NO_CHROMIUM, chromium
from firstfive.types import ReleaseId, StampId

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EVIL = "<script>window.ran=1</script><img src=https://elsewhere.example/x onerror=window.ran=2>|`*_\u202egro"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED = (
    ("q1", "a dental laboratory that makes crowns", "dental-1"),
    ("q2", "freight of refrigerated cargo, call me on 0170 1234567", "freight-1"),
    ("q3", "pet food from fresh meat", "foundry-1"),
    ("q4", "elevator maintenance for hospitals", "lift-1"),
)


def judged(folder: Path, asked: tuple[tuple[str, str, str], ...] = ASKED, name: str = "asked") -> list[str | Path]:
    """Options that name these requests and what is right for them."""
    queries, qrels = folder / f"{name}.jsonl", folder / f"{name}.trec"
    queries.write_text("".join(json.dumps({"qid": qid, "text": text}) + "\n" for qid, text, _ in asked), "utf-8")
    qrels.write_text("".join(f"{qid} 0 {item} 1\n" for qid, _, item in asked), "utf-8")
    return ["--queries", queries, "--qrels", qrels]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project of eight companies, one of which has a hostile name. Tests write reports beside it."""
    hostile = ("hostile-1", EVIL, f"Dental laboratory making {EVIL} crowns for dentists.")
    return project(tmp_path_factory.mktemp("report") / "shop", (*COMPANIES, hostile))


class Page(HTMLParser):
    """What a page says: its data elements, its words, and everything that could ask for something elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.data: list[float] = []
        self.words: list[str] = []
        self.reaching: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "data":
            self.data.append(float(given["value"] or "nan"))
        if tag in {"script", "img", "link", "iframe", "object", "form", "base"}:
            self.reaching.append(tag)
        self.reaching += [
            f"{tag} {name}"
            for name, value in attrs
            if name.startswith("on") or (name in {"src", "href", "xlink:href"} and not (value or "").startswith("#"))
        ]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page_of(file: Path) -> Page:
    return Page(file.read_text("utf-8"))


def values(found: Any) -> Iterator[float]:
    """Every number anywhere in JSON."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            yield from values(one)
    if isinstance(found, int | float) and not isinstance(found, bool):
        yield float(found)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_project_without_anything_gets_a_report_that_says_what_to_do(tmp_path: Path) -> None:
    assert firstfive("init", tmp_path / "new").status == 0
    ended = firstfive("-p", tmp_path / "new", "report")
    assert ended.status == 0, ended.err
    assert ended.out.startswith("Nothing is built yet")
    text = page_of(tmp_path / "new" / "report.html").text
    for command in ("firstfive import", "firstfive build", "firstfive judge", "firstfive learn", "firstfive serve"):
        assert command in text


def test_every_number_on_the_page_is_one_of_its_json(shop: Path, tmp_path: Path) -> None:
    ended = firstfive("-p", shop, "report", *judged(tmp_path), "--out", tmp_path / "r.html", "--json")
    assert ended.status == 0, ended.err
    page, known = page_of(tmp_path / "r.html"), set(values(ended.answer))
    assert len(page.data) > 20
    assert [one for one in page.data if one not in known] == []
    result = ended.answer["quality"]["measured"]["runs"][0]["results"][0]
    assert (result["measure"], result["value"]) == ("Success@5", 0.75)
    assert "75.0 %" in page.text
    assert ended.answer["written"] == str(tmp_path / "r.html")


def test_the_verdict_is_that_of_the_goal(shop: Path, tmp_path: Path) -> None:
    said = {}
    for least in ("0.7", "0.999"):
        goal = f"goal.at_least=Success@5 {least}"
        ended = firstfive(
            "-p", shop, "--set", goal, "report", *judged(tmp_path), "--out", tmp_path / "r.html", "--json"
        )
        said[least] = ended.answer["outcome"]
        assert 3 <= len(ended.answer["summary"]) <= 5
    assert said == {"0.7": "not enough data yet", "0.999": "not enough data yet"}, "4 requests decide nothing"
    many = tuple((f"m{n}", f"a dental laboratory that makes crowns {n}", "dental-1") for n in range(40))
    for least, outcome in (("0.7", "met"), ("0.999", "not enough data yet")):
        goal = f"goal.at_least=Success@5 {least}"
        options = judged(tmp_path, many, "many")
        ended = firstfive("-p", shop, "--set", goal, "report", *options, "--out", tmp_path / "r.html", "--json")
        assert ended.answer["outcome"] == outcome
    bad = tuple((f"b{n}", f"a dental laboratory that makes crowns {n}", "pets-1") for n in range(40))
    goal = "goal.at_least=Success@1 0.7"
    ended = firstfive("-p", shop, "--set", goal, "report", *judged(tmp_path, bad, "bad"), "--out", tmp_path / "r.html")
    assert ended.out.startswith("The goal is not met.")


def test_made_up_requests_do_not_say_how_good_it_is_for_people(shop: Path, tmp_path: Path) -> None:
    goal = "goal.at_least=Success@5 0.1"
    ended = firstfive("-p", shop, "--set", goal, "report", "--out", tmp_path / "r.html", "--json")
    assert ended.answer["quality"]["made_up"] is True
    assert ended.answer["outcome"] == "not enough data yet"


def test_the_worst_come_first_with_their_five_and_where_the_right_one_stood(shop: Path, tmp_path: Path) -> None:
    ended = firstfive("-p", shop, "report", *judged(tmp_path), "--out", tmp_path / "r.html", "--json")
    (worst,) = ended.answer["quality"]["worst"]
    assert (worst["qid"], worst["value"], worst["right"]) == ("q3", 0.0, ["Ellerbach Castings"])
    assert worst["five"][0] == {"item": "pets-1", "title": "Tumble Pet Kitchen", "right": False}
    assert worst["stood"] is None
    assert "foundry-1" not in [one["item"] for one in worst["five"]]
    text = page_of(tmp_path / "r.html").text
    assert "Tumble Pet Kitchen" in text
    assert "Right: Ellerbach Castings." in text


def test_what_people_asked_is_left_out_unless_it_is_asked_for_and_then_masked(shop: Path, tmp_path: Path) -> None:
    asked = (*ASKED, ("q5", "pet food, write to ann@example.org", "boxes-1"))
    options = judged(tmp_path, asked)
    out = tmp_path / "r.html"
    ended = firstfive("-p", shop, "report", *options, "--out", out, "--json")
    for text in (ended.out, out.read_text("utf-8")):
        assert "fresh meat" not in text.replace("Pet food made from fresh meat", "")
        assert "example.org" not in text
    ended = firstfive("-p", shop, "report", *options, "--out", out, "--json", "--with-requests")
    for text in (ended.out, out.read_text("utf-8")):
        assert "pet food from fresh meat" in text
        assert "pet food, write to [e-mail]" in text
        assert "example.org" not in text


# --- over time --------------------------------------------------------------------------------------------------------


def test_evaluate_promote_and_report_keep_what_they_measured(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    options = judged(tmp_path)
    assert firstfive("-p", folder, "evaluate", *options, "--compare", "words only:rank.chars=0").status == 0
    with open_project(folder, environment={}) as opened, opened.store.read() as unit:
        kept = unit.measurements.latest()
    assert {one.variant for one in kept} == {"", "words only"}
    assert {one.how for one in kept} == {"evaluate"}
    assert {one.asked for one in kept} == {"4 requests of asked.jsonl"}
    assert firstfive("-p", folder, "--set", "rank.chars=0", "build", "--no-use").status == 0
    assert firstfive("-p", folder, "promote", *options, "--force", "to try").status == 0
    ended = firstfive("-p", folder, "report", *options, "--json")
    (line,) = ended.answer["past"]["lines"]
    assert [point["how"] for point in line["points"]] == ["promote", "report"]
    assert len({point["release"] for point in line["points"]}) == 2
    assert all(point["p95_ms"] > 0 for point in line["points"])
    (varied,) = ended.answer["past"]["variants"]
    assert "words only" in [point["variant"] for point in varied["points"]]
    assert "words only" in page_of(folder / "report.html").text


def test_numbers_on_other_requests_stand_in_another_line(shop: Path, tmp_path: Path) -> None:
    questions = set()
    for change in (
        ASKED,
        (*ASKED[:3], ("q4", "elevator maintenance", "lift-1")),  # other words
        (*ASKED[:3], (ASKED[3][0], ASKED[3][1], "foundry-1")),  # another item is right
        ASKED[::-1],  # the same in another order
    ):
        assert firstfive("-p", shop, "evaluate", *judged(tmp_path, change)).status == 0
        with open_project(shop, environment={}) as opened:
            newest = past(opened, "Success@5").lines[0]
            questions.add(newest.questions)
    assert len(questions) == 3
    ended = firstfive("-p", shop, "report", *judged(tmp_path), "--out", tmp_path / "r.html", "--json")
    lines = ended.answer["past"]["lines"]
    assert len({line["questions"] for line in lines}) == len(lines) >= 3
    charts = re.findall(r'<svg class="plot wide"[^>]*aria-labelledby="time-', (tmp_path / "r.html").read_text("utf-8"))
    assert len(charts) == min(len(lines), 4)


def test_releases_stand_in_the_order_in_which_they_were_built_and_the_newest_number_counts(tmp_path: Path) -> None:
    folder, now = project(tmp_path / "shop"), datetime.now(UTC)
    one = Measurement(ReleaseId("gone"), "hash", "9 requests", "Success@5", 0.5, 0.4, 0.6, 9, now - timedelta(days=9))
    with open_project(folder, environment={}) as opened:
        here = replace(one, release=opened.recommender.release.id, value=0.7, at=now)
        opened.store.write(lambda unit: unit.measurements.add([here, one, replace(one, value=0.55)]))
        opened.store.write(lambda unit: unit.measurements.add([replace(one, measure="RR@10", value=0.1)]))
        (line,) = past(opened, "Success@5").lines
    assert [(point.release, point.value.value) for point in line.points] == [("gone", 0.55), (here.release, 0.7)]
    assert line.points[0].built is None


def test_what_was_learned_and_what_a_judge_is_worth_are_read_back(tmp_path: Path) -> None:
    folder = project(tmp_path / "shop")
    with open_project(folder, environment={}) as opened:
        release = opened.recommender.release.id
        curve = (Point(0.0, Ends(0, 0, 0), 0.5), Point(0.25, Ends(0.04, 0.01, 0.07), 0.6))
        learned_ = LearnReport(
            likes=90, visitors=40, graded=60, handover=Handover(0.25, curve, 45, 30), advice="promote"
        )
        opened.store.write(lambda unit: unit.measurements.add(list(learned(learned_, release))))
        check = Check("agreement", 60, Interval(0.5, 0.42, 0.58), 0.4, inf)
        found = Judgement(Verdict.INCONCLUSIVE, (check, Check("again", 3, None, -inf, 0.3)), None, "agreement 0.4")
        trial = Trial(StampId("j"), EVIL, "judge@1", found.verdict, found.rule, 60, NOW, found.json().decode())
        opened.store.write(lambda unit: unit.judgements.conclude(trial))
    ended = firstfive("-p", folder, "report", *judged(tmp_path), "--json")
    (found_curve,), (judge,) = ended.answer["past"]["curves"], ended.answer["past"]["judges"]
    assert (found_curve["handed_over"], found_curve["requests"]) == (0.25, 45)
    assert found_curve["gains"]["0.25"] == {"value": 0.04, "low": 0.01, "high": 0.07}
    assert [(one["name"], one["outcome"]) for one in judge["checks"]] == [("agreement", "passed"), ("again", "open")]
    text = page_of(folder / "report.html").text
    assert "25.0 % of the ranking is handed over" in text
    assert "INCONCLUSIVE: not enough is known of it yet" in text
    assert "window.ran=1" in text


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_report_of_ours_is_not_written_over_unless_forced(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "thesis.html"
    out.write_text("<p>ten years of work", "utf-8")
    ended = firstfive("-p", shop, "report", *judged(tmp_path), "--out", out)
    assert ended.status == 2
    assert "--force" in ended.err
    assert out.read_text("utf-8") == "<p>ten years of work"
    assert firstfive("-p", shop, "report", *judged(tmp_path), "--out", out, "--force").status == 0
    assert firstfive("-p", shop, "report", *judged(tmp_path), "--out", out).status == 0, "it is one of ours now"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_place_that_cannot_be_written_is_said_and_leaves_nothing(shop: Path, tmp_path: Path) -> None:
    ended = firstfive("-p", shop, "report", *judged(tmp_path), "--out", tmp_path / "no" / "r.html")
    assert ended.status == 2
    assert "choose another place" in ended.err


# --- hostile text -----------------------------------------------------------------------------------------------------


def test_nothing_from_outside_becomes_markup_and_the_page_asks_for_nothing(shop: Path, tmp_path: Path) -> None:
    asked = (("<b>q1", f"{EVIL} crowns", "boxes-1"), ("q2", "crowns", "boxes-1"))
    options = judged(tmp_path, asked, "a<b>&c")
    ended = firstfive("-p", shop, "report", *options, "--with-requests", "--out", tmp_path / "r.html")
    assert ended.status == 0, ended.err
    page = page_of(tmp_path / "r.html")
    assert page.reaching == []
    assert "<script>window.ran=1</script>" in page.text
    assert "\u202e" not in (tmp_path / "r.html").read_text("utf-8")
    policy = re.search(r"Content-Security-Policy\" content=\"([^\"]+)", (tmp_path / "r.html").read_text("utf-8"))
    assert policy
    assert policy[1].startswith("default-src 'none'")
    assert "unsafe" not in policy[1]


def test_markdown_and_page_say_the_same_and_neither_takes_markup() -> None:
    blocks = (
        Words(EVIL),
        Table(EVIL, (EVIL,), ((EVIL,),)),
        Listed(EVIL, (EVIL,), (EVIL,), frozenset({0}), (EVIL,), "right"),
    )
    written = Document(EVIL, EVIL, EVIL, "open", (EVIL,), (Section("one", EVIL, blocks),))
    page = Page(as_page(written))
    assert page.reaching == []
    assert page.text.count("window.ran=2") >= 11
    markdown = as_markdown(written)
    assert "\\<script\\>" in markdown
    assert (
        re.search(r"(?<!\\)[<>|`*_](?!!--|-)", re.sub(r"<!-- .* -->|\*\*|^\|.*\|$|^\d+\.", "", markdown, flags=re.M))
        is None
    )


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("- no list", "\\- no list"),
        ("+ no list", "\\+ no list"),
        ("---", "\\---"),
        ("57.1 %", "57.1 %"),
        ("-2.0 points", "-2.0 points"),
        ("12) no list. 3.", "12\\) no list. 3."),
        ("1. no list", "1\\. no list"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("see https://example.org", "see https:\u2060//example.org"),
        ("see WWW.example.org", "see WWW\u2060.example.org"),
    ],
)
def test_no_list_no_entity_and_no_link_comes_of_text_in_markdown(said: str, written: str) -> None:
    markdown = as_markdown(Document("t", said, "v", "open", (), ()))
    assert markdown.splitlines()[3] == written


def test_a_run_of_learning_of_which_the_share_was_not_read_is_no_curve(tmp_path: Path) -> None:
    with open_project(project(tmp_path / "shop"), environment={}) as opened:
        curve = (Point(0.25, Ends(0.04, 0.01, 0.07), 0.6),)
        rows = learned(
            LearnReport(likes=90, visitors=40, graded=60, handover=Handover(0.25, curve, 45, 30), advice="promote"),
            opened.recommender.release.id,
        )
        opened.store.write(lambda unit: unit.measurements.add(list(rows)[:-1]))
        assert past(opened, "Success@5").curves == ()


def test_days_before_a_report_of_visits_are_refused(shop: Path) -> None:
    ended = firstfive("-p", shop, "report", "--days", "7", "visits")
    assert ended.status == 2
    assert "after `report visits`" in ended.err


# --- drawings ---------------------------------------------------------------------------------------------------------


def test_a_drawing_has_its_title_its_description_and_each_value_at_its_height() -> None:
    dots = (Dot(0.25, 0.5, 0.25, 0.75, "a & b"), Dot(0.75, 1.0, 0.9, 1.0, "c"))
    drawn = plot(Plot("x", "T <", "D", dots, ((0.25, "one"), (0.75, "two")), joined=True, bar=(0.7, "goal")))
    wide, narrow = re.findall(r"<svg.*?</svg>", drawn)
    assert 'aria-labelledby="x-wide-t x-wide-d"' in wide
    assert '<title id="x-wide-t">T &lt;</title><desc id="x-wide-d">D</desc>' in wide
    assert 'aria-labelledby="x-narrow-t x-narrow-d"' in narrow
    low, half, high = (float(re.search(rf'M54 ([\d.]+)H\d+"/><text [^>]*>{mark} %', wide)[1]) for mark in (0, 50, 100))  # type: ignore[index]
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', wide)]
    assert heights == [half, high]
    assert low > half > high
    assert "a &amp; b" in wide


def test_marks_of_an_axis_are_round_and_lie_within_its_ends() -> None:
    assert ticks(0, 1) == [0, 0.25, 0.5, 0.75, 1]
    assert ticks(-0.03, 0.05) == [-0.02, 0, 0.02, 0.04]
    for low, high in ((0, 0.003), (-7, 12), (0, 4321)):
        marks = ticks(low, high)
        assert 2 <= len(marks) <= 6
        assert all(low <= mark <= high for mark in marks)


def test_a_strip_shows_the_interval_where_it_lies() -> None:
    drawn = strip(0.5, 0.25, 0.75)
    assert '<rect class="between" x="25.00" y="3.5" width="50.00"' in drawn
    assert "at-zero" not in drawn
    assert "at-zero" in strip(0.1, -0.1, 0.2, (-0.5, 0.5))


# --- in a browser -----------------------------------------------------------------------------------------------------

EXECUTABLE = chromium()
LEVELS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if EXECUTABLE is None:
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def written(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with something in every section that this project can have."""
    folder = tmp_path_factory.mktemp("written")
    many = tuple((f"m{n}", f"{text} {EVIL if n == 3 else n}", item) for n in range(10) for _, text, item in ASKED)
    many = tuple((f"{qid}-{at}", text, item) for at, (qid, text, item) in enumerate(many))
    assert (
        firstfive("-p", shop, "evaluate", *judged(folder, many), "--compare", "<b onclick=x()>:rank.chars=0").status
        == 0
    )
    ended = firstfive("-p", shop, "report", *judged(folder, many), "--with-requests", "--out", folder / "r.html")
    assert ended.status == 0, ended.err
    return folder / "r.html"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)])
def test_the_page_is_readable_runs_nothing_and_asks_for_nothing(
    browser: Browser, written: Path, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda said: wrong.append(said.text))
    page.on("request", lambda asked: wrong.append(asked.url) if asked.url != written.as_uri() else None)
    page.goto(written.as_uri())
    for summary in page.locator("details > summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.ran") is None
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": LEVELS})
    assert found.violations_count == 0, found.generate_report()
    assert wrong == []
    shown = page.locator("svg.plot:visible")
    assert shown.count() == page.locator("figure").count() > 0
    assert page.locator("svg.plot text:visible").first.evaluate("e => e.getBoundingClientRect().height") > 11
    context.close()
