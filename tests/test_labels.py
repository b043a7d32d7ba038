"""Labels that a site uses on its pages become fields of its items."""

from __future__ import annotations

import pytest

from firstfive.build import clean
from firstfive.build.labels import MOST, labelled
from firstfive.types import Doc, ItemId, Page

TEXT = "We lend tools to people who mend things in {0}, without a fee, and show them how each is held and sharpened."
TOWNS = ("Ely", "Ripon", "Wells", "Truro", "Durham", "Exeter", "Lincoln", "Hereford", "Lichfield", "Salisbury")


def cleaned(bodies: list[str], fields: dict[str, str] | None = None) -> list[Doc]:
    pages = [
        Page(ItemId(str(at)), "html", "", f"<title>{TOWNS[at]} shed</title>{body}".encode(), fields or {}, "sheds")
        for at, body in enumerate(bodies)
    ]
    extracts = [clean.extract(page) for page in pages]
    repeated = clean.boilerplate(extracts, 0.3)
    assert repeated == clean.boilerplate(extracts[::-1], 0.3)
    made = [clean.finish(page, extract, repeated) for page, extract in zip(pages, extracts, strict=True)]
    return [one for one in made if isinstance(one, Doc)]


def sheds(form: str, n: int = 10, only: int = 10) -> list[str]:
    """Pages with {day} and {town} of the form filled in; those from `only` on have none of it."""
    made = []
    for at, town in enumerate(TOWNS[:n]):
        said = form.format(day=at + 1, town=town) if at < only else ""
        made.append(f"<h1>{town} shed</h1><p>{TEXT.format(town)}</p>{said}<p>Come by. {TEXT.format(town)}</p>")
    return made


@pytest.mark.parametrize(
    "form",
    [
        "<dl><dt>Opens</dt><dd>{day} May 2027</dd><dt>Who can join:</dt><dd>People of {town}</dd></dl>",
        "<table><tr><td><b>Opens:</b></td><td>{day} May 2027</td></tr>"
        "<tr><th>Who can join</th><td>People of {town}</td></tr></table>",
        "<ul><li><b>Opens</b>: {day} May 2027</li><li><b>Who can join</b>: People of {town}</li></ul>",
        "<p><strong>Opens:</strong> {day} May 2027<br><strong>Who can join:</strong> People of {town}</p>",
    ],
    ids=["list of pairs", "table", "list", "lines"],
)
def test_labels_of_many_pages_become_fields_and_stay_in_the_text(form: str) -> None:
    made = cleaned(sheds(form))
    assert made[1].fields == {"opens": "2 May 2027", "who can join": "People of Ripon"}
    assert "Opens: 2 May 2027" in made[1].text


def test_what_a_page_says_of_itself_goes_before_its_labels() -> None:
    made = cleaned(sheds("<dl><dt>Town</dt><dd>{town}</dd><dt>Day</dt><dd>{day}</dd></dl>"), {"town": "Bath"})
    assert made[0].fields == {"town": "Bath", "day": "1"}


@pytest.mark.parametrize(
    ("form", "only", "found"),
    [
        ("<dl><dt>Day</dt><dd>{day}</dd></dl>", 5, True),
        ("<dl><dt>Day</dt><dd>{day}</dd></dl>", 4, False),
        ("<dl><dt>Day</dt><dd>{day}</dd><dt>Day</dt><dd>{day}0</dd></dl>", 10, False),
        ("<p>Day: It was {day} in the morning. Nobody had slept.</p>", 10, False),
        ("<dl><dt>Story</dt><dd>{town} " + "is far away and " * 9 + "so on</dd></dl>", 10, False),
        ("<dl><dt>Day</dt><dd>-</dd></dl>", 10, False),
        ("<dl><dt>Phone</dt><dd>01632 960000</dd></dl>", 10, False),
        ("<p>Photo: A. Ash of {town}</p>", 10, False),
        ("<p>Updated: {day} May 2026</p>", 10, False),
        ("<dl><dt>Last updated</dt><dd>{day} May 2026</dd></dl>", 10, False),
        ("<dl><dt>Id</dt><dd>{day}</dd></dl>", 10, False),
        ("<dl><dt>{town}</dt><dd>{day}</dd></dl>", 10, False),
        ("<dl><dt>=cmd|calc</dt><dd>{day}</dd></dl>", 10, False),
    ],
    ids=[
        "five pages",
        "four pages",
        "twice on a page",
        "prose",
        "long values",
        "no value",
        "the site's own",
        "picture",
        "of the page",
        "of the page in a table",
        "what every item has",
        "a name",
        "no name of a column",
    ],
)
def test_a_label_is_a_field_where_enough_pages_have_it_once_with_a_short_value(
    form: str, only: int, found: bool
) -> None:
    assert any(made.fields for made in cleaned(sheds(form, only=only))) == found


def test_pages_have_at_most_so_many_fields_of_labels() -> None:
    rows = "".join(f"<dt>Label {chr(97 + n % 26)}{chr(97 + n // 26)}</dt><dd>{{day}} of {n}</dd>" for n in range(60))
    made = cleaned(sheds(f"<dl>{rows}</dl>"))
    assert {len(one.fields) for one in made} == {MOST}
    assert made[0].fields.keys() == made[-1].fields.keys()


def test_a_label_beside_the_text_becomes_a_field_too() -> None:
    made = cleaned(
        [f"<div><div>{body}</div><aside><p>Rent: £{at}0</p></aside></div>" for at, body in enumerate(sheds(""))]
    )
    assert made[3].fields == {"rent": "£30"}


@pytest.mark.parametrize(
    ("line", "fact", "told"),
    [
        ("Opening  Hours: 9 to 5", False, ("opening hours", "9 to 5")),
        ("Adresse (Büro): Ring 7", False, ("adresse (büro)", "Ring 7")),
        ("Date limite : 3 mai", False, ("date limite", "3 mai")),
        ("Summary: It is long. And more.", True, ("summary", "It is long. And more.")),
        ("Summary: It is long. And more.", False, ("", "")),
        ("What we all said to him then: no", False, ("", "")),
        ("9:30: doors", False, ("", "")),
        ("https://a.example/b", False, ("", "")),
        ("Closes:", False, ("", "")),
        ("Author: Mary Shelley", True, ("author", "Mary Shelley")),
        ("Author: Anna Ash", False, ("", "")),
        ("Page views: 341", True, ("", "")),
        ("Comments: 3", True, ("", "")),
        ("Next: Ripon", False, ("", "")),
        ("Call: 0113 496 0000", False, ("", "")),
        ("URL: a.example", True, ("", "")),
        ("Updated kitchen: yes", True, ("updated kitchen", "yes")),
    ],
)
def test_a_line_is_a_label_with_its_value_or_none(line: str, fact: bool, told: tuple[str, str]) -> None:
    assert labelled(line, fact) == told
