"""Which pages are worth a model, which sentences it is shown, and what becomes of its choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build import clean
from firstfive.build.choosing import SHOWN, WINDOW, Sentence, page_sentences, settle, shown, text_of, windows
from firstfive.build.languages import language
from firstfive.build.worth import THRESHOLD, Worth, fragments, worth, worthy
from firstfive.types import Doc, ItemId, Page, Rejected, Stamp

SAID = "The foundry casts pump housings in grey iron for farms in the whole of the Midwest."
LONG = " ".join([SAID, SAID.replace("grey", "white"), SAID.replace("farms", "mills")])


def page(body: str, media: str = "html") -> Page:
    return Page(ItemId("x"), media, "", body.encode(), {})


def cleaned(body: str, media: str = "html") -> tuple[Doc, tuple[Sentence, ...]]:
    doc = clean.clean(page(body, media))
    assert not isinstance(doc, Rejected)
    return doc, page_sentences(page(body, media), doc)


def kept(sentences: tuple[Sentence, ...]) -> list[int]:
    return [place for place, one in enumerate(sentences) if one.kept]


# --- the sentences of a page ------------------------------------------------------------------------------------------

BLOCKS = st.lists(
    st.sampled_from(
        [
            f"<p>{LONG}</p>",
            f"<p>{SAID}</p>",
            "<p>short</p>",
            "<nav><a href='/'>Home</a></nav>",
            "<footer>All rights reserved.</footer>",
            "<h2>Pumps</h2>",
            "<ul><li>one entry of the list</li><li>another entry</li></ul>",
            "<p>Founded: 1987</p>",
        ]
    ),
    min_size=1,
    max_size=12,
).map("".join)


@given(BLOCKS)
def test_the_sentences_that_rules_kept_are_their_text_to_the_letter(body: str) -> None:
    doc = clean.clean(page(body))
    if isinstance(doc, Doc):
        sentences = page_sentences(page(body), doc)
        assert text_of(sentences, kept(sentences)) == doc.text


@given(BLOCKS, st.data())
def test_whatever_is_chosen_is_the_pages_own_text(body: str, data: st.DataObject) -> None:
    doc = clean.clean(page(body))
    if isinstance(doc, Doc):
        sentences = page_sentences(page(body), doc)
        chosen = data.draw(st.sets(st.integers(0, len(sentences) - 1)))
        whole = text_of(sentences, range(len(sentences)))
        assert set(text_of(sentences, chosen).split()) <= set(whole.split())
        assert all(sentences[place].text in whole for place in chosen)


def test_what_rules_dropped_is_shown_too_but_for_bare_menus_and_repetitions() -> None:
    menu, foot = "<nav><a href='/'>Home</a> <a href='/a'>About</a></nav>", f"<p>{SAID}</p><p>New.</p>"
    _, sentences = cleaned(f"{menu}<p>{LONG}</p><footer>{foot}</footer>")
    texts = [one.text for one in sentences]
    assert texts[:3] == LONG.replace("Midwest. ", "Midwest.\n").split("\n")
    assert "New." in texts
    assert "Home About" not in texts
    assert [one.kept for one in sentences[:3]] == [True] * 3


def test_a_row_of_a_table_has_the_sentences_of_its_text() -> None:
    _, sentences = cleaned(f"{SAID}\nSubscribe now", "text")
    assert [(one.text, one.kept) for one in sentences] == [(SAID, True), ("Subscribe now", True)]


def test_a_page_that_describes_itself_keeps_that_and_shows_the_rest() -> None:
    doc = Doc(ItemId("x"), "", f"{SAID}\nA second line.", {}, {}, Stamp("clean", 1))
    sentences = page_sentences(page("<nav>Menu of the page</nav>"), doc)
    assert text_of(sentences, kept(sentences)) == doc.text
    assert sentences[-1].text == "Menu of the page"


def test_long_sentences_are_cut_for_the_model_and_whole_in_the_text() -> None:
    [one] = cleaned(f"<p>{'word ' * 200}end</p>")[1]
    assert len(shown(one)) <= SHOWN + 2
    assert text_of([one], [0]).endswith("end")


@given(st.lists(st.integers(1, 2_000), max_size=60))
def test_windows_cover_all_sentences_once_and_are_no_longer_than_a_model_reads(sizes: list[int]) -> None:
    sentences = [Sentence("x" * size, n, kept=True) for n, size in enumerate(sizes)]
    found = windows(sentences)
    assert [place for window in found for place in window] == list(range(len(sizes)))
    assert all(sum(len(shown(sentences[place])) + 6 for place in window) <= WINDOW for window in found)


# --- what becomes of a choice -----------------------------------------------------------------------------------------

SURE = Sentence(SAID, 0, kept=True)
LABEL = Sentence("Share this page", 1, kept=True)
BEGUN = "It was begun in 1921 by two brothers who cast the bells of the old abbey by hand."
LOST = Sentence(BEGUN, 2, kept=False)
BUTTON = Sentence("Buy now", 3, kept=False)


def test_a_choice_may_drop_what_rules_doubt_and_win_back_what_they_lost() -> None:
    page = [SURE, SURE._replace(block=4), SURE._replace(block=5), LABEL, LOST, BUTTON]
    assert settle(page, [0, 1, 2, 4, 5]).text.split("\n") == [SAID, SAID, SAID, BEGUN]


def test_a_choice_that_is_what_rules_kept_changes_nothing() -> None:
    assert settle([SURE, LABEL, LOST], [0, 1]) == ("", "same")


def test_a_choice_is_refused_that_drops_what_rules_are_sure_of_or_adds_more_than_there_was() -> None:
    assert "sure of" in settle([SURE, LABEL, LOST], [1]).refused
    assert settle([SURE, LABEL, LOST], [0, 1, 2]).refused == "it chose nearly everything"
    many = [SURE, *(Sentence(f"{n} {SAID}", n, kept=False) for n in range(1, 4))]
    assert "would add" in settle([*many, LABEL], [0, 1, 2, 3]).refused
    assert settle([LABEL, LOST], []).refused == "it chose nothing that counts"


def test_a_choice_that_takes_a_sheet_of_facts_apart_is_refused_and_a_caption_may_go() -> None:
    facts = [Sentence(text, n, kept=True) for n, text in enumerate(("Seat: Tarn", "Staff: 91", "Trade: linen"), 1)]
    assert settle([SURE, *facts, LOST], [0, 2, 3]).refused == "it left out 1 of 3 lines that state a fact"
    assert settle([SURE, *facts[:2], LOST, BUTTON], [0, 1]).text == f"{SAID}\nSeat: Tarn"


# --- worth ------------------------------------------------------------------------------------------------------------


def score(body: str, media: str = "html") -> Worth:
    doc, sentences = cleaned(body, media)
    return worth(doc, sentences)


def test_a_page_of_whole_sentences_is_not_worth_a_model() -> None:
    assert score(f"<main><h1>Foundry</h1><p>{LONG}</p><p>{SAID}</p></main>").score < 0.1


FARMS = "<a href='/'>The foundry casts pumps for farms in the north</a>"


@pytest.mark.parametrize(
    ("sign", "body"),
    [
        ("fragments", "".join(f"<div>Pumps of iron number {n}</div>" for n in range(9))),
        ("teasers", "".join(f"<p>The foundry of the county number {n} casts pumps and …</p>" for n in range(9))),
        ("links", f"<p>{FARMS} and in the south, and {FARMS} too, says the head of the firm.</p><p>{SAID}</p>"),
        ("languages", f"<p>{SAID}</p><p>Die Gießerei liefert Pumpen für die Höfe und die Mühlen in der Stadt.</p>"),
        ("debris", f"<p>{SAID}</p><p>The foundry&amp;nbsp;casts &lt;b&gt;pumps &amp;amp; taps \ufffd for it.</p>"),
    ],
)
def test_each_sign_is_seen_where_it_stands_and_not_on_a_good_page(sign: str, body: str) -> None:
    found = score(f"<html><body><main>{body}</main></body></html>")
    assert found.signs[sign] > 0.2, found
    assert score(f"<main><p>{LONG}</p><p>{SAID}</p></main>").signs[sign] == 0.0


def test_a_short_text_of_a_long_page_is_a_sign_and_one_of_a_short_page_is_none() -> None:
    doc = Doc(ItemId("x"), "", SAID, {}, {}, Stamp("clean", 1))
    rest = [Sentence(f"{SAID} {n}", n, kept=False) for n in range(1, 40)]
    assert worth(doc, [SURE, *rest]).signs["short"] > 0.5
    assert worth(doc, [SURE, *rest[:1]]).signs["short"] == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "The firm sells:\n- pumps of iron\n- taps of brass\n- bolts of steel\n- gears",
        "Founded: 1987\nStaff: 40\nPlace: Leeds\nTrade: foundry",
        "The firm makes pumps for farms\nin the whole of the Midwest and\nin the mountains of the west\nas well.",
        "A title\nThe firm makes pumps.\nA heading\nIt sells them.",
    ],
    ids=["list", "facts", "wrapped", "headings"],
)
def test_lists_facts_wrapped_lines_and_headings_are_no_fragments(text: str) -> None:
    assert fragments(text) == 0.0


def test_a_page_too_long_for_the_model_is_left_to_rules() -> None:
    assert worthy(Worth(THRESHOLD, {}, 1))
    assert not worthy(Worth(0.9, {}, 9))
    assert not worthy(Worth(0.9, {}, 0))
    assert not worthy(Worth(THRESHOLD - 0.01, {}, 1))


@given(st.text(max_size=400))
def test_any_text_can_be_weighed(text: str) -> None:
    doc = clean.clean(page(text, "text"))
    if isinstance(doc, Doc):
        found = worth(doc, page_sentences(page(text, "text"), doc))
        assert 0.0 <= found.score <= 1.0
        assert all(0.0 <= sign <= 1.0 for sign in found.signs.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SAID, "en"),
        ("Die Gießerei liefert Gehäuse für Pumpen in der ganzen Region.", "de"),
        ("La fonderie coule des corps de pompe pour les fermes de la région.", "fr"),
        ("La fundición hace bombas para las granjas de la región y los molinos.", "es"),
        ("当社は農業用のポンプを製造しています。", ""),
        ("A fundição faz bombas e carcaças de ferro para as quintas da região.", "pt"),
        ("Pumps", ""),
        ("A Code for a Terminal. Perlis, A. J.; Samelson, O. E.; Rubinstein, O.", "en"),
    ],
)
def test_a_language_is_told_by_its_common_words(text: str, code: str) -> None:
    assert language(text) == code
