"""What the name of a field says of its numbers: that they are shares of a hundred, or in thousands or millions."""

from __future__ import annotations

from firstfive.features.conditions import name_words

SHARES = frozenset(
    "share shares margin margins rate ratio percent percentage pct proportion growth cagr quote quota anteil marge "
    "prozent wachstum taux pourcentage croissance part".split()
)
"""Words for a share, or for a change of one."""
GROWTH = frozenset("growth cagr wachstum croissance".split())
_AT_THE_END = frozenset("share shares rate quota".split())
"""They are one where they end a name, or "of" is behind: a share price is none."""
_OF = frozenset("of de du des d der am an".split())
_COMPOUNDED = ("anteil", "quote", "marge", "wachstum")
_TIMES = {
    **dict.fromkeys("m mn mio mln million millions millionen meur".split(), 1e6),
    **dict.fromkeys("k tsd thousand thousands tausend milliers keur teur".split(), 1e3),
}


def is_share(name: str) -> bool:
    """Whether a field of such a name holds shares, margins or rates: `export_share` and "Exportanteil"."""
    words = name_words(name)
    return "%" in name or any(_shares(word, [*words, ""][place + 1]) for place, word in enumerate(words))


def _shares(word: str, after: str) -> bool:
    if word == "part":  # in English it is a thing
        return after in _OF
    if word == "quote":  # in English it is a price; "Exportquote" is a share
        return False
    if word in _AT_THE_END:
        return not after or after in _OF
    return word in SHARES or word.endswith(_COMPOUNDED)


def times(name: str) -> float:
    """How many a one is in a field of such a name: 1,000,000 in `revenue_eur_m`."""
    return next((_TIMES[word] for word in name_words(name)[-1:] if word in _TIMES), 1.0)
