"""Which passages support a wish, and which part of it."""

from __future__ import annotations

import pytest

from firstfive.ask import read
from firstfive.build.describe import passages, row_spans
from firstfive.rank import explain
from firstfive.rank.supporting import MOST_PARTS, parts_of
from firstfive.rank.wording import same
from firstfive.types import Item, ItemId, Mismatch, Reason, Request, StampId, Wish


def explained(request: str, text: str) -> tuple[Reason | None, Mismatch | None]:
    """Why an item of this text is shown to who asks so, without vectors."""
    item = Item(ItemId("a"), "", text, passages(text), {}, StampId("s"))
    return explain(item, row_spans(item.title, item.text, item.passages), read(Request(request)).wishes, None)


@pytest.mark.parametrize("joined", [" and ", " or ", " et ", " ou "])
def test_a_wish_of_very_many_parts_is_explained(joined: str) -> None:
    text = joined.join(f"{chr(97 + at // 26)}{chr(97 + at % 26)}thing" for at in range(150))
    item = Item(ItemId("a"), "", "Here is aathing.", passages("Here is aathing."), {}, StampId("s"))
    reason, _ = explain(item, row_spans("", item.text, item.passages), [Wish(text, 0, len(text))], None)
    assert reason is not None
    assert reason.said.text == "aathing"
    assert len(parts_of(text)) == 1 + MOST_PARTS


def test_each_row_is_given_the_part_that_it_says_most_of() -> None:
    reason, _ = explained("a garden and a garage", "A garage.")
    assert reason is not None
    assert reason.said.text.endswith("garage")


@pytest.mark.parametrize(
    ("request_", "text", "reason", "contradicted"),
    [
        ("a walk with few hills", "Many hills.", False, True),
        ("low sugar jam", "High sugar jam.", False, True),
        ("low sugar jam", "Jam that is low in sugar.", True, False),
        ("low sugar jam", "Jam, not high in sugar.", True, False),
        ("wenig Verkehr", "Die Straße hat viel Verkehr.", False, True),
        ("peu de bruit", "Ici, beaucoup de bruit.", False, True),
        ("a walk with few hills", "A level walk. Few hills, many views.", True, False),
    ],
)
def test_much_of_what_little_is_wanted_of_supports_nothing(
    request_: str, text: str, reason: bool, contradicted: bool
) -> None:
    found, mismatch = explained(request_, text)
    assert (found is not None) == reason
    assert (mismatch is not None and mismatch.kind == "contradicted") == contradicted


ENDED = """
    a pub with live music | Live music has been discontinued.
    a pub with live music | There used to be live music.
    piano lessons | We stopped piano lessons in 2019.
    a walk with a pub | The pub is permanently closed.
    bakery that delivers | Delivery is suspended.
    un gîte avec piscine | La piscine est fermée.
    ein Hotel mit Sauna | Die Sauna ist geschlossen.
    a house with a garden | The garden was sold.
    yoga for seniors | Yoga for seniors is full.
    un médecin à domicile | Le médecin ne se déplace pas à domicile.
    a fund for choirs | This fund is now closed.
    a tender for bridges | The tender is over.
    dog friendly cafe | Dog friendly?
    """
STILL = """
    a closed garden | A closed garden behind the house.
    a museum | The museum is closed on Mondays.
    a pub | The pub is closed for lunch in winter.
    a full breakfast | Breakfast is full of good things.
    a job over the summer | The pub is looking for people over the summer.
    a sold work of art | Works of art are sold here by the artist.
    reset my password | How do I reset my password?
    a museum | The old museum is closed. The new museum is by the river.
    """


def table(lines: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in lines.splitlines() if "|" in line]


@pytest.mark.parametrize(("request_", "text"), table(ENDED))
def test_what_has_ended_or_is_asked_is_no_reason(request_: str, text: str) -> None:
    assert explained(request_, text)[0] is None


@pytest.mark.parametrize(("request_", "text"), table(STILL))
def test_what_goes_on_is_a_reason(request_: str, text: str) -> None:
    assert explained(request_, text)[0] is not None


ALIKE = """
    garden gardens | bakery bakeries | nurse nurses | city cities | egg eggs | manufacture manufacturer
    manufacturer manufacturing
    Wartung Wartungen | reinigen Reinigung | wandern Wanderung | kleine kleinen | Lehrer Lehrerin | Technik technisch
    laboratoire laboratoires | industriel industrielle | bateau bateaux | calme calmes | photographer photography
    electric electrician | accountant accounting | week weekly | music musical | historic history | volunteer volunteers
    lift lifting | walks walking | sew sewing | cut cutting | swim swimming | works working
    drive driving | bakery baking | plan planned | rider riding | tow towing | iron ironing | fit fitted | ski skiing
    waschen wascht | wohnen Wohnung | nähen näht | heizen Heizung | laver lavage | jardin jardinage | coiffer coiffeuse
    wines wine | churches church | sites site | houses house
    Fußpflege fusspflege | kiné kine | Büro buero | hôtel hotel | hôtels hotel | Nähen naehe
    """
UNLIKE = """
    stress street | chain chairs | steep steel | crowds crown | party part | Hunde hundert | contract contrast
    brands brandy | county count | nursery nurses | patience patients | rental rent | united unity
    plastic plaster | romance roman | foundry founder | memorial memories | train traits | planet plane
    news new | violence violet | universal university | hospital hospitality | tale talent | auto Autorin | spot sport
    sing single | past pasta | plan plant | planing plan | cat cater | cat catering | car care | car caring | rid riding
    rat rating | hop hoping | tower towing | flower flowing | king kin | ear earring | park parking | box boxing
    live living | zeiten Zeitung | Ville village | facteur facture
    wines win | wines winning | planes planning | sites sitting | coach coaching | fish fishing
    pâte pâté | schön schon | zählen zahlen
    """


def pairs(lines: str) -> list[list[str]]:
    return [pair.split() for line in lines.lower().strip().splitlines() for pair in line.split("|")]


@pytest.mark.parametrize(("one", "other"), pairs(ALIKE))
def test_forms_of_one_word_are_the_same(one: str, other: str) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(("one", "other"), pairs(UNLIKE))
def test_words_that_only_begin_alike_are_not_the_same(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(other, one)
