"""The page's colours, by the project's settings: what is derived from them, whether letters stand out, and the CSS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from firstfive.errors import SettingsError
from firstfive.settings import ColourSettings

Colour: TypeAlias = tuple[int, int, int]

LETTERS, EDGES = 7.0, 3.0
"""The least contrast of letters (WCAG 2.2, 1.4.6) and of edges and the mark of the focus (1.4.11)."""
GIVEN = ("accent", "paper", "card", "ink", "mark")
FOCUS: Mapping[str, Colour] = {"": (11, 63, 168), "_dark": (156, 194, 255)}
WHITE, BLACK = (255, 255, 255), (12, 16, 16)
PAIRS = (
    *((letters, behind, LETTERS) for letters in ("ink", "soft", "accent") for behind in ("paper", "card")),
    ("on_accent", "accent", LETTERS),
    ("on_mark", "mark", LETTERS),
    *((edge, behind, EDGES) for edge in ("edge", "focus") for behind in ("paper", "card")),
)
"""What stands on what, and how much it must stand out."""
DERIVED: Mapping[str, str] = {"on_accent": "black or white", "on_mark": "black or white", "focus": "the focus"}
_HEX = re.compile("#[0-9a-fA-F]{6}")


def palette(settings: ColourSettings, scheme: str) -> Mapping[str, Colour]:
    """All colours by name. scheme "" is by day, "_dark" in the dark. SettingsError for one that is none."""
    given = {name: _colour(f"{name}{scheme}", getattr(settings, name + scheme)) for name in GIVEN}
    ink, paper = given["ink"], given["paper"]
    return {
        **given,
        "soft": _mixed(ink, paper, 0.2),
        "edge": _mixed(ink, paper, 0.38),
        "line": _mixed(ink, paper, 0.82),
        "on_accent": max(WHITE, BLACK, key=lambda one: contrast(one, given["accent"])),
        "on_mark": max(WHITE, BLACK, key=lambda one: contrast(one, given["mark"])),
        "focus": FOCUS[scheme],
    }


def check(settings: ColourSettings) -> None:
    """SettingsError settings.invalid that names the first pair of colours that does not stand out."""
    for scheme in FOCUS:
        colours = palette(settings, scheme)
        for name, behind, least in PAIRS:
            found = contrast(colours[name], colours[behind])
            if found < least:
                raise SettingsError(
                    f"{_named(name, scheme)} {_hex(colours[name])} on colours.{behind}{scheme} "
                    f"{_hex(colours[behind])} has a contrast of {found:.1f}:1, and the page needs {least:.0f}:1; "
                    "make one of them darker or lighter"
                )


def style(settings: ColourSettings) -> str:
    """The colours as CSS."""
    light, dark = (_rules(palette(settings, scheme)) for scheme in FOCUS)
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (v / 12.92 if (v := c / 255) <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colour(name: str, text: str) -> Colour:
    if not _HEX.fullmatch(text):
        raise SettingsError(
            f"colours.{name} is {text[:40]!r}, which is no colour; write it as #rrggbb, such as #0f4a40"
        )
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _mixed(one: Colour, other: Colour, part: float) -> Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def _named(name: str, scheme: str) -> str:
    """Which setting a colour comes from."""
    if name in GIVEN:
        return f"colours.{name}{scheme}"
    return DERIVED.get(name, f"a lighter shade of colours.ink{scheme},")


def _rules(colours: Mapping[str, Colour]) -> str:
    return "".join(f"--{name.replace('_', '-')}:{_hex(colour)};" for name, colour in colours.items())
