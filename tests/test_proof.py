"""The proof of a rewrite: what the source does not say is refused, and what it does say passes, moved or joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive import guard
from firstfive.build.atoms import sentences
from firstfive.build.proof import KINDS, lost, prove

PAGE = """Harrow Pumps
Pumps for farms and orchards
Founded: 1984
Staff: 62
Harrow Pumps makes pumps for farms in the north of England. It does not sell abroad. In 2009 it bought Calder Valves \
from Leeds for £1.5m. Up to 40 per cent of the valves are sold in Scotland.
Calder Valves
Founded: 1991
Staff: 17"""

# Source, rewrite, and the kind of doubt that must be among those named.
REFUSED: list[tuple[str, str, str]] = [
    # a number
    ("The firm has 62 people in two halls.", "The firm has 63 people in two halls.", "number"),
    ("The firm was founded in 1984 by two brothers.", "The firm was founded in 1985 by two brothers.", "number"),
    ("The hall is 1,500 metres from the station.", "The hall is 1,600 metres from the station.", "number"),
    ("The plant makes 2.5 tonnes of paper a day.", "The plant makes 25 tonnes of paper a day.", "number"),
    ("The plant makes twenty-five tonnes of paper a day.", "The plant makes 35 tonnes of paper a day.", "number"),
    ("The club has 15 members and is open to all.", "The club has fifty members and is open to all.", "number"),
    ("The loan of 3 million was for the new hall.", "The loan of 3 billion was for the new hall.", "number"),
    ("It was sold on 3 May 1990 to the owner.", "It was sold on 3 June 1990 to the owner.", "number"),
    ("It was sold on 3 May 1990 to the owner.", "It was sold on 5 March 1990 to the owner.", "number"),
    ("It is open from 9:00 to 17:30 on weekdays.", "It is open from 9:00 to 18:30 on weekdays.", "number"),
    ("The discount is 5% for the members.", "The discount is 5 for the members.", "dropped"),
    ("The discount is 5 for the members.", "The discount is 5% for the members.", "number"),
    ("The range is 3-5 years for the pumps.", "The range is 35 years for the pumps.", "number"),
    ("The order is for 50+ pumps of this kind.", "The order is for 50 pumps of this kind.", "dropped"),
    ("The result: –4 percent for the year.", "The result: 4 percent for the year.", "dropped"),
    ("It is ≈ 40 km from the sea to the mill.", "It is 40 km from the sea to the mill.", "dropped"),
    ("Die Firma ist klein und die Halle ist neu.", "Die Firma ist kleiner und die Halle ist neu.", "word"),
    ("The result was -4 percent for the year.", "The result was 4 percent for the year.", "dropped"),
    ("The pumps of the firm are sold in the north.", "The 12 pumps of the firm are sold in the north.", "number"),
    # a unit, a currency
    ("The road is 12 km long and has a bridge.", "The road is 12 miles long and has a bridge.", "word"),
    ("The bag weighs 5 kg and is for the garden.", "The bag weighs 5 lb and is for the garden.", "word"),
    ("The bag weighs 5 kg and is for the garden.", "The bag weighs 5 g and is for the garden.", "word"),
    ("A tuning costs €240 and takes a day.", "A tuning costs $240 and takes a day.", "currency"),
    ("A tuning costs 240 euros and takes a day.", "A tuning costs 240 pounds and takes a day.", "word"),
    ("The price is US$5 for all of the parts.", "The price is C$5 for all of the parts.", "currency"),
    ("The price is 500 for all of the parts.", "The price is $500 for all of the parts.", "currency"),
    ("It takes 3 days to make the pump.", "It takes 3 weeks to make the pump.", "word"),
    # a name, a place
    ("The pumps are made by Harrow in the north.", "The pumps are made by Barrow in the north.", "name"),
    ("The firm is in Leeds and sells to farms.", "The firm is in Luton and sells to farms.", "name"),
    ("The firm sells to farms in the north.", "The firm sells to farms in the north of England.", "name"),
    ("The firm sells to farms in the north.", "The London firm sells to farms in the north.", "name"),
    ("The head of the firm is Ann Reed.", "The head of the firm is Anna Reed.", "name"),
    ("The head of the firm is Ann Reed.", "The head of the firm is Reed Ann.", "order"),
    ("The fruit is an apple from the orchard.", "The fruit is an Apple from the orchard.", "name"),
    ("Contact us for all of the prices.", "Contact US for all of the prices.", "name"),
    ("The dish is made of turkey and rice.", "The dish is made of Turkey and rice.", "name"),
    ("The pumps are from Adams in the north.", "The pumps are from Adam in the north.", "name"),
    # a negation
    ("The firm does not sell to the public.", "The firm does sell to the public.", "dropped"),
    ("The firm does not sell to the public.", "The firm sells to the public.", "dropped"),
    ("The firm sells to the public in Leeds.", "The firm never sells to the public in Leeds.", "negation"),
    ("The paint is made without lead or tin.", "The paint is made with lead or tin.", "dropped"),
    ("There is no fee for the members.", "There is a fee for the members.", "dropped"),
    ("The pump isn't in the catalogue of the firm.", "The pump is in the catalogue of the firm.", "dropped"),
    ("It can't be used in the rain.", "It can be used in the rain.", "dropped"),
    ("The paint is non-toxic and of the best kind.", "The paint is toxic and of the best kind.", "dropped"),
    ("All but two of the halls are in use.", "All two of the halls are in use.", "dropped"),
    ("Neither of the two firms is for sale.", "Either of the two firms is for sale.", "name"),
    ("The hall is open to all, except on Sundays.", "The hall is open to all, on Sundays.", "dropped"),
    # certainty
    ("The firm may move to the north in the spring.", "The firm will move to the north in the spring.", "modality"),
    ("The firm plans to open a hall in the north.", "The firm opens a hall in the north.", "dropped"),
    ("He allegedly took the money of the club.", "He took the money of the club.", "dropped"),
    ("The pump should be cleaned by the owner.", "The pump must be cleaned by the owner.", "modality"),
    ("The firm was the largest in the north.", "The firm is the largest in the north.", "order"),
    ("She is a former head of the firm.", "She is a head of the firm.", "dropped"),
    ("If the hall is sold, the club is closed.", "The hall is sold, the club is closed.", "dropped"),
    ("The firm opens a hall in the north.", "The firm opened a hall in the north.", "word"),
    ("Is the firm for sale?", "The firm is for sale.", "dropped"),
    # amount
    ("Up to 40 of the pumps are sold.", "40 of the pumps are sold.", "dropped"),
    ("At least 40 of the pumps are sold.", "At most 40 of the pumps are sold.", "quantity"),
    ("Some of the pumps are sold in the north.", "All of the pumps are sold in the north.", "quantity"),
    ("Most of the pumps are sold in the north.", "The pumps are sold in the north.", "dropped"),
    ("About 40 of the pumps are sold.", "40 of the pumps are sold.", "dropped"),
    ("More than 40 of the pumps are sold.", "Less than 40 of the pumps are sold.", "quantity"),
    ("Few of the members are from the north.", "A few of the members are from the north.", "order"),
    ("It is the only supplier of the farm.", "It is the supplier of the farm.", "dropped"),
    ("Harrow is a supplier of the farm.", "Harrow is the supplier of the farm.", "order"),
    ("The firm sells pumps or valves to the farm.", "The firm sells pumps and valves to the farm.", "dropped"),
    ("It is open until 1990 to the public.", "It is open since 1990 to the public.", "word"),
    # what is said of one is said of another
    (PAGE, "Harrow Pumps was founded in 1991.", "order"),
    (PAGE, "Calder Valves, founded in 1984, has 17 staff.", "order"),
    (PAGE, "Harrow Pumps has 17 staff.", "order"),
    (PAGE, "Founded in 1984, Calder Valves has 62 staff.", "order"),
    (PAGE, "Calder Valves makes pumps for farms in the north of England.", "dropped"),
    (PAGE, "In 2009 Calder Valves bought it from Leeds for £1.5m.", "order"),
    ("Harrow bought Calder in the spring of the year.", "Calder bought Harrow in the spring of the year.", "order"),
    ("Calder was bought by Harrow in the spring.", "Calder bought Harrow in the spring.", "dropped"),
    ("Harrow has 62 people and Calder has 17.", "Harrow has 17 people and Calder has 62.", "order"),
    ("Harrow has 62 people and Calder has 17.", "Harrow has 17.", "dropped"),
    ("It sells pumps to farms and valves to schools.", "It sells valves to farms and pumps to schools.", "order"),
    ("The road runs from Leeds to York in the north.", "The road runs from York to Leeds in the north.", "order"),
    ("The dog bit the man in the hall.", "The man bit the dog in the hall.", "order"),
    ("The men: 30\nThe women: 20\nThe children: 5", "The men, 30 women, 20 children, 5.", "order"),
    ("men in the mill: 30\nwomen in the mill: 20\n", "Men in the mill, 30 women in the mill, 20.", "order"),
    ("The men, 30 in all, work in the mill.", "The men 30, in all work in the mill.", "order"),
    ("the mill of Harrow\nCalder of the north", "The mill of Harrow is Calder of the north.", "order"),
    ("the mill of Harrow\nclosed in the north", "The mill of Harrow has closed in the north.", "order"),
    ("founded in the north\nCalder of the mill", "Founded in the north, Calder of the mill.", "order"),
    ("no pets in the hall\nparking in the yard", "No pets in the hall and parking in the yard.", "order"),
    (
        "The mill of Harrow is old.\nThe mill of Calder is new.\nfounded in 1991",
        "The mill of Harrow is old. It was founded in 1991.",
        "order",
    ),
    ("A few of the members are from the north.", "Few of the members are from the north.", "order"),
    ("few of the members\nof the club", "A few of the members of the club.", "order"),
    ("It sells pumps only in the north.", "In the north it sells pumps only.", "order"),
    ("A rival of Harrow has closed the hall.", "Harrow has closed the hall.", "dropped"),
    ("Calder denies that Harrow is for sale.", "Harrow is for sale.", "dropped"),
    ("Harrow is for sale, says a man from Calder.", "Harrow is for sale.", "dropped"),
    ("The hall is new. It is for sale. The yard is old. It is not.", "The yard is old. It is for sale.", ""),
    # words of its own
    ("The firm makes pumps for the farms.", "The leading firm makes pumps for the farms.", "word"),
    ("The firm makes pumps for the farms.", "The firm makes pumps for the farms because of the rain.", "word"),
    ("The firm makes pumps for the farms.", "The firm makes pumps for the farms ★★★★★", "word"),
    ("The firm makes pumps for the farms.", "Call [the firm](http://x.example) for the pumps.", "word"),
    ("The firm makes pumps for the farms.", "Die Firma macht Pumpen für die Höfe.", "name"),
    ("Parking ✗ and a pool ✓ for all of the guests", "Parking and a pool for all of the guests", "dropped"),
    # German
    ("Die Firma hat 62 Mitarbeiter in der Stadt.", "Die Firma hat 26 Mitarbeiter in der Stadt.", "number"),
    ("Die Firma wurde 1984 in Leeds gegründet.", "Die Firma wurde 1984 in London gegründet.", "name"),
    ("Die Firma liefert nicht in die Schweiz.", "Die Firma liefert in die Schweiz.", "dropped"),
    ("Die Firma hat keine Filialen in der Stadt.", "Die Firma hat Filialen in der Stadt.", "dropped"),
    ("Die Firma liefert den Kunden.", "Die Firma liefert den Kunden nie und nicht.", "negation"),
    ("Der Umsatz ist 1,5 Mio. € und ist klein.", "Der Umsatz ist 15 Mio. € und ist klein.", "number"),
    ("Der Umsatz ist 1.500 € im Jahr und ist klein.", "Der Umsatz ist 1,5 € im Jahr und ist klein.", "number"),
    ("Die Firma liefert bis zu 40 Pumpen im Jahr.", "Die Firma liefert 40 Pumpen im Jahr.", "dropped"),
    ("Den Hund beißt der Mann und ist weg.", "Der Hund beißt den Mann und ist weg.", "order"),
    ("Die Firma liefert die Pumpen an die Höfe.", "Die Firma lieferte die Pumpen an die Höfe.", "word"),
    ("Die Firma soll die Halle in der Stadt kaufen.", "Die Firma muss die Halle in der Stadt kaufen.", "modality"),
    ("Die Halle kostet 240 Franken und ist neu.", "Die Halle kostet 240 Euro und ist neu.", "currency"),
    # French
    ("La société a 62 salariés dans la ville.", "La société a 72 salariés dans la ville.", "number"),
    ("La société ne vend pas de pompes dans le nord.", "La société vend des pompes dans le nord.", "word"),
    ("La société n'a aucun client dans le nord.", "La société a un client dans le nord.", "word"),
    ("La société est à Lyon et vend des pompes.", "La société est à Lille et vend des pompes.", "name"),
    ("La société vend plus de 40 pompes par an.", "La société vend moins de 40 pompes par an.", "quantity"),
    ("La société vend quatre-vingt-dix pompes par an.", "La société vend 80 pompes par an.", "number"),
    ("Le prix est de 240 euros pour les membres.", "Le prix est de 240 dollars pour les membres.", "currency"),
    ("La société pourrait vendre la halle dans le nord.", "La société doit vendre la halle dans le nord.", "modality"),
    ("La société vend des pompes sauf dans le nord.", "La société vend des pompes dans le nord.", "dropped"),
]

SOUND: list[tuple[str, str]] = [
    (PAGE, "Harrow Pumps, pumps for farms and orchards, was founded in 1984 and has 62 staff."),
    (PAGE, "Calder Valves, founded in 1991, has 17 staff."),
    (PAGE, "Up to forty percent of the valves are sold in Scotland."),
    (PAGE, "It doesn't sell abroad."),
    (PAGE, "It bought Calder Valves from Leeds for £1,500,000 in 2009."),
    ("men in the mill: 30\nwomen in the mill: 20", "30 men in the mill, 20 women in the mill."),
    ("the mill of Harrow\nclosed in the winter", "The mill of Harrow is closed in the winter."),
    ("the mill of Harrow\nparking in the yard", "The mill of Harrow has parking in the yard."),
    ("The firm has sixty-two people in two halls.", "The firm has 62 people in 2 halls."),
    ("It was sold on 3 May 1990 to the owner.", "It was sold on May 3, 1990 to the owner."),
    ("The result: – 4 percent for the year.", "The result: 4 percent for the year."),
    ("The road is 12 kilometres long and has a bridge.", "The road is 12 km long and has a bridge."),
    ("The pumps are made in Leeds for farms of the north.", "For farms of the north the pumps are made in Leeds."),
    ("In Leeds, the firm makes pumps for the farms.", "The firm makes pumps for the farms in Leeds."),
    ("THE FIRM MAKES PUMPS FOR THE FARMS", "The firm makes pumps for the farms."),
    ("The firm makes pumps, valves, and taps for the farms.", "The firm makes pumps, valves and taps for the farms."),
    ("The firm makes the pumps of the north & the taps.", "The firm makes the pumps of the north and the taps."),
    ("A tuning costs EUR 240 and takes a day.", "A tuning costs 240 euros and takes a day."),
    ("The firm cannot sell to the public.", "The firm can't sell to the public."),
    ("Die Firma hat fünfundzwanzig Mitarbeiter in der Stadt.", "Die Firma hat 25 Mitarbeiter in der Stadt."),
    ("Der Umsatz ist 1,5 Mio. € und der Gewinn ist klein.", "Der Umsatz ist 1.500.000 Euro und der Gewinn ist klein."),
    ("Das war am 3. Mai 1990 in der Stadt.", "Das war am 03.05.1990 in der Stadt."),
    ("Gegründet: 1984\nDie Firma ist in der Stadt und ist neu.", "1984 gegründet."),
    ("La société vend quatre-vingt-dix pompes dans le nord.", "La société vend 90 pompes dans le nord."),
    ("Le chiffre est de 1 500 euros et la société est à Lyon.", "Le chiffre est de 1500 € et la société est à Lyon."),
    ("La société n'a pas de client dans le nord.", "La société n’a pas de client dans le nord."),
]


@pytest.mark.parametrize(("source", "rewrite", "kind"), REFUSED)
def test_a_rewrite_that_says_something_else_is_refused_with_what_is_wrong(source: str, rewrite: str, kind: str) -> None:
    proof = prove(source, rewrite)
    refused = [one for one in proof.judged if not one.sound]
    if kind:
        assert refused
        assert kind in {doubt.kind for one in refused for doubt in one.doubts}
    assert all(doubt.kind in KINDS for one in refused for doubt in one.doubts)
    assert not refused or rewrite not in sentences(proof.text)


@pytest.mark.parametrize(("source", "rewrite"), SOUND)
def test_a_rewrite_that_says_the_same_passes(source: str, rewrite: str) -> None:
    [judged] = prove(source, rewrite).judged
    assert judged.doubts == ()


# --- properties -------------------------------------------------------------------------------------------------------

TEXTS = {
    "en": [
        "Harrow Pumps makes pumps for farms in the north of England.",
        "The firm was founded in 1984 and it has 62 staff.",
        "It does not sell abroad.",
        "Up to 40 per cent of the valves are sold in Scotland.",
        "The prices of the pumps are from £120 to £950.",
    ],
    "de": [
        "Die Gießerei Harrow liefert Pumpen für die Höfe in der Region.",
        "Die Firma wurde 1984 gegründet und hat 62 Mitarbeiter.",
        "Sie liefert nicht in die Schweiz.",
        "Bis zu 40 Prozent der Ventile sind aus Kassel.",
        "Die Preise der Pumpen sind ab 120 € und bis zu 950 €.",
    ],
    "fr": [
        "La société Harrow vend des pompes pour les fermes dans le nord de la France.",
        "La société a été fondée en 1984 et elle a 62 salariés.",
        "Elle ne vend pas de pompes en Suisse.",
        "Plus de 40 pour cent des vannes sont de Lyon.",
        "Les prix des pompes sont de 120 euros au moins.",
    ],
}
REWRITTEN = {
    "en": "In the north of England Harrow Pumps makes pumps for farms.",
    "de": "Die Gießerei Harrow liefert Pumpen für die Höfe in der Region.",
    "fr": "Dans le nord de la France la société Harrow vend des pompes pour les fermes.",
}
NEGATIONS = {
    "en": ["not", "no", "never", "without", "none", "neither"],
    "de": ["nicht", "kein", "keine", "nie", "ohne", "weder"],
    "fr": ["ne", "pas", "jamais", "sans", "aucun", "ni"],
}
NAMES = ["Zurich", "Okafor", "Barrow", "Northumbria", "Quentin", "Île"]
TONGUES = st.sampled_from(sorted(TEXTS))


def words_of(text: str) -> set[str]:
    return {word.strip(".,").casefold() for word in text.split()}


@given(TONGUES, st.data())
def test_sentences_in_any_order_pass_with_nothing_invented_and_nothing_lost(spoken: str, data: st.DataObject) -> None:
    moved = data.draw(st.permutations(TEXTS[spoken]))
    proof = prove("\n".join(TEXTS[spoken]), " ".join(moved))
    assert (proof.invented, proof.lost) == (0.0, 0.0)
    assert proof.text == " ".join(TEXTS[spoken])


@given(TONGUES, st.data())
def test_a_number_a_name_or_a_negation_put_in_anywhere_is_refused(spoken: str, data: st.DataObject) -> None:
    words = REWRITTEN[spoken].split()
    number = data.draw(st.integers(0, 10**7).map(str))
    added = data.draw(st.sampled_from([number, f"{number}%", *NAMES, *NEGATIONS[spoken]]))
    at = data.draw(st.integers(0, len(words)))
    source = "\n".join(TEXTS[spoken])
    assert prove(source, REWRITTEN[spoken]).invented == 0.0
    proof = prove(source, " ".join([*words[:at], added, *words[at:]]))
    assert proof.invented > 0.0
    assert words_of(proof.text) <= words_of(source)


@given(TONGUES, st.data())
def test_a_word_left_out_of_a_sentence_is_refused_unless_it_is_an_article(spoken: str, data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(TEXTS[spoken]))
    words = sentence.split()
    at = data.draw(st.integers(0, len(words) - 2))
    free = {"the"} if spoken == "en" else set[str]()
    proof = prove("\n".join(TEXTS[spoken]), " ".join(words[:at] + words[at + 1 :]))
    assert words[at].casefold() in free or proof.invented == 1.0


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_checked_and_none_of_what_is_refused_gets_in(source: str, rewritten: str) -> None:
    proof = prove(source, rewritten)
    assert 0.0 <= proof.invented <= 1.0
    assert 0.0 <= proof.lost <= 1.0
    assert all(one.text not in proof.text or one.text in source for one in proof.judged if not one.sound)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_a_text_is_a_sound_rewrite_of_itself(text: str) -> None:
    proof = prove(guard.printable(text)[0], guard.printable(text)[0])
    assert (proof.invented, proof.lost) == (0.0, 0.0)


def test_what_is_refused_gives_way_to_the_sentence_of_the_source() -> None:
    source = "The mill makes paper for the press. It has 40 staff in two halls. It is for sale."
    proof = prove(source, "The mill makes paper for the press. It has 400 staff in two halls. It is for sale.")
    assert proof.text == source
    assert [one.sound for one in proof.judged] == [True, False, True]
    assert proof.invented == pytest.approx(1 / 3)


def test_facts_that_vanish_are_lost_and_words_are_not() -> None:
    source = "The mill in Leeds makes fine paper. It has 40 staff. It does not print."
    assert lost(source, "The mill in Leeds has 40 staff. It does not print.") == 0.0
    assert lost(source, "The mill in Leeds makes fine paper.") == pytest.approx(2 / 3)
    assert lost(source, "") == 1.0
    assert lost("nothing to lose here", "") == 0.0


def test_a_fragment_keeps_the_name_that_it_is_about() -> None:
    told = "Harrow Pumps makes pumps for farms in the north of England.\nFounded: 1991"
    proof = prove(PAGE, told, title="Harrow Pumps")
    assert proof.text.endswith("Calder Valves\nFounded: 1991")


def test_a_number_with_a_footnote_is_a_number_that_only_the_same_digits_are() -> None:
    source = "It sold 12¹ million pumps of this kind."
    assert prove(source, source).invented == 0.0
    assert prove(source, "It sold 13¹ million pumps of this kind.").invented == 1.0


def test_hidden_characters_of_a_reply_do_not_pass() -> None:
    proof = prove("The mill makes paper.", "The mill\u202e makes\u200b paper.\u2066")
    assert proof.text == "The mill makes paper."
