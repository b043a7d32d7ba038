"""What a Release is: one hash over all that decides an answer."""

from firstfive.release.parts import choose, in_use, make_release, prunable, settings_parts, waits

__all__ = ["choose", "in_use", "make_release", "prunable", "settings_parts", "waits"]
