"""What belongs to a kind that people refuse whole, in English, German and French: nuts, dairy, meat, pets.

It is used to refuse only: who wants no nuts wants no walnuts, but who wants nuts need not be glad of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from firstfive.rank.wording import singulars

FRONT = 3
"""Letters at least before the end of a word that names a kind: "Hasel" of "Haselnuss"."""


class Kind(NamedTuple):
    """names: how people refuse it. members: these, and what goes by another name.

    ends: what longer words of it end with. without: what a field says of an item that has none of it.
    """

    names: frozenset[str]
    members: frozenset[str]
    ends: tuple[str, ...]
    without: frozenset[str]

    def named(self, word: str) -> bool:
        """Whether a word in lower case is a member or a name of it, in singular or plural."""
        return not ({word} | singulars(word)).isdisjoint(self.members) or is_compound_of(word, self.ends)


def is_compound_of(word: str, ends: tuple[str, ...]) -> bool:
    """Whether a longer word ends with one of these, and is nothing else: "Haselnuss" with "nuss", not "Muskatnuss"."""
    if not ends or not word.endswith(ends) or word.endswith(_NOTHING_OF_IT):
        return False
    return any(word.endswith(end) and len(word) >= len(end) + FRONT for end in ends)


@cache
def kind_of(word: str) -> Kind | None:
    """The kind that a word, in lower case, is a name of."""
    return next((kind for kind in KINDS if word in kind.names), None)


@cache
def is_of_a_kind(word: str) -> bool:
    """Whether a word, in lower case, is a name or a member of one."""
    return any(kind.named(word) for kind in KINDS)


def without_lookalikes(text: str) -> str:
    """A text in lower case without what only sounds like one of a kind: "oat milk", "peanut butter", "vegan ham"."""
    text = _HOT_DOGS.sub("hotdogs", _COUNTRY.sub(" ", text).lower())
    return _OTHERS.sub(lambda match: match["keep"] or match["of"] or match["made"] or "", text)


def _kind(names: str, members: str, ends: str = "", without: str = "") -> Kind:
    own = frozenset(names.split())
    return Kind(own, own.union(members.split()), tuple(ends.split()), frozenset(without.split()))


_NOTHING_OF_IT = tuple(
    "doughnut doughnuts donut donuts coconut coconuts butternut butternuts muskatnuss muskatnüsse kokosnuss kokosnüsse "
    "erdnussbutter kakaobutter sheabutter nussbutter kokosmilch hafermilch mandelmilch sojamilch reismilch "
    "sojajoghurt schwein wildschwein starfish selfish shellfish crayfish tintenfisch kindergarten kindergärten "
    "flughafen flughäfen fruchtfleisch zahnfleisch".split()
)
"""Words that end like one of a kind and are none."""
_PLANTS = (
    "oat coconut almond soy soya rice cashew hazelnut hemp pea plant vegan vegane veganer veganes veganen vegetarian "
    "vegetarische vegetarischer veggie peanut cocoa nut shea meatless cider balsamic alkoholfreie alkoholfreier "
    "alkoholfreies"
)
_NO_FOOD = (
    r"\w+\s(?:street|road|lane)",
    r"(?:sun|hand|face|foot|body|skin|shaving|barrier)[\s-]creams?",
    r"(?:ginger|root)\sbeers?",
    r"vinaigre\sde\s(?:vin|cidre)",
    r"duck\sponds?",
    r"(?:goose|duck)[\s-](?:down|feathers?)",
    r"steak\s(?:knife|knives)",
    r"beef\stomato(?:es)?",
    r"chicken\sof\sthe\swoods",
    r"crab\sapples?",
    r"oyster\s(?:cards?|mushrooms?)",
    r"cod\sliver\soil",
    r"turkey\sof\san?",
    r"dog[\s-]eared",
    r"(?:mustard|salmon|oyster|champagne|cream)[\s-](?:yellow|pink|white|gr[ae]y|colou?red)",
    r"butter\s?beans?",
    r"cream\sof\startar",
    r"wine\svinegar",
    r"lamb['’]s\slettuce",
)
"""What is named after one of a kind and is none."""
_COUNTRY = re.compile(r"\b(?:in|to|from|across|around|through|visit)\sTurkey\b")
"""The bird is written so behind one of these words in titles alone."""
_HOT_DOGS = re.compile(r"\bhot[\s-]?dogs?\b")
_OTHERS = re.compile(
    rf"\b(?P<keep>{'|'.join(_PLANTS.split())}|(?:meat|dairy|milk|egg|alcohol)[\s-]free|non-alcoholic|plant-based)[\s-]"
    r"(?:milk|cream|butter|cheese|yogh?urt|sausages?|hotdogs?|burgers?|mince|bacon|ham|chicken|beef|fish|steaks?|eggs?|beer|wine|"
    r"vinegar|milch|sahne|käse|joghurt|wurst|würstchen|burger|schnitzel|steaks?|bier|wein|sekt)\b"
    r"|\b(?:lait|crème|beurre|fromage|yaourt)\s(?P<of>(?:d['’]|de\s)(?:avoine|amandes?|soja|riz|coco|cacahuètes?|cacao)|"
    r"végétale?|végane?)\b"
    rf"|\bice\scream\s(?P<made>(?:made\s)?(?:of|from)\s(?:{'|'.join(_PLANTS.split())})s?\b)"
    rf"|\b(?:{'|'.join(_NO_FOOD)})\b"
)

_NUTS = (
    "almond hazelnut walnut cashew pecan pistachio macadamia frangipane marzipan praline peanut mandel mandeln "
    "haselnuss haselnüsse walnuss walnüsse pistazie krokant nougat erdnuss erdnüsse amande noisette cajou pistache "
    "praliné cacahuète arachide"
)
_FISH = (
    "salmon cod haddock tuna trout mackerel sardine anchovy herring halibut plaice kipper fishcake lachs thunfisch "
    "kabeljau forelle hering makrele sardelle saumon thon cabillaud truite maquereau hareng anchois"
)
_MOLLUSCS = (
    "mussel clam oyster scallop cockle squid octopus snail auster austern muschel tintenfisch moules huître escargot"
)
_SHELLFISH = (
    f"{_MOLLUSCS} prawn shrimp crab lobster crayfish langoustine scampi garnele krabbe hummer krebs crevette crabe "
    "homard langouste"
)
_PORK = "bacon ham gammon pancetta prosciutto chorizo salami speck schinken schweinefleisch jambon lardon"
_NO_MEAT = (
    "vegetarian vegan vegetarisch vegane vegetarische végétarien végétarienne végétalien végétalienne végane meat-free"
)
_NO_ANIMAL = "vegan vegane végane végétalien végétalienne"

KINDS: tuple[Kind, ...] = (
    _kind("nut nuts nuss nüsse nüssen noix", _NUTS, "nut nuts nuss nüsse nüssen mandel mandeln", "nut-free"),
    _kind("peanut peanuts erdnuss erdnüsse erdnüssen cacahuète cacahuètes arachide arachides", "groundnut satay"),
    _kind(
        "gluten",
        "wheat barley rye spelt semolina couscous bulgur seitan farro freekeh orzo weizen weizenmehl gerste roggen "
        "dinkel dinkelmehl grieß blé orge seigle épeautre semoule boulgour",
        "weizen roggen",
    ),
    _kind("wheat weizen blé", "spelt semolina couscous bulgur seitan weizenmehl dinkel grieß épeautre semoule"),
    _kind(
        "dairy milk lactose laktose milch milchprodukte lait laitages",
        "butter buttermilk cream cheese yoghurt yogurt ghee whey kefir mascarpone ricotta mozzarella cheddar parmesan "
        "feta halloumi custard sahne käse joghurt quark schmand rahm beurre crème fromage yaourt",
        "käse milch sahne butter joghurt quark",
        _NO_ANIMAL,
    ),
    _kind(
        "egg eggs ei eier eiern œuf œufs oeuf oeufs",
        "omelette frittata meringue mayonnaise quiche omelett rührei spiegelei eigelb eischnee",
        "",
        _NO_ANIMAL,
    ),
    _kind("fish fisch poisson poissons", _FISH, "fish fisch", _NO_MEAT),
    _kind(
        "shellfish crustaceans schalentiere krustentiere crustacés", _SHELLFISH, "muscheln garnelen krabben", _NO_MEAT
    ),
    _kind("molluscs weichtiere mollusques", _MOLLUSCS, "muscheln", _NO_MEAT),
    _kind("seafood meeresfrüchte", f"{_FISH} {_SHELLFISH} fish shellfish", "fish fisch muscheln garnelen", _NO_MEAT),
    _kind("soy soya soja", "tofu tempeh edamame miso tamari sojasauce"),
    _kind("celery sellerie céleri", "celeriac knollensellerie stangensellerie"),
    _kind("mustard senf moutarde", "dijon"),
    _kind("sesame sesam sésame", "tahini tahin halva hummus houmous"),
    _kind("lupin lupins lupine lupinen", "lupinenmehl"),
    _kind("sulphites sulfites sulfite sulphite", ""),
    _kind("pork schwein schweinefleisch porc", _PORK, "schinken speck", _NO_MEAT),
    _kind(
        "meat fleisch viande viandes",
        f"{_PORK} pork beef lamb mutton veal chicken turkey duck goose sausage steak venison meatball hotdog "
        "rind rindfleisch lamm kalb kalbfleisch hähnchen huhn pute ente enten wurst würste würstchen hackfleisch "
        "bœuf boeuf porc agneau veau poulet dinde canard saucisse merguez",
        "fleisch wurst würstchen schinken",
        _NO_MEAT,
    ),
    _kind(
        "alcohol alkohol alcool",
        "wine beer brandy rum whisky whiskey vodka gin sherry marsala kirsch liqueur cider prosecco champagne wein "
        "bier likör sekt schnaps weinbrand vin bière rhum cidre cognac",
        "wein bier likör",
    ),
    _kind(
        "child children kid kids kind kinder kindern enfant enfants",
        "",
        "",
        "adults-only nur-für-erwachsene réservé-aux-adultes",
    ),
    _kind(
        "pet pets haustier haustiere haustieren",
        "dog cat puppy kitten hund hunde hunden katze katzen chien",
        "hund hunde hunden",
    ),
)
"""The allergens that EU law names (Regulation 1169/2011, Annex II), and what else is refused by its kind."""
