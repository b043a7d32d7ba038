"""What a page's JSON-LD says of the one thing that the page is about, as short fields.

Pages also describe their site, the way to them and things like theirs; none of that is taken:

1. what a page names as its `mainEntity`;
2. else what is called as the page's title says, at its beginning rather than within;
3. else the only thing that says it is a page's main one, or the only thing there is, unless it is a firm, which is
   mostly the site's own: where the title has half of the telling words of its name.

The blocks are whatever a stranger wrote: those that are too long, nested too deeply or broken count as none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from html import unescape
from typing import Any

from firstfive import guard
from firstfive.features import numerals

LARGEST = 500_000
"""Bytes of a block above which it is left out."""
MOST_BLOCKS, MOST_NODES, MOST_PARTS = 20, 300, 50
"""How many blocks of a page, things in them, and offers or hours of a thing are looked at."""
TELLING = 4
"""Letters of a word from which it tells what a page is about."""
LONGEST = 64
"""Characters of a value above which it is no field: it would not filter."""

Node = Mapping[str, Any]

_OPENS = re.compile(rb"<!--|<script\b([^<>]{0,500})>", re.IGNORECASE)
_CLOSES = re.compile(rb"</script", re.IGNORECASE)
_LINKED = re.compile(rb"application/ld\+json", re.IGNORECASE)
_WRAPPING = re.compile(r"(?://)?\s{0,9}(?:<!--|<!\[CDATA\[)")
_WRAPPED_BY = ("//]]>", "// ]]>", "]]>", "//-->", "-->", ";")

_WORD = re.compile(r"[^\W_]+")

_WHAT_FOR = ("for", "with", "für", "mit", "pour", "avec")
"""Before the name of a thing, so that the title is of another one: "Case for Drill 12"."""
_ABOUT_THE_PAGE = re.compile(
    r"(?:WebPage|WebSite|\w+Page|BreadcrumbList|ItemList|\w*Action|ImageObject|VideoObject|MediaObject|ListItem"
    r"|SiteNavigationElement|WP\w+|SpeakableSpecification|ReadAction|Question|Answer|Review|Comment|Rating"
    r"|AggregateRating|PostalAddress|Offer|AggregateOffer|Brand)$"
)
_A_FIRM = re.compile(r"(?:\w*Organization|Corporation|Person|LocalBusiness|\w*Store|\w*Business|\w*Agency)$")


def said_of(body: bytes, title: str, encoding: str = "") -> dict[str, str]:
    """The fields of the page's main thing, by the names that the guide lists; none where it is not clear which it is.

    Cost: nothing for a page without JSON-LD, and some 50 microseconds for a usual block.
    """
    nodes = list(_nodes(body, encoding))
    thing = _main(nodes, title) if nodes else None
    if thing is None:
        return {}
    known = {str(node["@id"]): node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    found = ((name, take(_Thing(thing, known))) for name, take in FIELDS.items())
    return {name: value for name, value in found if value}


# --- what stands on the page ------------------------------------------------------------------------------------------


def _blocks(body: bytes, encoding: str) -> Iterator[object]:
    """What the page's blocks hold, outside comments; each byte is looked at once."""
    at = read = 0
    while read < MOST_BLOCKS and (opens := _OPENS.search(body, at)):
        comment = opens[0] == b"<!--"
        closes = None if comment else _CLOSES.search(body, opens.end())
        end = body.find(b"-->", opens.end()) if comment else closes.start() if closes else -1
        if end < 0:
            return
        if not comment and _LINKED.search(opens[1]):
            read += 1
            yield _decoded(body[opens.end() : end], encoding)
        at = end


def _decoded(block: bytes, encoding: str) -> object:
    if len(block) > LARGEST:
        return None
    text = guard.decode(block, encoding).strip()
    text = text[begins.end() :] if (begins := _WRAPPING.match(text)) else text
    for end in _WRAPPED_BY:
        text = text.removesuffix(end)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(body: bytes, encoding: str) -> Iterator[Node]:
    """The things that the page's blocks describe, those of lists and graphs one by one, first what they are about."""
    found = 0
    for block in _blocks(body, encoding) if b"ld+json" in body.lower() else ():
        for node in _inside(block, 3):
            found += 1
            if found > MOST_NODES:
                return
            yield node


def _inside(value: object, levels: int) -> Iterator[Node]:
    for node in _dicts(value):
        yield node
        for name in ("@graph", "mainEntity"):
            if levels and name in node:
                yield from _inside(node[name], levels - 1)


def _dicts(value: object) -> Sequence[Node]:
    several = value[:MOST_NODES] if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, dict)]


# --- which of it the page is about ------------------------------------------------------------------------------------


def _main(nodes: Sequence[Node], title: str) -> Node | None:
    things = [node for node in nodes if (types := _types(node)) and not any(map(_ABOUT_THE_PAGE.match, types))]
    named = [one for node in nodes for one in _dicts(node.get("mainEntity"))]
    own, ids = {id(one) for one in named}, {one["@id"] for one in named if isinstance(one.get("@id"), str)}
    main = [one for one in things if id(one) in own or _text(one.get("@id")) in ids]
    if len(main) == 1:
        return main[0]
    words = _words(title)
    sites = {word for node in nodes if _is_a_firm(node) or "WebSite" in _types(node) for word in _name(node).split()}
    return _called([*things, *_variants(things)], words) or _only(things, set(words.split()) - sites)


def _variants(things: Sequence[Node]) -> list[Node]:
    """What groups of products hold, each with what is said of its group."""
    every = [(one, variant) for one in things for variant in _dicts(one.get("hasVariant"))[:MOST_PARTS]]
    return [{**one, "hasVariant": None, **variant} for one, variant in every[:MOST_NODES] if variant.get("name")]


def _called(things: Sequence[Node], title: str) -> Node | None:
    """What the title says the name of; a firm's must stand first, since sites put their own name behind."""
    named = [(name, one) for one in things if (name := _name(one)) and name in title]
    first = [(len(name), -at) for at, (name, _) in enumerate(named) if title.startswith(name)]
    within = [
        (len(name), -at)
        for at, (name, one) in enumerate(named)
        if not _is_a_firm(one) and not any(f" {word}{name}" in title for word in _WHAT_FOR)
    ]
    return named[-max(first or within)[1]][1] if first or within else None


def _only(things: Sequence[Node], title: Collection[str]) -> Node | None:
    """The only thing there is, or that says it is a page's main one, where the title has half of its name's words."""
    others = [node for node in things if not _is_a_firm(node)]
    main = others if len(others) == 1 else [node for node in things if node.get("mainEntityOfPage")]
    telling = {word for word in _name(main[0]).split() if len(word) >= TELLING} if len(main) == 1 else set()
    return main[0] if telling and 2 * len(telling.intersection(title)) >= len(telling) else None


def _name(node: Node) -> str:
    return _words(_text(node.get("name")) or _text(node.get("headline")))


def _is_a_firm(node: Node) -> bool:
    return any(map(_A_FIRM.match, _types(node)))


def _types(node: Node) -> list[str]:
    said = node.get("@type")
    several = said if isinstance(said, list) else [said]
    return [re.split(r"[/#:]", one)[-1] for one in several[:10] if isinstance(one, str)]


def _words(text: str) -> str:
    """The words between spaces, in lower case, so that one text stands whole within another."""
    words = " ".join(_WORD.findall(text.casefold()))
    return f" {words} " if words else ""


# --- what is said of it -----------------------------------------------------------------------------------------------


class _Thing:
    """A thing whose parts may stand elsewhere on the page, where only their @id says which."""

    def __init__(self, node: Node, known: Mapping[str, Node]) -> None:
        self._node = node
        self._known = known

    def parts(self, *path: str) -> list[_Thing]:
        """What stands at the end of the path, of lists each."""
        here = [self._node]
        for name in path:
            here = [self._known.get(str(one.get("@id")), one) for node in here for one in _dicts(node.get(name))]
        return [_Thing(node, self._known) for node in here[:MOST_PARTS]]

    def text(self, *names: str) -> str:
        """The first of these properties that is a short text, or has a name that is."""
        for name in names:
            value = self._node.get(name)
            first = value[0] if isinstance(value, list) and value else value
            named = first.get("name") if isinstance(first, dict) else first
            if text := _text(named):
                return text
        return ""

    def price(self, currency: str = "") -> tuple[str, str]:
        """Its price and currency, which is the given one where it says none."""
        return number(self.text("price", "lowPrice")), self.text("priceCurrency") or currency

    def is_charge(self) -> bool:
        """Whether it is a price of something besides, or of a part."""
        return any(map(_A_CHARGE.search, _types(self._node))) or any(self._node.get(name) for name in _OF_PART)

    def texts(self, name: str) -> list[str]:
        """All texts of this property."""
        value = self._node.get(name)
        return [text for one in (value if isinstance(value, list) else [value])[:MOST_PARTS] if (text := _text(one))]


def _text(value: object) -> str:
    """A value as a line that a reader can see; empty for what is none, or is too long to be a value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, str) and len(value) > 10 * LONGEST:
        return ""
    line = " ".join(guard.printable(unescape(str(value)))[0].split())
    return line if len(line) <= LONGEST and not guard.says_nothing(line) else ""


_NUMBER = re.compile(
    r"(?P<before>[^\d-]{0,4}?)(?P<digits>\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d{1,2})?|\d[\d.,]{0,14}?)"
    r"(?P<round>[.,]?[-–—])?(?P<after>\D{0,4})"
)
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:([ \u00a0\u202f'’.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?")
_POINT = re.compile(r"(\d{1,12})[.,](\d{1,12})")


def number(text: str) -> str:
    """A price or a rating in digits: "1299" of "1,299.00", "£1299", "1 299 €" and "1.299,00 €". Empty for what is none.

    A point is decimal, as schema.org says; before three digits it is one of thousands where a currency or ",-" says
    that people were to read it: "1.299 €" is 1299 and "25.000" is 25.
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        return ""
    digits = found["digits"]
    read = bool(found["round"] or found["before"].strip() or found["after"].strip())
    one = _POINT.fullmatch(digits)
    if one and len(one[2]) == 3 and (one[1].startswith("0") or ("." in digits and not read)):
        value = float(f"{one[1]}.{one[2]}")
    elif _GROUPS.fullmatch(digits) or one or re.fullmatch(r"\d{1,12}", digits):
        value = numerals.number(digits)
    else:
        return ""
    return f"{value:.3f}".rstrip("0").rstrip(".")


_A_CHARGE = re.compile(r"(?:Delivery|Payment)Charge|ShippingRate")
_OF_PART = ("referenceQuantity", "billingDuration", "billingIncrement")


def _prices(offer: _Thing) -> Iterator[tuple[str, str]]:
    """The offer's price with its currency; only one without takes them from what specifies it."""
    own = offer.price()
    specified = (part.price(own[1]) for part in offer.parts("priceSpecification") if not part.is_charge())
    yield from [own] if own[0] else (one for one in specified if one[0])


def _offer(thing: _Thing) -> tuple[str, str]:
    """The lowest price that the thing, or one of its variants, is offered at, and its currency.

    None where currencies differ: they do not compare. What costs nothing counts where nothing else is offered.
    """
    offers = [*thing.parts("offers"), *thing.parts("offers", "offers")] or thing.parts("hasVariant", "offers")
    priced = [price for offer in offers for price in _prices(offer)]
    paid = [price for price in priced if float(price[0])] or priced
    if len({currency for _, currency in paid if currency}) > 1 or not paid:
        return "", ""
    return min(paid, key=lambda one: float(one[0]))


def _rating(thing: _Thing) -> str:
    """The rating on a scale up to 5, which is schema.org's where nothing else is said; others do not compare."""
    for one in thing.parts("aggregateRating"):
        counts = [number(said) for name in ("ratingCount", "reviewCount") if (said := one.text(name))]
        best, rating = number(one.text("bestRating") or "5"), number(one.text("ratingValue"))
        if best == "5" and rating and 0 < float(rating) <= 5 and (not counts or set(counts) != {"0"}):
            return rating
    return ""


def _address(name: str) -> Callable[[_Thing], str]:
    """A part of the address of the thing, or of the place where it is."""
    ways = (("address",), ("location", "address"), ("jobLocation", "address"))
    return lambda thing: next((said for way in ways for one in thing.parts(*way) if (said := one.text(name))), "")


def _day(*names: str) -> Callable[[_Thing], str]:
    """A date without its time of day."""

    def day(thing: _Thing) -> str:
        found = re.match(r"\d{4}-\d\d-\d\d", thing.text(*names))
        try:
            return date.fromisoformat(found[0]).isoformat() if found else ""
        except ValueError:
            return ""

    return day


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR = re.compile(r"\d\d?:\d\d")


def _hours(thing: _Thing) -> str:
    """Opening hours as schema.org writes them, "Tu-Su 10:00-17:00, Mo 12:00-17:00"."""
    parts = thing.texts("openingHours") or list(_specified(thing.parts("openingHoursSpecification")))
    line = ", ".join(dict.fromkeys(parts))
    return line if len(line) <= LONGEST else ""


def _specified(parts: Collection[_Thing]) -> Iterator[str]:
    days: dict[str, list[int]] = {}
    for part in parts:
        opens, closes = (_HOUR.match(part.text(name)) for name in ("opens", "closes"))
        if opens and closes:
            named = [re.split(r"[/#:]", day)[-1] for day in part.texts("dayOfWeek")]
            days.setdefault(f"{opens[0]}-{closes[0]}", []).extend(_DAYS.index(day) for day in named if day in _DAYS)
    for hours, several in days.items():
        if several:
            yield f"{_spans(sorted(set(several)))} {hours}"


def _spans(days: Sequence[int]) -> str:
    """Days as "Mo-Fr,Su"."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{_DAYS[run[0]][:2]}{f'-{_DAYS[run[-1]][:2]}' * (len(run) > 1)}" for run in runs)


FIELDS: Mapping[str, Callable[[_Thing], str]] = {
    "price": lambda thing: _offer(thing)[0],
    "currency": lambda thing: _offer(thing)[1],
    "brand": lambda thing: thing.text("brand"),
    "category": lambda thing: thing.text("category"),
    "town": _address("addressLocality"),
    "region": _address("addressRegion"),
    "country": _address("addressCountry"),
    "postcode": _address("postalCode"),
    "rating": _rating,
    "opening_hours": _hours,
    "start_date": _day("startDate"),
    "end_date": _day("endDate"),
    "published": _day("datePublished", "datePosted"),
}
"""Each field, and what of the thing it is; the guide on getting text in says the same."""
