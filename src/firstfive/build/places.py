"""Places in text, from the narrow to the wide: "Columbus, Ohio" is ("Columbus", "Ohio", "United States").

A small town is read where it stands before a place of the list: "Waupaca County, Wisconsin".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from firstfive.features.dates import MONTH_NAMES
from firstfive.features.gazetteer import Chain, chains, codes, level


class Place(NamedTuple):
    """A place where it stands in a text."""

    chain: Chain
    start: int
    end: int


_CAPITAL = re.compile(r"(?<![\w.@/-])(?:[^\W\d_a-zß-öø-ÿ][\w.]*\w|the States)")
_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_WORD = r"[^\W\d_a-zß-öø-ÿ][\w'’.-]*\w"
_SMALL = r"(?:(?:of|de|di|am|an der|upon|la|le|bei|im|nad|pod|sur|auf|na|del|do|da)[ -])?"
_NAME = rf"{_WORD}(?:[ -]{_SMALL}{_WORD}){{0,3}}"
_TOWN_BEFORE = re.compile(rf"(?<![\w'’.-])(?P<town>{_NAME})(?:, | \()$")
_TOWN = re.compile(_NAME)
_TOWN_STATE = re.compile(rf"(?<![\w'’.-])(?P<town>{_NAME}), (?P<code>[A-Z]{{2}})(?![\w'’])")
_NO_TOWN = frozenset(
    "in the a our we based located from and headquartered across with both at for serving europe asia africa north "
    "south "
    "east west latin eastern western central inc llc ltd gmbh corp co".split()
).union(MONTH_NAMES["en"])
_LIST_GOES_ON = re.compile(r"(?:,| and| or| &) (?=[A-Z])")
_MORE = re.compile(
    r"-[A-Z]|(?: |['’]s )(?:University|College|Bank|Times|Street|Road|Avenue|Consulting|Business School|Capital|"
    r"Ventures|"
    r"Partners|Airport|Dynamics|Pi\b|Hilton|Agreement|Bridge|Stock Exchange|Park\b|Giants|Institute|School)"
)
_CUE = re.compile(
    r"(?:\b(?:based|headquartered|located|domiciled|situated|incorporated|headquarters|HQ|HQ'd)(?: is| are|:)?"
    r"(?: proudly| right| here| just)?(?: in| at| near| outside| out of|)(?: the)?"
    r"(?: (?:city|town|heart|state|suburbs|outskirts) of)?|\b(?:mit )?Sitz (?:in|bei)|\bansässig in"
    r"|\b(?:basée?|située?|installée?|implantée?) (?:à|en|au|près de|aux)|\bsiège (?:à|en)|\b(?:con )?sede (?:in|a|en|"
    r"em)"
    r"|\bubicada en|\bgevestigd (?:in|te)|\bz siedzibą w) ",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:^|[,.;:(–—-]|\b(?:is|are|was|we|company|firm|business|and|currently|centrally))\s*$", re.IGNORECASE
)
_BASED = re.compile(r"-based\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:customers|clients|companies|businesses|users|people|founders|investors|teams|startups|suppliers|engineers|"
    r"developers|students|families|merchants|workers|employees|subsidiary|subsidiaries|partner|plant|warehouse|office|"
    r"branch|"
    r"factory|fund|investor|servers?|data cent(?:er|re)s?|those|anyone|someone|not|cloud|web|evidence|projects?|"
    r"propert(?:y|ies)|"
    r"mines?|claims|hectares|concessions?|facilit(?:y|ies)|plants|stores|hotels|farms|assets?|field|deposits?|"
    r"colliery|segment)\s+"
    r"(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)


@lru_cache(maxsize=32)
def places(text: str) -> tuple[Place, ...]:
    """The places of the list that the text names, in order, each with what stands before it as "Town, Region" does.

    Cost: about 0.1 ms a thousand characters of prose; the texts asked about last are remembered.
    """
    found: list[Place] = []
    for match in _CAPITAL.finditer(text):
        if found and match.start() < found[-1].end:
            continue
        named = _with_state(text, match.start()) or _named_at(text, match.start())
        if named:
            found.append(named)
    return tuple(_joined(text, found))


def place_of(text: str) -> Chain | None:
    """The chain of a text that is a place and nothing else, such as a cell of a table; ISO codes are read too."""
    said = text.strip().strip(".")
    if _CODE.fullmatch(said):
        return codes().get(said) or codes().get(said[:2])
    found = places(said)
    if len(found) == 1 and len(said) - (found[0].end - found[0].start) <= 2:
        return found[0].chain
    return None


def said_places(text: str) -> Iterator[Place]:
    """The places where the text says that something is at home: "based in", "Sitz in", "San Francisco-based".

    A town that is on no list is a chain of itself alone. The span has the cue in it.
    """
    found = places(text)
    by_start = {place.start: place for place in found}
    for cue in _CUE.finditer(text):
        if _OTHERS.search(text, max(0, cue.start() - 60), cue.start()) or _of_things(text, cue):
            continue
        place = by_start.get(cue.end()) or _town_at(text, cue)
        if place:
            yield Place(place.chain, cue.start(), place.end)
    for place in found:
        based = _BASED.match(text, place.end)
        if based:
            yield Place(place.chain, place.start, based.end())


def _of_things(text: str, cue: re.Match[str]) -> bool:
    """Whether "located in" follows a noun, as in "a warehouse located in": it is that thing's place."""
    return cue.group().casefold().startswith(("located", "situated")) and not _SUBJECT.search(
        text, max(0, cue.start() - 30), cue.start()
    )


def _town_at(text: str, cue: re.Match[str]) -> Place | None:
    """A town of no list, right after a cue that ends in "in" or the like."""
    town = _TOWN.match(text, cue.end())
    if (
        not town
        or not cue.group().rstrip().endswith((" in", " à", " te"))
        or town.group().split()[0].casefold() in _NO_TOWN
    ):
        return None
    return Place((town.group(),), town.start(), town.end())


# --- reading ----------------------------------------------------------------------------------------------------------


@cache
def _beginnings() -> Mapping[str, tuple[str, ...]]:
    """The names by their first word, the longest first."""
    found: dict[str, list[str]] = {}
    for name in chains():
        first = _CAPITAL.match(name)
        found.setdefault(first.group() if first else name, []).append(name)
    return {word: tuple(sorted(names, key=len, reverse=True)) for word, names in found.items()}


def _named_at(text: str, start: int) -> Place | None:
    """The longest name of the list that begins here, and is not the beginning of something else's."""
    match = _CAPITAL.match(text, start)
    if not match:
        return None
    word = match.group()
    for name in _beginnings().get(word) or _beginnings().get(word.rstrip(".")) or _beginnings().get(f"{word}.") or ():
        end = start + len(name)
        if text.startswith(name, start) and not text[end : end + 1].isalnum() and not _MORE.match(text, end):
            return Place(chains()[name], start, end)
    return None


def _with_state(text: str, start: int) -> Place | None:
    """A town with the postal code of its state: "Portland, ME"."""
    match = _TOWN_STATE.match(text, start)
    region = match and (codes().get(f"US-{match['code']}") or codes().get(f"CA-{match['code']}"))
    if not match or not region or match["town"].split()[0].casefold() in _NO_TOWN:
        return None
    known = chains().get(match["town"])
    return Place((known[0] if known else match["town"], *region), start, match.end())


def _joined(text: str, found: list[Place]) -> list[Place]:
    """Neighbours that are one place ("Columbus, Ohio", "Paris, Texas") put together, towns of no list added."""
    whole: list[Place] = []
    for place in found:
        before = whole[-1] if whole else None
        if before and _lies_in(text, before, place):
            whole[-1] = Place(_nested(before.chain, place.chain), before.start, place.end)
        else:
            whole.append(_with_town(text, place, before.end if before else 0))
    return whole


def _lies_in(text: str, narrow: Place, wide: Place) -> bool:
    """Whether the second place says where the first one is, and is not the next of a list."""
    if text[narrow.end : wide.start] not in {", ", " (", ",", " in "} or level(wide.chain) == "city":
        return False
    if level(narrow.chain) == "country":
        return False
    if level(narrow.chain) == "city" and level(wide.chain) == "region":
        return True
    return set(wide.chain) <= set(narrow.chain) or not _LIST_GOES_ON.match(text, wide.end)


def _nested(narrow: Chain, wide: Chain) -> Chain:
    """The narrow place in the wide one; a city of the list keeps its region where that lies in the wide one."""
    return narrow if set(wide) <= set(narrow) else (narrow[0], *wide)


def _with_town(text: str, place: Place, after: int) -> Place:
    """With the town that stands before: "Waupaca County, Wisconsin"."""
    if level(place.chain) == "city":
        return place
    head = text[max(after, place.start - 60) : place.start]
    town = _TOWN_BEFORE.search(head)
    if not town or town["town"].split()[0].casefold() in _NO_TOWN:
        return place
    return Place((town["town"], *place.chain), place.start - len(head) + town.start("town"), place.end)
