"""A Slate with something in every field that it can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from firstfive.app import visits
from firstfive.types import (
    Asked,
    Fact,
    ItemId,
    Mismatch,
    Option,
    Place,
    Question,
    Quote,
    Reason,
    RecommId,
    ReleaseId,
    Request,
    Sharpening,
    Slate,
    Span,
    Strength,
    Told,
    UserId,
    Wish,
)


def full(texts: Sequence[str]) -> Slate:
    """An answer of the page with these texts wherever there can be text, in each of its places another one."""
    first, visit = texts[0], visits.begin()
    request = Request(
        first,
        3,
        first,
        (ItemId("dentist"), ItemId(first)),
        (ItemId(first),),
        0.5,
        UserId(visit),
        "page",
        (ItemId(first),),
        (0.5,),
        tuple(Told(text, text, "value", (text, 9.0)) for text in texts),
        visit,
    )
    return Slate(
        RecommId(f"full-{visit}"),
        ReleaseId(first),
        request,
        tuple(_place(number, text) for number, text in enumerate(texts, 1)),
        {first: 0.125},
        datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        tuple(texts),
        tuple(texts),
        tuple(texts),
        0.0125,
        datetime(2026, 1, 1, tzinfo=UTC),
        _asked(texts),
    )


def _place(number: int, text: str) -> Place:
    quote = Quote(text, 0, len(text))
    return Place(
        number,
        ItemId(text),
        text,
        f"{text}\n{text} and more.",
        0.75,
        {text: 1.0},
        Reason(replace(quote, of="request"), replace(quote, of="title"), 0.5, text, text),
        Mismatch(quote, quote if number % 2 else None, text),
        {"homepage": text, text: text, "staff": 38.0, "family": True, "tags": (text, "b")},
        unknown=(text,),
        copies=(ItemId(text),),
        checks=(text,),
        stages={text: 2},
        facts=(
            Fact(text, 1987.0, "stated", 0.95, Span(3, 15)),
            Fact(text, (text, "Norway"), "inferred", 0.4, None, text),
        ),
    )


def _asked(texts: Sequence[str]) -> Asked:
    return Asked(
        tuple(Wish(text, 0, 1, refused=bool(n % 2)) for n, text in enumerate(texts)),
        Strength("thin", 0.8, (True,), texts[0], "size"),
        0.1,
        False,
        Question(texts[0], "other", tuple(Option("value", (text,), text, 0.6) for text in texts[:4]), 0.1),
        tuple((Sharpening(text, "other", "same", (text,), text, 9),) for text in texts),
    )
