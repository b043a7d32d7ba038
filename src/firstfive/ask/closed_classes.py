"""The small words of English, German and French by their classes, for whoever looks for noun phrases."""

from __future__ import annotations

from collections.abc import Mapping

_CLASSES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "determiner": (
            "a an the our your their his her its my this these that those some any each every all both no another "
            "such many most several own other"
        ),
        "preposition": (
            "of for with in on at by from into through over under near without within across between around about "
            "against during towards like as behind beside beyond upon onto via per"
        ),
        "conjunction": "and or but nor than plus",
        "pronoun": (
            "i we you he she it they who which what whose whoever there here us them me him to not everyone "
            "everybody everything someone somebody something anyone anybody anything nobody nothing"
        ),
        "verb": (
            "is are was were be been being am has have had having do does did done can could will would shall should "
            "may might must cannot based"
        ),
        "doing": (
            "let lets make makes made making sell sells sold take takes took taken give gives gave given get gets "
            "got go goes went gone come comes came say says said see sees saw seen know knows knew known want wants "
            "need needs needed use uses used keep keeps kept buy buys bought bring brings brought find finds found "
            "run runs ran serve serves served serving include includes included including offer offers offered "
            "provide provides provided grow grows grew build builds built help helps helped pay pays paid ask asks "
            "asked live lives lived become becomes became start starts started leave leaves left stay stays stayed "
            "owns owned own wishes miss misses mean means meant allow allows apply applies teach teaches taught "
            "write writes wrote written tell tells told call calls called put puts seem seems look looks looked hold "
            "holds held set sets stand stands stood turn turns turned open opens close closes closed begin begins "
            "began show shows showed shown try tries tried think thinks thought feel feels felt lose loses lost wear "
            "wears wore eat eats ate drink drinks speak speaks spoke spoken supply supplies supplied deliver "
            "delivers delivered employ employs employed cut cuts save saves saved reduce reduces reduced"
        ),
        "number": (
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
        ),
        "other": (
            "year years month months week weeks weekend day days hour hours minute minutes second seconds today "
            "tomorrow yesterday morning evening afternoon night nights date deadline time times ago last next past "
            "recent january february march april june july august september october november december monday tuesday "
            "wednesday thursday friday saturday sunday spring summer autumn winter annual yearly monthly weekly "
            "daily million millions billion percent pound pounds euro euros dollar dollars pence more less fewer "
            "better worse best worst bigger smaller larger older younger longer shorter higher lower earlier later "
            "least enough much very too so just only also even still already again always never often sometimes "
            "usually now then when where why how while because since until before after if though although once "
            "twice almost rather quite well away back down off out up together ever yet else instead however "
            "therefore first third half quarter lot lots bit kind sort part parts piece pieces end side thing things "
            "way ways people person man woman men women anywhere everywhere alone free plenty either yourself "
            "themselves itself"
        ),
        "adjective": (
            "same different good great new old big small little long short few early late whole full half total "
            "average simple general efficient wide brief published practical theoretical experimental various "
            "present special particular certain specific real important possible further main major"
        ),
    },
    "de": {
        "determiner": (
            "der die das den dem des ein eine einen einem einer eines unser unsere unseren unserem unserer ihr ihre "
            "ihren ihrem ihrer sein seine seinen seinem seiner mein meine dein deine kein keine keinen alle allen "
            "aller jede jeder jedes jeden diese dieser dieses diesen viele vielen mehrere mehreren einige einigen"
        ),
        "preposition": (
            "in im ins an am auf aus bei beim mit nach von vom zu zum zur für über unter um durch gegen ohne "
            "zwischen vor hinter neben seit bis trotz wegen während samt"
        ),
        "conjunction": "und oder aber sowie sondern als wie bzw",
        "pronoun": "ich wir sie er es man du uns euch mich dich sich wer was welche welcher welches nicht",
        "verb": (
            "ist sind war waren sein wird werden wurde wurden hat haben hatte hatten kann können konnte muss müssen "
            "soll sollen will wollen darf dürfen mag möchte möchten"
        ),
        "doing": (
            "macht machen bietet bieten liefert liefern baut bauen sucht suchen gibt geben geht gehen kommt kommen "
            "steht stehen liegt liegen bleibt bleiben führt führen zahlt zahlen arbeitet arbeiten fertigt fertigen "
            "betreibt betreiben gehört gehören"
        ),
        "number": (
            "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert tausend"
        ),
        "other": (
            "jahr jahre jahren jahres monat monate monaten woche wochen tag tage tagen stunde stunden minute minuten "
            "heute morgen gestern abend datum uhr million millionen milliarden prozent euro mehr weniger besser "
            "größer kleiner sehr auch nur noch schon wieder immer nie oft dann wenn weil dass da hier dort nun jetzt "
            "rund etwa gut neu neue neuen alt alte alten groß große großen klein kleine kleinen ganz erste ersten "
            "zweite letzte letzten nächste menschen leute person personen teil teile ende seite art weise zeit "
            "umsatz"
        ),
    },
    "fr": {
        "determiner": (
            "le la les l un une des du au aux notre nos votre vos leur leurs son sa ses mon ma mes ce cet cette ces "
            "chaque plusieurs quelques tout toute tous toutes aucun aucune"
        ),
        "preposition": "de d à en dans par pour sur sous avec sans chez entre vers depuis pendant contre selon",
        "conjunction": "et ou mais ni comme que",
        "pronoun": "je j tu il elle on nous vous ils elles qui qu se s me m te t y ne n lui dont où",
        "verb": "est sont était étaient être a ont avait avoir fait font faire peut peuvent doit doivent va vont",
        "doing": (
            "vend vendent propose proposent fabrique fabriquent cherche cherchent travaille travaillent livre "
            "livrent reste restent emploie emploient compte comptent"
        ),
        "number": (
            "deux trois quatre cinq six sept huit neuf dix onze douze vingt trente quarante cinquante cent mille"
        ),
        "other": (
            "an ans année années mois semaine semaines jour jours heure heures minute minutes hier demain matin soir "
            "date million millions milliard milliards pour-cent euro euros plus moins mieux meilleur meilleure très "
            "aussi encore toujours jamais souvent puis quand si parce ici là bien peu beaucoup trop assez premier "
            "première second deuxième dernier dernière prochain prochaine nouveau nouvelle nouveaux nouvelles petit "
            "petite petits petites grand grande grands grandes bon bonne personne personnes gens partie parties fin "
            "côté sorte chose choses façon temps"
        ),
    },
}
CLASSES: Mapping[str, Mapping[str, str]] = {
    language: {word: kind for kind, words in reversed(list(kinds.items())) for word in words.split()}
    for language, kinds in _CLASSES.items()
}
"""By language: the class of each word. "doing" are verbs that have an object; "other" says when, how much and how."""
VAGUE = frozenset(
    "number name moment value amount turnover anzahl approach beispiel beispiele cas case cases class description "
    "descriptions ergebnis ergebnisse example examples exemple exemples fall fälle investigation investigations "
    "kinds method methode methoden methods méthode méthodes nom nombre paper papers problem problems report result "
    "results résultat résultats sorts studies study type types use user users work".split()
)
"""Nouns that tell nothing by themselves."""
