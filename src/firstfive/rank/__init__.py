"""Ranking: stages of one signature, (Request, Candidates) -> Candidates, put together with `>>`."""

from firstfive.rank.bounds import Bound, NumberFields, joined
from firstfive.rank.conditions import Verdict
from firstfive.rank.days import DayFields, Days, today
from firstfive.rank.explain import ByField, explain, lacks
from firstfive.rank.explore import Explorer, explored
from firstfive.rank.extract import told
from firstfive.rank.filter import Filter, parse_filter
from firstfive.rank.flags import Flag, flags
from firstfive.rank.named import Named, NamedValues
from firstfive.rank.numbers_said import contradicts
from firstfive.rank.pieces import Telling, meet_words, rarity
from firstfive.rank.quoting import of_field
from firstfive.rank.refused import lacks_refused, names_refused
from firstfive.rank.rerank import fit, lean, rerank
from firstfive.rank.spelt import holds
from firstfive.rank.stages import (
    DENIED,
    Pipeline,
    Stage,
    behind,
    cut,
    diversify,
    fold_copies,
    fuse,
    heed_denials,
    last,
    sooner,
    without,
)
from firstfive.rank.supporting import Usual
from firstfive.rank.weekly import Weekly, WeeklyFields
from firstfive.rank.wording import telling

__all__ = [
    "DENIED",
    "Bound",
    "ByField",
    "DayFields",
    "Days",
    "Explorer",
    "Filter",
    "Flag",
    "Named",
    "NamedValues",
    "NumberFields",
    "Pipeline",
    "Stage",
    "Telling",
    "Usual",
    "Verdict",
    "Weekly",
    "WeeklyFields",
    "behind",
    "contradicts",
    "cut",
    "diversify",
    "explain",
    "explored",
    "fit",
    "flags",
    "fold_copies",
    "fuse",
    "heed_denials",
    "holds",
    "joined",
    "lacks",
    "lacks_refused",
    "last",
    "lean",
    "meet_words",
    "names_refused",
    "of_field",
    "parse_filter",
    "rarity",
    "rerank",
    "sooner",
    "telling",
    "today",
    "told",
    "without",
]
