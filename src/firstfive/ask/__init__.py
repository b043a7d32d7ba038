"""The intake: what a request says, how strong it is, how likely a match is among the five, and what to ask next."""

from firstfive.ask.chance import USUAL, Calibration, Grounds, by_labels, fit
from firstfive.ask.lexicon import REFUSING, SMALL_WORDS
from firstfive.ask.made_up import MadeUp, made_up, perturbed
from firstfive.ask.parting import parted
from firstfive.ask.phrases import PHRASES, nearer
from firstfive.ask.prefer import NAT, answer, doubts, heed, heeded, likely, losses, nearer_first, prefer
from firstfive.ask.question import best
from firstfive.ask.read import LONGEST, Reading, begun, less, read
from firstfive.ask.sharpen import sharpenings
from firstfive.ask.spelling import Respelt, respelt, slips
from firstfive.ask.stated import held_codes
from firstfive.ask.strength import LEVELS, strength
from firstfive.ask.topics import FINER, TOPICS, asked_as, said, topic

__all__ = [
    "FINER",
    "LEVELS",
    "LONGEST",
    "NAT",
    "PHRASES",
    "REFUSING",
    "SMALL_WORDS",
    "TOPICS",
    "USUAL",
    "Calibration",
    "Grounds",
    "MadeUp",
    "Reading",
    "Respelt",
    "answer",
    "asked_as",
    "begun",
    "best",
    "by_labels",
    "doubts",
    "fit",
    "heed",
    "heeded",
    "held_codes",
    "less",
    "likely",
    "losses",
    "made_up",
    "nearer",
    "nearer_first",
    "parted",
    "perturbed",
    "prefer",
    "read",
    "respelt",
    "said",
    "sharpenings",
    "slips",
    "strength",
    "topic",
]
