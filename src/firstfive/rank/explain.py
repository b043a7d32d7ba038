"""Reasons without a model: "You said X; it says Y", both verbatim, and one honest mismatch.

X is a wish of the request, Y a passage of the item. The pair shown is the one most alike, by the cosine of their
vectors and by the words they share, above what the usual item of the catalogue is to that wish: all have "sales".
Without vectors, shared words decide alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.rank.denial import may_deny
from firstfive.rank.lexicon import OWN, PERSON, RELATIVE, any_of
from firstfive.rank.numbers_said import another, asks_within, numbers, unlike
from firstfive.rank.opposite import opposite
from firstfive.rank.plainly import asks_whether
from firstfive.rank.quoting import Row, of_wish, row_at
from firstfive.rank.refused import YES_OR_NO, lacked_at, named_at
from firstfive.rank.standing import Texts, amounts_of, asked
from firstfive.rank.supporting import TYPICAL, Support, Usual, met_by_year, said_by_many, support
from firstfive.rank.unsaid import asks_for_nothing, otherwise_said, where_they_are
from firstfive.rank.wording import BEGINNING, STEM, WORD, agrees, telling_words, tells
from firstfive.types import Item, Mismatch, Quote, Reason, Span, Wish

if TYPE_CHECKING:
    from firstfive.types import Mask, Scores, Value, Vectors

SHARED = 0.5
"""What all of a wish's words standing in a passage is worth, in cosine."""
SUPPORTED = 0.35
"""A wish none of whose words stand in the item, and whose best passage is less alike than this, or than is usual and a
spread more, is not mentioned."""
HALF = 1.5
"""Spreads by which a passage is nearer to a wish than the usual one, though it only has a word or two of it."""
LOOKED_AT = 20
"""Parts of an item that are read for whether it says no to a wish."""
_WORD_OF_THREE = re.compile(r"[^\W\d_]{3}|[^\W\d_\x00-\u024f]")
"""What a text has that means something: "B" is near to anything."""
_DIGIT = re.compile(r"\d")
_THEIR_PEOPLE = any_of(
    r"grans? granny nan aunt\w* uncles? cousins? friends? colleagues? neighbou?rs? boss",
    "compan(?:y|ies) firm business team club charity association school class church parish village",
    "tante onkel freund- kolleg- nachbar- chef- firma unternehmen kunden verein- schule klasse gemeinde",
    r"tante oncle cousine? ami\w{0,2} collègues? voisin\w{0,2} patron\w{0,2} entreprise société équipe clients?",
    "club association école classe paroisse",
)
_OF_THE_SEEKER = re.compile(
    rf"(?:{OWN}\s+(?:[\w'’-]+\s+)?(?:{PERSON}|{RELATIVE}|{_THEIR_PEOPLE})|"
    r"(?:on\s+behalf\s+of\b|im\s+(?:auftrag|namen)\s+(?:von|vom|der|des|eine\w*|mein\w*|unser\w*)\b|"
    r"(?:pour\s+le\s+compte|au\s+nom)\s+d(?:e|u|es)?\b['’]?)"
    r"\s*+(?:(?!(?:i|we|who|which|that|need\w*|want\w*|seek\w*|look\w*|ich|wir|such\w*|je|nous|qui|cherch\w*)\b)"
    r"[\w'’-]++(?:\s++|$)){1,5}+)",
    re.IGNORECASE,
)
"""A wish that only says for whom of theirs it is."""
_LAST_IN_FRENCH = re.compile(r"^((?:m(?:on|a|es)|notre|nos) [\w'’-]+) [\w'’-]+$", re.IGNORECASE)
"""With a word behind who it is, "ma femme ukrainienne"."""
_OWN = re.compile(rf"{OWN}\s", re.IGNORECASE)


class ByField(NamedTuple):
    """What an item's field says of a wish that a field can answer, and whether it meets it.

    alone: what texts say of it does not count. A cat's text that speaks of dogs makes it no dog.
    """

    says: Quote
    meets: bool
    alone: bool = False


def explain(
    item: Item,
    spans: Sequence[Span | None],
    wishes: Sequence[Wish],
    alike: Vectors | None,
    fields: Mapping[int, ByField | None] | None = None,
    usual: Usual | None = None,
    named: Collection[int] = (),
    weigh: Callable[[str], float] | None = None,
    often: Callable[[str], Collection[str]] | None = None,
) -> tuple[Reason | None, Mismatch | None]:
    """The best pair of wish and passage, and the wish the item serves worst, where it fails it.

    spans: the place of each row in the item's text, None for its title. alike (wishes, rows): cosines, or None. fields:
    by where they start, the wishes that a field answers, such as a town or a price, and what it says; None where it
    says nothing. A text that is only near does not answer them. usual: how near the usual item comes to each wish: it
    decides between pairs, and whether a passage stands out. named: the starts of wishes that name one thing of several:
    to be near one is not to mention it. weigh: how much a word in lower case tells, above 0; without it all tell alike.
    often: those of a passage's words that many items say just so; none where they do not.
    """
    fields = fields or {}
    rows = [row_at(item, span) for span in spans]
    if not rows or not wishes:
        return None, None
    words = Texts([*(row.text for row in rows), _stated(item)], weigh)
    seen = _seen(rows, wishes, words, alike, usual, fields)
    found = support(wishes, [row.text for row in rows], words, seen.shares, seen.met, alike, usual, weigh)
    found.good[(seen.shared == 0) & ~_alone(rows)] = False
    found.good[said_by_many(wishes, [row.text for row in rows], often)] = False
    against = _denial(seen) or _otherwise(seen) or _another_number(seen)
    reason = _reason(seen, found, against) or _absence(item, wishes, fields)
    against = against or _refused_there(item, wishes, seen.granted)
    mismatch = against or _mismatch(seen, reason, named, _stated(item))
    return reason, mismatch or (_half_met(seen, reason, _stated(item), weigh) if reason else None)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is seen of wishes in the rows of an item, (wishes, rows) each but for the first two and the last.

    alike, usual: as `explain` has them.

    shared: the share of a wish's words. likeness: how good a reason the row would be, below 0 for none. contradicted:
    it says no to the wish. met: a number that the wish names is met. fields: what fields say of a wish, by its start.
    shares: as `shared`, of each wish, and the share in what the fields state behind it. elsewhere (wishes,): the share
    that stands in the fields, or perhaps in a text.
    """

    rows: Sequence[Row]
    wishes: Sequence[Wish]
    shared: Vectors
    likeness: Vectors
    contradicted: Mask
    met: Mask
    fields: Mapping[int, ByField | None]
    shares: Sequence[Sequence[float]]
    elsewhere: Scores
    alike: Vectors | None
    usual: Usual | None

    @property
    def granted(self) -> set[int]:
        """The starts of the wishes that a field meets."""
        return {start for start, one in self.fields.items() if one and one.meets}


def _seen(
    rows: Sequence[Row],
    wishes: Sequence[Wish],
    words: Texts,
    alike: Vectors | None,
    usual: Usual | None,
    fields: Mapping[int, ByField | None],
) -> _Seen:
    """words: of the rows, and of what the item's fields state, the last."""
    texts, found = [row.text for row in rows], [words.found(wish.text) for wish in wishes]
    held = np.array([one.share for one in found], dtype=np.float32)
    held[[bool((one := fields.get(wish.start)) and one.meets) for wish in wishes], -1] = 1
    shared = held[:, :-1]
    denied, doubted, unsaid = np.array([one[1:4] for one in found], dtype=bool)[:, :, :-1].swapaxes(0, 1)
    beside = denied.any(axis=0) & (shared == 0)  # a row that says no to another wish, and nothing of this one
    opposed, surely = opposite(texts, wishes)
    denied |= (against := surely & _all_but_one(wishes, shared))
    at_odds, met = numbers(texts, wishes)
    otherwise = at_odds.any(axis=1, keepdims=True) & ~met.any(axis=1, keepdims=True)  # its number is another one
    none = otherwise | at_odds | unlike(texts, wishes) | denied | unsaid | beside | opposed
    none |= doubted & (shared == 0)  # all that it has of the wish it perhaps says no to
    none |= np.array([words.taken_back(wish.text)[:-1] for wish in wishes])
    none |= np.array([row.of == "text" and asks_whether(row.text) for row in rows])
    none |= _left_to_fields(wishes, shared, fields)
    telling = np.array([[min(1.0, len(telling_words(wish.text)) / 2)] for wish in wishes], dtype=np.float32)
    likeness = SHARED * (telling * shared - doubted) + (0 if alike is None else alike)
    return _Seen(
        rows,
        wishes,
        shared,
        np.where(none, -1, likeness),
        denied & (np.array([[one.at_odds] for one in found]) | against),
        met,
        fields,
        [one.share for one in found],
        np.maximum(held[:, -1], doubted.any(axis=1)),
        alike,
        usual,
    )


def _left_to_fields(wishes: Sequence[Wish], shared: Vectors, fields: Mapping[int, ByField | None]) -> Mask:
    """(wishes, rows): where a field answers the wish, and the row is only near to it or does not count."""
    answered = np.array([[wish.start in fields] for wish in wishes])
    alone = np.array([[bool((one := fields.get(wish.start)) and one.alone)] for wish in wishes])
    return np.asarray(answered & (shared == 0) | alone)


def lacks(item: Item, wishes: Sequence[Wish]) -> bool:
    """Whether the item's title, a passage or its fields surely say that it has not what one of the wishes names.

    Not where other parts of it have all that is said no to: "Yoga by the lake. No yoga mat needed." Of a long item the
    first LOOKED_AT parts that speak of the wishes are read. Cost: 0.1 ms, and 1 ms where all of these deny something.
    """
    speaks, of_no = _speaking_of(tuple(wish.text for wish in wishes))
    every = (item.title, *(item.text[span.start : span.end] for span in item.passages), _stated(item))
    texts = list(islice(filter(speaks, every), LOOKED_AT))
    if not (of_no or any(map(may_deny, texts))):  # most items
        return False
    words = Texts(texts)
    return any(
        found.lacking and max(found.share, default=0) < 1 for found in (words.found(wish.text) for wish in wishes)
    )


@lru_cache(maxsize=64)
def _speaking_of(wishes: tuple[str, ...]) -> tuple[Callable[[str], object], bool]:
    """Finds in a text the beginning of a telling word of the wishes; and whether one says no to any of its own."""
    every = [asked(wish) for wish in wishes]
    beginnings = {re.escape(word[:BEGINNING]) for one in every for words in one for word in words}
    found = re.compile(rf"\b(?:{'|'.join(sorted(beginnings))})" if beginnings else r"(?!)", re.IGNORECASE).search
    return found, any(one[1] for one in every)


def _reason(seen: _Seen, supported: Support, against: Mismatch | None) -> Reason | None:
    """The best pair, never of a wish that the item denies, nor of one that tells who asks where there is another.

    Where no passage says a word of a wish, what a field says of one goes before it.
    """
    rows, wishes, denied = seen.rows, seen.wishes, against.said.start if against else None
    wanted = [number for number, wish in enumerate(wishes) if not wish.refused and wish.start != denied]
    wanted = [number for number in wanted if not _of_the_seeker(wishes[number])] or wanted
    if not wanted:
        return None
    pairs = seen.likeness[wanted]
    good = (pairs > 0) & supported.good[wanted]
    by_field = _by_field([wishes[number] for number in wanted], seen.fields)
    if not good.any():
        return by_field
    ranked = pairs - (0 if seen.usual is None else seen.usual.near[wanted, None])
    ranked[:, [number for number, row in enumerate(rows) if not _news(row)]] -= SHARED
    ranked -= 2 * SHARED * supported.aside[wanted]
    wish, row = divmod(int(np.where(good, ranked, -np.inf).argmax()), len(rows))
    said, best = wishes[wanted[wish]], float(pairs[wish, row])
    if asks_within(said) and (own := _by_field([said], seen.fields)):
        return own
    if by_field and seen.shared[wanted[wish], row] == 0:
        return by_field
    part = supported.said(said, wanted[wish], row, rows[row].text)
    return Reason(of_wish(said, part), rows[row].quote(said.text), round(min(best / (1 + SHARED), 1.0), 4))


def _by_field(wishes: Sequence[Wish], fields: Mapping[int, ByField | None]) -> Reason | None:
    """The first wish that a field meets."""
    found = ((wish, fields.get(wish.start)) for wish in wishes)
    best = round(1 / (1 + SHARED), 4)
    met = ((wish, one.says) for wish, one in found if one and one.meets)
    return next((Reason(of_wish(wish, met_by_year(wish.text, says.text)), says, best) for wish, says in met), None)


def _otherwise(seen: _Seen) -> Mismatch | None:
    """The first wish that a field does not meet, where no passage does. Of a bound the field decides."""
    for number, wish in enumerate(seen.wishes):
        one = seen.fields.get(wish.start)
        said = seen.met[number].any() if _DIGIT.search(wish.text) else seen.shared[number].max() >= 1
        if one and not one.meets and (one.alone or asks_within(wish) or not said):
            return Mismatch(of_wish(wish), one.says, "contradicted")
    return None


def _absence(item: Item, wishes: Sequence[Wish], fields: Mapping[int, ByField | None]) -> Reason | None:
    """Of a request that only refuses: where the item says that it has not what is refused."""
    for wish in wishes if all(wish.refused for wish in wishes) else ():
        one = fields.get(wish.start)
        says = lacked_at(item, wish) or (one.says if one and one.meets else None)
        if says:
            said = of_wish(wish)
            said = Quote(f"{wish.by}{said.text}", wish.start - len(wish.by), said.end, "request")
            return Reason(said, says, round(1 / (1 + SHARED), 4))
    return None


def _refused_there(item: Item, wishes: Sequence[Wish], granted: Collection[int]) -> Mismatch | None:
    """The first refused wish that the item meets, as ranking reads it too. granted: the starts of those that a field
    meets."""
    found = ((wish, named_at(item, wish)) for wish in wishes if wish.refused and wish.start not in granted)
    return next((Mismatch(of_wish(wish), says, "contradicted") for wish, says in found if says), None)


def _alone(rows: Sequence[Row]) -> Mask:
    """(rows,): which may be a reason by being near alone: no title of an item that says more."""
    titles = [(row.of == "title" and len(rows) > 1) or not _WORD_OF_THREE.search(row.text) for row in rows]
    return ~np.array(titles)


def _all_but_one(wishes: Sequence[Wish], shared: Vectors) -> Mask:
    """(wishes, rows): where all words of a wish of several stand, but for one at most."""
    telling = np.array([[len(telling_words(wish.text))] for wish in wishes])
    return np.asarray((telling > 1) & (np.round(shared * telling) >= telling - 1))


def _of_the_seeker(wish: Wish) -> bool:
    """Not what comes along, "my dog", nor what it is about, "my laptop"."""
    wish = replace(wish, text=_LAST_IN_FRENCH.sub(r"\1", wish.text))
    return _OF_THE_SEEKER.fullmatch(wish.text) is not None or bool(_OWN.match(wish.text) and asks_for_nothing(wish))


def _counts_only(wish: Wish) -> bool:
    """Whether it is a number of nothing, as "two" of "a flat for two" is."""
    return bool(amounts_of(wish.text)) and not any(asked(wish.text))


def _news(row: Row) -> bool:
    """Whether a quote of the row tells the seeker more than they said and see: no title does, and no single word."""
    return row.of == "text" and len(telling_words(row.text)) > 1


def _denial(seen: _Seen) -> Mismatch | None:
    """The first wish that a passage says no to, where no other grants it."""
    for number, wish in enumerate(seen.wishes):
        denied = seen.contradicted[number]
        if not wish.refused and denied.any() and seen.shared[number].max() < 1:
            return Mismatch(of_wish(wish), seen.rows[int(denied.argmax())].quote(wish.text), "contradicted")
    return None


def _another_number(seen: _Seen) -> Mismatch | None:
    """The first wish that a number of a row is surely beyond."""
    found = another([row.text for row in seen.rows], seen.wishes, seen.granted)
    if found is None:
        return None
    wish = seen.wishes[found[0]]
    return Mismatch(of_wish(wish), seen.rows[found[1]].quote(wish.text), "contradicted")


def _mismatch(seen: _Seen, reason: Reason | None, named: Collection[int], stated: str) -> Mismatch | None:
    """The wish with the least support, never the reason's own nor a refused one. stated: what the item's fields say."""
    wishes, shared, given = seen.wishes, seen.shared, reason.said.start if reason else -1
    support = shared.max(axis=1) + (0 if seen.alike is None else seen.alike.max(axis=1))
    bars = _bars(wishes, seen.usual)
    failed = [
        number
        for number, wish in enumerate(wishes)
        if not wish.refused
        and not wish.start <= given < wish.end
        and not (_of_the_seeker(wish) or _counts_only(wish) or asks_for_nothing(wish) or _says_nothing(wish))
        and not (wish.start not in named and where_they_are(wish, wishes))
        and shared[number].max() == seen.elsewhere[number] == 0
        and (support[number] < bars[number] or wish.start in named)
    ]
    texts = [*(row.text for row in seen.rows), stated]
    failed = [number for number in failed if not otherwise_said(wishes[number].text, texts)]
    if not failed:
        return None
    wish = wishes[min(failed, key=lambda number: float(support[number]))]
    return Mismatch(of_wish(wish), None, "not mentioned")


def _half_met(seen: _Seen, reason: Reason, stated: str, weigh: Callable[[str], float] | None) -> Mismatch | None:
    """The part of the reason's wish, before or behind what the reason meets, that tells as much and stands nowhere.

    Not where a passage is nearer to the wish than a word that they share explains. stated: as of `_mismatch`.
    """
    said = reason.said
    number = next((number for number, wish in enumerate(seen.wishes) if wish.start <= said.start < wish.end), None)
    if number is None or seen.alike is None:
        return None
    wish, usual = seen.wishes[number], seen.usual
    near, spread = TYPICAL if usual is None else (float(usual.near[number]), float(usual.spread[number]))
    close = seen.alike[number].max() >= near + HALF * spread
    if close or wish.refused or wish.start in seen.fields or any(asked(wish.text)[1:]) or amounts_of(wish.text):
        return None
    every = " ".join([*(row.text for row in seen.rows), stated]).lower()
    told = _most_told(telling_words(said.text), weigh)
    for start, end in ((0, said.start - wish.start), (said.end - wish.start, len(wish.text))):
        left = [word for word in WORD.finditer(wish.text, start, end) if tells(word.group().lower())]
        words = [word.group().lower() for word in left]
        if words and _most_told(words, weigh) >= told and not any(_stands(word, every) for word in words):
            return Mismatch(of_wish(wish, Span(left[0].start(), left[-1].end())), None, "not mentioned")
    return None


def _most_told(words: Sequence[str], weigh: Callable[[str], float] | None) -> float:
    return max(map(weigh, words), default=0.0) if weigh else 1.0


def _stands(word: str, every: str) -> bool:
    """Whether a text has a word, or another that holds it, "Mittagessen"; of a short one that is not told."""
    return len(word) < STEM or word in every or agrees(word, WORD.findall(every))


def _bars(wishes: Sequence[Wish], usual: Usual | None) -> Scores:
    """(wishes,): how near a passage must be to mention each; to one in German all are nearer than to one in English."""
    if usual is None:
        return np.full(len(wishes), SUPPORTED, dtype=np.float32)
    of_numbers = np.array([bool(amounts_of(wish.text)) for wish in wishes])  # which are read and not measured
    return np.where(of_numbers, SUPPORTED, np.maximum(SUPPORTED, usual.near + usual.spread))


def _says_nothing(wish: Wish) -> bool:
    return not any(map(tells, telling_words(wish.text)))


def _stated(item: Item) -> str:
    """What the fields say, with " . " between them: values, and of yes or no the name with it, "dogs: no"."""
    return " . ".join(_asof_wish(name, value) for name, value in item.shown.items())


def _asof_wish(name: str, value: Value) -> str:
    if isinstance(value, tuple):
        return " . ".join(value)
    plain = YES_OR_NO.get(str(value).strip().lower())
    return f"{' '.join(name.replace('_', ' ').split())}: {plain}" if plain else str(value)
