"""Words that say what a number or a place is about: what a fact's own name and `about` say, and how others say it.

A fact that names a well-known thing ("revenue", "people employed") is also found under the names that pages in other
languages, and other words of the same one, have for it. Words of another thing ("EBITDA" for revenue) tell it apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

_REVENUE = (
    "revenue revenues turnover sales annual_sales gross_revenue net_sales sales_revenue Umsatz Umsätze Jahresumsatz "
    "Umsatzerlöse chiffre_d'affaires CA ventes fatturato ricavi ventas facturación volume_de_negócios omzet omsætning "
    "omsättning omsetning przychody obrót obrat tržby liikevaihto billings topline turn_over"
)
_EMPLOYEES = (
    "employees staff headcount people team team_size workforce personnel persons_employed number_of_employees workers "
    "Beschäftigte Mitarbeiter Mitarbeitende Mitarbeiterzahl Belegschaft Personal effectif effectifs salariés "
    "collaborateurs "
    "dipendenti addetti organico empleados plantilla trabalhadores colaboradores medewerkers personeel ansatte "
    "medarbejdere anställda zatrudnienie pracownicy zaměstnanci työntekijät crew"
)
_FOUNDED = (
    "founded established incorporated year_founded founding_year year_of_foundation formed set_up started since "
    "in_business_"
    "since est gegründet gründung gründungsjahr seit fondée fondé fondation création créée depuis fondata fondato "
    "fondazione "
    "fundada fundado fundación fundação opgericht grundlagt grundad založeno založena rok_założenia założona perustettu"
)
_PLACE = (
    "location located based headquarters headquartered head_office hq sitz hauptsitz standort firmensitz ort siège "
    "ville "
    "localité sede ciudad cidade vestiging hjemsted säte siedziba sídlo town city where place country county region "
    "state "
    "province land pays paese país site address"
)
CONCEPTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(word.replace("_", " ").casefold() for word in words.split())
    for name, words in {
        "revenue": _REVENUE,
        "profit": "EBITDA EBIT profit profits earnings net_income gross_profit operating_profit margin Gewinn Ergebnis "
        "Jahresüberschuss résultat bénéfice utile beneficio winst resultat zysk zisk",
        "employees": _EMPLOYEES,
        "founded": _FOUNDED,
        "place": _PLACE,
        "funding": "raised funding investment financing funding_round seed backed levée",
        "price": "price priced cost costs fee rent Preis prix prezzo precio asking_price",
        "market": "market market_size TAM industry opportunity",
        "industry": "industry sector Branche secteur settore trade activity activité business line_of_business field",
    }.items()
}
_KEYS: Mapping[str, frozenset[str]] = {
    "revenue": frozenset("revenue revenues turnover sales umsatz".split()),
    "profit": frozenset("ebitda ebit profit earnings margin gewinn".split()),
    "employees": frozenset(
        "employees employed employs staff headcount workforce personnel mitarbeiter team_size".split()
    ),
    "founded": frozenset(
        "founded established incorporated founding gegründet gründung gründungsjahr gründungsdatum".split()
    ),
    "funding": frozenset("raised funding investment".split()),
    "price": frozenset("price prices cost fee rent".split()),
    "market": frozenset({"market"}),
    "industry": frozenset("industry sector branche trade".split()),
}
"""Words of a fact's name or `about` that show which well-known thing it is."""
_BEGINNINGS = frozenset(
    "foundation formation establishment incorporation creation création fondation fondazione fundación".split()
)
_YEARS = frozenset("year date année anno año".split())
"""Two words that show it together: "year of foundation"; a foundation alone may be a trust, or lie under a house."""
_FITS: Mapping[str, Callable[[str, str], bool]] = {
    **dict.fromkeys(
        ("revenue", "profit", "funding", "price", "market"), lambda kind, unit: kind == "number" and unit == "money"
    ),
    "employees": lambda kind, unit: kind == "number" and unit in {"", "people"},
    "founded": lambda kind, unit: kind == "number" and unit in {"", "year"},
    "industry": lambda kind, _: kind in {"choice", "choices", "text", "list"},
}
"""Whether a fact of this kind, in a unit of this kind, can be the well-known thing."""
_SMALL = frozenset(
    "a an and are as at be by for from has have how if in into is it its last many much of on or own per that the "
    "their "
    "them they this to was were what when where which who whether with year years annual yearly number total item "
    "does do can".split()
)
_QUALIFIERS = frozenset(
    "annual yearly gross net total approx approximate latest last current number of in the our no company group full "
    "time "
    "average about ca. jährlicher letztes geschäftsjahr gesamt total annuel annuelle main primary size geo".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Cues:
    """How a text may speak of a fact. own: the words of its name and about; concept: the well-known thing, or ""."""

    name: str
    about: str
    concept: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Words and phrases that name it, lower case."""
        own = {self.name.casefold().replace("_", " ").replace("-", " ")}
        if self.concept:
            return frozenset({*own, *CONCEPTS[self.concept]})
        return frozenset({*own, *self.phrases})

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The parts of `about` between commas, and of the name, lower case and without small words in front."""
        parts = [self.name.replace("_", " ").replace("-", " "), *re.split(r"[,;/()]| or ", self.about)]
        return tuple(dict.fromkeys(phrase for part in parts if (phrase := _without_small(part))))

    @cached_property
    def rivals(self) -> frozenset[str]:
        """Words that name another well-known thing, and not this one."""
        others = (words for name, words in CONCEPTS.items() if name not in {self.concept, "place", "industry"})
        return frozenset(word for words in others for word in words) - self.words if self.concept else frozenset()

    def labels(self, label: str) -> bool:
        """Whether a label such as "Annual sales" or "Umsatz (letztes Geschäftsjahr)" names the fact and no other."""
        said = re.sub(r"\([^)]*\)", " ", label.casefold()).replace("’", "'").strip()
        if said in self.words:
            return True
        rest = " ".join(word for word in _WORD.findall(said) if word not in _QUALIFIERS)
        return rest in self.words


def cues(name: str, about: str, kind: str, unit: str = "") -> Cues:
    """How a text may speak of the fact with this name and meaning. kind: as declared; unit: the kind of its unit."""
    if kind == "place":
        return Cues(name, about, "place")
    named = {word.casefold() for word in _WORD.findall(name.replace("_", " "))}
    said = {word.casefold() for word in _WORD.findall(about)}
    for words in (named, said):
        for concept, keys in _KEYS.items():
            shown = keys & words or (concept == "founded" and words & _BEGINNINGS and words & _YEARS)
            if shown and _FITS[concept](kind, unit):
                return Cues(name, about, concept)
    return Cues(name, about, "")


def telling(text: str) -> list[str]:
    """The words of a text that say something by themselves, lower case, in order."""
    return [word for raw in _WORD.findall(text) if (word := raw.casefold()) not in _SMALL]


def _without_small(phrase: str) -> str:
    words = _WORD.findall(phrase.casefold())
    while words and words[0] in _SMALL:
        words.pop(0)
    return " ".join(words)
