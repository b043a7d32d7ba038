"""Ranking: stages of one signature, (Request, Candidates) -> Candidates, put together with `>>`."""

from firstfive.rank.explain import explain
from firstfive.rank.filter import Filter, parse_filter
from firstfive.rank.fuse import fuse
from firstfive.rank.stages import Pipeline, Stage, cut, diversify, fold_copies, without

__all__ = [
    "Filter",
    "Pipeline",
    "Stage",
    "cut",
    "diversify",
    "explain",
    "fold_copies",
    "fuse",
    "parse_filter",
    "without",
]
