"""What a Release is: one hash over all that decides an answer."""

from firstfive.release.parts import (
    Difference,
    choose,
    differences,
    in_use,
    make_release,
    prunable,
    settings_parts,
    waits,
)

__all__ = [
    "Difference",
    "choose",
    "differences",
    "in_use",
    "make_release",
    "prunable",
    "settings_parts",
    "waits",
]
