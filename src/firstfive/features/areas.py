"""What a place that somebody names covers: countries by any name, groups of them, and parts of a country.

area("the UK")                      the chain of the United Kingdom, as the gazetteer has it
area("DACH-Region")                 those of three countries
area_of_people("German")            where Germans are
lies(chain, area)                   whether a place lies in an area, may, or does not
chains_of("country", ("de", "gb"))  the chain of each value of a field, None where it has none
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TypeAlias

from firstfive.features.conditions import name_words
from firstfive.features.gazetteer import Chain, chains, codes, level

Area: TypeAlias = frozenset[Chain]

_COUNTIES = """\
GB-ENG Bedfordshire;Berkshire;Buckinghamshire;Cambridgeshire;Cheshire;Cornwall;Cotswolds|the Cotswolds;\
County Durham|Durham;Cumbria;Derbyshire;Devon;Dorset;East Riding of Yorkshire|East Yorkshire|East Riding;East Sussex;\
Essex;Gloucestershire;Greater London;Greater Manchester;Hampshire;Herefordshire;Hertfordshire;Isle of Wight;Kent;\
Lake District|the Lake District;Lancashire;Leicestershire;Lincolnshire;Merseyside;Norfolk;North Yorkshire;\
Northamptonshire;Northumberland;Nottinghamshire;Oxfordshire;Peak District|the Peak District;Rutland;Shropshire;\
Somerset;South Yorkshire;Staffordshire;Suffolk;Surrey;Sussex;Teesside;Tyne and Wear|Tyne & Wear;Warwickshire;\
West Midlands;West Sussex;West Yorkshire;Wiltshire;Worcestershire;Yorkshire
GB-SCT Aberdeenshire;Angus;Argyll|Argyll and Bute|Argyll & Bute;Ayrshire;Caithness;Clackmannanshire;\
Dumfries and Galloway|Dumfries & Galloway|Dumfries|Dumfriesshire;Dunbartonshire;East Ayrshire;East Lothian;Falkirk;\
Fife;Highland|Highlands|Scottish Highlands;Inverclyde;Isle of Arran|Arran;Isle of Mull|Mull;Isle of Skye|Skye;\
Lanarkshire;Midlothian;Moray;North Ayrshire;Orkney;Outer Hebrides|Western Isles|Na h-Eileanan Siar;\
Perthshire|Perth and Kinross|Perth & Kinross;Renfrewshire;Scottish Borders;Shetland;South Ayrshire;\
Stirling|Stirlingshire;Sutherland;West Lothian
GB-WLS Anglesey|Isle of Anglesey|Ynys Môn;Blaenau Gwent;Bridgend;Caerphilly;Carmarthenshire;Ceredigion;Clwyd;Conwy;\
Denbighshire;Dyfed;Flintshire;Glamorgan;Gwent;Gwynedd;Merthyr Tydfil;Monmouthshire;Neath Port Talbot;Pembrokeshire;\
Powys;Rhondda Cynon Taf;Snowdonia|Eryri;Torfaen;Vale of Glamorgan;Wrexham
GB-NIR Antrim|County Antrim;Armagh|County Armagh;County Down;Fermanagh|County Fermanagh;County Londonderry;\
Tyrone|County Tyrone
IE County Carlow;County Cavan;County Clare;County Cork;County Donegal|Donegal;County Dublin;County Galway;\
County Kerry|Kerry;County Kildare|Kildare;County Kilkenny|Kilkenny;County Laois;County Leitrim;County Limerick;\
County Longford;County Louth;County Mayo;County Meath;County Monaghan;County Offaly;County Roscommon;\
County Sligo|Sligo;County Tipperary|Tipperary;County Waterford|Waterford;County Westmeath;County Wexford|Wexford;\
County Wicklow|Wicklow
FR Auvergne-Rhône-Alpes|Auvergne|Rhône-Alpes;Bourgogne-Franche-Comté|Bourgogne|Burgundy|Burgund;Centre-Val de Loire;\
Corsica|Corse|Korsika;Grand Est|Lorraine|Lothringen|Champagne-Ardenne;Hauts-de-France|Picardie;Nouvelle-Aquitaine|\
Aquitaine|Limousin|Poitou-Charentes;Pays de la Loire;Provence-Alpes-Côte d'Azur|PACA;Languedoc;Midi-Pyrénées
ES Aragon|Aragón;Balearic Islands|Baleares|Illes Balears|Balearen|Mallorca|Majorca|Ibiza|Menorca;\
Canary Islands|Canarias|Kanaren|Kanarische Inseln|Tenerife|Teneriffa|Lanzarote|Gran Canaria|Fuerteventura;Cantabria;\
Castile and León|Castilla y León|Castilla-León;Castilla-La Mancha;Extremadura;La Rioja;Murcia|Región de Murcia;\
Navarre|Navarra
IT Abruzzo|Abruzzen;Aosta Valley|Valle d'Aosta|Aostatal;Apulia|Puglia|Apulien;Basilicata;Calabria|Kalabrien;\
Campania|Kampanien;Friuli-Venezia Giulia|Friuli|Friaul;Lazio|Latium;Liguria|Ligurien;Le Marche|Marche;Molise;\
Sardinia|Sardegna|Sardinien|Sardaigne;South Tyrol|Südtirol|Alto Adige|Trentino|Trentino-Alto Adige;Umbria|Umbrien
AT Burgenland;Salzburger Land
CH Aargau;Appenzell;Fribourg|Freiburg im Üechtland;Glarus;Graubünden|Grisons|Grigioni;Neuchâtel|Neuenburg;\
Nidwalden;Obwalden;Schaffhausen;Schwyz;Solothurn;St. Gallen|Sankt Gallen;Thurgau;Ticino|Tessin;Valais|Wallis;Vaud|Waadt
NL Drenthe;Flevoland;Gelderland;Groningen;North Brabant|Noord-Brabant;North Holland|Noord-Holland;\
Overijssel;South Holland|Zuid-Holland;Zeeland"""
"""Parts of countries that fields of places name, and that are no regions of the gazetteer: their names are often said
of something else in a text. On each line: the code of what they lie in, and their names."""

_GROUPS = """\
DE AT CH DACH|D-A-CH
BE NL LU Benelux|Benelux countries|Beneluxländer|Beneluxstaaten|Bénélux
DK SE NO FI IS Nordics|the Nordics|Nordic|Nordic countries|nordische Länder|nordischen Ländern|pays nordiques|Nordiques
DK SE NO Scandinavia|Scandinavian countries|Skandinavien|Scandinavie|pays scandinaves
ES PT Iberia|Iberian Peninsula|Iberische Halbinsel|Iberischen Halbinsel|péninsule ibérique
EE LV LT Baltics|Baltic|Baltic states|Baltic countries|Baltikum|baltische Staaten|baltischen Staaten|pays baltes
PL CZ SK HU RO BG SI HR RS EE LV LT CEE|Central and Eastern Europe|Mittel- und Osteuropa|Europe centrale et orientale|\
Eastern Europe|Osteuropa|Europe de l'Est
GB IE British Isles|Britische Inseln|Britischen Inseln|îles Britanniques
AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE EU|E.U.|European Union|\
Europäische Union|Europäischen Union|Union européenne|UE
AL AD AT BY BE BA BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT MD MC ME NL MK NO PL PT RO RS SK SI ES SE \
CH UA GB Europe|Europa
GB-ENG GB-SCT GB-WLS mainland Britain
DE-BW DE-BY southern Germany|south Germany|South of Germany|Süddeutschland|Allemagne du Sud|sud de l'Allemagne
DE-SH DE-NI DE-MV Hamburg Bremen northern Germany|north Germany|North of Germany|Norddeutschland|Allemagne du Nord|\
nord de l'Allemagne
DE-BB DE-MV DE-SN DE-ST DE-TH Berlin eastern Germany|east Germany|Ostdeutschland|Allemagne de l'Est|est de l'Allemagne
DE-NW DE-HE DE-RP DE-SL western Germany|west Germany|Westdeutschland|Allemagne de l'Ouest|ouest de l'Allemagne
Manchester Leeds Liverpool Sheffield Newcastle_upon_Tyne Hull Bradford Cheshire Cumbria County_Durham Durham \
East_Riding_of_Yorkshire Greater_Manchester Lancashire Lake_District Merseyside North_Yorkshire Northumberland \
South_Yorkshire Teesside Tyne_and_Wear West_Yorkshire Yorkshire northern England|north England|north of England|\
the North of England|Nordengland|nord de l'Angleterre
London Bristol Southampton Oxford Plymouth Exeter Berkshire Buckinghamshire Cornwall Cotswolds Devon Dorset \
East_Sussex Essex Gloucestershire Greater_London Hampshire Hertfordshire Isle_of_Wight Kent Oxfordshire Somerset \
Surrey Sussex West_Sussex Wiltshire southern England|south England|south of England|Südengland|sud de l'Angleterre
Plymouth Exeter Bristol Cornwall Devon Dorset Gloucestershire Somerset Wiltshire West Country|south west England|\
southwest England|South West|South West of England
Norwich Cambridgeshire Norfolk Suffolk Essex East Anglia
Birmingham Coventry Leicester Derby Nottingham Derbyshire Herefordshire Leicestershire Lincolnshire Northamptonshire \
Nottinghamshire Peak_District Rutland Shropshire Staffordshire Warwickshire West_Midlands Worcestershire Midlands|\
English Midlands
Leeds Sheffield Hull Bradford East_Riding_of_Yorkshire North_Yorkshire South_Yorkshire West_Yorkshire Yorkshire \
Yorkshire
East_Sussex West_Sussex Sussex Sussex
FR-OCC FR-PAC Marseille Toulouse Montpellier southern France|south of France|Südfrankreich|sud de la France
IT-LO IT-VE IT-PI IT-EM Milan Turin Genoa Verona Padua Venice Bologna northern Italy|north of Italy|Norditalien|\
nord de l'Italie|Italie du Nord
Geneva Lausanne Romandy|Romandie|Westschweiz|Suisse romande"""
"""On each line: codes and cities, and then the names of what they are together, of which the first is no code."""

_PEOPLES = """\
DE german deutsch allemand;AT austrian österreichisch autrichien;CH swiss schweizer schweizerisch suisse;\
FR french französisch français;IT italian italienisch italien;ES spanish spanisch espagnol;\
PT portuguese portugiesisch portugais;NL dutch niederländisch holländisch néerlandais hollandais;\
BE belgian belgisch belge;LU luxembourgish luxemburgisch luxembourgeois;GB british britisch britannique;\
GB-ENG english englisch anglais;GB-SCT scottish schottisch écossais;GB-WLS welsh walisisch gallois;\
IE irish irisch irlandais;US american amerikanisch américain;CA canadian kanadisch canadien;\
AU australian australisch australien;DK danish dänisch danois;SE swedish schwedisch suédois;\
NO norwegian norwegisch norvégien;FI finnish finnisch finlandais;PL polish polnisch polonais;\
CZ czech tschechisch tchèque;SK slovak slowakisch slovaque;HU hungarian ungarisch hongrois;\
RO romanian rumänisch roumain;BG bulgarian bulgarisch bulgare;GR greek griechisch grec grecque;\
TR turkish türkisch turc turque;UA ukrainian ukrainisch ukrainien;EE estonian estnisch estonien;\
LV latvian lettisch letton;LT lithuanian litauisch lituanien;SI slovenian slowenisch slovène;\
HR croatian kroatisch croate;RS serbian serbisch serbe;IN indian indisch indien;CN chinese chinesisch chinois;\
JP japanese japanisch japonais;DE-BY bavarian bayerisch bayrisch bavarois"""
_PEOPLES_OF_GROUPS = (
    "Scandinavia scandinavian skandinavisch scandinave;Nordics nordic nordisch nordique;Europe european europäisch "
    "européen;Baltics baltic baltisch balte;Iberia iberian iberisch ibérique"
)
_INFLECTED = ("", "e", "er", "es", "en", "em", "s", "ne", "nes")
_AMBIGUOUS = frozenset(
    "georgia victoria galicia jersey guinea manhattan brooklyn the_states mass calif penn fla b_c hamilton waterloo "
    "portland albany rochester newark santiago perth wellington toledo syracuse bellevue".split()
)
"""Names that are those of several places, or of a part of what the gazetteer has them for."""
_ORDINARY = frozenset(
    "turkey china island us ue eu chile wales holland cuba mali hesse nordic baltic kerry mull angus borders "
    "midlands marche".split()
)
"""Words as well: these are names in capital letters only."""
_LEADS = re.compile(r"^(?:(?:the|der|die|das|dem|den|la|le|les|all of|ganz|toute)\s+|l['’]\s?)", re.IGNORECASE)
_BESIDE = re.compile(
    r"^(?:région|zone|espace)\s+|[\s-](?:region|area|zone|market|countries|states|raum|gebiet|länder\w?|staaten|"
    r"only|nur)$",
    re.IGNORECASE,
)
_BY_COMMAS = re.compile(r"[,;()/]")
_BARE = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "đ": "d"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_MARK = re.compile(r"[^\w]+|_+")
_OF_COUNTRIES = frozenset("country countries land pays nation staat".split())
_OF_STATES = frozenset({"state", "states"})
_OF_COUNTIES = frozenset(
    "county counties shire shires region regions area areas province provinces district landkreis kreis bundesland "
    "kanton kantone canton cantons departement département départements région régions".split()
)
"""In the name of a field: a name of its values that is a town elsewhere as well, such as Durham, is the county's."""
_CITY_STATES = frozenset({("Berlin", "Germany"), ("Hamburg", "Germany"), ("Bremen", "Germany")})
"""Cities of no region that lie in none."""


@lru_cache(maxsize=4096)
def area(said: str) -> Area | None:
    """What a text covers that is a country, a region, a part of one or a group of them, and no more; a city is read
    where it has several names. None for what is no such place, or is another thing as well and not surely meant."""
    text = _LEADS.sub("", said.strip())
    found = _areas().get(_fold(text)) or _areas().get(_fold(_BESIDE.sub("", text)))
    if not found or (_fold(text) in _ORDINARY and not (text[:1].isupper() and (len(text) > 2 or text.isupper()))):
        return None
    return found


def area_of_people(word: str) -> Area | None:
    """Where those are whom a word in any case says of: "German", "deutsche", "allemandes"."""
    return _peoples().get(_fold(word))


def lies(chain: Chain, area: Area) -> bool | None:
    """Whether a place lies in an area; None where it may, since it holds a part of it or its region is not known."""
    if any(chain[at:] in area for at in range(len(chain))):
        return True
    for one in area:
        if one[-len(chain) :] == chain or (len(one) > 1 and _of_no_region(chain) and one[-1] == chain[-1]):
            return None
    return False


def _of_no_region(chain: Chain) -> bool:
    return len(chain) == 2 and level(chain) == "city" and chain not in _with_no_region()


@cache
def _with_no_region() -> frozenset[Chain]:
    """City states and counties: what lies right in a country, and in no region of it."""
    return _CITY_STATES.union(_counties().values())


def chains_of(field: str, values: Sequence[str]) -> list[Chain | None]:
    """The chain of each value of a field, in small letters: "germany", "de", "columbus, oh".

    Two letters are a code where all values are codes of countries, or of the states of the US, and the field's name
    says that it holds such. A county is known where the field's name says that it holds such, or the value its country.
    """
    words = frozenset(name_words(field))
    for country, known in (("", _OF_COUNTRIES), ("US-", _OF_STATES)):
        found = [codes().get(f"{country}{value.upper()}") for value in values]
        if not words.isdisjoint(known) and all(len(value) == len("de") for value in values) and all(found):
            return found
    alone = _in_gazetteer() if words.isdisjoint(_OF_COUNTIES) else _named()
    return [_chain_of(value, alone) for value in values]


def _chain_of(value: str, alone: Mapping[str, Chain]) -> Chain | None:
    """alone: the chains of the names that are known where nothing around them is named."""
    if found := alone.get(_fold(value)):
        return found
    parts = [part.strip() for part in _BY_COMMAS.split(value) if part.strip()]
    if len(parts) <= 1:
        return None
    town = _named().get(_fold(parts[-2]))
    wide = [alone.get(_fold(parts[-1])), *(codes().get(f"{of}{parts[-1].upper()}") for of in ("", "US-", "CA-"))]
    around = [one for one in dict.fromkeys(wide) if one]
    if town and (not around or any(town[-len(one) :] == one for one in around)):
        return town if around else None
    return around[0] if len(around) == 1 else None


def _fold(text: str) -> str:
    """Small letters without accents, and a blank for marks: "dach region"."""
    if text.isascii() and text.isalpha():
        return text.lower()
    plain = unicodedata.normalize("NFD", text.casefold().translate(_BARE))
    return _MARK.sub(" ", "".join(char for char in plain if not unicodedata.combining(char))).strip()


@cache
def _named() -> Mapping[str, Chain]:
    """Every name of every place, folded. Counties last: a city keeps its name."""
    return {**_counties(), **_in_gazetteer()}


@cache
def _in_gazetteer() -> Mapping[str, Chain]:
    """The names of the gazetteer, folded, but for those of several places."""
    found: dict[str, Chain] = {}
    for name, chain in chains().items():
        for key in (_fold(name), _fold(name.casefold().translate(_UMLAUTS))):
            if key.replace(" ", "_") not in _AMBIGUOUS:
                found.setdefault(key, chain)
    return found


@cache
def _counties() -> Mapping[str, Chain]:
    found: dict[str, Chain] = {}
    for line in _COUNTIES.split("\n"):
        code, _, several = line.partition(" ")
        for names in several.split(";"):
            chain = (names.partition("|")[0], *codes()[code])
            found |= {_fold(name): chain for name in names.split("|")}
    return found


@cache
def _areas() -> Mapping[str, Area]:
    """The names of areas, folded: of a city only where it has several, which are one place."""
    names = dict[Chain, set[str]]()
    for key, chain in _named().items():
        names.setdefault(chain, set()).add(key)
    found: dict[str, Area] = {}
    for chain, keys in names.items():
        if len(keys) > 1 or level(chain) != "city":
            found |= dict.fromkeys(keys, frozenset({chain}))
    found["gb"] = frozenset({codes()["GB"]})
    for line in _GROUPS.split("\n"):
        called, parts = _group(line.split(" "))
        for name in called.split("|"):
            found |= dict.fromkeys((_fold(name), _fold(name.casefold().translate(_UMLAUTS))), parts)
    return found


def _group(words: Sequence[str]) -> tuple[str, Area]:
    """The names on a line of groups, and what they are of."""
    parts: list[Chain] = []
    for at, word in enumerate(words):
        name = word.replace("_", " ")
        chain = codes().get(word) or (_named().get(_fold(name)) if "|" not in word and at < len(words) - 1 else None)
        if chain is None:
            return " ".join(words[at:]), frozenset(parts)
        parts.append(chain)
    raise AssertionError(f"a group without a name: {words}")


@cache
def _peoples() -> Mapping[str, Area]:
    return {form: found for stem, found in _stems() for form in (_fold(f"{stem}{end}") for end in _INFLECTED)}


def _stems() -> Iterator[tuple[str, Area]]:
    for line in _PEOPLES.split(";"):
        code, *stems = line.split()
        yield from ((stem, frozenset({codes()[code]})) for stem in stems)
    for line in _PEOPLES_OF_GROUPS.split(";"):
        name, *stems = line.split()
        yield from ((stem, _areas()[_fold(name)]) for stem in stems)
