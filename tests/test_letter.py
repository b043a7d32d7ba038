"""Requests that were pasted from a mail: its wrapping is no wish."""

from __future__ import annotations

from time import process_time

import pytest

from firstfive.ask import read
from firstfive.ask.letter import body
from firstfive.types import Request, Span

MAILS = [
    (
        "From: Ann Lee\nTo: Info\nSubject: RE: FW: your mills\n\nDear Sir or Madam,\nwe need a water mill with a "
        "bakery, near Hull.\n\nKind regards\nAnn Lee\n\nThis e-mail is confidential.",
        {"water mill", "bakery", "Hull"},
    ),
    (
        "Von: Karl Weiß\nAn: Info\nBetreff: AW: Mühle\n\nSehr geehrte Damen und Herren,\nwir suchen eine Wassermühle "
        "mit Backstube.\n\nMit freundlichen Grüßen\nKarl Weiß",
        {"Wassermühle", "Backstube"},
    ),
    (
        "De : Anne Roy\nÀ : Info\nObjet : moulin\n\nBonjour Madame,\nnous cherchons un moulin à eau avec une "
        "boulangerie.\n\nCordialement,\nAnne Roy",
        {"moulin à eau", "boulangerie"},
    ),
    ("Dear Mrs Smith, I am looking for a quiet flat. Yours sincerely, Tom Hill", {"quiet flat"}),
    ("a quiet flat with a lift. Best wishes, Tom", {"quiet flat", "lift"}),
    ("Dear Mrs Hill, a quiet flat. Kind regards, Tom", {"quiet flat"}),
    ("Liebe Frau Weber, ich suche eine Hütte", {"Hütte"}),
    ("Chère équipe, nous cherchons un moulin", {"moulin"}),
    ("Madame, Monsieur, un moulin à eau", {"moulin à eau"}),
    ("To whom it may concern: a quiet barn", {"quiet barn"}),
    ("From: a@b.example To: c@d.example Date: 3 May Dear Team, a barn", {"barn"}),
    ("a quiet flat. Yours, Tom", {"quiet flat"}),
    ("a quiet flat. Regards, Tom", {"quiet flat"}),
]


@pytest.mark.parametrize(("mail", "wishes"), MAILS)
def test_a_mail_is_read_without_what_is_the_mails(mail: str, wishes: set[str]) -> None:
    reading = read(Request(mail))
    assert {wish.text for wish in reading.wishes} == wishes
    assert all(reading.request.text[wish.start : wish.end] == wish.text for wish in reading.wishes)
    assert reading.request.text == " ".join(mail.split())
    assert not any(word in reading.asked for word in ("Lee", "Karl", "Roy", "Tom", "RE:", "AW:", "confidential"))
    assert {wish.text for wish in read(reading.request).wishes} == wishes  # as it is read again, on one line


@pytest.mark.parametrize(
    "text",
    [
        "From May to October, a flat in Leeds",
        "To rent: a flat with a lift",
        "a card shop with kind regards and best wishes cards",
        "Hello, I am looking for a dentist",
        "Date: Saturday. A place to dance",
        "dear little cottage, by the sea",
        "From: Leeds. A removal firm",
        "a film called Yours Sincerely with subtitles",
        "a firm for confidential e-mail -- Swiss",
        "Kind regards",
        "Madame Bovary, ou un roman semblable",
        "Monsieur Hulot, un film drôle",
        "Dear Evan Hansen, tickets in London",
        "Dear Life, or a book like it",
        "Liebe und Tod, ein Krimi",
        "Liebe: ein Roman über Paris",
        "Liebe, ein Film",
        "Cher, un album live",
        "From: London To: Paris Date: 3 May, a quiet train",
        "Von: Berlin An: Hamburg",
        "Subject: maths. Date: Mondays",
        "Liebe Grüße aus Bonn, ein Haus am See",
        "a house as lovely as yours, Leeds",
        "Dear Sir, Kind regards, Tom",
    ],
)
def test_what_is_no_letter_stays_whole(text: str) -> None:
    assert body(text) == Span(0, len(text))


def test_a_hostile_letter_is_read_in_time() -> None:
    for piece in ("From: ", "Dear A ", "Re: ", "kind regards "):
        for start in ("", "From: a To: b@c ", "Dear A, "):
            began = process_time()
            body(start + piece * 1_000)
            assert process_time() - began < 0.1, (start, piece)
