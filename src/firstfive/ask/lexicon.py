"""The words that requests are made of in three languages, one list for each meaning, and patterns made of such lists.

one_of("big, large", "groß")     a pattern of one of these, where one string holds the words of one language
pattern(one, other)              a pattern of one of these patterns, in capitals or not
"""

from __future__ import annotations

import re

_APOSTROPHE = re.compile("'(?!’)")


def one_of(*languages: str) -> str:
    """A pattern of one of the words or phrases, which commas part."""
    return f"(?:{'|'.join(', '.join(languages).split(', '))})"


def pattern(*alternatives: str) -> re.Pattern[str]:
    """What is one of these. An apostrophe stands for ’ too. A blank is one blank: requests have no other."""
    return re.compile(_APOSTROPHE.sub("['’]", "|".join(alternatives)), re.IGNORECASE)


def not_behind(*languages: str) -> str:
    """That none of the words stands before, with a blank."""
    return "".join(rf"(?<!\b{word} )" for word in ", ".join(languages).split(", "))


KIN = one_of(
    r"husband, wife, (?:mother|father|son|daughter|sister|brother)(?: in law)?, mum, mom, dad, partner, parents, "
    r"grand\w+, family, "
    "children, kids, child",
    "mann, frau, mutter, vater, sohn, tochter, eltern, oma, opa, kinder",
    "mari, femme, mère, père, fils, fille, enfants",
)
OWN = one_of("my, our", "meine?[nmr]?, unsere?[nmr]?", "mon, ma, mes, notre, nos")
WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|"
    r"(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?)"
)
DONT = (
    r"(?:don['’]t|(?:(?<=\bi )|(?<=\bwe )|(?<=\bthey )|(?<=\byou )|(?<=\bthat )|(?<=\bwhich )|"
    r"(?<=\bwho ))dont|"
    r"dont(?= (?:want|need|like|have|eat|drink|mind|care|show|give|send|bother|include|suggest|"
    r"smoke|make|allow|take|let|go|get)\b))"
)
"""English, with or without its mark, and not French: "le laboratoire dont le patron part"."""
SOUGHT = frozenset(
    "flat apartment house home bungalow cottage villa hotel hostel room job office place book novel story film recipe "
    "dish course class holiday place clinic practice surgery "
    "wohnung wohnungen haus häuser zimmer ferienwohnung ferienwohnungen stelle stellen büro büros buch bücher roman "
    "romane kurs kurse praxis klinik maison appartement logement hôtel chambre emploi bureau livre cours cabinet "
    "clinique".split()
)
"""What is looked for whole, and not avoided: "no house without a garden". "No gluten without milk" is a list."""
ENGLISH_FILLER = frozenset(
    "a about absolutely actually all almost also although always am an and any anyone anything anywhere are as at "
    "available be been being both business but by can certainly client clients companies company could deal "
    "definitely did do does don dont e each either else etc even ever find firm for free g got has have help here his "
    "how however i ideally if in instead is it its just kind know likely looking matter matters maybe me might mind "
    "must my necessarily need needs neither no nobody none nor not nothing now of often on one ones only or other "
    "others otherwise our ours perhaps please possible possibly prefer preferably preferred probably quite rather "
    "ready really seek seeking seem seems should since so some somebody somehow someone something somewhere sort stay "
    "stays still such sure t than thank thanks that the their them then there these they thing things this those "
    "though to too truly us very want wants we well what when where whether which while who whoever whose why will "
    "wish with would yes yet you your "
    "come comes coming er erm her hers him hmm uh um wonder wondered wondering "
    "begin beginning begins commencing live lived lives start starting starts "
    "he hes ll re she shes they theyll ve was".split()
)
"""The English ones of FILLER."""
FILLER = ENGLISH_FILLER | frozenset(
    "aber auch betrieb betriebe bitte das dass der die doch ein eine einen es etwas firma firmen frei für gern gerne "
    "hat ich im immer ist jemand kein keine man möchte möchten nicht nichts noch nur oder sehr sein sind so suche "
    "suchen und uns unser unternehmen vielleicht von was wenn wer will wir wollen zu "
    "darf dürfen fuer mitten moeglichst möglichst muss müssen nahe soll sollen sollte sollten wohne wohnt "
    "beginnend beginnt brauchen nähe startend startet verfügbar wohnen "
    "da helfen ihm ihn ihnen ihr ihre kommen kommt könnte könnten können mich mir sie äh ähm "
    "commençant habite habitons habiter sommes vivre vivons "
    "aider donc euh eux leur lui m pouvez pourriez venir vient "
    "aimerais au aussi avec bien c ce cherche cherchons d de des disponible du elle en encore entreprise entreprises "
    "est et il ils j jamais je l la le les libre mais même n ne nous on ou pas peut plaît plus pour qu que quelque qui "
    "rien s sans société sociétés sont sur toujours tout très un une veut veux voulons vous être".split()
)
"""Words of which no wish consists: what they ask for, no item says."""
SMALL_WORDS = FILLER | frozenset(
    "without under over more less than from because allergic intolerant cannot where between ohne über unter mehr "
    "weniger als allergisch aus bei gegen wegen weil zwischen wohin sans moins allergique contre parce entre "
    "arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt thats theres theyre theyve wasnt werent "
    "weve whats wont wouldnt youre youve".split()
)
"""What requests are made of in three languages: right in any catalogue, and often what was meant."""
REFUSING = frozenset(
    "not no nor never neither nothing nobody none without don cannot kein keine keinen nicht nichts ohne nie weder "
    "sans pas jamais rien ni aucun aucune".split()
)
"""Words that turn a wish into a refusal."""
EATEN = frozenset(
    "alcohol almond apple apricot asparagus aubergine avocado bacon banana barley bean beef beer beetroot berry "
    "biscuit bread broccoli butter cabbage caffeine cake carrot cashew caviar celery cereal champagne cheese cherry "
    "chicken chickpea chilli chocolate cider cinnamon clam coconut cod coffee coriander corn crab cream crustacean "
    "cucumber curry dairy duck egg fig fish flour fruit garlic gin ginger gluten goose grape ham hazelnut herring "
    "honey kiwi lactose lamb leek lemon lentil lettuce liver lobster lupin mackerel maize mango meat melon milk mint "
    "mollusc mushroom mussel mustard mutton nut oat oil olive onion orange oyster pasta pea peach peanut pear pepper "
    "pineapple pistachio plum pork potato prawn pudding pulse pumpkin quinoa rabbit radish raisin raspberry rhubarb "
    "rice rye salad salami salmon salt sardine sauce sausage scallop seafood sesame shellfish shrimp soy soya spinach "
    "spice squid strawberry sugar sulphite sweetcorn tea tofu tomato trout tuna turkey vinegar walnut wheat whisky "
    "wine yeast yoghurt yogurt additive animal bird cat dog feather fur hamster horse pet wool alkohol ananas apfel "
    "äpfel banane bier birne bohne brot butter ei eier erbse erdbeere erdnuss erdnüsse fisch fleisch fruktose garnele "
    "gemüse gerste gluten hafer haselnuss haselnüsse honig huhn hähnchen joghurt kaffee kartoffel käse kiwi knoblauch "
    "koffein kohl krabbe kuchen kürbis laktose lauch linse mais mandel milch milchprodukt möhre muschel nudel nuss "
    "nüsse obst öl paprika pfeffer pfirsich pilz reis rind rindfleisch roggen sahne salat schalentier schinken "
    "schokolade schwein schweinefleisch sellerie senf sesam soja spargel tee tomate walnuss walnüsse wein weizen "
    "wurst zitrone zucker zwiebel haustier hund katze pferd tier vogel vögel ail alcool amande ananas arachide avocat "
    "banane beurre bière blé bœuf boeuf café cacahuète carotte céleri champignon chocolat chou citron concombre crème "
    "crevette crustacé épice farine fraise fromage fruit gluten huître jambon lactose lait légume lentille maïs miel "
    "moule moutarde noisette noix œuf oeuf oignon orge pâte poire pois poisson poivron pomme porc poulet produit "
    "raisin riz saucisse saumon seigle sésame soja sucre thé tomate viande vin vinaigre yaourt animal animaux chat "
    "cheval chevaux chien oiseau oiseaux".split()
)
"""What people eat and drink, and the animals they are near: who cannot bear one of these wants none of it, and who
cannot bear the cold may want a heater."""
