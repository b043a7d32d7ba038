"""What an item says of a thing that a request refuses: it has it, or one of its kind, or has it not."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from firstfive.build.describe import passages
from firstfive.rank import lacks_refused, names_refused, sooner
from firstfive.rank.refused import lacked_at, named_at
from firstfive.types import Candidates, Item, ItemId, Quote, Request, StampId, Wish


def rows(table: str) -> list[tuple[str, str]]:
    """(wish, text) of each line."""
    parted = (line.split(" | ") for line in table.strip().splitlines())
    return [(wish.strip(), says) for wish, says in parted]


def of(says: str, shown: dict[str, object] | None = None) -> Item:
    return Item(ItemId("a"), "", says, passages(says), shown or {}, StampId("s"))  # type: ignore[arg-type]


def refused(wish: str) -> Wish:
    return Wish(wish, 0, len(wish), refused=True)


NAMED = rows(
    """
    nuts | Sponge with chopped walnuts.
    nuts | Topped with almond flakes.
    nuts | Cake with a praline filling.
    tree nuts | A hazelnut torte.
    Nüsse | Torte mit Haselnüssen.
    Nüsse | Gebackenes mit Mandeln.
    noix | Une tarte aux amandes.
    gluten | Made of barley and beans.
    gluten | Brot aus Dinkel.
    dairy | Fold in the cream.
    dairy | Melt 50 g of butter.
    Milch | Mit Sahne verfeinert.
    lait | Ajoutez le beurre.
    dairy products | A slice of cheddar.
    meat | Minced pork in a pepper.
    meat | A chicken pie.
    Fleisch | Eintopf mit Speck.
    viande | Un ragoût d'agneau.
    Schweinefleisch | Nudeln mit Kochschinken.
    fish | Potatoes and smoked haddock.
    shellfish | Rice with prawns.
    eggs | Stir in the mayonnaise.
    alcohol | Steeped in brandy.
    Alkohol | Mit einem Schuss Rotwein.
    pets | Our dog greets the guests.
    Haustiere | Im Haus lebt ein Schäferhund.
    Kuchen | Ein Erdbeerkuchen vom Blech.
    waiting list | There is a waiting list of a year.
    nuts | Nut-free kitchen, but may contain traces of almonds.
    nuts | Contains no nuts. Contains traces of hazelnut.
    Nüsse | Ohne Nüsse. Kann Spuren von Mandeln enthalten.
    noix | Sans noix, mais peut contenir des amandes.
    meat | Hot dogs and chips.
    meat | Turkey with gravy, roasted.
    dairy | Fish pie topped with cream on Trout Street.
    dairy | Ice cream with almonds.
    eggs | Beat three eggs, or replace the eggs with flax.
    dairy | Replace the oil with butter.
    children | Our kids' club runs daily.
    """
)
NOT_NAMED = rows(
    """
    nuts | Sugared doughnuts.
    nuts | A coconut curry.
    nuts | Roasted butternut squash.
    nuts | Walnut cake, here made without nuts.
    Nüsse | Mit Muskatnuss abgeschmeckt.
    dairy | Porridge with oat milk.
    dairy | Spread with peanut butter.
    dairy | Sweet potato in coconut cream.
    dairy | A dairy-free cheese sauce.
    lait | Un flan au lait de coco.
    Milch | Mit Hafermilch gekocht.
    meat | Vegan sausages and mash.
    meat | A trip to Birmingham.
    ham | A trip to Birmingham.
    Wein | Ein Schwein auf der Weide.
    Eier | Eine Feier im Garten.
    fish | A starfish on the shore.
    gluten | Buckwheat pancakes.
    alcohol | With alcohol-free beer.
    alcohol | Pork in a ginger glaze.
    pets | A petting farm is near.
    Garten | Ein Kindergarten ist nebenan.
    waiting list | No waiting list. Ask for our list of trips, waiting costs nothing.
    wifi | No wifi. The wifi was taken out.
    meat | Holidays in Turkey.
    meat | A turkey of a film.
    meat | Duck pond and a playground.
    meat | Steak knives and a goose-down duvet.
    meat | Beef tomatoes, and chicken of the woods.
    dairy | Sun cream is included.
    dairy | Hand cream, face cream and shaving cream.
    dairy | Ice cream made of oats.
    pets | Hot dogs on the beach.
    pets | A dog-eared paperback.
    pets | A house in Hound and Dog Lane.
    alcohol | Ginger beer and root beer.
    alcool | Un peu de vinaigre de vin.
    shellfish | Your Oyster card is included.
    shellfish | Oyster mushrooms with soy.
    fish | Trout Street 5. Cod liver oil.
    Fleisch | Das Fruchtfleisch der Orange.
    Fleisch | Der Zahnarzt prüft das Zahnfleisch.
    sesame | Sesame Street toys.
    mustard | A mustard-yellow sofa.
    eggs | Replace the eggs with flax.
    Eier | Ersetzen Sie die Eier durch Leinsamen.
    œufs | Remplacez les œufs par du lin.
    nuts | Made with no traces of nuts.
    nuts | Does not contain nuts or traces of nuts.
    nuts | Guaranteed free from traces of nuts.
    nuts | We may contain our joy. A nut-free cake.
    """
)
DENIED = rows(
    """
    waiting list | No waiting list.
    waiting list | There is no waiting list at present.
    match funding | No match funding is needed.
    match funding | Match funding is not required.
    deposit | You do not need a deposit.
    fees | There are no extra fees.
    organisations | Organisations can't apply.
    projects | New projects are not funded.
    wifi | No wifi and no television.
    Franchise | Franchise lehnen wir ab.
    Eigenanteil | Kein Eigenanteil erforderlich.
    caution | Pas besoin de caution.
    caution | Aucune caution n'est demandée, pas de caution.
    eggs | A loaf for people who can't have eggs.
    eggs | Egg-free pancakes.
    nuts | Nut-free brownies.
    Nüsse | Ohne Nüsse gebacken.
    small dogs | We take no dogs.
    large dogs | No large dogs.
    onions | You do not need onions.
    experience | Experience is not required.
    eggs | Eggless chocolate cake.
    children | A child-free hotel.
    children | Adults only.
    Kinder | Nur für Erwachsene.
    """
)
NOT_DENIED = rows(
    """
    waiting list | A list of homes.
    dogs | No large dogs.
    smoking | No smoking in the bedrooms.
    dogs | We do not charge for dogs.
    garden | You won't find a nicer garden.
    wifi | We have wifi.
    eggs | Three eggs.
    eggs | Replace the eggs with flax.
    nuts | Nut-free kitchen, but may contain traces of almonds.
    children | Childless couples like it.
    children | A room for two adults only.
    """
)
HAD: list[tuple[str, str, object]] = [
    ("dairy", "dairy_free", False),
    ("nuts", "nut_free", False),
    ("nuts", "nut_free", "no"),
    ("gluten", "gluten-free", "no"),
    ("Gluten", "glutenfrei", "nein"),
    ("gluten", "sans_gluten", False),
    ("smoking", "no_smoking", False),
    ("smoking", "non_smoking", "no"),
    ("nuts", "contains_nuts", True),
    ("wifi", "wifi", "yes"),
    ("almonds", "allergens", ("almonds", "milk")),
]
HAD_NOT: list[tuple[str, str, object]] = [
    ("dairy", "dairy_free", True),
    ("nuts", "nut_free", "yes"),
    ("eggs", "is_egg_free", "yes"),
    ("dairy", "vegan", True),
    ("meat", "tags", ("vegan",)),
    ("children", "adults_only", True),
    ("Gluten", "glutenfrei", "ja"),
    ("smoking", "no_smoking", True),
    ("smoking", "non_smoking", True),
    ("nuts", "contains_nuts", False),
    ("pets", "pets_allowed", False),
    ("pets", "pets", "not allowed"),
    ("dogs", "dogs", "none"),
    ("dogs", "dogs", "0"),
    ("deposit", "deposit", 0),
    ("stairs", "stairs", 0.0),
    ("wifi", "wifi", "no"),
]
SILENT: list[tuple[str, str, object]] = [
    ("dairy", "vegan", False),
    ("smoke", "fire_alarm", False),
    ("pets", "notes", "no large parties"),
    ("town", "town", "Leeds"),
    ("deposit", "deposit", 50),
]


@pytest.mark.parametrize(("wish", "says"), NAMED)
def test_what_is_refused_is_named_by_its_word_or_as_one_of_its_kind(wish: str, says: str) -> None:
    assert names_refused(of(says), refused(wish))
    assert not lacks_refused(of(says), refused(wish))


@pytest.mark.parametrize(("wish", "says"), NOT_NAMED)
def test_what_sounds_like_it_or_is_denied_is_not_it(wish: str, says: str) -> None:
    assert not names_refused(of(says), refused(wish))


@pytest.mark.parametrize(("wish", "says"), DENIED)
def test_what_an_item_says_no_to_it_lacks_wherever_else_it_stands(wish: str, says: str) -> None:
    assert lacks_refused(of(says), refused(wish))
    assert not names_refused(of(f"{says}\n\nMore on {wish}: {wish}."), refused(wish))


@pytest.mark.parametrize(("wish", "says"), NOT_DENIED)
def test_silence_and_a_no_to_something_else_lack_nothing(wish: str, says: str) -> None:
    assert not lacks_refused(of(says), refused(wish))


@pytest.mark.parametrize(("wish", "field", "value"), HAD)
def test_a_field_says_that_it_is_there_also_by_a_no_to_what_would_be_free_of_it(
    wish: str, field: str, value: object
) -> None:
    item = of("A thing.", {field: value})
    assert names_refused(item, refused(wish))
    assert not lacks_refused(item, refused(wish))


@pytest.mark.parametrize(("wish", "field", "value"), HAD_NOT)
def test_a_field_says_that_it_is_not_there(wish: str, field: str, value: object) -> None:
    assert lacks_refused(of("A thing.", {field: value}), refused(wish))
    assert not names_refused(of("A thing.", {field: value}), refused(wish))


@pytest.mark.parametrize(("wish", "field", "value"), SILENT)
def test_a_field_of_something_else_says_nothing_of_it(wish: str, field: str, value: object) -> None:
    assert not lacks_refused(of("A thing.", {field: value}), refused(wish))
    assert not names_refused(of("A thing.", {field: value}), refused(wish))


def test_what_has_none_of_the_kind_only_likens_itself_to_one() -> None:
    assert not names_refused(of("Peppers as filling as beef.", {"tags": ("vegan",)}), refused("meat"))


def test_the_place_is_where_it_stands() -> None:
    item = of("A cake. Topped with chopped walnuts.", {"nut_free": False})
    place = named_at(item, refused("nuts"))
    assert place is not None
    assert (place.of, place.text) == ("text", "Topped with chopped walnuts.")
    assert item.text[place.start : place.end] == place.text
    assert named_at(of("A cake.", {"nut_free": False}), refused("nuts")) == Quote("no", 0, 2, "fields.nut_free")
    assert lacked_at(of("A cake.", {"vegan": True}), refused("eggs")) == Quote("yes", 0, 3, "fields.vegan")


def test_who_refuses_one_thing_alone_is_not_told_what_sounds_like_it() -> None:
    assert names_refused(of("Made with peanut butter."), refused("peanut butter"))
    assert names_refused(of("It is on a busy road."), refused("a busy road"))


def test_who_says_that_it_is_not_there_comes_before_who_is_silent_but_not_before_what_is_wanted_more() -> None:
    scores = np.array([0.9, 0.5, 0.45, -1.5], np.float32)
    given = Candidates(np.arange(4), scores, {"refused": np.array([np.nan, np.nan, np.nan, 1], np.float32)})
    found = sooner(lambda position: float(position >= 2)).step(Request("a"), given)
    assert found.positions.tolist() == [0, 2, 1, 3]
    assert found.scores[-1] == scores[-1], "what is refused stays so"
    lower = sooner(lambda position: float(position >= 2)).step(Request("a"), replace(given, channels={}))
    assert lower.scores[-1] > scores[-1], "what answers have lowered is not refused"


@pytest.mark.parametrize("part", ["no a ", "who can't eat ", "nuts ", "kein a b c ", "is not ", "oat-", "lait de "])
def test_a_long_text_is_read_in_time_that_grows_with_its_length(part: str) -> None:
    start = process_time()
    item = of(part * (100_000 // len(part)))
    names_refused(item, refused("nuts"))
    lacks_refused(item, refused("nuts"))
    assert process_time() - start < 4
