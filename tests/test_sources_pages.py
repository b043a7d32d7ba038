"""What pages say of themselves: the columns they offer, and what is said where one is named that none has."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ROOT
from firstfive.app.collect import import_sources
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import SourceError
from firstfive.sources import Columns, Last, Limits, open_source, packed
from firstfive.sources.linked import FIELDS, number, said_of
from firstfive.sources.offered import offered
from firstfive.sources.pages import Leaf
from firstfive.types import Rejected


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    with open_project(init_project(tmp_path / "project").parent, environment={}) as opened:
        yield opened


def site(folder: Path, **bodies: str) -> str:
    """A folder of pages, in Welsh and from Bala where nothing else is said."""
    (folder / "site").mkdir(exist_ok=True)
    for name, body in (bodies or {"a": "<p>A page about lamps.</p>"}).items():
        head = '<html lang="cy"><meta name="geo" content="Bala"><title>Lamps</title>'
        (folder / "site" / f"{name}.html").write_text(f"{head}{body}", "utf-8")
    return str(folder / "site")


def fields(project: Project) -> dict[str, dict[str, str]]:
    with project.store.read() as unit:
        return {page.id: dict(page.fields) for page in unit.pages.live()}


@pytest.mark.parametrize("flags", [{"field": ["price"]}, {"id": "url"}, {"title": "h1"}, {"text": ["body"]}])
def test_a_column_that_no_page_has_is_refused_with_those_there_are_and_is_not_remembered(
    project: Project, tmp_path: Path, flags: dict[str, list[str]]
) -> None:
    pages = site(tmp_path)
    import_sources(project, [pages])
    with pytest.raises(SourceError, match='there are "path", "title", "text", "geo", "lang"') as refused:
        import_sources(project, [pages], **flags)  # type: ignore[arg-type]
    assert refused.value.code == "source.mapping"
    assert import_sources(project, [pages]).same == 1
    assert fields(project) == {"a": {"lang": "cy", "geo": "Bala"}}


def test_columns_of_pages_are_found_whatever_their_case_and_on_whichever_page(project: Project, tmp_path: Path) -> None:
    pages = site(tmp_path, a="", b='<meta name="Price" content="9"><p>Lamps.</p>')
    import_sources(project, [pages], field=["price", "GEO"], text=["text"], title="Title")
    assert fields(project) == {"a": {"geo": "Bala"}, "b": {"geo": "Bala", "Price": "9"}}


def test_a_column_that_is_spelt_just_so_goes_before_one_in_other_case(project: Project, tmp_path: Path) -> None:
    later = {f"p{n}": f'<meta name="sku" content="id{n}">A lamp of kind {n}.' for n in (2, 3, 4)}
    pages = site(tmp_path, p1='<meta name="SKU" content="id1">A lamp of kind 1.', **later)
    import_sources(project, [pages], id="sku")
    assert sorted(fields(project)) == ["id2", "id3", "id4", "p1"]
    assert import_sources(project, [pages]).same == 4


def test_of_two_spellings_in_other_case_the_first_is_taken(project: Project, tmp_path: Path) -> None:
    pages = site(tmp_path, a='<meta name="SKU" content="x">A lamp.', b='<meta name="Sku" content="y">A stool.')
    import_sources(project, [pages], id="sku")
    assert sorted(fields(project)) == ["b", "x"]


def test_a_column_that_first_comes_on_the_last_of_many_pages_is_there(tmp_path: Path) -> None:
    plain = Leaf("a", "a.html", "html", b"", {"lang": "cy"}, "", "")
    pages = [*[plain] * 5_000, replace(plain, columns={"sku": "9"})]
    assert "sku" in offered(pages, {"sku"})


def test_settings_for_a_table_are_left_out_and_said_where_no_page_has_them(tmp_path: Path) -> None:
    settings = init_project(tmp_path / "project")
    pages = site(tmp_path)
    with open_project(settings.parent, environment={}) as project:
        import_sources(project, [pages])
        with project.store.unit() as unit:  # as imports that did not look for it kept it
            unit.pages.map(pages, packed(Last(Columns(id="artno"))))
    said = '[import]\nid = "artno"\nfield = ["GEO", "price"]\n'
    settings.write_text(settings.read_text("utf-8").replace("[import]\n", said), "utf-8")
    with open_project(settings.parent, environment={}) as project:
        report = import_sources(project, [pages])
        assert fields(project) == {"a": {"geo": "Bala"}}
        assert report.guessed[0] == (
            f'{pages}: no page has a column "artno", "price", which [import] in the settings names; it is read without.'
        )
        with pytest.raises(SourceError, match=r'no page of .* has a column "artno"'):
            import_sources(project, [pages], id="artno")
        assert not any(
            "settings" in said for said in import_sources(project, [pages], id="geo", field=["lang"]).guessed
        )


def test_a_field_that_all_pages_have_lost_is_said_and_taken_again_when_it_comes_back(
    project: Project, tmp_path: Path
) -> None:
    with_price = {"a": '<meta name="price" content="9"><p>Lamps.</p>'}
    import_sources(project, [site(tmp_path, **with_price)], field=["price"])
    report = import_sources(project, [site(tmp_path, a="<p>Lamps.</p>")])
    assert 'no "price" any more' in " ".join(report.guessed)
    assert fields(project) == {"a": {}}
    import_sources(project, [site(tmp_path, **with_price)])
    assert fields(project) == {"a": {"price": "9"}}


def test_an_empty_folder_is_empty_whatever_is_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert import_sources(project, [str(tmp_path / "none")], field=["price"]).empty == (str(tmp_path / "none"),)


def test_the_guide_names_every_field_that_json_ld_may_bring() -> None:
    guide = (ROOT / "docs" / "guides" / "getting-text-in.md").read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in guide] == []


# --- JSON-LD ----------------------------------------------------------------------------------------------------------

LAMP = {"@type": "Product", "name": "Lamps", "offers": {"price": "39.00", "priceCurrency": "GBP"}}


def linked(*blocks: object, title: str = "Lamps | Shop") -> dict[str, str]:
    """What is said of a page with these blocks of JSON-LD."""
    texts = [block if isinstance(block, str) else json.dumps(block) for block in blocks]
    body = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return said_of(f"<p>{body}".encode(), title)


def test_a_page_says_in_json_ld_what_its_thing_costs_and_where_it_is(project: Project, tmp_path: Path) -> None:
    block = f'<script type="application/ld+json">{json.dumps(LAMP)}</script><p>A page about lamps.</p>'
    report = import_sources(project, [site(tmp_path)])
    report = import_sources(project, [site(tmp_path, a=block)])
    assert (report.new, report.changed) == (0, 1)
    assert '"price", "currency"' in report.guessed[0]
    assert fields(project) == {"a": {"lang": "cy", "geo": "Bala", "price": "39", "currency": "GBP"}}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            {"offers": {"price": 49, "priceSpecification": {"@type": "DeliveryChargeSpecification", "price": 4.9}}},
            {"price": "49"},
        ),
        ({"offers": {"priceSpecification": {"@type": "DeliveryChargeSpecification", "price": 4.9}}}, {}),
        (
            {
                "offers": {
                    "priceSpecification": [{"price": 14.95}, {"price": 2.99, "referenceQuantity": {"value": 100}}]
                }
            },
            {"price": "14.95"},
        ),
        ({"offers": {"priceSpecification": {"price": 3, "billingDuration": "P1M"}}}, {}),
        ({"offers": [{"price": 0}, {"price": 49}]}, {"price": "49"}),
        ({"offers": {"price": 0}}, {"price": "0"}),
        ({"offers": [{"price": 45, "priceCurrency": "GBP"}, {"price": 39, "priceCurrency": "KWD"}]}, {}),
        ({"startDate": "2026-99-99"}, {}),
        ({"aggregateRating": {"ratingValue": 87}}, {}),
        ({"aggregateRating": {"ratingValue": 0, "reviewCount": 0}}, {}),
        ({"aggregateRating": {"ratingValue": 5, "reviewCount": 0}}, {}),
        ({"offers": {"lowPrice": 12.5, "priceCurrency": "EUR"}}, {"price": "12.5", "currency": "EUR"}),
        ({"offers": [{"price": "1,299.00"}, {"price": "899,00"}]}, {"price": "899"}),
        ({"offers": {"@type": "AggregateOffer", "offers": [{"price": "£7"}]}}, {"price": "7"}),
        ({"offers": {"priceSpecification": [{"price": 5, "priceCurrency": "CHF"}]}}, {"price": "5", "currency": "CHF"}),
        ({"hasVariant": [{"offers": {"price": "9"}}, {"offers": {"price": "8"}}]}, {"price": "8"}),
        ({"offers": {"price": "on request"}}, {}),
        ({"offers": {"price": "-1"}}, {}),
        ({"offers": {"price": True}}, {}),
        ({"brand": {"name": "Tarn &amp; Co"}, "category": ["Lights"]}, {"brand": "Tarn & Co", "category": "Lights"}),
        ({"address": {"addressLocality": "Bala", "postalCode": "01234"}}, {"town": "Bala", "postcode": "01234"}),
        ({"location": {"address": {"addressCountry": {"name": "Wales"}}}}, {"country": "Wales"}),
        ({"jobLocation": [{"address": [{"addressRegion": "Gwynedd"}]}]}, {"region": "Gwynedd"}),
        ({"aggregateRating": {"ratingValue": "4.6", "bestRating": 5}}, {"rating": "4.6"}),
        ({"aggregateRating": {"ratingValue": 92, "bestRating": 100}}, {}),
        (
            {"openingHours": ["Mo-Fr 09:00-17:00", "Sa 10:00-12:00"]},
            {"opening_hours": "Mo-Fr 09:00-17:00, Sa 10:00-12:00"},
        ),
        ({"startDate": "2026-05-01T19:00:00+02:00", "endDate": "soon"}, {"start_date": "2026-05-01"}),
        ({"datePublished": "2026-05-01"}, {"published": "2026-05-01"}),
        ({"category": "words " * 40, "brand": "N/A"}, {}),
    ],
)
def test_what_schema_org_calls_so_becomes_this_field(said: dict[str, object], found: dict[str, str]) -> None:
    assert linked({"@type": "https://schema.org/Thing", "name": "Lamps", **said}) == found


def test_hours_of_single_days_become_spans_of_days() -> None:
    week = ["Monday", "Tuesday", "https://schema.org/Wednesday", "Friday"]
    hours = [{"dayOfWeek": day, "opens": "09:00:00", "closes": "17:00"} for day in week]
    shut = {"dayOfWeek": "Sunday"}
    assert linked({"@type": "Museum", "name": "Lamps", "openingHoursSpecification": [*hours, shut]}) == {
        "opening_hours": "Mo-We,Fr 09:00-17:00"
    }


FIRM = {"@type": "Organization", "name": "Shop", "address": {"addressLocality": "Leeds"}}
CRUMBS = {"@type": "BreadcrumbList", "itemListElement": [], "category": "way"}
PRICE = {"price": "39", "currency": "GBP"}


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        ([LAMP], PRICE),
        ([FIRM, CRUMBS, LAMP], PRICE),
        ([{"@graph": [FIRM, CRUMBS, LAMP]}], PRICE),
        ([[FIRM, LAMP]], PRICE),
        ([{"@type": "WebPage", "mainEntity": {**LAMP, "name": "Other"}}, {**LAMP, "name": "Third"}], PRICE),
        (
            [
                {
                    "@graph": [
                        {"@type": "WebPage", "mainEntity": {"@id": "#1"}},
                        {**LAMP, "@id": "#1", "name": "X"},
                        {"@type": "Thing"},
                    ]
                }
            ],
            PRICE,
        ),
        (
            [{**LAMP, "offers": {"@id": "#o"}}, {"@type": "Offer", "@id": "#o", "price": 39, "priceCurrency": "GBP"}],
            PRICE,
        ),
        ([LAMP, {**LAMP, "name": "Stool", "offers": {"price": "5"}}], PRICE),
        ([{**LAMP, "name": "Stool"}, {**LAMP, "name": "Chair"}], {}),
        ([FIRM], {}),
        ([{**FIRM, "name": "Lamps"}], {"town": "Leeds"}),
        ([CRUMBS, {"@type": "WebSite", "category": "x"}, {"@type": "Review", "datePublished": "2026-01-01"}], {}),
    ],
)
def test_only_the_thing_that_a_page_is_about_is_taken(blocks: list[object], found: dict[str, str]) -> None:
    assert linked(*blocks) == found


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[" * 200_000,
        '{"@type": "Product", "offers": ' * 5_000,
        '{"price": ' + "9" * 6_000 + "}",
        f'{{"@type": "Product", "name": "Lamps", "category": "{"x" * 600_000}"}}',
        "null",
        '"Product"',
        '[[{"@type": 7}], {"@type": "Product", "offers": [[]], "brand": [[]], "address": "here"}]',
        "",
        " " * 400_000 + ";",
    ],
)
def test_broken_and_endless_json_ld_costs_its_own_block_only(broken: str) -> None:
    assert linked(broken, {"@context": "https://schema.org", **LAMP}) == PRICE


def test_json_ld_is_read_as_scripts_wrap_it_and_not_in_comments_nor_scripts() -> None:
    def page(block: str) -> dict[str, str]:
        return said_of(block.encode(), "Lamps")

    tag, text = '<SCRIPT id="1" type=application/ld+json>', json.dumps(LAMP)
    assert page(f"{tag}\n//<![CDATA[\n{text}\n//]]>\n</SCRIPT>") == PRICE
    assert page(f"<script>var a = '<!--';</script>{tag}<!-- {text} --></script>") == PRICE
    assert page(f"<!-- {tag}{text}</script> -->") == page(f"<script>'{tag}{text}'</script>") == {}
    assert page(f"{tag}{text}") == {}


def test_a_page_of_nothing_but_openings_costs_no_more_than_its_length() -> None:
    body = b"<script type=application/ld+json>{" * 300_000
    begun = time.process_time()
    assert said_of(body + b"<!--" * 300_000, "Lamps") == {}
    assert time.process_time() - begun < 2


def test_what_a_shop_writes_for_networks_fills_in_where_there_is_no_json_ld(project: Project, tmp_path: Path) -> None:
    meta = '<meta property="product:price:amount" content="1,299.00"><meta property="og:price:currency" content="GBP">'
    block = f'<script type="application/ld+json">{json.dumps(LAMP)}</script>'
    import_sources(project, [site(tmp_path, a=f"{meta}<p>A.", b=f"{meta}{block}<p>B.")], field=["price", "currency"])
    assert fields(project) == {"a": {"price": "1299", "currency": "GBP"}, "b": {"price": "39", "currency": "GBP"}}


def test_what_a_site_writes_for_crawlers_is_no_page_and_counted_with_what_is_none(
    project: Project, tmp_path: Path
) -> None:
    pages = Path(site(tmp_path))
    (pages / "robots.txt").write_text("# for all\nUser-agent: *\nDisallow: /admin\n")
    (pages / "ads.txt").write_text("ads.example, 12, DIRECT, ab\n")
    (pages / "sitemap.txt").write_text("https://a.example/lamps\n")
    (pages / "deep").mkdir()
    (pages / "deep" / "robots.txt").write_text("Robots\n\nA toy that walks and talks, and needs two batteries.\n")
    report = import_sources(project, [str(pages)])
    assert set(fields(project)) == {"a", "deep/robots"}
    assert "1 robots.txt" in report.guessed[-1]


def test_what_may_matter_beside_pages_is_named_once_a_kind_with_what_to_do(project: Project, tmp_path: Path) -> None:
    pages = Path(site(tmp_path))
    beside = {
        "a.pdf": b"%PDF-1.4",
        "b.pdf": b"%PDF-1.4",
        "c.eml": b"From: a@b.example\n\nHello.",
        "d.xml": b"<?xml version='1.0'?><rss version='2.0'></rss>",
        "e.xml": b"<?xml version='1.0'?><urlset></urlset>",
        "f.csv": b"id,title\n1,Lamp\n",
        "g.png": b"\x89PNG",
        "h.js": b"var a",
    }
    for name, body in beside.items():
        (pages / name).write_bytes(body)
    said = import_sources(project, [str(pages)]).guessed[-1]
    assert [part.partition(":")[0] for part in said.split("; ")[1:]] == [
        "a.pdf is a PDF",
        "c.eml is an e-mail",
        "d.xml is a feed",
        "f.csv is a table, which a folder of pages does not hold",
    ]


def test_a_mail_is_told_to_be_one_and_a_single_page_is_named_once(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text("From: a@b.example\n\nHello.")
    with pytest.raises(SourceError, match="is an e-mail"):
        import_sources(project, [str(tmp_path / "a.eml")])
    (tmp_path / "b.html").write_text("<html><p>Lamps.")
    (found,) = open_source(str(tmp_path / "b.html"), None, Limits(item_bytes=9))
    assert isinstance(found, Rejected)
    assert found.source == str(tmp_path / "b.html")


@pytest.mark.parametrize(
    ("title", "blocks", "price"),
    [
        (
            "Sofa | Shop",
            [
                {"@type": "Product", "name": "Sofa", "offers": {"price": 99}},
                {"@type": "NewsArticle", "headline": "We moved", "mainEntityOfPage": "https://a.example/news"},
            ],
            {"price": "99"},
        ),
        ("Our opening hours | Shop", [{"@type": "Product", "name": "Drill", "offers": {"price": 199}}], {}),
        (
            "Rent a bike | Shop",
            [{"@type": "Event", "name": "Jazz night", "location": {"address": {"addressLocality": "Bath"}}}],
            {},
        ),
        (
            "Jobs at Tarnhead",
            [
                {"@type": "WebSite", "name": "Tarnhead"},
                {"@type": "Product", "name": "Tarnhead tent", "offers": {"price": 5}},
            ],
            {},
        ),
        (
            "Case for GSR 12V",
            [
                {"@type": "Product", "name": "GSR 12V", "offers": {"price": 199}},
                {"@type": "Product", "name": "Case", "offers": {"price": 29}},
            ],
            {"price": "29"},
        ),
        (
            "Case for GSR 12V",
            [{"@type": "Offer"}, {"@type": "Service", "name": "GSR"}, {**LAMP, "name": "GSR 12V"}],
            {},
        ),
        (
            "Shirt L",
            [
                {
                    "@type": "ProductGroup",
                    "name": "Shirt",
                    "brand": "Heron",
                    "hasVariant": [
                        {"@type": "Product", "name": "Shirt S", "offers": {"price": 19}},
                        {"@type": "Product", "name": "Shirt L", "offers": {"price": 29}},
                    ],
                }
            ],
            {"price": "29", "brand": "Heron"},
        ),
        ("Standing lamps for reading", [{**LAMP, "name": "Reading lamps, tall"}], {"price": "39", "currency": "GBP"}),
    ],
)
def test_json_ld_is_taken_of_what_the_title_is_about_and_not_of_what_stands_beside_it(
    title: str, blocks: list[object], price: dict[str, str]
) -> None:
    assert linked(*blocks, title=title) == price


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.299 €", "1299"),
        ("1.299,-", "1299"),
        ("25.000", "25"),
        ("0,999", "0.999"),
        ("1 299,00", "1299"),
        ("1\u00a0299,00 €", "1299"),
        ("1'299.00", "1299"),
        ("1,299.00", "1299"),
        ("4.6", "4.6"),
        ("1,23,456", ""),
    ],
)
def test_numbers_are_read_as_people_and_as_programs_write_them(written: str, read: str) -> None:
    assert number(written) == read


def test_a_price_and_its_currency_are_of_one_place(project: Project, tmp_path: Path) -> None:
    meta = '<meta property="og:price:amount" content="{}"><meta property="og:price:currency" content="USD">'
    lamp = {**LAMP, "offers": {"price": 99}}
    block = f'<title>Lamps</title><script type="application/ld+json">{json.dumps(lamp)}</script>'
    import_sources(project, [site(tmp_path, a=meta.format(120) + block, b=meta.format("on request"))], field=["price"])
    assert fields(project) == {"a": {"price": "99"}, "b": {}}
