"""The one JSON of a Slate: it comes back as it went, and what is written is what is described."""

from __future__ import annotations

import re
from typing import Any

from conftest import ROOT
from firstfive.app.wire import slate_from_json, slate_json, slate_schema
from firstfive.types import RecommId, ReleaseId, Request, Slate
from slates import full


def test_a_slate_comes_back_as_it_went() -> None:
    whole = full(["crowns", "It makes crowns.", "<b>\u202e", "ä"])
    assert slate_from_json(slate_json(whole)) == whole
    plain = Slate(RecommId("r2"), ReleaseId("abc"), Request("x"), (), {}, whole.created)
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
