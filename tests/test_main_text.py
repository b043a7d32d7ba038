"""Which lines of a page are its own: lists, subtitles and facts in; menus, paths and what stands around out."""

from __future__ import annotations

import pytest

from firstfive.build import clean
from firstfive.build.blocks import DEEPEST_SUM, MOST, parse
from firstfive.types import Doc, ItemId, Page

ONE = (
    "A dentist in a small town presses two buttons, the scan arrives in Portland, and within five working days there "
    "is a printed denture in the post, at a price that lets a lobsterman say yes."
)
TWO = (
    "We also keep every patient's file for ever, so that someone whose teeth went overboard can have the same ones "
    "again by Tuesday, which happens more often than you would think."
)
THREE = (
    "The laboratory was founded in 2010 by a man who is 46 and owns most of it, and some local investors own the rest "
    "and have been asking politely about an exit for some years."
)


def lines(body: str, title: str = "Pier Dental Laboratory") -> list[str]:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    made = clean.clean(Page(ItemId("x"), "html", "", html.encode(), {}))
    assert isinstance(made, Doc), made
    return made.text.split("\n")


# --- lists ------------------------------------------------------------------------------------------------------------

LIST = "<ul><li>51 employees, two shifts</li><li>Certified</li><li>sales of 8.8 million dollars</li></ul>"
ENTRIES = ["51 employees, two shifts", "Certified", "sales of 8.8 million dollars"]


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Pier Dental Laboratory</h1><p>{ONE}</p>{LIST}<p>{TWO}</p><p>{THREE}</p>",
        f"<h1>Pier Dental Laboratory</h1><div><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{LIST}</div>",
        f"<h1>Pier Dental Laboratory</h1>{LIST}<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>",
        f"<main><h1>Pier Dental Laboratory</h1><p>{ONE}</p></main><section><h2>In short</h2>{LIST}</section>"
        f"<section><h2>Owners</h2><p>{TWO}</p><p>{THREE}</p></section>",
    ],
    ids=["between", "under", "over", "section"],
)
def test_a_list_among_the_text_is_kept_whole(body: str) -> None:
    assert [line for line in lines(body) if line in ENTRIES] == ENTRIES


def test_lines_of_one_element_among_the_text_are_kept() -> None:
    box = "<div><b>Team:</b> 112 people<br><b>Sales:</b> 14.5 million<br><b>Licences:</b> import<br>Two halls</div>"
    kept = lines(f"<div><h1>Pier Dental Laboratory</h1><p>{ONE}</p>{box}<p>{TWO}</p><p>{THREE}</p></div>")
    assert kept[1:5] == ["Team: 112 people", "Sales: 14.5 million", "Licences: import", "Two halls"]


def test_a_heading_stays_with_the_list_under_it() -> None:
    part = f"<p>{ONE}</p><h3>What is cast</h3>{LIST}<h3>What went wrong</h3><p>{TWO}</p><p>{THREE}</p>"
    kept = lines(f"<h1>Pier Dental Laboratory</h1><div>{part}</div>")
    assert kept[1:6] == ["What is cast", *ENTRIES, "What went wrong"]


def test_the_headings_of_short_sections_are_kept() -> None:
    body = (
        f"<main><h1>Pier Dental Laboratory</h1><p>{ONE}</p></main><section><h2>Three things</h2><ul><li>{TWO}</li>"
        f"<li>{THREE}</li></ul></section><section><h2>Owners</h2><p>{TWO.replace('We', 'They')}</p></section>"
    )
    assert [line for line in lines(body) if len(line) < 20] == ["Three things", "Owners"]


def test_a_list_of_links_among_the_text_is_dropped() -> None:
    links = "<ul><li><a href='/a'>Foundry in Leeds sold</a></li><li><a href='/b'>Bakery in York sold</a></li></ul>"
    kept = lines(f"<h1>Pier Dental Laboratory</h1><p>{ONE}</p>{links}<p>{TWO}</p><p>{THREE}</p>")
    assert kept == [ONE, TWO, THREE]


def test_lines_of_one_cell_are_no_row_and_no_fact() -> None:
    left = "<td><a href='/'>Home</a><br><a href='/k'>Contact</a></td>"
    right = f"<td><b>Pier Dental Laboratory</b><br>{ONE}<br>We make:<br>- dentures<br>- crowns</td>"
    assert lines(f"<table><tr>{left}{right}</tr></table>") == [ONE, "We make:", "- dentures", "- crowns"]


def test_two_lines_of_one_cell_are_no_fact() -> None:
    head = "<td colspan=2><font>Chamber of Enterprise</font><br>Makers at one table since 1997"
    assert parse(f"<table><tr>{head}</td></tr></table>").blocks[0].text == "Chamber of Enterprise"


# --- characters that no reader sees -----------------------------------------------------------------------------------


def test_a_paragraph_full_of_invisible_characters_is_kept() -> None:
    words = ONE.split()
    cut = " ".join(f"{w[:2]}\u200b{w[2:]}" if at % 3 else f"{w[:3]}\u00ad{w[3:]}" for at, w in enumerate(words))
    assert lines(f"<h1>Pier Dental Laboratory</h1><p>{cut}</p><p>{TWO}</p><p>{THREE}</p>") == [ONE, TWO, THREE]


# --- what stands around -----------------------------------------------------------------------------------------------

CHROME = (
    "<div class=consent><div>Exchange North and its 114 partners use cookies to show you listings.</div></div>"
    "<div class=head><div>Exchange North</div><div><a href='/b'>Buy a firm</a></div></div>"
)
SIDE = "<div class=side><div>Similar listings</div><div><a href='/b'>Bakery</a><div>Bread, York</div></div></div>"
FOOT = (
    "<div class=foot><div>About Exchange North</div><div>Broker login</div><div>Terms of use</div>"
    "<div>Information on this page is supplied by the seller or the broker and has not been verified.</div></div>"
)


def test_of_a_thin_page_only_the_part_with_the_heading_is_kept_and_sentences() -> None:
    thin = "Lift maintenance, 1,150 units under contract, owner retiring. Details on request."
    name = "<div role=heading aria-level=1>Pier Dental Laboratory</div><div>Dentures by mail, Portland</div>"
    facts = "<div><div><div>Staff</div><div>26</div></div><div><div>Sales</div><div>$9 million</div></div></div>"
    main = f"<div class=c1>{name}{facts}<div><div>{thin}</div></div></div>"
    kept = lines(f"{CHROME}<div class=main>{main}{SIDE}</div>{FOOT}")
    assert kept[:-1] == ["Dentures by mail, Portland", "Staff: 26", "Sales: $9 million", thin]
    assert kept[-1].startswith("Information on this page")


def test_a_thin_page_in_sections_keeps_each_of_them() -> None:
    body = (
        "<section><h1>Pier Dental Laboratory</h1><p>We make dentures by mail.</p></section>"
        "<section><h2>Owners</h2><p>The family would like to sell in two years.</p></section>"
        "<section><h2>At a glance</h2><ul><li>54 people</li><li>$12.8M sales</li></ul></section>"
    )
    kept = lines(f"<main>{body}</main>")
    assert {"We make dentures by mail.", "The family would like to sell in two years."} <= set(kept)
    assert {"54 people", "$12.8M sales"} <= set(kept)


@pytest.mark.parametrize(
    "over",
    [
        "<div>You are here: Start &gt; Regions &gt; Salzburg &gt; Pier Dental Laboratory</div>",
        "<p>Trades › Health › Dental laboratories</p>",
        "<table><tr><td>START</td><td>DENTURES</td><td>CHILDREN</td><td>ABOUT US</td></tr></table>",
    ],
    ids=["path", "short path", "menu in a table"],
)
def test_paths_and_menus_over_the_heading_are_dropped(over: str) -> None:
    kept = lines(f"<div>{over}<h1>Pier Dental Laboratory</h1><p>{ONE}</p></div>")
    assert kept == [ONE]


def test_a_heading_over_the_pages_own_heading_is_dropped_and_those_under_it_are_kept() -> None:
    over = "<div id=hd><h2>Northern makers</h2><p>Home &gt; Dentures &gt; Pier Dental Laboratory</p></div>"
    parts = "<h3>What it does</h3><p>It makes dentures by mail.</p><h3>When</h3><div>We are open all the year.</div>"
    kept = lines(f"<div id=page>{over}<h1>Pier Dental Laboratory</h1>{parts}</div>")
    assert kept == ["What it does", "It makes dentures by mail.", "When", "We are open all the year."]


@pytest.mark.parametrize("menu", ["Imprint | Privacy | This page is a short version", "Imprint · Privacy · Contact"])
def test_a_menu_under_the_text_is_dropped(menu: str) -> None:
    over = "<div><a href='/'>Home</a><a href='/r'>Rats</a></div>"
    assert lines(f"{over}<h1>Pier Dental Laboratory</h1><p>{ONE}</p><div>{menu}</div>") == [ONE]


def test_a_menu_of_links_before_a_last_sentence_is_dropped() -> None:
    top = "<center><h1>Pier Dental Laboratory</h1><h3>Dentures &middot; Crowns</h3></center><hr><p>Since 1979.</p>"
    text = "<ul><li>18 technicians<li>4 vans<li>annual billings about $3.2 million</ul><p>Call us, or come by.</p><hr>"
    menu = "<p><a href='/1'>Home</a> | <a href='/2'>Rates</a> | <a href='/3'>Schedule</a></p>"
    kept = lines(f"{top}{text}{menu}<p>You are visitor 10482. Best viewed in Netscape.</p>")
    assert not any("Rates" in line for line in kept)
    assert "18 technicians" in kept


def test_a_last_line_with_bars_and_numbers_is_kept() -> None:
    kept = lines(f"<h1>Pier Dental Laboratory</h1><p>{ONE}</p><p>founded 1921 | 62 people | Leeds</p>")
    assert kept == [ONE, "founded 1921 | 62 people | Leeds"]


def test_lines_with_bars_that_say_something_are_kept() -> None:
    kept = lines(
        "<h1>Pier Dental Laboratory</h1><p>Dentures | Portland, Maine | family-owned</p>"
        f"<p>{ONE}</p><p>We make:</p><p>dentures | crowns | bridges</p>"
    )
    assert kept == ["Dentures | Portland, Maine | family-owned", ONE, "We make:", "dentures | crowns | bridges"]


def test_labels_in_another_cell_than_the_text_are_dropped() -> None:
    side = "<td width=180><b>NEWS</b><br>Hall 19 at the fair<br><b>Download</b><br>Catalogue (pdf 8 MB)</td>"
    text = f"<td><h1>Pier Dental Laboratory</h1><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></td>"
    foot = "<tr><td colspan=2>Best viewed at 1024x768 - Visitors: 0048213</td></tr>"
    assert lines(f"<table><tr>{side}{text}</tr>{foot}</table>") == [ONE, TWO, THREE]


# --- the heading and the line under it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "top",
    [
        "<div><h1>Pier Dental Laboratory</h1><div>Dentures by mail, Portland</div></div>",
        "<div><div role=heading aria-level=1>Pier Dental Laboratory</div><p>Dentures by mail, Portland</p></div>",
        "<article><header><p>Business profile</p><h1>Pier Dental Laboratory</h1><p>Dentures by mail, Portland</p>"
        "<p>By Pim Hathersall</p></header></article>",
    ],
    ids=["div", "role", "header of an article"],
)
def test_the_line_under_the_heading_is_kept(top: str) -> None:
    body = f"{top}<div><div>♡ Save</div><div>Share</div></div><div><div><p>{ONE}</p><p>{TWO}</p></div></div>"
    assert lines(f"<main>{body}</main>")[0] == "Dentures by mail, Portland"
    assert "By Pim Hathersall" not in lines(f"<main>{body}</main>")


@pytest.mark.parametrize(
    "line", ["By Declan Oxbury-Shaw", "Updated Nov 19, 6:55 AM", "18 November 2019, Leeds", "Share"]
)
def test_the_author_and_the_date_under_the_heading_are_dropped(line: str) -> None:
    head = f"<header><h1>Pier Dental Laboratory</h1><p>{line}</p></header>"
    assert lines(f"<main><article>{head}<p>{ONE}</p><p>{TWO}</p></article></main>") == [ONE, TWO]


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Dentures by mail, Portland | Pier Dental Laboratory", "Dentures by mail, Portland | Pier Dental Laboratory"),
        ("About us", "Pier Dental Laboratory"),
    ],
)
def test_an_element_that_says_it_is_the_heading_names_the_page_where_the_title_does_not(title: str, named: str) -> None:
    body = f"<title>{title}</title><div role=heading aria-level=1>Pier Dental Laboratory</div><p>{ONE}</p>"
    made = clean.clean(Page(ItemId("x"), "html", "", body.encode(), {}))
    assert isinstance(made, Doc)
    assert (made.title, made.text) == (named, ONE)


def test_a_named_place_is_no_link() -> None:
    assert parse("<p><a name=top>Pier Dental Laboratory</a></p>").blocks[0].links == 0
    assert parse("<p><a onclick='go()'>Menu</a></p>").blocks[0].links == 4


# --- size -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    ["<div>" * 240 + "<p>Words of {}.</p>" + "</div>" * 240, "<p>Words of {}.</p>" * 3],
    ids=["deep", "many"],
)
def test_of_a_page_too_large_to_judge_everything_is_kept(body: str) -> None:
    parts = [body.format(n, n, n) for n in range(MOST // 3 + 1 if "<div>" not in body else DEEPEST_SUM // 240**2 * 3)]
    made = parse("".join(parts))
    assert made.tree is None
    assert {f"Words of {n}." for n in range(len(parts))} <= set(lines("".join(parts)))


def test_what_long_attributes_hide_stays_hidden_and_their_length_goes() -> None:
    many = "a " * 300_000
    style = "<style>.x{display:none}</style>"
    made = parse(f"{style}<p class='{many}x'>secret</p><p title='{many}'>Seen words.</p>")
    assert [block.text for block in made.blocks] == ["Seen words."]
    assert made.tree is not None
    assert max(len(value) for element in made.tree.iter() for value in element.attrib.values()) <= 1_000
