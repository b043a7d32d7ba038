"""The one JSON of a Slate: it comes back as it went, and what is written is what is described."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from conftest import ROOT
from firstfive.app.wire import slate_from_json, slate_json, slate_schema
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
    VisitId,
    Wish,
)

SAID, SAYS = Quote("crowns", 0, 6, "request"), Quote("crowns", 9, 15)
PLACE = Place(
    place=1,
    item=ItemId("dentist"),
    title="Bright Molar",
    text="It makes crowns.",
    score=0.75,
    channels={"words": 1.0},
    reason=Reason(SAID, SAYS, 0.5, "It makes crowns.", "openai:small"),
    mismatch=Mismatch(SAID, None, "not mentioned"),
    fields={"country": "DE", "staff": 38.0, "family": True, "tags": ("a", "b")},
    unknown=("founded",),
    copies=(ItemId("twin"),),
    checks=("a check",),
    stages={"fuse": 2, "rerank": 1},
    facts=(
        Fact("founded", 1987.0, "stated", 0.95, Span(3, 15)),
        Fact("seat", ("Oslo", "Norway"), "inferred", 0.4, None, "openai:m"),
    ),
)
ASKED = Asked(
    (Wish("crowns", 0, 6),),
    Strength("start", 0.8, (True,), "staff", "size"),
    0.4,
    True,
    Question("staff", "size", (Option("up_to", (50.0,), "staff <= 50", "", 0.6), Option("else")), 0.1),
    ((Sharpening("country", "place", "same", ("DE",), "country = de", 9),),),
)
WHOLE = Slate(
    RecommId("r1"),
    ReleaseId("abc"),
    Request(
        "crowns",
        3,
        "staff > 1",
        (ItemId("a"),),
        (ItemId("b"),),
        0.5,
        UserId("ann"),
        "shop",
        (ItemId("c"),),
        (0.5,),
        (Told("staff", "staff > 9", "over", (9.0,)),),
        VisitId("v"),
    ),
    (PLACE,),
    {"read": 0.125},
    datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    ("A note.",),
    ("openai:small",),
    ("rerank@1 12345678",),
    0.0125,
    datetime(2026, 1, 1, tzinfo=UTC),
    ASKED,
)


def test_a_slate_comes_back_as_it_went() -> None:
    assert slate_from_json(slate_json(WHOLE)) == WHOLE
    plain = Slate(RecommId("r2"), ReleaseId("abc"), Request("x"), (), {}, WHOLE.created)
    assert slate_from_json(slate_json(plain)) == plain


def properties(schema: dict[str, Any], name: str) -> list[str]:
    return list(schema["$defs"][name]["properties"])


def test_every_name_of_a_slate_is_documented_in_its_table() -> None:
    schema = slate_schema()
    assert schema["$ref"] == "#/$defs/Slate"
    table = (ROOT / "docs" / "http.md").read_text("utf-8").partition("\n## Slate\n")[2].partition("\n## Items")[0]
    asked = ("Asked", "Strength", "Wish", "Question", "Option", "Sharpening", "Told")
    for name in ("Slate", "Request", "Place", "Reason", "Mismatch", "Quote", "Fact", "Trial", *asked):
        wanted = [
            one
            for one in properties(schema, name)
            if f"`{one}`" not in re.sub(r"`[a-z.]*(\[\])*\.(?=[a-z])", "`", table)
        ]
        assert wanted == [], name
