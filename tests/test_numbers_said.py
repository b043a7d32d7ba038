"""Numbers in texts that surely contradict a wish, and those that do not."""

from __future__ import annotations

import pytest

from firstfive.rank import contradicts
from firstfive.rank.numbers_said import another, numbers, unlike
from firstfive.rank.years import founded
from firstfive.types import Item, ItemId, Span, StampId, Wish


def beyond(wish: str, *texts: str) -> bool:
    """Whether one of the texts surely contradicts the wish and none meets it."""
    return another(texts, [Wish(wish, 0, len(wish))]) is not None


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("revenue between 10 and 20 million", "Revenue of 48 million euros."),
        ("sales above 50 million euros", "Sales of 16 million euros, growing twenty percent."),
        ("Umsatz über 40 Mio", "Der Jahresumsatz liegt bei 12 Mio. Euro."),
        ("chiffre d'affaires supérieur à 20 millions", "Chiffre d'affaires 13 millions d'euros."),
        ("under 50 employees", "The plant has 240 employees."),
        ("joinery under 50 people", "Our workforce of 240 people makes doors."),
        ("unter 50 Mitarbeiter", "Wir beschäftigen 180 Leute."),
        ("plus de 100 salariés", "Trente-cinq salariés au siège."),
        ("under £50,000", "Contract value: £240,000."),
        ("under £50,000", "The award is £240,000 over two years."),
        ("under £850 a week", "The room costs £1,240 a week."),
        ("under £850 a week", "The room costs £6,000 a month."),
        ("bis 5.000 Euro", "Die Kosten betragen 7.500 Euro. Die Kaution von 500 Euro kommt dazu."),
        ("höchstens 40 Euro die Stunde", "42 Euro die Stunde, Mindestzeit eine Stunde."),
        ("moins de 80 euros la journée", "95 euros la journée."),
        ("moins de 40 euros l'heure", "45 euros de l'heure."),
        ("up to 20 an hour", "£70 an hour."),
        ("at most 30 quid", "Toenails cut. £45 for both feet."),
        ("founded before 1930", "Founded in Leeds in 1979 by two brothers."),
        ("founded after 2010", "In the same family since 1950."),
        ("gegründet vor 1930", "1979 gegründet."),
        ("fondée avant 1950", "Fondée en 1962."),
        ("founded before 1930", "We were founded in 1979."),
        ("founded before 1930", "Mill Lane Joinery, founded in 1979, makes doors."),
        ("founded before 1930", "The company was established in 1979."),
        ("moins de 500 euros", "Le loyer est de 650 euros."),
        ("under 50 employees", "We are 1,900 people."),
        ("unter 50 Mitarbeiter", "Mit rund 180 Mitarbeitern sind wir klein."),
        ("moins de 50 salariés", "Nous sommes 120 salariés."),
        ("fewer than 20 children", "A school of 120 children."),
    ],
)
def test_a_number_beyond_what_is_asked_for_contradicts(wish: str, says: str) -> None:
    assert beyond(wish, says)
    assert not beyond(wish, "A firm in a small town.")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("revenue between 10 and 20 million", "Revenue of 14 million euros."),
        ("Umsatz über 40 Mio", "Franchisenehmer zahlen fünf Prozent vom Umsatz."),
        ("Umsatz über 1 Mio", "Droit d'entrée de 45 000 euros."),
        ("sales above 50 million euros", "We bought a press for 3 million euros."),
        ("over 100 employees", "60 employees in Leeds, 300 worldwide."),
        ("over 100 employees", "Two people started it."),
        ("under 50 employees", "Hall for 300 people."),
        ("over 100 employees", "40 employees in Ulm. 130 employees in Gera."),
        ("about 50 employees", "The plant has 240 employees."),
        ("over £600", "A security deposit of £500 is asked for."),
        ("at most 30 pounds", "£45 a month."),
        ("at most 30 pounds", "£45 for both feet, £28 for one."),
        ("at most 30 pounds", "£45 for both feet. £60 at home."),
        ("at most 30 pounds", "We have a hoist, for which we paid £4,000."),
        ("at most 30 pounds", "Insured, £5 million."),
        ("up to 20 an hour", "£12 an hour."),
        ("up to 20", "£70 an hour."),
        ("up to 20 guests an hour", "£70 an hour."),
        ("at most 30 pounds an hour", "£200 a day."),
        ("under £850 a week", "The deposit is £1,240."),
        ("over £900 a month", "A room costs £300 a week."),
        ("under £50,000", "Grants of £20,000 to £80,000."),
        ("under £500", "The plant cost £20,000, a share in it £3,000."),
        ("at most 45 minutes", "We are 90 minutes from London by train."),
        ("founded before 1930", "Since 1979 we make springs. Founded 1921."),
        ("founded before 1930", "In the same family since 1979."),
        ("founded before 1930", "We founded a second plant in 1979."),
        ("under £50,000", "Raised £65,000 for charity last year."),
        ("under £50,000", "Our founder sold a business for £2 million."),
        ("bis 500 Euro", "Spenden von 1.000 Euro gingen an das Tierheim."),
        ("moins de 500 euros", "Le dépôt de garantie est de 650 euros."),
        ("under 50 employees", "We have helped 500 employees find work."),
        ("under 50 employees", "We train staff of firms with 200 employees."),
        ("under 50 employees", "Our software serves companies with over 1,000 employees."),
        ("software firm under 50 employees", "Our software serves companies with over 1,000 employees."),
        ("under 50 employees", "A team of 12. Our customers include a bank with 40,000 staff."),
        ("under 50 employees", "We insure 500 employees."),
        ("unter 50 Mitarbeiter", "Wir haben Kunden mit 900 Mitarbeitern."),
        ("less than 5 km", "The sea is 12 km from here."),
        ("fewer than 20 children", "We have helped 5,000 children."),
        ("founded before 1950", "Our sister firm was founded in 1990."),
        ("founded after 2000", "A member of the guild, founded 1885."),
        ("founded after 2000", "The guild, founded in 1885, gave us its prize."),
        ("gegründet nach 2000", "Die Kirche wurde 1500 gegründet."),
        ("founded after 2000", "We print for the college up the road that some monks founded in 1885."),
    ],
)
def test_a_number_of_something_else_or_of_a_part_contradicts_nothing(wish: str, says: str) -> None:
    assert not beyond(wish, *(f"{part}." for part in says.rstrip(".").split(". ")))


def test_a_share_is_no_sum() -> None:
    wishes = [Wish("Umsatz über 40 Mio", 0, 18)]
    assert unlike(["fünf Prozent vom Umsatz"], wishes).all()
    assert not unlike(["Umsatz 50 Mio. Euro, davon 30 Prozent Export"], wishes).any()


def test_a_founding_year_is_met_or_is_another_one() -> None:
    wishes = [Wish("founded before 1930", 0, 19)]
    at_odds, met = numbers(["Founded 1921.", "Founded in 1979.", "Since 1979.", "Open all year."], wishes)
    assert met.tolist() == [[True, False, False, False]]
    assert at_odds.tolist() == [[False, True, False, False]]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Founded in Bath in 2010 by Tom", [(2010, 2010)]),
        ("Mr Iqbal founded it in 1985", [(1985, 1985)]),
        ("founded in the 1950s", [(1950, 1959)]),
        ("1921 von den Brüdern Maier gegründet", [(1921, 1921)]),
        ("fondée par Jean Dupont en 1921", [(1921, 1921)]),
        ("seit 1890", [(float("-inf"), 1890)]),
        ("A member of the guild, founded 1885", [(1885, 1885)]),
        ("established a second site in 1990", []),
        ("1990 Mitarbeiter gegründet", []),
    ],
)
def test_founding_years_are_read_in_texts(text: str, years: list[tuple[float, float]]) -> None:
    assert founded(text) == years


def test_only_wishes_with_a_bound_that_are_wanted_and_not_granted_are_looked_at() -> None:
    wish = Wish("under 50 employees", 0, 18)
    text = "It has 240 employees."
    item = Item(ItemId("a"), "Mill", text, (Span(0, len(text)),), {}, StampId("s"))
    assert contradicts(item, [wish])
    assert not contradicts(item, [Wish("50 employees", 0, 12)])
    assert not contradicts(item, [Wish("under 50 employees", 0, 18, refused=True)])
    assert another([text], [wish], granted=[0]) is None
