"""Which columns are an item's id, title, text and fields: as told, or as guessed and explained; and rows as pages."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from firstfive import guard
from firstfive.errors import SourceError
from firstfive.sources.lines import rejected
from firstfive.sources.tables import Row
from firstfive.types import LONGEST_ID, ItemId, Page, Rejected, content_id

SHORT = 200
"""A column whose usual value is at most this long is kept as a field, where nothing says which are."""

_ID_NAMES = tuple("id|item id|itemid|uid|uuid|guid|key|code|sku|symbol|ticker|slug|isbn|kennziffer|kennung".split("|"))
_CALLED_ID = frozenset("id|item id|itemid|uid|uuid|guid".split("|"))
"""Names that can mean nothing else: a few rows without one are bad rows, and no reason to look for another column."""
_SLIPS = 2
_NUMBERING = tuple("ref reference number no nr nummer numero".split())
"""Names of ids that may as well number something else, such as the houses of a street."""
_ENDS_AS_ID = re.compile(r"(?: |[a-z])id$")
_ENDS_AS_NUMBER = re.compile(
    r"kennziffer"
    r"|(?:kennung|nummer|number|\bnr|[a-z]{3}nr|referenz|\b(?:no|sku|ref))$"
    r"|(?:reference|numero)(?: (?:de|du|d|of)\b.*)?$"
)
_NUMBERS_OTHER_THINGS = re.compile(
    r"phone|telefon|\btel|mobil|handy|fax|haus|house|street|rue\b|post|zip|plz|konto|account|compte|bank|steuer|tax|vat"
    r"|kunde|customer|client|floor|etage|room|zimmer|version|seite|page"
)
_CHANGES = re.compile(
    r"price|preis|prix|precio|prezzo|cost|kosten|\bfees?\b|gebuhr|salary|gehalt|lohn|salaire|\brent\b|miete|loyer|amount"
    r"|betrag|montant|revenue|umsatz|budget|\b(?:eur|euros?|usd|gbp|chf)\b"
    r"|(?<!candi)date|datum|fecha|timestamp|\btime\b|uhrzeit|created|updated|modified|posted|published|deadline"
    r"|\b(?:lat|lon|lng|long)\b|latitud|longitud|breitengrad|langengrad|coord|koord"
)
"""Names of what a thing has and may have anew tomorrow: prices, times and places, each of which may be different in
every row, and names nothing."""
_COUNTS_ROWS = re.compile(r"(?:unnamed \d+|column \d+|index|level \d+|row(?: number)?|zeile|lfd nr|laufende nummer|)$")
"""Names that spreadsheets and data frames give to the number of a row."""
_TITLE_NAMES = tuple(
    "title|name|product name|product|headline|label|heading|"
    "titel|bezeichnung|produkt|titre|intitule|nom|titulo|nombre|titolo|nome".split("|")
)
_OF_FIRMS = ("company name", "company", "firma")
"""Names of titles, but for where a firm offers the thing that another column names."""
_ENDS_AS_TITLE = re.compile(
    r"(?:titel|title|titre|intitule|bezeichnung|libelle|designation)(?: (?:de|du|des|d|der|of)\b.*)?$"
    r"|(?:job|stell|position|produ[kc]t|artikel|article|item|objekt|proje[kc]t|modell?|kurs|course|event)"
    r"\w{0,40} ?name$"
    r"|nom (?:du|de l|de la|d) ?(?:produit|poste|article|offre|objet|projet)"
)
_TITLES_OTHER_THINGS = re.compile(
    r"sub|unter|sous|meta|seo|\bog\b|page|seite|site|html|contact|kontakt|person|ansprech|ceo|founder|author|autor|categ|kateg|industr|branch"
    r"|group|gruppe|brand|marke|compan|firm|unternehmen|entreprise|employer|arbeitgeber|orts|city|country|land|region"
)
_NAMES_FIRMS = re.compile(r"(?:firm|compan|unternehm|entreprise|arbeitgeber|employer)\w{0,40} ?(?:name|bezeichnung)$")
_ENDS_AS_NAME = re.compile(r"(?: (?:title|name)|[a-z]{3}name)$")
_NAMES_TOO = re.compile(r"\b(?:title|name)\b")
_NAMES_OTHERS = re.compile(r"vorname|nachname|surname|username|filename|dateiname|hostname|nickname|forename")
_TEXT_NAMES = tuple(
    "text description summary body content abstract overview about bio details pitch "
    "beschreibung inhalt zusammenfassung texte resume descripcion resumen descrizione".split()
)
_ENDS_AS_TEXT = re.compile(
    r"description|summary|pitch|one ?liner|tagline|overview|abstract|biograph|content|beschreibung"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+\d.,:/ %]+$")
_AMOUNT = re.compile(
    r"(?:[A-Z]{3}\s?|[$€£¥]\s?)?(?=[-+.,:/]*\d)[-+\d.,:/]++\s?[^\W\d_]{0,4}[²³%$€£¥]?(?:/[^\W\d_]{1,4})?$"
)
"""A number with its unit, before or behind it: "£43k", "1.250,00 €", "78 m²", "EUR 12", "14 €/h"."""
_MEASURE = re.compile(
    r"[-+]?\d+[.,]\d+$|[-+]?\d{1,3}(?:[.,' ]\d{3})*[.,]\d\d$|[-+]?\d+\.\d+\s?[,;]\s?[-+]?\d+\.\d+$"
    r"|(?:\d{4}([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2\d{2}(?:\d\d)?)(?:[T ][\d:.]+(?:Z|[-+][\d:]+)?)?$"
)
"""A number with decimals, two of them as of a place on a map, or a date with or without the time."""
_LONGEST_AMOUNT = 40
_CODE = re.compile(r"(?=\S*\d)[A-Za-z\d][A-Za-z\d./_-]*$")
_WORDED = 30
"""A cell of text that says something has this many characters at least, where no column is long or named as text."""
_SEVERAL_WORDS = re.compile(r"\S\s|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{6}")
"""White space, or a run of letters of a script that writes words without it: Thai, Lao, Burmese, Khmer, Japanese,
Chinese."""

NAMED_AT_MOST = 10
"""Names of columns that a sentence lists before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are named; what is empty is not. field may hold "*": all that are left but `without`."""

    id: str = ""
    title: str = ""
    text: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def told(self) -> bool:
        """Whether anything is named at all."""
        return bool(self.id or self.title or self.text or self.field)


# --- deciding ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a column looks like in the first rows: shares in [0, 1], lengths in characters.

    key: its name in lower case, without accents, and with a space between its words. counts: it numbers the rows.
    empty: rows without a value. measures: decimals, dates and places on a map.
    """

    name: str
    key: str
    counts: bool
    empty: int
    filled: float
    unique: float
    usual: int
    longest: int
    worded: float
    numbers: float
    amounts: float
    codes: float
    measures: float
    addresses: float
    nested: float


def decide(
    columns: Columns, sample: Sequence[Row], source: str, guess: Collection[str] | None = None
) -> tuple[Columns, tuple[str, ...]]:
    """The columns to use and, where something was guessed, sentences that say what and why.

    guess: which of "id", "title", "text" and "field" are guessed where they are not named; without it all are, but for
    fields where anything is named.
    Raises SourceError source.mapping for a named column that is not there.
    """
    names = list(dict.fromkeys(name for row in sample for name in row.values))
    told = Columns(
        _known(columns.id, names, source) if columns.id else "",
        _known(columns.title, names, source) if columns.title else "",
        tuple(_known(name, names, source) for name in columns.text),
        tuple(name if name == "*" else _known(name, names, source) for name in columns.field),
    )
    if not sample:
        return told, ()
    profiles = [_profile(name, [row.values.get(name, "") for row in sample]) for name in names]
    counting = tuple(
        p.name for p in profiles if p.counts and p.name not in (told.id, told.title, *told.text, *told.field)
    )
    if guess is None:
        guess = ("id", "title", "text") if told.told else ("id", "title", "text", "field")
    return _completed(replace(told, without=counting), profiles, source, guess)


def _completed(
    told: Columns, profiles: list[_Profile], source: str, guess: Collection[str]
) -> tuple[Columns, tuple[str, ...]]:
    used = {told.id, told.title, *told.text, *told.field, *told.without}
    inside = _made_of_objects(profiles)
    free = [profile for profile in profiles if profile.name not in used | set(inside)]
    chosen, said = told, []
    if not told.id and "id" in guess:
        found, why = _id_among(free)
        if not found and told.without:
            found, why = told.without[0], "it counts the rows; name a better one, if there is one"
        chosen = replace(chosen, id=found)
        said.append(
            f"id is {quoted(found)} ({why})" if found else "no column can be the id, so it is made from the content"
        )
        free = [profile for profile in free if profile.name != found]
    if not told.title and "title" in guess:
        found, why = _title_among(free)
        chosen = replace(chosen, title=found)
        said.append(f"title is {quoted(found)} ({why})" if found else "no column looks like a title")
        free = [profile for profile in free if profile.name != found]
    if not told.text and "text" in guess:
        texts = _texts_among(free, needed=not chosen.title)
        chosen = replace(chosen, text=texts)
        said.append(f"text is {quoted(*texts)} (long, or so named)" if texts else "no column looks like text")
        free = [profile for profile in free if profile.name not in texts]
    if not chosen.title and not chosen.text:
        raise SourceError(
            f"{source} has no column with words to search in; say --text: there are {quoted(*_names(profiles))}",
            code="source.mapping",
        )
    if "field" in guess:
        left = {p.name for p in free}.union(inside) - used.union(inside.values())
        fields = tuple(p.name for p in profiles if p.name in left and p.usual <= SHORT and p.filled > 0)
        chosen = replace(chosen, field=fields)
        said += [f"fields are {quoted(*fields)} (short)"] if fields else []
        idle = [name for name in told.without if name != chosen.id]
        said += [f"{quoted(*idle)} only counts the rows and is left out"] if idle else []
    plain = replace(chosen, without=()) == Columns("id", "title", ("text",)) and not chosen.without
    if not said or plain:
        return chosen, ()
    if not told.told and _is_a_row(chosen):
        said.insert(0, "the first line names no columns but looks like a row: write names above it")
    return chosen, (f"{source}: {'; '.join(said)}. Say --id, --title, --text or --field to choose others.",)


def _made_of_objects(profiles: Sequence[_Profile]) -> dict[str, str]:
    """The columns that were made of objects, "company.name", each with the object's own column.

    They are guessed to be fields alone: the id and title in an object are mostly those of another thing.
    """
    objects = [p.name for p in profiles if p.nested >= 0.5]
    return {p.name: whole for p in profiles for whole in objects if p.name.startswith(f"{whole}.")}


def _is_a_row(chosen: Columns) -> bool:
    """Whether the names of the columns look like values: a number names the ids, or the title."""
    return any(_NUMBER.match(name) for name in (chosen.id, chosen.title) if name)


def _names(profiles: Sequence[_Profile]) -> list[str]:
    return [profile.name for profile in profiles]


def quoted(*names: str) -> str:
    """The names in quotation marks; of many, the first and how many more there are."""
    said = ", ".join(f'"{name}"' for name in names[:NAMED_AT_MOST])
    return said if len(names) <= NAMED_AT_MOST else f"{said} and {len(names) - NAMED_AT_MOST:,} more"


def _known(wanted: str, names: Sequence[str], source: str) -> str:
    if not names or wanted in names:
        return wanted
    folded = {name.casefold(): name for name in names}
    if wanted.casefold() in folded:
        return folded[wanted.casefold()]
    near = difflib.get_close_matches(wanted, names, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are {quoted(*names)}"
    raise SourceError(f'{source} has no column "{wanted}"; {hint}', code="source.mapping")


def _profile(name: str, values: Sequence[str]) -> _Profile:
    filled = [value.strip() for value in values if value.strip()]
    n = max(1, len(filled))
    lengths = sorted(map(len, filled)) or [0]
    amounts = [len(value) <= _LONGEST_AMOUNT and bool(_AMOUNT.match(value)) for value in filled]
    numbers = [bool(_NUMBER.match(value)) for value in filled]
    return _Profile(
        name,
        key := _key(name),
        bool(_COUNTS_ROWS.match(key)) and len(filled) == len(values) and _ascending(filled),
        len(values) - len(filled),
        len(filled) / max(1, len(values)),
        len(set(filled)) / n,
        lengths[int(0.9 * (len(lengths) - 1))],
        lengths[-1],
        sum(not amount and bool(_SEVERAL_WORDS.search(value)) for value, amount in zip(filled, amounts, strict=True))
        / n,
        sum(numbers) / n,
        sum(map(max, numbers, amounts)) / n,
        sum(bool(_CODE.match(value)) for value in filled) / n,
        sum(bool(_MEASURE.match(value)) for value in filled) / n,
        sum(bool(_ADDRESS.match(value)) for value in filled) / n,
        sum(value[0] in "[{" and value[-1] in "]}" for value in filled) / n,
    )


def _key(name: str) -> str:
    """The name in lower case, without accents, and with a space between its words: "jobTitle", "job_title"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", unicodedata.normalize("NFC", name))
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))
    return plain.casefold().strip()


def _ascending(values: Sequence[str]) -> bool:
    """Whether these are whole numbers, each above the one before it."""
    if not all(value.isdecimal() and len(value) < 16 for value in values):
        return False
    numbers = [int(value) for value in values]
    return all(one < other for one, other in pairwise(numbers))


def _named(
    profiles: Sequence[_Profile],
    names: Sequence[str],
    ending: re.Pattern[str] | None = None,
    never: re.Pattern[str] | None = None,
) -> list[_Profile]:
    """Those whose key is one of these, in the order of `names`, then those whose key ends so, but for some."""
    exact = [p for name in names for p in profiles if p.key == name]
    ends = [p for p in profiles if ending and ending.search(p.key) and not (never and never.search(p.key))]
    return exact + [p for p in ends if p not in exact]


def _id_among(profiles: Sequence[_Profile]) -> tuple[str, str]:
    short = [p for p in profiles if p.longest <= LONGEST_ID]
    fit = [p for p in short if p.filled >= 0.9]
    distinct = [p for p in fit if p.unique >= 0.95]
    named = (
        _named([p for p in short if p.unique >= 0.5 and (p in fit or _is_id(p))], _ID_NAMES)
        or _named([p for p in fit if p.unique >= 0.9], (), _ENDS_AS_ID)
        or _named([p for p in distinct if p.key not in _NUMBERING], (), _ENDS_AS_NUMBER, _NUMBERS_OTHER_THINGS)
        or _named(distinct, _NUMBERING)
    )
    if named:
        return named[0].name, "by its name"
    for p in fit:
        if p.filled == p.unique == 1 and p.worded == 0 and p.usual <= 64 and not _may_change(p):
            return p.name, "short, filled and different in every row"
    return "", ""


def _is_id(profile: _Profile) -> bool:
    """Whether it is called an id and hardly any row, of few rows, is without."""
    return profile.key in _CALLED_ID and profile.filled > 0.5 and profile.empty <= _SLIPS


def _may_change(profile: _Profile) -> bool:
    """Whether it names, prices, dates or places a thing, or is an address of somebody: no id, as it may change."""
    if profile.key in (*_TITLE_NAMES, *_OF_FIRMS) or "mail" in profile.key or _CHANGES.search(profile.key):
        return True
    return profile.measures >= 0.5 or (profile.amounts >= 0.5 and max(profile.numbers, profile.codes) < 0.5)


def _title_among(profiles: Sequence[_Profile]) -> tuple[str, str]:
    words = [p for p in profiles if p.filled >= 0.5 and 0 < p.usual <= SHORT and max(p.numbers, p.addresses) < 0.5]
    fit = [p for p in words if p.amounts < 0.5]
    named = (
        _named(words, _TITLE_NAMES, _ENDS_AS_TITLE, _TITLES_OTHER_THINGS)
        or _named(words, _OF_FIRMS, _NAMES_FIRMS)
        or _named(words, (), _ENDS_AS_NAME, _NAMES_OTHERS)
        or _named(fit, (), _NAMES_TOO)
    )
    if named:
        return named[0].name, "by its name"
    short = [p for p in fit if p.usual <= 100 and p.codes < 0.5]
    for p in short:
        if p.unique >= 0.8:
            return p.name, "short and mostly different"
    longest = max((p.usual for p in fit if p.worded >= 0.8), default=0)
    for p in short:
        if p.unique >= 0.2 and p.worded >= 0.8 and 2 * p.usual <= longest:
            return p.name, "short, of words, and before a longer text"
    return "", ""


def _texts_among(profiles: Sequence[_Profile], *, needed: bool) -> tuple[str, ...]:
    """Columns of text in the order of the file; `needed` takes the likeliest one, where none is sure."""
    fit = [p for p in profiles if max(p.addresses, p.amounts, p.nested) < 0.5 and (p.filled > 0 or p.name == "text")]
    named = _named(fit, _TEXT_NAMES, _ENDS_AS_TEXT)
    long = [p for p in fit if p.usual >= 100 and p.worded >= 0.8]
    chosen = {p.name for p in (*named, *long)}
    if not chosen and (
        likely := [p for p in fit if needed or (p.worded >= 0.5 and (p.unique >= 0.5 or p.usual >= _WORDED))]
    ):
        chosen = {max(likely, key=lambda p: (p.worded >= 0.5, p.usual)).name}
    return tuple(p.name for p in profiles if p.name in chosen)


# --- rows as pages ----------------------------------------------------------------------------------------------------


def page_of(row: Row, columns: Columns, source: str) -> Page | Rejected:
    """The row as a page; Rejected where its id cannot be one, or it says nothing in title and text."""
    values = row.values
    title = guard.storable(values.get(columns.title, "").strip())
    text = "\n".join(part for name in columns.text if (part := values.get(name, "").strip()))
    body = text.encode("utf-8", "surrogatepass")
    if _blank(title) and _blank(text):
        advice = f"fill {quoted(*filter(None, (columns.title, *columns.text))) or 'a column'}, or leave the row out"
        return rejected(source, row.line, "the row has neither a title nor text", advice, " ".join(values.values()))
    fields = _fields(values, columns)
    item = guard.printable(values.get(columns.id, ""))[0].strip() if columns.id else content_id(title, body)
    wrong = _wrong_id(item)
    if wrong:
        return rejected(source, row.line, wrong, f'give each row a short "{columns.id}" of its own', title or text)
    return Page(ItemId(item), "text", title, body, fields, "", source, row.line)


def _blank(text: str) -> bool:
    return not text or (len(text) <= SHORT and guard.says_nothing(guard.printable(text)[0]))


def _wrong_id(item: str) -> str:
    if not item:
        return "the row has no id"
    return f"the id is {len(item):,} characters long, over {LONGEST_ID}" if len(item) > LONGEST_ID else ""


def _fields(values: Mapping[str, str], columns: Columns) -> dict[str, str]:
    names: Sequence[str] = columns.field
    if "*" in names:
        taken = {columns.id, columns.title, *columns.text, *columns.without}
        whole = {name.partition(".")[0] for name in values if "." in name}
        taken |= {name for name in whole if values.get(name, "")[:1] in ("{", "[")}
        names = [name for name in values if name not in taken]
    kept = ((guard.storable(name), guard.storable(values.get(name, "").strip())) for name in names)
    return {name: value for name, value in kept if value}
