"""What a Release is: one hash over all that decides an answer."""

from firstfive.release.parts import choose, make_release, prunable, settings_parts

__all__ = ["choose", "make_release", "prunable", "settings_parts"]
