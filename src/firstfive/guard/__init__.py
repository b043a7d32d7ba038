"""What stands between hostile text and everything else: bytes become text, text loses what no reader can see, and what
is shown to others loses personal data."""

from firstfive.guard.decoding import FALLBACK, decode, encoding
from firstfive.guard.masking import masked, personal
from firstfive.guard.text import KINDS, as_cell, lowered, of_cell, printable, says_nothing, storable

__all__ = [
    "FALLBACK",
    "KINDS",
    "as_cell",
    "decode",
    "encoding",
    "lowered",
    "masked",
    "of_cell",
    "personal",
    "printable",
    "says_nothing",
    "storable",
]
