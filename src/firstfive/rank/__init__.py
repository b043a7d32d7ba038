"""Ranking: stages of one signature, (Request, Candidates) -> Candidates, put together with `>>`."""

from firstfive.rank.explain import explain, mentions, telling
from firstfive.rank.filter import Filter, parse_filter
from firstfive.rank.fuse import fuse
from firstfive.rank.pieces import meet_words, rarity
from firstfive.rank.stages import Pipeline, Stage, cut, diversify, fold_copies, last, without

__all__ = [
    "Filter",
    "Pipeline",
    "Stage",
    "cut",
    "diversify",
    "explain",
    "fold_copies",
    "fuse",
    "last",
    "meet_words",
    "mentions",
    "parse_filter",
    "rarity",
    "telling",
    "without",
]
