"""Countries, the regions of some of them, and large cities: what a place's name is short for.

chains()["Ohio"]        ("Ohio", "United States")
area("the DACH region")  the chains of three countries
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

Chain: TypeAlias = tuple[str, ...]
"""A place and what it lies in, the narrowest first."""

_COUNTRIES = """\
AF Afghanistan;AL Albania|Albanien|Albanie;DZ Algeria|Algerien|Algérie;AD Andorra;AO Angola;\
AR Argentina|Argentinien|Argentine;AM Armenia|Armenien|Arménie;AU Australia|Australien|Australie;AT Austria|Österreich|\
Autriche;AZ Azerbaijan;BS Bahamas;BH Bahrain;BD Bangladesh;BB Barbados;BY Belarus;BE Belgium|Belgien|Belgique|België|\
Belgio;BZ Belize;BJ Benin;BT Bhutan;BO Bolivia;BA Bosnia and Herzegovina|Bosnia|Bosnien|Bosnie;BW Botswana;BR Brazil|\
Brasilien|Brasil|Brésil;BN Brunei;BG Bulgaria|Bulgarien|Bulgarie;BF Burkina Faso;BI Burundi;KH Cambodia;CM Cameroon;\
CA Canada|Kanada;CV Cape Verde;CL Chile;CN China|Chine;CO Colombia;CR Costa Rica;HR Croatia|Kroatien|Croatie|Hrvatska;\
CU Cuba;CY Cyprus|Zypern|Chypre;CZ Czech Republic|Czechia|Tschechien|République tchèque|Tchéquie|Česko;DK Denmark|\
Dänemark|Danmark|Danemark;DO Dominican Republic;EC Ecuador;EG Egypt|Ägypten|Égypte;SV El Salvador;EE Estonia|Estland|\
Estonie|Eesti;ET Ethiopia;FJ Fiji;FI Finland|Finnland|Suomi|Finlande;FR France|Frankreich|Frankrijk|Francia;GA Gabon;\
GM Gambia;DE Germany|Deutschland|Allemagne|Duitsland|Alemania|Germania|Tyskland;GH Ghana;GR Greece|Griechenland|Grèce;\
GL Greenland;GT Guatemala;GN Guinea;HT Haiti;HN Honduras;HK Hong Kong;HU Hungary|Ungarn|Hongrie|Magyarország;\
IS Iceland|Island|Islande|Ísland;IN India|Indien|Inde;ID Indonesia|Indonesien|Indonésie;IR Iran;IQ Iraq;IE Ireland|\
Irland|Republic of Ireland|Irlande;IL Israel;IT Italy|Italien|Italia|Italie;JM Jamaica;JP Japan|Japon;KZ Kazakhstan;\
KE Kenya|Kenia;KW Kuwait;KG Kyrgyzstan;LA Laos;LV Latvia|Lettland|Lettonie;LB Lebanon;LR Liberia;LY Libya;\
LI Liechtenstein;LT Lithuania|Litauen|Lituanie;LU Luxembourg|Luxemburg;MO Macau;MG Madagascar;MW Malawi;MY Malaysia;\
MV Maldives;ML Mali;MT Malta|Malte;MU Mauritius;MX Mexico|México|Mexiko|Mexique;MD Moldova;MC Monaco;MN Mongolia;\
ME Montenegro;MA Morocco|Marokko|Maroc;MZ Mozambique;MM Myanmar;NA Namibia;NP Nepal;NL Netherlands|The Netherlands|\
Niederlande|Nederland|Pays-Bas|Holland|Países Bajos;NZ New Zealand|Neuseeland|Nouvelle-Zélande;NI Nicaragua;NG Nigeria;\
MK North Macedonia|Nordmazedonien;NO Norway|Norwegen|Norge|Norvège;OM Oman;PK Pakistan;PA Panama|Panamá;PY Paraguay;\
PE Peru|Perú;PH Philippines;PL Poland|Polen|Polska|Pologne|Polonia;PT Portugal;PR Puerto Rico;QA Qatar;RO Romania|\
Rumänien|Roumanie|România;RU Russia|Russland|Russie;RW Rwanda;SA Saudi Arabia|Saudi-Arabien|Arabie saoudite;SN Senegal;\
RS Serbia|Serbien|Serbie|Srbija;SC Seychelles;SL Sierra Leone;SG Singapore|Singapur|Singapour;SK Slovakia|Slowakei|\
Slovaquie|Slovensko;SI Slovenia|Slowenien|Slovénie|Slovenija;SO Somalia;ZA South Africa|Südafrika|Afrique du Sud;\
KR South Korea|Korea|Südkorea|Corée du Sud;ES Spain|Spanien|España|Espagne;LK Sri Lanka;SD Sudan;SR Suriname;SE Sweden|\
Schweden|Sverige|Suède;CH Switzerland|Schweiz|Suisse|Svizzera;SY Syria;TW Taiwan;TJ Tajikistan;TZ Tanzania;TH Thailand|\
Thaïlande;TG Togo;TT Trinidad and Tobago;TN Tunisia|Tunesien|Tunisie;TR Turkey|Türkiye|Türkei|Turquie;TM Turkmenistan;\
UG Uganda;UA Ukraine;AE United Arab Emirates|UAE|Vereinigte Arabische Emirate|Émirats arabes unis|U.A.E.;\
GB United Kingdom|UK|Grande-Bretagne|U.K.|Great Britain|Britain|Vereinigtes Königreich|Großbritannien|Royaume-Uni|\
Reino Unido;US United States|USA|Vereinigte Staaten von Amerika|U.S.A.|U.S.|US|United States of America|the States|\
Vereinigte Staaten|États-Unis|Estados Unidos|Stati Uniti;UY Uruguay;UZ Uzbekistan;VE Venezuela;VN Vietnam|Viet Nam;\
YE Yemen;ZM Zambia;ZW Zimbabwe"""

_REGIONS = """\
US AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California|Calif.;CO Colorado;CT Connecticut;\
DE Delaware;DC Washington DC|Washington, D.C.|Washington, DC|District of Columbia;FL Florida|Fla.;GA Georgia;HI Hawaii;\
ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts|Mass.;\
MI Michigan;MN Minnesota;MS Mississippi;MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;\
NM New Mexico;NY New York State|upstate New York|Upstate New York;NC North Carolina;ND North Dakota;OH Ohio;\
OK Oklahoma;OR Oregon;PA Pennsylvania|Penn.;RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;\
UT Utah;VT Vermont;VA Virginia;WA Washington State|Washington state;WV West Virginia;WI Wisconsin;WY Wyoming
CA AB Alberta;BC British Columbia|B.C.;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador|Newfoundland;\
NS Nova Scotia;ON Ontario;PE Prince Edward Island;QC Quebec|Québec;SK Saskatchewan
GB ENG England|Angleterre;SCT Scotland|Schottland|Écosse;WLS Wales|Pays de Galles;NIR Northern Ireland|Nordirland|\
Irlande du Nord
AU NSW New South Wales;QLD Queensland;TAS Tasmania;VIC Victoria;WA Western Australia;SA South Australia
DE BW Baden-Württemberg;BY Bavaria|Bayern|Bavière;BB Brandenburg;HE Hesse|Hessen;MV Mecklenburg-Vorpommern;\
NI Lower Saxony|Niedersachsen;NW North Rhine-Westphalia|Nordrhein-Westfalen|NRW;RP Rheinland-Pfalz;SL Saarland;\
SN Saxony|Sachsen|Saxe;ST Saxony-Anhalt|Sachsen-Anhalt;SH Schleswig-Holstein;TH Thuringia|Thüringen
AT OOE Upper Austria|Oberösterreich;NOE Lower Austria|Niederösterreich;ST Styria|Steiermark;TI Tyrol|Tirol;\
KA Carinthia|Kärnten;VO Vorarlberg
ES CT Catalonia|Cataluña|Catalunya|Katalonien|Catalogne;AN Andalusia|Andalucía|Andalusien|Andalousie;GA Galicia;\
AS Asturias;VC Valencian Community;MD Comunidad de Madrid;PV Basque Country|País Vasco
IT LO Lombardy|Lombardia|Lombardei|Lombardie;VE Veneto;PI Piedmont|Piemonte;TO Tuscany|Toscana|Toskana|Toscane;\
EM Emilia-Romagna;SI Sicily|Sicilia|Sizilien|Sicile
FR IDF Île-de-France;BRE Brittany|Bretagne;NOR Normandy|Normandie;OCC Occitanie;PAC Provence;ALS Alsace
PL DS Lower Silesia|Dolny Śląsk;SL Silesia|Śląsk;MA Lesser Poland|Małopolska;WP Greater Poland|Wielkopolska
BE VLG Flanders|Flandern;WAL Wallonia|Wallonie
IN MH Maharashtra;KA Karnataka;TN Tamil Nadu;GJ Gujarat;KL Kerala
MX JAL Jalisco;NLE Nuevo León;QUE Querétaro"""

_CITIES = """\
US-CA San Francisco;Los Angeles;San Diego;San Jose;Oakland;Palo Alto;Mountain View;Menlo Park;Sunnyvale;Berkeley;\
Sacramento;Santa Monica;San Mateo;Redwood City;Cupertino;Santa Clara;Irvine;Fresno;Pasadena;Santa Barbara;Emeryville;\
South San Francisco
US-NY New York City|New York, NY|NYC|New York|Manhattan|Brooklyn;Rochester;Albany;Syracuse
US-MA Boston;Somerville;Worcester
US-TX Houston;Dallas;Austin;San Antonio;Fort Worth;El Paso;Plano;Corpus Christi
US-WA Seattle;Bellevue;Redmond;Tacoma;Spokane
US-IL Chicago;Peoria
US-PA Philadelphia;Pittsburgh
US-CO Denver;Boulder;Colorado Springs
US-GA Atlanta;Savannah
US-FL Miami;Orlando;Tampa;Jacksonville;Fort Lauderdale
US-MI Detroit;Ann Arbor;Grand Rapids
US-OH Columbus;Cleveland;Cincinnati;Toledo;Akron;Dayton
US-MN Minneapolis;St. Paul;Duluth
US-WI Milwaukee;Green Bay
US-MO St. Louis;Kansas City
US-TN Nashville;Memphis;Knoxville;Chattanooga
US-NC Charlotte;Raleigh;Greensboro
US-UT Salt Lake City;Provo
US-AZ Phoenix;Tucson;Scottsdale;Mesa
US-NV Las Vegas;Reno
US-OR Portland
US-MD Baltimore
US-IN Indianapolis;Fort Wayne
US-OK Tulsa;Oklahoma City
US-LA New Orleans;Baton Rouge
US-NE Omaha
US-IA Des Moines
US-NM Albuquerque
US-SC Greenville
US-HI Honolulu
US-NJ Newark;Jersey City
US-CT Hartford;New Haven
US-DC Washington D.C.
CA-ON Toronto;Ottawa;Hamilton;Waterloo;Mississauga
CA-QC Montreal|Montréal;Quebec City
CA-BC Vancouver;Abbotsford
CA-AB Calgary;Edmonton
CA-MB Winnipeg
CA-NS Halifax
GB-ENG London;Manchester;Birmingham;Leeds;Liverpool;Sheffield;Bristol;Newcastle upon Tyne;Nottingham;Leicester;Derby;\
Oxford;Southampton;Norwich;Plymouth;Hull;Bradford;Coventry;Exeter
GB-SCT Edinburgh;Glasgow;Aberdeen;Dundee;Inverness
GB-WLS Cardiff;Swansea
GB-NIR Belfast
IE Dublin;Cork;Galway;Limerick
DE Berlin;Hamburg;Frankfurt am Main|Frankfurt;Bremen
DE-BY Munich|München;Nuremberg|Nürnberg;Augsburg;Regensburg
DE-NW Cologne|Köln;Düsseldorf;Dortmund;Essen;Bonn;Münster;Duisburg;Bielefeld
DE-BW Stuttgart;Karlsruhe;Mannheim;Freiburg;Heidelberg;Ulm
DE-SN Leipzig;Dresden;Chemnitz
DE-NI Hanover|Hannover;Braunschweig;Osnabrück
DE-SH Kiel;Lübeck
DE-HE Darmstadt;Wiesbaden;Kassel
AT Vienna|Wien;Salzburg;Innsbruck
AT-ST Graz
AT-OOE Linz
CH Zurich|Zürich;Geneva|Genève|Genf;Basel;Bern;Lausanne;Zug
FR Paris;Lyon;Marseille;Toulouse;Nantes;Bordeaux;Lille;Strasbourg;Grenoble;Rennes;Montpellier
IT Milan|Milano;Rome|Roma;Turin|Torino;Naples|Napoli;Bologna;Florence|Firenze;Genoa|Genova;Padua|Padova;Verona;Venice
ES Madrid;Barcelona;Valencia;Seville|Sevilla;Bilbao;Málaga;Zaragoza
PT Lisbon|Lisboa;Porto;Braga
NL Amsterdam;Rotterdam;Utrecht;Eindhoven;The Hague|Den Haag;Delft
BE Brussels|Bruxelles|Brussel;Antwerp|Antwerpen;Ghent|Gent;Liège
LU Luxembourg City
DK Copenhagen|København;Aarhus;Odense;Aalborg
SE Stockholm;Gothenburg|Göteborg;Malmö;Uppsala
NO Oslo;Bergen;Trondheim;Stavanger
FI Helsinki;Tampere;Turku;Espoo
IS Reykjavík|Reykjavik
PL Warsaw|Warszawa|Warschau;Kraków|Krakow|Cracow;Wrocław|Wroclaw;Poznań|Poznan;Gdańsk|Gdansk;Łódź|Lodz;Katowice;Szczecin
CZ Prague|Praha|Prag;Brno;Ostrava
SK Bratislava;Košice
HU Budapest;Debrecen
RO Bucharest|București;Cluj-Napoca
BG Sofia
RS Belgrade
HR Zagreb
SI Ljubljana
GR Athens;Thessaloniki
UA Kyiv|Kiev;Lviv
EE Tallinn;Tartu
LV Riga
LT Vilnius;Kaunas
TR Istanbul|İstanbul;Ankara;Izmir
RU Moscow;St. Petersburg|Saint Petersburg
IL Tel Aviv|Tel Aviv-Yafo;Jerusalem;Haifa
AE Dubai;Abu Dhabi
SA Riyadh;Jeddah
EG Cairo
KE Nairobi
NG Lagos;Abuja
GH Accra
ZA Cape Town;Johannesburg;Durban;Pretoria
MA Casablanca
ET Addis Ababa
IN Mumbai|Bombay;Bengaluru|Bangalore;New Delhi|Delhi;Hyderabad;Chennai;Pune;Gurugram|Gurgaon;Kolkata;Ahmedabad;Noida
PK Karachi;Lahore;Islamabad
BD Dhaka
LK Colombo
SG Singapore
MY Kuala Lumpur;Penang
ID Jakarta;Surabaya
TH Bangkok
VN Ho Chi Minh City;Hanoi
PH Manila;Makati
CN Beijing;Shanghai;Shenzhen;Guangzhou;Hangzhou
TW Taipei
JP Tokyo;Osaka;Kyoto;Fukuoka
KR Seoul;Busan
AU-NSW Sydney
AU-VIC Melbourne
AU-QLD Brisbane;Cairns;Townsville
AU-WA Perth
AU-SA Adelaide
NZ Auckland;Wellington;Christchurch
BR São Paulo|Sao Paulo;Rio de Janeiro;Belo Horizonte;Curitiba;Porto Alegre
AR Buenos Aires;Rosario
CL Santiago
CO Bogotá|Bogota;Medellín|Medellin
PE Lima
MX Mexico City|Ciudad de México|CDMX;Guadalajara;Monterrey;Querétaro
UY Montevideo
EC Quito;Guayaquil
CR San José"""


def level(chain: Chain) -> str:
    """What the first part of a chain is: "city", "region" or "country"."""
    return _levels().get(chain, "city")


def part(chain: Chain, wanted: str) -> str | None:
    """The chain's city, region or country; None where it does not have that."""
    for start in range(len(chain)):
        if level(chain[start:]) == wanted:
            return chain[start]
    return None


@cache
def chains() -> Mapping[str, Chain]:
    """Every name of every place to its chain. A city yields to a region, and that to a country, of the same name."""
    found: dict[str, Chain] = {}
    for code, names in _coded():
        for name in names:
            found.setdefault(name, codes()[code])
    for line in _CITIES.split("\n"):
        code, _, cities = line.partition(" ")
        for city in cities.split(";"):
            names = city.split("|")
            for name in names:
                found.setdefault(name, (names[0], *codes()[code]))
    return found


@cache
def codes() -> Mapping[str, Chain]:
    """Countries and regions by their ISO code: "US", "US-OH"."""
    found: dict[str, Chain] = {}
    for code, names in _coded():
        country, _, region = code.partition("-")
        found[code] = (names[0].removesuffix(" State"), *(found[country] if region else ()))
    return found


def _coded() -> Iterator[tuple[str, list[str]]]:
    """Countries, then regions: the ISO code and the names of each."""
    for line in _COUNTRIES.split(";"):
        code, _, names = line.partition(" ")
        yield code, names.split("|")
    for line in _REGIONS.split("\n"):
        country, _, regions = line.partition(" ")
        for region in regions.split(";"):
            code, _, names = region.partition(" ")
            yield f"{country}-{code}", names.split("|")


@cache
def _levels() -> Mapping[Chain, str]:
    return {
        **dict.fromkeys(chains().values(), "city"),
        **{chain: "region" if "-" in code else "country" for code, chain in codes().items()},
    }
