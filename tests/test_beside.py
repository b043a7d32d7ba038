"""What a page says in a box beside its text or at the foot of its article comes back; what the site says stays out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firstfive.build import clean
from firstfive.build.beside import is_of_page
from firstfive.build.blocks import parse
from firstfive.types import Doc, ItemId, Page

KINDS = ("barns", "wells", "mills", "chapels", "locks", "orchards", "bridges", "quays")
TEXT = (
    "We help people who look after old {0} and want to keep them standing for another hundred years, with advice, with "
    "money and now and then with our own hands. Write to us about your {0}, with a picture, and tell us what is broken."
)
NEWSLETTER = "Get our letter on 1 March and on 1 September."


def pages_of(layout: Callable[[str, int], str], n: int = 8) -> list[Page]:
    """Pages of one site; layout: what stands around the heading and the text of a kind of thing, by its number."""
    made = []
    for at, kind in enumerate(KINDS[:n]):
        html = f"<html><head><title>Help for {kind}</title></head><body>{layout(kind, at)}</body></html>"
        made.append(Page(ItemId(kind), "html", "", html.encode(), {}, "trust.example", "source", 0))
    return made


def cleaned(pages: list[Page]) -> list[Doc]:
    extracts = [clean.extract(one) for one in pages]
    repeated = clean.boilerplate(extracts, 0.3)
    made = [clean.finish(one, extract, repeated) for one, extract in zip(pages, extracts, strict=True)]
    return [one for one in made if isinstance(one, Doc)]


def text(kind: str) -> str:
    return f"<h1>Help for {kind}</h1><p>{TEXT.format(kind)}</p><p>Ask early. {TEXT.format(kind)}</p>"


def beside(box: str) -> Callable[[str, int], str]:
    """A layout with a box beside the text; {at} in it is the page's number, {day} a day of May, {kind} its kind."""

    def layout(kind: str, at: int) -> str:
        said = box.format(at=at, day=at + 3, kind=kind)
        return f"<div class=wrap><div class=content>{text(kind)}</div><div class=sidebar>{said}</div></div>"

    return layout


def in_foot(kind: str, at: int) -> str:
    foot = f"<footer><p>Send the form by {at + 3} May 2027.</p></footer>"
    return f"<article>{text(kind)}{foot}</article><footer><p>Tel. 0300 000 000, 9 to 5.</p></footer>"


@pytest.mark.parametrize(
    ("layout", "line"),
    [
        (beside("<div class=box><h3>At a glance</h3><p>Deadline: {day} May 2027</p></div>"), "Deadline: 3 May 2027"),
        (beside("<aside><p>Bids until {day}.05.2027.</p></aside>"), "Bids until 3.05.2027."),
        (beside("<dl><dt>Deadline</dt><dd>{day} May 2027</dd></dl>"), "Deadline: 3 May 2027"),
        (
            beside("<div class=box><p>Up to £{day}00 for {kind}.</p></div><div><a href=/x>Instagram</a></div>"),
            "Up to £300 for barns.",
        ),
        (in_foot, "Send the form by 3 May 2027."),
    ],
    ids=["labelled", "aside", "list of pairs", "sentence", "foot of the article"],
)
def test_what_a_box_beside_the_text_says_of_the_page_is_kept(layout: Callable[[str, int], str], line: str) -> None:
    docs = cleaned(pages_of(layout))
    assert line in docs[0].text.split("\n")
    assert "0300" not in docs[0].text
    assert "Instagram" not in docs[0].text


def test_what_has_no_number_is_kept_where_the_same_boxes_of_other_pages_have_one() -> None:
    def layout(kind: str, at: int) -> str:
        when = "There is no deadline." if at == 1 else f"Deadline {at + 3} May 2027."
        return f"<div><div>{text(kind)}</div><div class=sidebar><div class=box><p>{when}</p></div></div></div>"

    docs = cleaned(pages_of(layout))
    assert docs[1].text.endswith("\nThere is no deadline.")


@pytest.mark.parametrize(
    "box",
    [
        f"<p>{NEWSLETTER}</p>",
        f"<div class=box><p>Deadline: {{day}} May 2027</p><p>{NEWSLETTER}</p></div>",
        "<nav><p>Open until {day} May 2027.</p></nav>",
        "<div class=related-pages><p>Wells since {day}00 years.</p></div>",
        "<div id=comments><p>I got £{day}00 in 2024, thank you.</p></div>",
        "<div><p>Mr Amos thought the world of {kind}.</p></div>",
        "<div class=card><a href=/x>Help for something else than {kind}</a><p>Up to £{day}00.</p></div>",
        "<div><p>Last updated: {day} May 2026</p><p>Page views: 1{at}7</p></div>",
        "<figure><figcaption>Picture taken in 200{at}.</figcaption></figure>",
        "<form><p>Give £{day}0 a month.</p></form>",
        "<div><h4>Best of 201{at}.</h4></div>",
        "<aside class=events><p>{day} June 2026: Fair of {kind}.</p></aside>",
        "<div><p>Also open: Fund {day} until {day} July 2026.</p></div>",
        "<div><p>Visitor number: 3{at}</p></div>",
    ],
    ids=[
        "the same on all",
        "the same beside what differs",
        "navigation",
        "related",
        "comments",
        "no number",
        "card of another page",
        "updated",
        "picture",
        "form",
        "heading",
        "events",
        "others",
        "counter",
    ],
)
def test_what_the_site_or_its_readers_say_beside_the_text_stays_out(box: str) -> None:
    wanted = "Deadline: 3 May 2027" if "Deadline" in box else ""
    first = cleaned(pages_of(beside(box)))[0].text.split("\n")
    assert [line for line in first if line not in TEXT.format("barns") and "old barns" not in line] == (
        [wanted] if wanted else []
    )


def test_lines_that_come_again_on_other_pages_in_turn_stay_out() -> None:
    """Each page has the sums of three others."""

    def layout(kind: str, at: int) -> str:
        teasers = "".join(f"<p>Up to £{(at + step) % 8 + 1},000 can be given.</p>" for step in (1, 3, 5))
        return beside(f"<div>{teasers}</div>")(kind, at)

    assert not any("£" in one.text for one in cleaned(pages_of(layout)))


def test_a_date_that_two_pages_share_is_kept_on_both() -> None:
    def layout(kind: str, at: int) -> str:
        return beside(f"<p>Deadline: {max(1, at)} May 2027</p>")(kind, at)

    assert [one.text.split("\n")[-1] for one in cleaned(pages_of(layout))[:2]] == ["Deadline: 1 May 2027"] * 2


@pytest.mark.parametrize("n", [1, 3])
def test_few_pages_do_not_show_what_is_the_sites(n: int) -> None:
    docs = cleaned(pages_of(beside("<aside><p>Deadline: {day} May 2027</p></aside>"), n))
    assert not any("Deadline" in one.text for one in docs)


def test_of_a_page_with_many_such_lines_none_is_taken() -> None:
    many = "".join(f"<p>Offer {n}{{at}} costs £{n}{{day}}.</p>" for n in range(30))
    assert not any("£" in one.text for one in cleaned(pages_of(beside(f"<div>{many}</div>"))))


def test_a_footer_is_of_the_site_unless_it_is_an_articles() -> None:
    blocks = parse("<article><p>a</p><footer><p>b</p></footer></article><footer><p>c</p></footer>").blocks
    assert [block.of_site for block in blocks] == [False, False, True]
    assert [block.around for block in blocks] == [False, True, True]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Updated: 3 May", True),
        ("Updated on Monday, 3 May 2026", True),
        ("Updated kitchen: yes", False),
        ("Aktualisiert am 3. Mai 2026", True),
        ("Aktualisierte Küche: ja", False),
        ("Published: 3 May 2026", True),
        ("Published: 1987", False),
        ("Stand: 12.05.2026", True),
        ("Stand: 12 m²", False),
        ("Video: A. Ash", True),
        ("Video: yes", False),
        ("Subscribe to our letter", True),
        ("Subscribe box: monthly coffee", False),
        ("Sign up by 3 May 2027.", False),
        ("Entry no: 12", True),
        ("Entry no step: yes", False),
        ("Partager : Facebook", True),
        ("Partager une chambre: oui", False),
        ("Copyright 2026 Ash", True),
        ("Copyright law advice for artists.", False),
        ("Views: 1,234", True),
        ("Views: sea", False),
    ],
)
def test_a_line_is_of_the_page_only_as_far_as_its_label_goes(line: str, said: bool) -> None:
    assert is_of_page(line) is said
