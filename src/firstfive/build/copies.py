"""Which texts of a catalogue nearly repeat another one.

Texts become sets of three-word phrases, as 64-bit hashes computed over whole chunks of the catalogue at once. Minima of
these under 30 permutations (Broder, On the resemblance and containment of documents, 1997), ten bands of three, propose
pairs; a pair counts when its exact Jaccard share reaches the threshold. At .8 a pair is proposed with a chance of .999.

Two sites that carry one text frame it each in their own way, so that less of it is shared: five eighths of the
threshold suffice for texts under one title. How much of the shorter text the longer one holds is not asked: on 42,708
descriptions of equities that linked 368 pairs, most of them different companies described after one template.

Different jobs, flats or parts are described after one template under one title too. What tells them apart stands in
their fields, so items that state a field otherwise are no near-copies: see `_Fields`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from firstfive.types import Positions, digest

Hashes = NDArray[np.uint64]

CHUNK = 1_000_000
"""Characters hashed at once: the arrays then fit the processor's cache, and memory is bounded for any catalogue."""

FEWEST_WORDS = 5
"""Texts of fewer words are copies only of texts that are equal to the letter, but for case and white space."""

MOST_COMPARED = 32
"""How many earlier texts one is compared with, those with most bands in common first: templates share many bands."""

OF_ONE_TITLE = 0.625
"""The share of the threshold that suffices for texts of one title: .5 of .8."""

FEWEST_SHARED = 20
"""Phrases beyond those of their title that two texts of one title must share: titles alone make no copies."""

MOST_NAMESAKES = 32
"""A title that more texts have names a kind of thing, and proposes nothing."""

VERSION = 2
"""Raised with every change of what is a copy; it is part of each Release."""

BANDS, ROWS = 10, 3

_WORD = re.compile(r"\w+")
_VALUE_WORD = re.compile(r"(?:(?<!\w)[-−](?=\d))?\w+(?:(?<=\d)[.,](?=\d)\w+)*")
"""A word, or a whole number: with its minus and its decimals."""
_NAME_WORD = re.compile(r"[^\W\d_]+")
_GROUPED = re.compile(r"(?<=\d)[.,'\u2019\s](?=\d{3}(?!\d))")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)
_WHERE_AND_WHEN = frozenset(
    "url uri link href permalink source src quelle lien site host domain feed spider crawler generator date datum time "
    "timestamp stand updated modified published posted created crawled scraped retrieved fetched collected seen "
    "aktualisiert veröffentlicht publié".split()
)
"""Words in names of fields that say where or when an item was found, and nothing of what it is."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(31)
_FACTORS = [np.uint64(int(digest("copies", str(at))[:16], 16) | 1) for at in range(BANDS * ROWS)]


def copies(
    texts: Sequence[str],
    threshold: float,
    titles: Sequence[str] = (),
    fields: Sequence[Mapping[str, str]] = (),
    sites: Sequence[str] = (),
) -> Positions:
    """(n,): for each text the position of the one it repeats, always an earlier one that repeats none; or its own.

    titles, fields, sites: one for each text, or none at all; a row of a table has no site, which is "". A text is
    linked only to a head that it was itself compared with: likeness is never handed on. Deterministic. Above a
    threshold of 1 nothing is a copy. Cost: about 80 ms for 5,000 company descriptions.
    """
    heads = np.arange(len(texts), dtype=np.int64)
    if threshold > 1 or len(texts) < 2:
        return heads
    keys, whole = _signatures(texts, ROWS if threshold >= 0.7 else ROWS - 1)
    _link_equal(heads, whole)
    if titles:
        keys = np.column_stack((keys, _namesakes(titles)))
    target = np.arange(len(texts), dtype=np.int64)
    for at, head in _near(keys, _proposed(keys, heads), _Likeness(texts, threshold, titles, _Fields(fields, sites))):
        target[at] = head
    return target[heads]


def _near(keys: Hashes, proposed: Sequence[int], alike: _Likeness) -> Iterator[tuple[int, int]]:
    """(text, head) for each proposed text that nearly repeats an earlier one which repeats none itself."""
    seen: dict[tuple[int, int], list[int]] = {}
    for at in proposed:
        own = [(place, key) for place, key in enumerate(keys[at].tolist()) if key]
        shared = Counter(head for key in own for head in seen.get(key, ()))
        likely = sorted(shared, key=lambda head: (-shared[head], head))[:MOST_COMPARED]
        same = [head for head in likely if alike(head, at)]
        if same:
            yield at, min(same)
            continue
        for key in own:
            bucket = seen.setdefault(key, [])
            if len(bucket) < 4 * MOST_COMPARED:
                bucket.append(at)


class _Likeness:
    """Whether two texts are copies, by their phrases, titles and fields."""

    def __init__(self, texts: Sequence[str], threshold: float, titles: Sequence[str], fields: _Fields) -> None:
        self._phrases = lru_cache(maxsize=4096)(lambda at: np.unique(_shingles([texts[at]])[0]))
        self._threshold = threshold
        self._titles = titles
        self._fields = fields

    def __call__(self, one: int, other: int) -> bool:
        a, b = self._phrases(one), self._phrases(other)
        if min(len(a), len(b)) == 0:
            return False
        if self._fields.differ(one, other):
            return False
        both = len(np.intersect1d(a, b, assume_unique=True))
        share = both / (len(a) + len(b) - both)
        if share < OF_ONE_TITLE * self._threshold:
            return False
        return share >= self._threshold or (bool(self._titles) and self._of_one_title(one, other, both))

    def _of_one_title(self, one: int, other: int, shared: int) -> bool:
        """Whether one title begins with the whole other one, as "Name | Member 7" does with "Name"."""
        a, b = sorted((_words_of(self._titles[one]), _words_of(self._titles[other])), key=len)
        return bool(a) and b[: len(a)] == a and shared >= FEWEST_SHARED + len(a)


class _Fields:
    """Which items tell themselves apart by their fields, whatever their texts share.

    Two items differ where both state a field and neither says all the words of the other: "Ulm" and "Kiel", "14 €" and
    "15 €", "3 rooms" and "3.5 rooms", but not "Ulm" and "Ulm, Germany", "45,000" and "45.000 €". What only one of them
    states makes no difference, nor does an address, nor a field that is named after where or when the item was found,
    such as "source_url" or "date": the same thing found twice differs in these. Pages of two sites never differ: each
    site says in its head what it likes, and that one thing stands on both is what copies are for. Rows of tables have
    no site and are always compared, since a column means one thing in all of its rows. Texts equal to the letter are
    not asked: they are one thing offered twice, as a share is on two exchanges.
    """

    def __init__(self, fields: Sequence[Mapping[str, str]], sites: Sequence[str]) -> None:
        self._sites = sites
        self._said = lru_cache(maxsize=4096)(lambda at: _said_in(fields[at]) if fields else {})

    def differ(self, one: int, other: int) -> bool:
        """Whether some field of both says something else of each."""
        if self._sites and self._sites[one] != self._sites[other]:
            return False
        a, b = self._said(one), self._said(other)
        return any(not (a[name] <= b[name] or b[name] <= a[name]) for name in a.keys() & b.keys())


def _said_in(fields: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The words of each field that says something of the item itself; a number is one word, however it is written."""
    told = (
        (name, value)
        for name, value in fields.items()
        if not _ADDRESS.match(value) and _WHERE_AND_WHEN.isdisjoint(_NAME_WORD.findall(name.casefold()))
    )
    words = ((name, frozenset(_values_of(value))) for name, value in told)
    return {name: some for name, some in words if some}


def _values_of(value: str) -> Iterator[str]:
    for word in _VALUE_WORD.findall(_GROUPED.sub("", value.casefold())):
        yield word.replace(",", ".").replace("−", "-")


def _words_of(title: str) -> list[str]:
    return _WORD.findall(title.casefold())


def _namesakes(titles: Sequence[str]) -> Hashes:
    """(n,): a key for each title that some others are equal to, but for case and punctuation; 0 for the rest."""
    names = [" ".join(_words_of(title)) for title in titles]
    times = Counter(names)
    some = {name: int(digest(name)[:16], 16) | 1 for name, n in times.items() if name and 2 <= n <= MOST_NAMESAKES}
    return np.array([some.get(name, 0) for name in names], dtype=np.uint64)


def _link_equal(heads: Positions, whole: Hashes) -> None:
    """Links texts that are equal to the first of their kind. A text that hashes to 0 has nothing to compare."""
    _, first, kind = np.unique(whole, return_index=True, return_inverse=True)
    equal = first[kind]
    np.copyto(heads, equal, where=whole != 0)


def _proposed(keys: Hashes, heads: Positions) -> list[int]:
    """Heads that share a key with another head, ascending. A key of 0 is none."""
    own = np.flatnonzero((heads == np.arange(len(heads))) & (keys[:, 0] != 0))
    shared = np.zeros(len(own), dtype=bool)
    for key in keys[own].T:
        order = np.argsort(key, kind="stable")
        same = (key[order][1:] == key[order][:-1]) & (key[order][1:] != 0)
        shared[order[1:][same]] = True
        shared[order[:-1][same]] = True
    found: list[int] = own[shared].tolist()
    return found


# --- hashing ----------------------------------------------------------------------------------------------------------


def _signatures(texts: Sequence[str], rows: int) -> tuple[Hashes, Hashes]:
    """Band keys (n, bands), all 0 for texts too short, and a hash of each whole text (n,)."""
    bands = np.zeros((len(texts), BANDS), dtype=np.uint64)
    whole = np.zeros(len(texts), dtype=np.uint64)
    start = 0
    for chunk in _chunks(texts):
        end = start + len(chunk)
        phrases, counts, whole[start:end] = _shingles(chunk)
        long = counts > 0
        bands[start:end][long] = _bands(phrases, counts[long], rows)
        start = end
    return bands, whole


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for at, text in enumerate(texts):
        size += len(text)
        if size >= CHUNK:
            yield texts[start : at + 1]
            start, size = at + 1, 0
    if start < len(texts):
        yield texts[start:]


def _bands(phrases: Hashes, counts: Positions, rows: int) -> Hashes:
    """(texts, bands) from the phrases of several texts in a row, `counts` of them each."""
    keys = np.zeros((len(counts), BANDS), dtype=np.uint64)
    if not len(counts):
        return keys
    starts = np.concatenate(([0], np.cumsum(counts[:-1])))
    for at, factor in enumerate(_FACTORS[: BANDS * rows]):
        lowest = np.minimum.reduceat(phrases * factor, starts)
        keys[:, at // rows] = (keys[:, at // rows] + lowest) * _MIX
    return keys | np.uint64(1)


def _shingles(texts: Sequence[str]) -> tuple[Hashes, Positions, Hashes]:
    """Hashes of all three-word phrases in order, how many each text has (0 where it is too short), and of each text."""
    with np.errstate(over="ignore"):
        words, counts = _words(texts)
        owner = np.repeat(np.arange(len(texts)), counts)
        first = np.cumsum(counts) - counts
        place = np.arange(len(words)) - first[owner]
        whole = np.zeros(len(texts), dtype=np.uint64)
        some = counts > 0
        if some.any():
            turned = _mixed(words + place.astype(np.uint64) * _BASE)
            whole[some] = np.add.reduceat(turned, first[some]) | np.uint64(1)
        short = counts < FEWEST_WORDS
        whole[short] = [_of_letters(texts[at]) for at in np.flatnonzero(short).tolist()]
        phrases = _mixed(words[:-2] + words[1:-1] * _BASE + words[2:] * _MIX) if len(words) > 2 else words[:0]
        inside = (place[2:] >= 2) & ~short[owner[2:]] if len(words) > 2 else np.zeros(0, bool)
        return phrases[inside], np.where(short, 0, counts - 2), whole


def _of_letters(text: str) -> int:
    letters = " ".join(text.casefold().split())
    return int(digest(letters)[:16], 16) | 1 if letters else 0


def _mixed(values: Hashes) -> Hashes:
    """The values with every bit of one spread over all, so that their order is as good as random."""
    values = (values ^ (values >> _SHIFT)) * _MIX
    return values ^ (values >> _SHIFT)


def _words(texts: Sequence[str]) -> tuple[Hashes, Positions]:
    """Hashes of the words of all texts in order, and how many words each text has.

    A word is a run of letters and digits, case folded; a Chinese, Japanese or Korean character is a word of its own.
    Hashes are polynomial, from sums over the whole chunk: sum(byte * base^place), divided by base^start.
    """
    encoded = [text.casefold().encode("utf-8", "surrogatepass") for text in texts]
    data = np.frombuffer(b"\n".join([*encoded, b""]), dtype=np.uint8)
    kind = _KINDS[data]
    inside = kind > 0
    single = kind == 2
    begins = inside.copy()
    begins[1:] &= ~inside[:-1] | single[1:]
    starts = np.flatnonzero(begins)
    closes = inside.copy()
    closes[:-1] &= ~inside[1:] | single[1:]
    ends = np.flatnonzero(closes) + 1
    powers, inverses = _powers(len(data))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(data * powers[: len(data)], dtype=np.uint64)))
    words: Hashes = _mixed((sums[ends] - sums[starts]) * inverses[starts])
    borders = np.cumsum([len(text) + 1 for text in encoded])
    counts = np.diff(np.searchsorted(starts, borders), prepend=0)
    return words, counts.astype(np.int64)


def _byte_kinds() -> NDArray[np.uint8]:
    """0 between words, 1 inside a word, 2 the first byte of a character that is a word of its own."""
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in b"abcdefghijklmnopqrstuvwxyz0123456789":
        kinds[byte] = 1
    kinds[0x80:] = 1
    kinds[0xE3:0xEE] = 2
    return kinds


_KINDS = _byte_kinds()


@lru_cache(maxsize=2)
def _powers_of(size: int) -> tuple[Hashes, Hashes]:
    up: Hashes = np.full(size, _BASE, dtype=np.uint64)
    down: Hashes = np.full(size, _INVERSE, dtype=np.uint64)
    with np.errstate(over="ignore"):
        np.multiply.accumulate(up, out=up)
        np.multiply.accumulate(down, out=down)
    return up, down


def _powers(size: int) -> tuple[Hashes, Hashes]:
    """base^1 ... base^size and their inverses modulo 2^64, from a table that grows by doubling."""
    return _powers_of(1 << max(16, (size - 1).bit_length()))
