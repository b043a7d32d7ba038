"""The page's colours: what is derived from the settings, and which are refused before a server starts."""

from __future__ import annotations

import pytest

from firstfive.errors import SettingsError
from firstfive.server.page import check
from firstfive.server.page.colours import LETTERS, contrast, palette, style
from firstfive.settings import ColourSettings, PageSettings, Settings, WordSettings


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_the_usual_colours_stand_out() -> None:
    check(Settings())


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        (ColourSettings(accent="#4a90d9"), "colours.accent #4a90d9 on colours.paper #faf8f3 has a contrast of 3.1:1"),
        (ColourSettings(ink_dark="#777777"), "colours.ink_dark #777777 on colours.paper_dark #14181a"),
        (ColourSettings(card="#112233"), "on colours.card #112233"),
        (ColourSettings(mark="#888888"), "black or white #0c1010 on colours.mark #888888"),
        (ColourSettings(paper="red"), "colours.paper is 'red', which is no colour"),
        (ColourSettings(paper="#fff;}body{"), "which is no colour"),
    ],
)
def test_a_pair_that_is_hard_to_read_is_named(colours: ColourSettings, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check(Settings(colours=colours))
    assert said in str(refused.value)
    assert refused.value.code == "settings.invalid"


def test_letters_on_the_accent_are_black_or_white_whichever_stands_out() -> None:
    for accent in ("#0f4a40", "#ffd84d"):
        colours = palette(ColourSettings(accent=accent), "")
        assert contrast(colours["on_accent"], colours["accent"]) >= LETTERS


def test_the_style_has_the_colours_of_the_day_and_of_the_dark() -> None:
    day, dark = style(ColourSettings(accent="#123456", accent_dark="#abcdef")).split("@media")
    assert "--accent:#123456;" in day
    assert "--accent:#abcdef;" in dark


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(page=PageSettings(languages=("de", "it"))), "page.languages has 'it'"),
        (Settings(page=PageSettings(after_yes=("phone",))), "page.after_yes has 'phone'"),
        (Settings(words={"nl": WordSettings()}), "words has 'nl'"),
    ],
)
def test_what_the_page_does_not_know_is_refused(settings: Settings, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check(settings)
