"""What people eat and drink, and the animals they are near, by the words that name them in three languages.

Who cannot bear one of these wants none of it; who cannot bear the cold may want a heater.
"""

from __future__ import annotations

import re

_ENGLISH = (
    "alcohol almond apple apricot asparagus aubergine avocado bacon banana barley bean beef beer beetroot berry "
    "biscuit bread broccoli butter cabbage caffeine cake carrot cashew caviar celery cereal champagne cheese cherry "
    "chicken chickpea chilli chocolate cider cinnamon clam coconut cod coffee coriander corn crab cream crustacean "
    "cucumber curry dairy duck egg fig fish flour fruit garlic gin ginger gluten goose grape ham hazelnut herring "
    "honey kiwi lactose lamb leek lemon lentil lettuce liver lobster lupin mackerel maize mango meat melon milk mint "
    "mollusc mushroom mussel mustard mutton nut oat oil olive onion orange oyster pasta pea peach peanut pear pepper "
    "pineapple pistachio plum pork potato prawn pudding pulse pumpkin quinoa rabbit radish raisin raspberry rhubarb "
    "rice rye salad salami salmon salt sardine sauce sausage scallop seafood sesame shellfish shrimp soy soya "
    "spinach spice squid strawberry sugar sulphite sweetcorn tea tofu tomato trout tuna turkey vinegar walnut wheat "
    "whisky wine yeast yoghurt yogurt additive animal bird cat dog feather fur hamster horse pet wool"
)
_GERMAN = (
    "alkohol ananas apfel äpfel banane bier birne bohne brot butter ei eier erbse erdbeere erdnuss erdnüsse fisch "
    "fleisch fruktose garnele gemüse gerste gluten hafer haselnuss haselnüsse honig huhn hähnchen joghurt kaffee "
    "kartoffel käse kiwi knoblauch koffein kohl krabbe kuchen kürbis laktose lauch linse mais mandel milch "
    "milchprodukt möhre muschel nudel nuss nüsse obst öl paprika pfeffer pfirsich pilz reis rind rindfleisch roggen "
    "sahne salat schalentier schinken schokolade schwein schweinefleisch sellerie senf sesam soja spargel tee tomate "
    "walnuss walnüsse wein weizen wurst zitrone zucker zwiebel haustier hund katze pferd tier vogel vögel"
)
_FRENCH = (
    "ail alcool amande ananas arachide avocat banane beurre bière blé bœuf boeuf café cacahuète carotte céleri "
    "champignon chocolat chou citron concombre crème crevette crustacé épice farine fraise fromage fruit gluten huître "
    "jambon lactose lait légume lentille maïs miel moule moutarde noisette noix œuf oeuf oignon orge pâte poire pois "
    "poisson poivron pomme porc poulet produit raisin riz saucisse saumon seigle sésame soja sucre thé tomate viande "
    "vin vinaigre yaourt animal animaux chat cheval chevaux chien oiseau oiseaux"
)
_NAMED = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH}".split())
_ENDINGS = ("", "s", "es", "n", "en")
FIRST = 4
"""Words of what cannot be borne among which one names it: "the smell of fish"."""


def eaten(text: str) -> bool:
    """Whether a few words name a food, a drink or an animal, in singular or plural."""
    words = re.findall(r"\w+", text.lower())[:FIRST]
    return any(_singular(word) for word in words)


def _singular(word: str) -> bool:
    stems = {word.removesuffix(ending) for ending in _ENDINGS}
    return not _NAMED.isdisjoint(stems | {f"{word.removesuffix('ies')}y"})
