"""What a ranking feature is and how it is computed, in the same lines for serving, learning and measuring.

scaled     a channel's scores on the scale that channels share
GROUNDS    what speaks for a candidate of a ranking
Crowd      what visitors liked, all in all
Taste      what one person said, and how far an item leans towards it
dates      a day or a span of days, read from text
fresh      how new an item is, as of one moment
rows       what a learned ranker sees of each candidate, in the order of FEATURES
field_text, value_text    what a condition on a field is written with
name_words the words of a field's name
is_share   whether a field of such a name holds shares of a hundred; times, whether thousands or millions
"""

from firstfive.features.answer import DEEP, FIRST, GROUNDS, met_shares, scaled
from firstfive.features.conditions import field_text, name_words, value_text
from firstfive.features.crowd import Crowd
from firstfive.features.freshness import DAY_S, day_of, fresh
from firstfive.features.measures import GROWTH, SHARES, is_share, times
from firstfive.features.rows import FALLING, FEATURES, WORTH, rated, rows
from firstfive.features.taste import Taste, faded

__all__ = [
    "DAY_S",
    "DEEP",
    "FALLING",
    "FEATURES",
    "FIRST",
    "GROUNDS",
    "GROWTH",
    "SHARES",
    "WORTH",
    "Crowd",
    "Taste",
    "day_of",
    "faded",
    "field_text",
    "fresh",
    "is_share",
    "met_shares",
    "name_words",
    "rated",
    "rows",
    "scaled",
    "times",
    "value_text",
]
