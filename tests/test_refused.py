"""What an item says of a thing that a request refuses: it has it, or one of its kind, or has it not."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from firstfive.build.describe import passages
from firstfive.rank import lacks_refused, names_refused, sooner
from firstfive.types import Candidates, Item, ItemId, Request, StampId, Wish


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
    Eier | Für alle, die keine Eier vertragen.
    eggs | Egg-free pancakes.
    nuts | Nut-free brownies.
    Nüsse | Ohne Nüsse gebacken.
    small dogs | We take no dogs.
    large dogs | No large dogs.
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
    """
)


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


def test_a_field_says_it_too() -> None:
    assert lacks_refused(of("Pancakes.", {"egg_free": "yes"}), refused("eggs"))
    assert lacks_refused(of("A cabin.", {"wifi": "no"}), refused("wifi"))
    assert lacks_refused(of("Stuffed peppers.", {"tags": ("vegan",)}), refused("meat"))
    assert not names_refused(of("Peppers as filling as beef.", {"tags": ("vegan",)}), refused("meat"))
    assert names_refused(of("A cabin.", {"wifi": "yes"}), refused("wifi"))


def test_who_says_that_it_is_not_there_comes_before_who_is_silent_but_not_before_what_is_wanted_more() -> None:
    scores = np.array([0.9, 0.5, 0.45, -1.5], np.float32)
    given = Candidates(np.arange(4), scores, {})
    found = sooner(lambda position: float(position >= 2)).step(Request("a"), given)
    assert found.positions.tolist() == [0, 2, 1, 3]
    assert found.scores[-1] == scores[-1], "what is refused stays so"


@pytest.mark.parametrize("part", ["no a ", "who can't eat ", "nuts ", "kein a b c ", "is not ", "oat-", "lait de "])
def test_a_long_text_is_read_in_time_that_grows_with_its_length(part: str) -> None:
    start = process_time()
    item = of(part * (100_000 // len(part)))
    names_refused(item, refused("nuts"))
    lacks_refused(item, refused("nuts"))
    assert process_time() - start < 4
