"""Learning from what visitors liked and refused, with the hand-over measured. LightGBM is loaded with `ranker` only."""

from firstfive.learn.factors import Factors, factorise
from firstfive.learn.gathering import Likes, gather
from firstfive.learn.handover import SHARES, Ends, Handover, Held, Point, blend, hand_over
from firstfive.learn.signals import NEITHER, REFUSALS, Signal, looked_at, propensity, signals

__all__ = [
    "NEITHER",
    "REFUSALS",
    "SHARES",
    "Ends",
    "Factors",
    "Handover",
    "Held",
    "Likes",
    "Point",
    "Signal",
    "blend",
    "factorise",
    "gather",
    "hand_over",
    "looked_at",
    "propensity",
    "signals",
]
