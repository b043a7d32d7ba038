"""Reasons by a model: what is quoted stands in its text, and what is claimed stands in what is quoted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.app.wiring import Project, open_project
from firstfive.ask import read
from firstfive.build.describe import passages
from firstfive.ports import Call
from firstfive.rank.amounts import Amount, amounts, at_odds
from firstfive.rank.claims import Pair, aligned, pair, supported, unsupported
from firstfive.rank.doubt import doubted
from firstfive.server.page.messages import messages
from firstfive.server.page.showing import recorded, shown
from firstfive.settings import PageSettings
from firstfive.testing.models import NAME, FakeGateway, said
from firstfive.types import Item, ItemId, Mismatch, Place, Quote, Request, Slate, Span, StampId

WANTED = "someone who makes crowns and dentures for dentists"
LAB = "A dental laboratory. It makes crowns, bridges and dentures for dentists."


def thing(text: str, title: str = "Bright Molar") -> Item:
    return Item(ItemId("a"), title, text, passages(text), {}, StampId("s"))


def paired(request: str, said_: str, text: str, says: str) -> Pair | str:
    return pair(said_, says, request, read(Request(request)).wishes, thing(text))


# --- quotes at their true places --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "source", "wanted"),
    [
        ("rye bread", "We bake rye bread.", "rye bread"),
        ("Rye  Bread.", "We bake rye\n bread daily.", "rye\n bread"),
        ('"rye bread"', "We bake rye bread.", "rye bread"),
        ("the baker's oven", "It is the baker’s oven.", "the baker’s oven"),
        ('said "good" bread', "They said “good” bread.", "said “good” bread"),
        ("wood-fired oven", "a wood–fired oven", "wood–fired oven"),
        ("crowns , bridges", "crowns, bridges", "crowns, bridges"),
        ("Straße 5", "In der straße 5.", "straße 5"),
        ("café crème", "café crème", "café crème"),
        ("(a.b)*[c]", "see (a.b)*[c] here", "a.b)*[c"),
    ],
)
def test_a_quote_is_found_whatever_its_blanks_case_and_signs(quote: str, source: str, wanted: str) -> None:
    place = aligned(quote, source)
    assert place is not None
    assert source[place.start : place.end] == wanted


@pytest.mark.parametrize(
    ("quote", "source"),
    [
        ("wheat bread", "We bake rye bread."),
        ("art", "A party."),  # no whole word
        ("ye brea", "We bake rye bread."),
        ("rye bread cakes", "rye bread and cakes"),
        ("rye … cakes", "rye bread and cakes"),
        ("the", "the bread"),  # says nothing
        ("", "bread"),
        ("...", "bread ..."),
        ("bread " * 60, "bread " * 60),  # no quote is a page long
        ("bakes", ""),
    ],
)
def test_what_does_not_stand_there_is_not_found(quote: str, source: str) -> None:
    assert aligned(quote, source) is None


@given(st.text(max_size=60), st.text(max_size=200))
def test_what_is_found_is_a_part_of_the_text(quote: str, source: str) -> None:
    place = aligned(quote, source)
    if place is not None:
        assert 0 <= place.start < place.end <= len(source)


@given(st.text(max_size=300), st.data())
def test_words_that_stand_in_a_text_are_found_there_or_say_nothing(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = f"telling {text[start : start + 40]} words"
    assert aligned(quote, f"before {quote} after") is not None or len(quote.strip()) > 180


@pytest.mark.parametrize(("quote", "source"), [("caf\u00e9", "a cafe\u0301 here"), ("cafe\u0301", "a caf\u00e9 here")])
def test_accents_may_be_encoded_in_either_way(quote: str, source: str) -> None:
    found = aligned(quote, source)
    assert found is not None
    assert normalize("NFC", source[found.start : found.end]) == "caf\u00e9"


def test_a_pair_has_both_quotes_verbatim_at_their_offsets() -> None:
    both = paired(WANTED, "Makes crowns", LAB, "crowns,  bridges and dentures")
    assert isinstance(both, Pair)
    assert both.said == Quote("makes crowns", 12, 24, "request")
    assert both.says == Quote("crowns, bridges and dentures", 30, 58, "text")
    assert (WANTED[12:24], LAB[30:58]) == (both.said.text, both.says.text)


def test_a_title_is_quoted_where_the_text_does_not_have_the_words() -> None:
    both = paired("a bright molar", "bright molar", LAB, "Bright Molar")
    assert isinstance(both, Pair)
    assert both.says.of == "title"


@pytest.mark.parametrize(
    ("said_", "says", "cosine", "left"),
    [
        ("dental laboratory in Germany", "dental laboratory in Germany", 1.0, "dental laboratory in Germany"),
        ("dental laboratory in Germany", "dental laboratory for export", 0.9, "dental laboratory"),
        ("a lab near Graz", "dental laboratory for export", 0.9, None),
        ("a lab near Graz", "A lab near the Alps", 0.9, None),
    ],
)
def test_a_place_that_is_asked_for_is_claimed_only_where_the_item_says_it(
    said_: str, says: str, cosine: float, left: str | None
) -> None:
    wanted = "a dental laboratory in Germany, or a lab near Graz"
    text = "A dental laboratory for export. Our dental laboratory in Germany makes crowns. A lab near the Alps."
    both = paired(wanted, said_, text, says)
    assert isinstance(both, Pair)
    found = supported(both, cosine)
    assert (found and found.said.text) == left


@pytest.mark.parametrize(
    ("said_", "says", "why"),
    [
        ("makes implants", "makes crowns", "of the request"),
        ("makes crowns", "makes implants", "of the item"),
        ("makes crowns", "someone who makes crowns", "of the item"),  # the seeker's own words
        ("", "", "of the request"),
    ],
)
def test_a_quote_that_is_made_up_is_refused(said_: str, says: str, why: str) -> None:
    found = paired(WANTED, said_, LAB, says)
    assert isinstance(found, str)
    assert why in found


# --- quotes that would mean something else ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("We do not make crowns.", "make crowns"),
        ("We don't make crowns.", "make crowns"),
        ("We no longer make crowns.", "make crowns"),
        ("A laboratory without crowns or bridges.", "bridges"),
        ("Plans to make crowns next year.", "make crowns"),
        ("He formerly made crowns.", "made crowns"),
        ("Crowns are not made here.", "Crowns"),
        ("Kronen machen wir nicht.", "Kronen machen wir"),
        ("Wir fertigen keine Kronen.", "Kronen"),
        ("Nous ne faisons pas de couronnes.", "couronnes"),
    ],
)
def test_a_quote_that_leaves_its_no_out_is_refused(text: str, quote: str) -> None:
    start = text.index(quote)
    assert doubted(text, Span(start, start + len(quote)))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("We make crowns.", "make crowns"),
        ("We do not deliver. We make crowns.", "make crowns"),
        ("No debts, we make crowns.", "make crowns"),
        ("We do not deliver but make crowns.", "make crowns"),
        ("Not only crowns, bridges too.", "crowns"),
        ("We do not make crowns.", "do not make crowns"),  # the no is in the quote
        ("In May they make crowns.", "make crowns"),
        ("Crowns and bridges. Not open on Sundays.", "Crowns and bridges"),
    ],
)
def test_a_no_elsewhere_does_not_count(text: str, quote: str) -> None:
    start = text.index(quote)
    assert not doubted(text, Span(start, start + len(quote)))


@pytest.mark.parametrize(
    ("request_", "said_", "text", "says", "why"),
    [
        ("a bakery, no franchise", "franchise", "A bakery. We are a franchise.", "are a franchise", "refuses"),
        ("a bakery, no franchise", "no franchise", "A bakery. We are a franchise.", "are a franchise", "refuses"),
        ("wedding cakes", "wedding cakes", "We do not bake wedding cakes.", "do not bake wedding cakes", "denies"),
        ("wedding cakes", "wedding cakes", "We do not bake wedding cakes.", "bake wedding cakes", "around a quote"),
        ("under 50 employees", "under 50 employees", "We have 220 employees.", "220 employees", "numbers"),
        ("10 to 20 million sales", "10 to 20 million", "Of a €9.4 million total.", "€9.4 million", "numbers"),
    ],
)
def test_quotes_that_contradict_each_other_are_no_reason(
    request_: str, said_: str, text: str, says: str, why: str
) -> None:
    found = paired(request_, said_, text, says)
    assert isinstance(found, str)
    assert why in found


def two(said_: str, says: str) -> Pair:
    return Pair(Quote(said_, 7, 7 + len(said_), "request"), Quote(says, 0, len(says)))


@pytest.mark.parametrize(
    ("said_", "says", "left"),
    [
        ("heating company", "heating company in Ohio", "heating company"),
        ("elderly care in iberia", "Residential elderly care", "elderly care"),
        ("hotel with pool", "A quiet hotel with a pool", "hotel with pool"),
        ("l'entretien du jardin", "Entretien du jardin et taille", "l'entretien du jardin"),
        ("Pflegeheime", "ein Pflegeheim in Graz", "Pflegeheime"),
        ("skins & assets", "skins and assets", "skins & assets"),
        ("cafe\u0301 cre\u0301merie", "caf\u00e9 cr\u00e9merie \u00e0 midi", "cafe\u0301 cre\u0301merie"),
        ("children's books", "Children’s books and toys", "children's books"),
    ],
)
def test_of_what_was_said_only_what_the_item_meets_is_claimed(said_: str, says: str, left: str) -> None:
    found = supported(two(said_, says), 0.6)
    assert found is not None
    assert found.said == Quote(left, 7, 7 + len(left), "request")
    assert found.says.text == says


@pytest.mark.parametrize(
    ("said_", "says"),
    [
        ("contract cleaning", "contract packing"),
        ("heating company", "installs furnaces"),
        ("Sustainable, plastic free packaging", "Flexible packaging"),
        ("frozen food warehousing", "Freeze-dried and air-dried pet food maker"),
        # a no, also behind the word
        ("bread gluten free", "bread with gluten"),
        ("hotel, smoking prohibited", "hotel smoking"),
        ("non alcoholic drinks", "alcoholic drinks"),
        ("statt Plastik Flaschen", "Plastik Flaschen"),
        ("less sugar drinks", "sugar drinks"),
        # a bound, a number, a sign
        ("under 50 employees", "50 employees"),
        ("10 to 20 employees", "20 employees"),
        ("company, 50 employees or fewer", "company, 50 employees"),
        ("moins de 20 euros la nuit", "20 euros la nuit"),
        ("two bedroom flat balcony", "three bedroom flat balcony"),
        ("18+ club night", "18 club night"),
        ("C++ developers", "C developers"),
        ("-5 degrees freezers", "5 degrees freezers"),
        ("A/B testing tool", "B testing tool"),
        ("R & D tax credits", "D tax credits"),
        # what it is only about
        ("software for hair salons", "hair salons"),
        ("hair salon software", "hair salons"),
        ("alternative to leather shoes", "leather shoes"),
        ("repair of espresso machines", "espresso machines for sale"),
        # parts at no hyphen
        ("self-service analytics", "analytics as a service"),
        ("on-site repair service", "off-site repair service"),
        ("un-insured drivers", "insured drivers"),
        # opposites, siblings and directions
        ("indoor climbing", "outdoor climbing"),
        ("rye bread", "wheat bread"),
        ("open after 8 pm", "open before 8 pm"),
        ("hotel outside Berlin", "hotel in Berlin"),
        ("flights from London", "flights to London"),
        ("translation from German to English", "translation from English to German"),
        # words that only look like forms
        ("universe books", "university books"),
        ("organ repair", "organic repair"),
        ("production manager", "product manager"),
        ("customs service", "customer service"),
        ("hotel with parking", "hotel next to the park"),
        ("news app", "new app"),
        ("Reisen Asien", "Reis, Asien"),
        ("cours de natation", "course de natation"),
        ("IT company", "a cleaning company"),
        # what it only serves, or lies beside
        ("dentist", "software for dentists"),
        ("bakery", "a flat next to a bakery"),
        ("médecin", "logiciel pour médecins"),
        ("hotel in Rome", "guide to hotels in Rome"),
        # another order, and words of another thing
        ("care at home", "care home"),
        ("milk chocolate", "chocolate milk"),
        ("pet shop", "a shop that welcomes pets"),
        ("hotel with free parking", "hotel with free breakfast, paid parking"),
        ("gluten-free bakery", "bakery, gluten, free wifi"),
        ("free parking", "breakfast is free, parking costs 9 euros"),
        ("sell my car", "we sell cars"),
        ("hotel in Nice", "a nice hotel"),
        ("24/7 support", "support 7 days, 24 years old"),
    ],
)
def test_what_means_another_thing_is_no_reason_however_alike(said_: str, says: str) -> None:
    assert supported(two(said_, says), 0.95) is None


def test_a_rare_word_tells_more_than_one_that_many_items_have(best: Project) -> None:
    weigh = best.recommender.serving.telling.weigh
    assert weigh("iberia") > weigh("makes") > 0


def test_words_in_common_by_chance_are_no_reason() -> None:
    both = two("customer platform", "tells a customer platform from a stage by its trains")
    assert supported(both, 0.47) is None
    assert supported(both, None) == both


def test_the_item_s_clause_is_read_from_its_beginning() -> None:
    text = "We write software for dentists. Dentists own us."
    for quote in ("for dentists", "dentists"):
        found = paired("a dentist", "dentist", text, quote)
        assert isinstance(found, Pair)
        assert supported(found, 0.9) is None
    found = paired("a dentist", "dentist", "Two dentists, one practice.", "dentists")
    assert isinstance(found, Pair)
    assert supported(found, 0.9) is not None


@pytest.mark.parametrize(
    ("said_", "text", "says"),
    [
        ("dogs", "Dogs and cats are not allowed.", "Dogs"),
        ("Katzen", "Keine Hunde und Katzen.", "Katzen"),
        ("milk", "Made without eggs and milk.", "milk"),
        ("piscine", "Pas de sauna et de piscine.", "piscine"),
        ("Swimming pool", "Lift: yes. Swimming pool: none.", "Swimming pool"),
        ("Haustiere", "Haustiere: nein.", "Haustiere"),
        ("Parking", "Parking – no.", "Parking"),
        ("dentures", "We make crowns rather than dentures.", "dentures"),
        ("pool", "The hotel lacks a pool.", "pool"),
        ("pool", "The pool is closed.", "pool"),
        ("Crowns", "Crowns, sadly, we cannot offer.", "Crowns"),
    ],
)
def test_what_the_sentence_around_a_quote_takes_back_is_no_reason(said_: str, text: str, says: str) -> None:
    assert isinstance(paired(said_, said_, text, says), str)


def test_what_the_seeker_would_rather_not_have_is_no_reason() -> None:
    assert isinstance(paired("anything rather than a sales job", "sales job", "A sales job.", "A sales job"), str)
    assert isinstance(paired("I hate fish, meat is fine", "fish", "Fish and meat.", "Fish"), str)
    assert isinstance(paired("I hate fish, meat is fine", "meat", "Fish and meat.", "meat"), Pair)


def test_words_that_tell_little_do_not_answer_for_one_that_tells_much() -> None:
    pair_ = two("care in iberia", "care of older people")
    assert supported(pair_, 0.6, {"care": 1.0, "iberia": 4.0}.__getitem__) is None
    found = supported(pair_, 0.6, {"care": 4.0, "iberia": 1.0}.__getitem__)
    assert found is not None
    assert found.said.text == "care"


# --- numbers ----------------------------------------------------------------------------------------------------------

INF = float("inf")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("38 staff", Amount(38, 38, "people")),
        ("under 50 employees", Amount(-INF, 50, "people")),
        ("at least 1,200 units", Amount(1200, INF, "units")),
        ("1.200 Mitarbeiter", Amount(1200, 1200, "people")),
        ("50+ people", Amount(50, INF, "people")),
        ("10 to 20 million", Amount(10e6, 20e6, "money")),
        ("between €5m and €10m", Amount(5e6, 10e6, "money")),
        ("15-30 million dollars", Amount(15e6, 30e6, "money")),
        ("7,5 Mio Euro", Amount(7.5e6, 7.5e6, "money")),
        ("less than US$ 3m", Amount(-INF, 3e6, "money")),
        ("aged 60", Amount(60, 60, "")),
        ("57%", Amount(57, 57, "%")),
    ],
)
def test_a_number_is_read_with_its_size_its_bound_and_its_unit(text: str, wanted: Amount) -> None:
    assert list(amounts(text)) == [wanted]


@pytest.mark.parametrize(
    ("said_", "says", "odds"),
    [
        ("under 50 employees", "220 people", True),
        ("under 50 employees", "38 staff", False),
        ("under 50 employees", "founded in 1974", False),
        ("under 10m euro", "it was €27m, last year €19m", True),
        ("over 5 units", "12 units and 3 units", False),
        ("under 50 employees", "50 staff", True),
        ("at most 50 employees", "50 staff", False),
        ("not over 50 employees", "50 staff", False),
        ("not under 50 employees", "under 50 staff", True),
        ("two bedrooms", "a one-bedroom flat", True),
        ("two bedrooms", "one bedroom faces the yard", False),
        ("over 60s", "for the over-60s", False),
        ("over 50 euros", "50 to 60 euros", False),
        ("£900 a month max", "£950", True),
        ("60 euros au plus", "65 €", True),
        ("24 beds", "60 beds", True),
        ("24 beds", "24 beds", False),
        ("24 beds", "many beds", False),
        ("a lab", "60 beds", False),
    ],
)
def test_numbers_of_one_kind_must_meet(said_: str, says: str, odds: bool) -> None:
    assert at_odds(said_, says) is odds


@given(st.text(alphabet="0123456789.,'-–€$ kmto+bnmillion", max_size=60))
def test_no_number_is_too_strange_to_read(text: str) -> None:
    assert all(amount.low <= amount.high for amount in amounts(text))


# --- the sentence that joins them -------------------------------------------------------------------------------------

HOTELS = Pair(
    Quote("washing linen for hospitals", 0, 27, "request"), Quote("washes bed linen and uniforms for hotels", 0, 40)
)


@pytest.mark.parametrize(
    "because",
    [
        "It washes bed linen.",
        "You asked for washing linen, and it washes bed linen for hotels.",
        "You want linen for hospitals; it washes linen.",
        "Bright Molar washes uniforms, which fits what you asked for.",
        "It washes linen as you wish.",
    ],
)
def test_a_sentence_of_the_quotes_own_words_stands(because: str) -> None:
    assert unsupported(because, HOTELS, "Bright Molar") == ""


@pytest.mark.parametrize(
    "because",
    [
        "It washes linen for hospitals.",  # the seeker's word in the item's mouth
        "It washes linen for hospitals as you asked.",
        "You asked for linen and it washes for hospitals.",
        "You want linen and it is for hospitals.",
        "You asked for uniforms.",  # the item's word in the seeker's mouth
        "It is the best laundry.",
        "It washes linen cheaply.",
        "It does not wash linen.",
        "It never washes linen.",
        "It washes over 40 uniforms.",
        "It washes linen from hotels.",
        "It has washed linen since 1974.",
        "It washes linen for Hotel Adler.",
        "See https://example.com",
        "It washes\nlinen.",
        "It washes linen. " * 20,
        "Linen \u202e is washed.",
    ],
)
def test_a_sentence_that_claims_more_is_dropped(because: str) -> None:
    assert unsupported(because, HOTELS) != ""


def test_a_no_of_the_quote_must_be_in_the_sentence_too() -> None:
    both = Pair(Quote("independent", 0, 11, "request"), Quote("is not part of any group", 0, 24))
    assert unsupported("It is part of any group.", both) != ""
    assert unsupported("It is not part of any group.", both) == ""


def test_a_plan_is_not_told_as_a_fact() -> None:
    both = Pair(Quote("heat pumps", 0, 10, "request"), Quote("plans to install heat pumps", 0, 27))
    assert unsupported("It installs heat pumps.", both) != ""
    assert unsupported("It plans to install heat pumps.", both) == ""


def test_numbers_of_a_sentence_are_the_quotes_own() -> None:
    both = Pair(
        Quote("a large plant", 0, 13, "request"), Quote("covers 12,500 metres with 50 presses of 12000 kg", 0, 48)
    )
    assert unsupported("It covers 12,500 metres.", both) == ""
    for wrong in ("It covers 125,000 metres.", "It covers 12 metres.", "It has 500 presses.", "It presses 120000 kg."):
        assert unsupported(wrong, both) != ""


@given(st.text(max_size=200))
def test_no_sentence_is_too_strange_to_judge(because: str) -> None:
    assert isinstance(unsupported(because, HOTELS, "Bright Molar"), str)


# --- in an answer -----------------------------------------------------------------------------------------------------

Open = Callable[..., Slate]


@pytest.fixture(scope="module")
def folder(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny world's project, for tests that only add Slates."""
    return Path(shutil.copytree(built, tmp_path_factory.mktemp("reasoned") / "world"))


@pytest.fixture(scope="module")
def best(folder: Path) -> Iterator[Project]:
    """The tiny world with the dial at best."""
    with open_project(folder, overrides=["models.llm=openai:fake", "models.speed=best"], environment={}) as project:
        yield project


@pytest.fixture
def answered(best: Project, monkeypatch: pytest.MonkeyPatch) -> Open:
    """The answer to a request when the model gives this reason for each item."""

    def answer(request: str, reason: dict[str, object] | Callable[[Call], str]) -> Slate:
        def reply(call: Call) -> object:
            if call.step == "rerank":
                return said("yes", logprobs={"yes": log(0.9), "no": log(0.1)})
            return reason(call) if callable(reason) else json.dumps(reason)

        monkeypatch.setattr(Project, "gateway", property(lambda _: FakeGateway(reply)), raising=False)  # type: ignore[arg-type]
        return best.recommend(request)

    return answer


GOOD = {"said": "makes crowns", "says": "makes crowns, bridges and dentures", "because": "It makes crowns."}


def test_a_reason_that_holds_is_shown_with_its_model_at_its_true_offsets(answered: Open) -> None:
    slate = answered(WANTED, GOOD)
    place = slate.places[0]
    assert (place.item, place.checks) == ("dentist", ())
    assert place.reason is not None
    assert (place.reason.by, place.reason.because) == (NAME, "It makes crowns.")
    assert slate.request.text[place.reason.said.start : place.reason.said.end] == "makes crowns"
    assert place.text[place.reason.says.start : place.reason.says.end] == "makes crowns, bridges and dentures"
    assert 0.35 < place.reason.score <= 1
    assert [prompt.partition("@")[0] for prompt in slate.prompts] == ["rerank", "reason"]


def test_an_item_that_does_not_say_it_keeps_its_reason_by_rule(answered: Open, best: Project) -> None:
    slate = answered(WANTED, GOOD)
    plain = best.recommender.answer(Request(WANTED))
    for place, before in zip(slate.places[1:], plain.places[1:], strict=True):
        assert place.reason == before.reason
        assert place.checks == ("what it quotes of the item is not in it",)


def test_a_sentence_that_does_not_hold_is_dropped_and_the_quotes_stay(answered: Open) -> None:
    place = answered(WANTED, {**GOOD, "because": "It makes the best crowns in Bavaria."}).places[0]
    assert place.reason is not None
    assert (place.reason.by, place.reason.because) == (NAME, "")
    assert place.checks == ("“best” is not in what it says",)


@pytest.mark.parametrize(
    "lie",
    [
        {"said": "cheap crowns", "says": "makes crowns", "because": ""},
        {"said": "makes crowns", "says": "the best crowns in town", "because": ""},
        {"said": "someone", "says": "dental laboratory", "because": ""},  # stands there, and relates to nothing
        {"said": "", "says": "", "because": ""},
        {"said": "x" * 5000, "says": "y" * 5000, "because": ""},
        {"said": 1, "says": None, "because": []},
        {"answer": "yes"},
    ],
)
def test_a_reason_that_lies_falls_back_to_the_one_by_rule(
    answered: Open, best: Project, lie: dict[str, object]
) -> None:
    slate = answered(WANTED, lambda _: json.dumps(lie))
    plain = best.recommender.answer(Request(WANTED))
    assert [place.reason for place in slate.places] == [place.reason for place in plain.places]
    assert slate.notes == ()


def test_what_a_rule_found_to_be_denied_is_not_praised(best: Project) -> None:
    """The item denies it in another sentence than the one that the model quotes."""
    from firstfive.app.model_steps import _Answer, _judged

    serving = best.recommender.serving
    query = serving.query_text(serving.read(Request("a franchise")))
    both = pair("franchise", "franchise handbook", "a franchise", (), thing("A franchise handbook. Not a franchise."))
    assert isinstance(both, Pair)
    against = Mismatch(both.said, Quote("Not a franchise.", 22, 38), "contradicted")
    place = Place(1, ItemId("a"), "A", "", 1.0, {}, None, against, {})
    judged = _judged(serving, query, place, both, 0.9, _Answer("", "", "", NAME))
    assert (judged.reason, judged.mismatch) == (None, against)
    silent = Place(1, ItemId("a"), "A", "", 1.0, {}, None, Mismatch(both.said, None, "not mentioned"), {})
    assert _judged(serving, query, silent, both, 0.9, _Answer("", "", "", NAME)).mismatch is None


def test_a_page_shows_the_sentence_and_says_when_answers_were_recorded(answered: Open) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    slate = answered(WANTED, GOOD)
    assert shown(slate.places[0], slate, messages("en"), PageSettings()).because == "It makes crowns."
    assert recorded(slate, messages("en")) == ""
    then = replace(slate, recorded=datetime(2026, 3, 4, tzinfo=UTC))
    assert recorded(then, messages("en")) == "A computer wrote these reasons on 4 March 2026."
    ruled = replace(then, places=tuple(replace(place, reason=None) for place in then.places))
    assert recorded(ruled, messages("en")) == "A computer helped to choose these on 4 March 2026."
