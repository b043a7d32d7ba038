"""What a ranking feature is and how it is computed, in the same lines for serving, learning and measuring.

scaled     a channel's scores on the scale that channels share
signals    how surely the first five of an answer hold a match
Crowd      what visitors liked, all in all
Taste      what one person said, and how far an item leans towards it
rows       what a learned ranker sees of each candidate, in the order of FEATURES
"""

from firstfive.features.answer import DEEP, FIRST, SIGNALS, met_share, nearest_of, scaled, signals
from firstfive.features.crowd import Crowd
from firstfive.features.rows import FALLING, FEATURES, rows
from firstfive.features.taste import Taste, faded

__all__ = [
    "DEEP",
    "FALLING",
    "FEATURES",
    "FIRST",
    "SIGNALS",
    "Crowd",
    "Taste",
    "faded",
    "met_share",
    "nearest_of",
    "rows",
    "scaled",
    "signals",
]
