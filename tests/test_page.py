"""The seeker's page as HTML over HTTP: what it says, what it keeps, and what it never lets through."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request as HttpRequest

from firstfive.app.wiring import Project, open_project
from firstfive.ask.read import LONGEST
from firstfive.server import make_app
from firstfive.server.calls import client
from firstfive.server.page import showing
from firstfive.server.page.line import LONGEST as LINE
from firstfive.server.page.line import one_line
from firstfive.server.page.messages import LANGUAGES, messages
from firstfive.server.serving import running
from firstfive.settings import FactSettings, PageSettings, ProjectSettings, Settings, WordSettings
from firstfive.testing.clients import Served
from firstfive.testing.world import WISHES
from firstfive.types import (
    Asked,
    ItemId,
    Level,
    Mismatch,
    Misspelt,
    Option,
    Place,
    Question,
    Quote,
    Reason,
    RecommId,
    ReleaseId,
    Request,
    Sharpening,
    Slate,
    Strength,
    Told,
    Value,
    Wish,
)
from pages import ASKED, fresh, page_server
from reading import WORD, grade

SENTENCE = "someone who makes crowns and dentures for dentists"
SAY = messages("en")
PREPARING = SAY.texts["error.preparing"]
PAGE_LIMITS = ("server.page_rate_per_minute=0",)


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    overrides = [*PAGE_LIMITS, "project.examples=a vet for my parrot,<b>bold</b>,rye bread,a fourth"]
    with page_server(built, tmp_path_factory.mktemp("page"), overrides) as running:
        yield running


@pytest.fixture
def browser(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"Accept": "text/html"}) as client:
        yield client


def asked(browser: httpx.Client, text: str) -> httpx.Response:
    return browser.post("/find", data={"text": text}, follow_redirects=True)


class Seen(HTMLParser):
    """Text by element, and every attribute, as a browser would have them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def stored(project: Project, *places: Place, text: str = SENTENCE, notes: tuple[str, ...] = ()) -> str:
    """A Slate put into the store by hand; its address on the page."""
    recomm_id = RecommId(f"by-hand-{datetime.now(UTC).timestamp()}")
    slate = Slate(recomm_id, ReleaseId("r"), Request(text, scenario="page"), places, {}, datetime.now(UTC), notes)
    project.store.write(lambda unit: unit.slates.add(slate))
    return f"/slate/{recomm_id}"


PLACE = Place(
    1, ItemId("i"), "Bright Molar", "A dental laboratory. It makes crowns.", 0.9, {"words": 1.0}, None, None, {}
)


# --- the walk ---------------------------------------------------------------------------------------------------------


def test_the_first_page_has_one_labelled_box_one_button_and_three_examples(browser: httpx.Client) -> None:
    answer = browser.get("/")
    seen = Seen(answer.text)
    assert seen.tags.count("textarea") == 1
    assert ("label", "for", "text") in seen.attributes
    assert seen.tags.count("button") == 1 + 3
    assert ("html", "lang", "en") in seen.attributes
    assert "<b>bold</b>" not in answer.text
    assert [value for tag, name, value in seen.attributes if tag == "script" and name == "src"]
    assert "<script>" not in answer.text


def test_a_request_leads_to_five_numbered_results_at_an_address_without_its_words(browser: httpx.Client) -> None:
    first = browser.post("/find", data={"text": SENTENCE})
    assert first.status_code == 303
    assert first.headers["location"].startswith("/slate/")
    assert "crowns" not in first.headers["location"]
    answer = browser.get(first.headers["location"])
    seen = Seen(answer.text)
    assert seen.tags.count("article") == 5
    assert "Bright Molar" in seen.text
    assert [name for tag, name, value in seen.attributes if tag == "h2" and value.startswith("name-")] == ["id"] * 5
    assert SENTENCE in seen.text


def test_an_example_button_asks_for_its_sentence(browser: httpx.Client) -> None:
    answer = browser.post("/find", data={"text": "", "example": "a vet for my parrot"}, follow_redirects=True)
    assert "Paw & Feather" in Seen(answer.text).text
    assert "a vet for my parrot" in Seen(answer.text).text


def test_results_stay_at_their_address_over_a_restart(browser: httpx.Client, server: Served) -> None:
    first = asked(browser, SENTENCE)
    with open_project(server.project.folder, environment={}) as again, running(make_app(again)) as url:
        second = httpx.get(url + first.url.path)
    assert Seen(second.text).text == Seen(first.text).text


@pytest.mark.parametrize("text", ["", "   \n ", "!!! ..."])
def test_a_request_without_words_gets_a_hint_and_keeps_its_text(browser: httpx.Client, text: str) -> None:
    answer = asked(browser, text)
    assert answer.status_code == 422
    assert "A few words are enough" in answer.text
    assert text in answer.text


@pytest.mark.parametrize(
    "text", ["🦜🦜", "خبز الجاودار", "roggenbrot \x00 backen", "x" * 100_000, "<script>alert(1)</script>"]
)
def test_odd_requests_get_a_page_and_keep_their_text(browser: httpx.Client, text: str) -> None:
    answer = asked(browser, text)
    assert answer.status_code in {200, 422}
    assert "<script>" not in answer.text
    if answer.status_code == 200:
        answer = browser.get(f"{answer.url.path}/words")
    (kept,) = re.findall(r"<textarea[^>]*>\n([^<]*)</textarea>", answer.text)
    readable = text.replace("\x00 ", "") if "/slate/" in str(answer.url) else text
    assert html.unescape(kept) == readable[:LONGEST]


def test_before_the_first_build_the_page_says_so_and_keeps_the_text(tmp_path: Path) -> None:
    from firstfive.app.wiring import init_project

    init_project(tmp_path)
    with open_project(tmp_path, environment={}) as project, running(make_app(project)) as url:
        home = httpx.get(url)
        answer = httpx.post(f"{url}/find", data={"text": SENTENCE})
    assert home.status_code == 200
    assert PREPARING in home.text
    assert "<button" not in home.text
    assert "<textarea" not in home.text
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert PREPARING in answer.text
    assert SENTENCE in answer.text


def test_too_many_requests_from_one_address_keep_the_text(world_folder: Path) -> None:
    limited = open_project(world_folder, overrides=["server.page_rate_per_minute=2"], environment={})
    with limited as project, running(make_app(project)) as url:
        answers = [httpx.post(f"{url}/find", data={"text": SENTENCE}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "retry-after" in answers[2].headers
    assert SENTENCE in answers[2].text


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", ""),
    ],
)
def test_all_addresses_that_one_connection_has_count_together(host: str, counted: str) -> None:
    assert client(HttpRequest({"type": "http", "client": (host, 1)})) == counted


def test_an_answer_stays_on_the_screen_of_who_asked_for_too_much(world_folder: Path) -> None:
    """To look at it again costs nothing, nor does what the script asks for; a press shows it with what to do."""
    limited = open_project(world_folder, overrides=["server.page_rate_per_minute=2"], environment={})
    with limited as project, running(make_app(project)) as url:
        path = httpx.post(f"{url}/find", data={"text": SENTENCE}).headers["location"]
        looks = ("", "/reasons", "") * 3
        assert [httpx.get(f"{url}{path}{look}").status_code for look in looks] == [200] * 9
        pressed = [httpx.post(f"{url}{path}/say", data={"do": f"yes {n}"}) for n in (1, 2)]
        known = httpx.post(f"{url}/remember", data={"from": path.removeprefix("/slate/")})
        for refused in (pressed[-1], known):
            assert refused.status_code == 429
            assert "That was a lot at once." in refused.text
            assert refused.text.count("<article") == 5
        assert httpx.get(f"{url}{path}").status_code == 200


def test_an_erased_or_unknown_answer_is_a_page_that_says_so(browser: httpx.Client) -> None:
    answer = browser.get("/slate/never")
    assert answer.status_code == 404
    assert "We no longer have this page" in answer.text


def test_a_browser_gets_a_page_and_a_program_a_problem_where_nothing_is(browser: httpx.Client) -> None:
    assert browser.get("/nowhere").headers["content-type"].startswith("text/html")
    assert httpx.get(f"{browser.base_url}/nowhere").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/slate/never", "/slate/never/new", "/list/never", "/nowhere"])
def test_words_that_were_sent_to_an_address_that_takes_none_are_kept_in_the_language_of_the_page(
    browser: httpx.Client, path: str, language: str
) -> None:
    answer = browser.post(path, data={"text": "kept <b>words"}, headers={"Accept-Language": language})
    assert answer.status_code == (404 if path == "/nowhere" else 405)
    assert ("allow" in answer.headers) is (path != "/nowhere")
    assert messages(language).texts["error.nowhere"] in html.unescape(answer.text)
    assert "kept &lt;b&gt;words</textarea>" in answer.text
    program = httpx.post(f"{browser.base_url}{path}", data={"text": "words"})
    assert program.headers["content-type"] == "application/problem+json"


def test_a_form_too_large_for_an_address_that_takes_none_is_a_page_all_the_same(browser: httpx.Client) -> None:
    answer = browser.post("/", data={"text": "word " * 1_000_000})
    assert (answer.status_code, answer.headers["content-type"]) == (405, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", ["/slate/{}", "/slate/{}/new", "/slate/{}/words", "/list/{}", "/slate/{}/next"])
def test_an_address_that_is_too_long_leads_to_a_page_that_is_gone(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path.format("x" * 4_000))
    assert answer.status_code == 404
    assert "We no longer have this page." in answer.text


# --- what stands on the results page ----------------------------------------------------------------------------------


def test_quoted_words_are_marked_between_what_stands_around_them(server: Served, browser: httpx.Client) -> None:
    text = PLACE.text
    start = text.index("makes crowns")
    reason = Reason(Quote("crowns", 18, 24, "request"), Quote("makes crowns", start, start + 12), 0.9)
    shown = browser.get(stored(server.project, replace(PLACE, reason=reason))).text
    assert "someone who makes <mark>crowns</mark> and dentures" in shown
    assert "A dental laboratory. It <mark>makes crowns</mark>." in shown


def test_what_is_not_mentioned_is_said(server: Served, browser: httpx.Client) -> None:
    mismatch = Mismatch(Quote("dentures", 29, 37, "request"), None, "not mentioned")
    shown = browser.get(stored(server.project, replace(PLACE, mismatch=mismatch, unknown=("employees",)))).text
    assert "Not mentioned:" in shown
    assert "<q><bdi>dentures</bdi></q>" in shown
    assert "employees" in shown


@pytest.mark.parametrize(("refused", "said"), [(True, "You did not want crowns."), (False, "You want crowns.")])
def test_what_contradicts_a_wish_is_said(server: Served, browser: httpx.Client, *, refused: bool, said: str) -> None:
    mismatch = Mismatch(Quote("crowns", 18, 24, "request"), Quote("makes crowns.", 24, 37), "contradicted")
    place, asked = replace(PLACE, mismatch=mismatch), replace(ASKED, wishes=(Wish("crowns", 18, 24, refused),))
    seen = Seen(browser.get(fresh(server, asked, (place,))).text)
    assert f"{said} It says makes crowns." in " ".join(seen.text.split())


def test_an_ampersand_is_an_ampersand_wherever_a_name_or_a_value_stands_in_a_sentence() -> None:
    like, slate = ItemId("i"), Slate(RecommId("r"), ReleaseId("r"), Request("x"), (PLACE, PLACE), {}, datetime.now(UTC))
    told = Told("r&d", 'r&d = "a"', "value", ("R&D",))
    request = Request("x", like=(like,), told=(told,))
    asked = Asked((Wish("not R&D", 0, 1, True),), Strength("good", 1.0, ()), None, True, None, ())
    own = showing.words(Settings(project=ProjectSettings(items="arts & crafts")), SAY)
    wanted = showing.wanted(replace(slate, request=request, asked=asked), {like: "Paw & Feather"}, SAY)
    assert [one.text for one in wanted] == ["no not R&D", "r&d: R&D", "like Paw & Feather"]
    assert showing.headline(slate, own, SAY) == "Your two best arts & crafts"
    assert showing.sharpen_text(Sharpening("f", "kind", "same", ("R&D",), "", 9), SAY) == "More of the kind R&D"


def test_the_fields_that_the_settings_name_are_shown_in_words_and_no_others(
    server: Served, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields: dict[str, Value] = {"home_town": "Lyon & Bron", "team_size": 1200.0, "founded": 1987.0, "garden": False}
    place = replace(PLACE, fields={**fields, "tags": ("a", "b"), "secret": "never"})
    page = PageSettings(facts=("garden", "home_town", "team_size", "founded", "tags", "missing"))
    monkeypatch.setattr(server.project, "settings", replace(server.project.settings, page=page))
    seen = " ".join(Seen(browser.get(stored(server.project, place)).text).text.split())
    assert "garden: no home town: Lyon & Bron team size: 1,200 founded: 1987 tags: a, b" in seen
    assert "never" not in seen
    monkeypatch.undo()
    assert "home town" not in Seen(browser.get(stored(server.project, place)).text).text


def test_a_question_of_numbers_says_what_they_count(server: Served, browser: httpx.Client) -> None:
    assert "It is about: employees" in browser.get(fresh(server)).text
    for topic in ("other", "when", "truth"):
        asked = Question("free_from", topic, (Option("value", ("may",)), Option("no")), 0.1)
        assert "It is about: free from" in browser.get(fresh(server, replace(ASKED, question=asked))).text
    years = Question("founded", "age", (Option("up_to", (1990.0,), "founded <= 1990"),), 0.1)
    assert "It is about" not in browser.get(fresh(server, replace(ASKED, question=years))).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_can_be_read_by_a_twelve_year_old_but_for_the_words_that_they_quote(
    server: Served, browser: httpx.Client, language: str
) -> None:
    """At least 95 in 100. What is quoted, and what a model's sentence took from it, is not ours."""
    heard = {"accept-language": language}
    answers = [browser.post("/find", data={"text": wish.text}).headers["location"] for wish in WISHES]
    texts = [browser.get(path, headers=heard).text for path in (*answers, fresh(server))]
    reasons = [one for text in texts for one in re.findall(r'(?ms)<div class="reason">(.*?)^</div>', text)]
    grades = [grade(language, own) for one in reasons if (own := own_words(one))]
    assert len(grades) > 25
    assert sum(one <= 6 for one in grades) >= 0.95 * len(grades)


def own_words(reason: str) -> str:
    """A reason without what it quotes, each line a sentence."""
    quoted = re.findall(r"<dd>(.*?)</dd>|<q>(.*?)</q>", reason, re.DOTALL)
    words = {word for pair in quoted for text in pair for word in WORD.findall(re.sub("<[^>]+>", " ", text))}
    lines = re.sub("<[^>]+>", "", re.sub(r"<dd>.*?</dd>|<q>.*?</q>", ". ", reason, flags=re.DOTALL)).splitlines()
    return " ".join(f"{' '.join(w for w in WORD.findall(line) if w not in words)}." for line in lines if line.strip())


@pytest.mark.parametrize(
    ("count", "headline"),
    [(0, "We found nothing that fits"), (1, "We found one match"), (3, "Your three best matches")],
)
def test_few_results_are_counted_in_words(server: Served, browser: httpx.Client, count: int, headline: str) -> None:
    places = [replace(PLACE, place=number + 1, item=ItemId(str(number))) for number in range(count)]
    seen = Seen(browser.get(stored(server.project, *places, notes=("A note.",))).text)
    assert headline in seen.text
    assert "A note." in seen.text
    assert seen.tags.count("article") == count


def test_words_in_the_seekers_own_refusal_are_read_back() -> None:
    def wish(text: str, by: str) -> Wish:
        return Wish(text, 0, len(text), True, by)

    def told(language: str, *wishes: Wish) -> list[str]:
        slate = Slate(RecommId("r"), ReleaseId("r"), Request("x"), (PLACE,), {}, datetime.now(UTC))
        asked = Asked((*wishes, Wish("garden", 0, 6)), Strength("good", 1.0, ()), None, True, None, ())
        say = messages(language)
        return [one.text for one in showing.wanted(replace(slate, asked=asked), {}, say)][:-1]

    assert told("en", wish("stairs", "no "), wish("pets", "")) == ["no stairs", "no pets"]
    assert told("de", wish("Treppen", "keine "), wish("Hunde", "")) == ["keine Treppen", "ohne Hunde"]
    assert told("fr", wish("animaux", "pas d’"), wish("chien", "pas de "), wish("bruit", "")) == [
        "pas d’animaux",
        "pas de chien",
        "sans bruit",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_refuse_are_read_back_as_they_were_read(language: str) -> None:
    text = "flats withuot stiars and a gadren"
    slips = (
        Misspelt("withuot", "without", 6, 13),
        Misspelt("stiars", "stairs", 14, 20),
        Misspelt("gadren", "garden", 27, 33),
    )
    wishes = (Wish("flats", 0, 5), Wish("stiars", 14, 20, True, "withuot ", "stairs"))
    asked = Asked(wishes, Strength("good", 1.0, ()), None, True, None, (), slips)
    slate = Slate(RecommId("r"), ReleaseId("r"), Request(text), (PLACE,), {}, datetime.now(UTC), asked=asked)
    assert [one.text for one in showing.wanted(slate, {}, messages(language))] == ["flats", "without stairs"]


@pytest.mark.parametrize(
    ("level", "fit", "partly", "told"),
    [
        ("strong", 3, 0, "strong"),
        ("strong", 2, 3, "start"),
        ("strong", 1, 0, "start"),
        ("strong", 0, 5, "start"),
        ("strong", 0, 0, "thin"),
        ("good", 2, 3, "start"),
        ("good", 5, 0, "good"),
        ("thin", 5, 0, "thin"),
    ],
)
def test_no_description_is_called_clear_that_few_results_fit(level: Level, fit: int, partly: int, told: str) -> None:
    quote = Quote("x", 0, 1, "request")
    fits = replace(PLACE, reason=Reason(quote, quote, 1.0))
    lacks = replace(fits, mismatch=Mismatch(quote, None, "not mentioned"))
    places = (*[fits] * fit, *[lacks] * partly, *[PLACE] * 5)[:5]
    asked = Asked((), Strength(level, 1.0, ()), None, True, None, ())
    slate = Slate(RecommId("r"), ReleaseId("r"), Request("x"), places, {}, datetime.now(UTC), asked=asked)
    more = f" {SAY.plain('add.other')}" if told == "thin" else ""
    assert showing.strength(slate, SAY) == SAY.plain(f"strength.{told}") + more


def test_where_all_that_there_is_is_shown_no_more_is_asked_of_the_description() -> None:
    thin = Asked((), Strength("thin", 0.1, ()), None, True, None, ())
    slate = Slate(RecommId("r"), ReleaseId("r"), Request("x"), (PLACE,) * 5, {}, datetime.now(UTC), asked=thin)
    assert showing.strength(slate, SAY).startswith("We need a bit more")
    assert showing.strength(replace(slate, places=(PLACE,)), SAY) == ""


@pytest.mark.parametrize(
    ("item", "title", "name"),
    [
        ("7", "7", "Result 4"),
        ("https://a.example/b", "https://a.example/b", "Result 4"),
        ("a1", " ", "Result 4"),
        ("7", "Seven", "Seven"),
        ("1984", "1984 by Orwell", "1984 by Orwell"),
        ("Golden Gate Tours", "Golden Gate Tours", "Golden Gate Tours"),
    ],
)
def test_an_id_is_no_name_unless_it_can_be_read_as_one(item: str, title: str, name: str) -> None:
    assert showing.name(replace(PLACE, place=4, item=ItemId(item), title=title), SAY) == name
    assert showing.name(replace(PLACE, place=4, title=" "), SAY, earlier=5) == "Result 9", "as its number says"


def test_fields_are_called_what_the_settings_say_or_what_a_fact_is_about() -> None:
    settings = Settings(
        words={"de": WordSettings(fields=("employees: Beschäftigte", "addr:city: Ort"))},
        facts={"employees": FactSettings("number", "people employed"), "founded": FactSettings("number", "a, b and c")},
    )
    english, german = (showing.spoken(messages(one), settings) for one in ("en", "de"))
    for field, names in {
        "employees": ("people employed", "Beschäftigte"),
        "addr:city": ("addr:city", "Ort"),
        "founded": ("founded", "founded"),
        "team_size": ("team size", "team size"),
    }.items():
        assert (showing.label(field, english), showing.label(field, german)) == names


@pytest.mark.parametrize(("count", "headline"), [(1, "We found one recipe"), (2, "Your two best recipes")])
def test_the_headline_uses_the_projects_own_words(count: int, headline: str) -> None:
    slate = Slate(RecommId("r"), ReleaseId("r"), Request("x"), (PLACE,) * count, {}, datetime.now(UTC))
    own = showing.words(Settings(project=ProjectSettings(item="recipe", items="recipes")), SAY)
    assert showing.headline(slate, own, SAY) == headline


def test_an_answer_that_was_not_given_on_the_page_is_not_shown_to_everybody(
    server: Served, browser: httpx.Client
) -> None:
    headers = {"X-API-Key": server.reader}
    answer = httpx.post(f"{server.url}/api/recommend", headers=headers, json={"text": "confidential crowns"}).json()
    shown = browser.get(f"/slate/{answer['recommId']}")
    assert shown.status_code == 404
    assert "confidential" not in shown.text


def test_a_long_first_line_is_cut_between_words() -> None:
    line = one_line("Title\n\n" + "word " * 100, "Title")
    assert len(line) <= LINE + 2
    assert line.endswith("word …")


HONEST = (
    "We use cookies from our own oven in every gift box.",
    "Find us on Mill Lane in the centre of Leeds, open daily.",
    "Visit us on the first Sunday of each month for a tour.",
    "Find us on X-ray Street in the middle of Leeds.",
    "Our bakery sells cookies. Follow us on foot through the old town.",
)
OF_THE_SITE = (
    "We use cookies.",
    "Diese Website verwendet Cookies, und zwar alle Tage.",
    "Ce site utilise des cookies pour vous et pour nous.",
    "Read our cookie policy on this website to know more.",
    "Cookie policy",
    "Cookie-Einstellungen",
    "Gestion des cookies",
    "Folgen Sie uns auf Instagram, dann wissen Sie mehr.",
    "Follow us!",
    "Find us on X.",
    "Follow us on our social channels to hear from us.",
    "Retrouvez-nous sur Facebook avec tous nos amis d'ici.",
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Turnover (last year): 9.4 Mio. EUR a year in all\nIt mills crowns for labs.", "It mills crowns for labs."),
        ("Country: Norway\nStaff: 64\nSold: no", "Country: Norway · Staff: 64 · Sold: no"),
        (
            "Animal feed: a small mill that presses pellets for farms.\nIt is old and it is for sale.",
            "Animal feed: a small mill that presses pellets for farms.",
        ),
        (
            "Tierfutter: eine kleine Mühle, die Pellets für Höfe presst.",
            "Tierfutter: eine kleine Mühle, die Pellets für Höfe presst.",
        ),
        ("Office: 12 rue de la Paix, en face de la gare.\nIt mills crowns for labs.", "It mills crowns for labs."),
        ("We use cookies to improve your visit here.\nIt mills crowns for labs.", "It mills crowns for labs."),
        ("Wir verwenden Cookies, um alles besser zu machen.\nAlte Mühle", "Alte Mühle"),
        ("© 2025 Mill & Sons. All rights reserved by us.\nAn old mill", "An old mill"),
        ("Follow us on Facebook or share this page!\nAn old mill", "An old mill"),
        ("Suivez-nous sur les réseaux pour en savoir plus !\nUn moulin", "Un moulin"),
        ("We bake cookies for cafés all over Wales.\nAn old mill", "We bake cookies for cafés all over Wales."),
        ("A firm of lawyers for copyright and patents.\nAn old mill", "A firm of lawyers for copyright and patents."),
        ("It posts on Facebook for small shops and inns.", "It posts on Facebook for small shops and inns."),
        ("We use cookies to improve your visit here.", "We use cookies to improve your visit here."),
        *((f"{honest}\nAn old mill", honest) for honest in HONEST),
        *((f"{site}\nAn old mill", "An old mill") for site in OF_THE_SITE),
        (
            "We make cookies and cakes for cafés in Leeds. © 2020\nAn old mill",
            "We make cookies and cakes for cafés in Leeds.",
        ),
        ("Folge uns in den Wald: geführte Touren\nMühle", "Folge uns in den Wald: geführte Touren · Mühle"),
        ("Cookie policy consultants for shops\nMill", "Cookie policy consultants for shops · Mill"),
    ],
)
def test_the_line_is_a_sentence_where_there_is_one_and_facts_otherwise(text: str, line: str) -> None:
    assert one_line(text, "Title") == line


def test_a_line_that_stands_in_many_results_is_passed_over_where_there_is_another(
    server: Served, browser: httpx.Client
) -> None:
    often = "You pay once a month for each seat."
    texts = [f"{often}\nIt mills crowns for labs in Leeds.", often, f"{often}\nIt casts bells for old church towers."]
    places = [replace(PLACE, place=n, item=ItemId(str(n)), text=text) for n, text in enumerate(texts, 1)]
    lines = re.findall(r'<p class="line"><bdi>([^<]+)', browser.get(stored(server.project, *places)).text)
    assert lines == ["It mills crowns for labs in Leeds.", often, "It casts bells for old church towers."]
    lines = re.findall(r'<p class="line"><bdi>([^<]+)', browser.get(stored(server.project, *places[:2])).text)
    assert lines == [often, often]


# --- policy -----------------------------------------------------------------------------------------------------------


def test_every_page_carries_the_policy_and_names_no_other_host(browser: httpx.Client) -> None:
    weight = 0
    for path in ("/", asked(browser, SENTENCE).url.path, "/docs"):
        answer = browser.get(path)
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "style=" not in answer.text
        links = [value for _, name, value in Seen(answer.text).attributes if name in {"href", "src", "action"}]
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)
        weight = max(weight, len(answer.content))
    for path in ("/static/page.css", "/static/page.js", "/colours.css", "/static/icon.svg"):
        weight += len(browser.get(path).content)
    assert weight < 100 * 1024


def test_a_browser_keeps_a_static_file_that_it_asked_for_by_what_is_in_it_and_no_page(browser: httpx.Client) -> None:
    page = browser.get("/")
    links = [value for _, name, value in Seen(page.text).attributes if name in {"href", "src"}]
    [style] = [link for link in links if link.startswith("/static/page.css?")]
    assert browser.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
    for other in ("/static/page.css", "/static/page.css?0123456789ab"):
        assert browser.get(other).headers["cache-control"] == "no-cache"
    again = browser.get(style, headers={"if-none-match": browser.get(style).headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "public, max-age=31536000, immutable")
    assert page.headers["cache-control"] == "private, no-cache"


def test_the_page_needs_no_key_and_gives_no_way_into_the_interface(browser: httpx.Client) -> None:
    assert browser.get("/").status_code == 200
    assert browser.get("/api/users").status_code == 401
    assert "set-cookie" not in browser.get("/").headers
