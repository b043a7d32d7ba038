"""Learning from what visitors liked and refused, with the hand-over measured. LightGBM is loaded with `ranker` only."""

from firstfive.learn.adapter import Adapter
from firstfive.learn.adapter import fit as fit_adapter
from firstfive.learn.factors import Factors, factorise
from firstfive.learn.gathering import Likes, gather
from firstfive.learn.handover import NOT_HANDED, SHARES, Ends, Handover, Held, Point, blend, hand_over
from firstfive.learn.signals import NEITHER, Signal, looked_at, propensity, signals

__all__ = [
    "NEITHER",
    "NOT_HANDED",
    "SHARES",
    "Adapter",
    "Ends",
    "Factors",
    "Handover",
    "Held",
    "Likes",
    "Point",
    "Signal",
    "blend",
    "factorise",
    "fit_adapter",
    "gather",
    "hand_over",
    "looked_at",
    "propensity",
    "signals",
]
