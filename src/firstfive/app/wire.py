"""The one JSON of a Slate, the same in Python, on the command line and over HTTP: written, read and described here."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any

import msgspec

from firstfive import types


class Request(msgspec.Struct, kw_only=True):
    """What was asked."""

    text: str
    n: int
    filter: str
    like: tuple[types.ItemId, ...]
    unlike: tuple[types.ItemId, ...]
    diversity: float | None
    user: types.UserId | None = msgspec.field(name="userId")
    scenario: str
    exclude: tuple[types.ItemId, ...]
    vector: tuple[float, ...]
    told: tuple[types.Told, ...] = ()
    visit: types.VisitId | None = None


class Slate(msgspec.Struct, kw_only=True):
    """The answer to a request. `recommId` is what feedback refers to."""

    recomm_id: types.RecommId = msgspec.field(name="recommId")
    release: types.ReleaseId
    request: Request
    places: tuple[types.Place, ...]
    timings_ms: dict[str, float]
    created: Annotated[datetime, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    notes: tuple[str, ...]
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    cost_usd: float = 0.0
    recorded: Annotated[datetime, msgspec.Meta(extra_json_schema={"format": "date-time"})] | None = None
    asked: types.Asked | None = None
    trial: types.Trial | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Slate)


def slate_json(slate: types.Slate) -> bytes:
    """The Slate as UTF-8 JSON."""
    values = _values(slate)
    values["request"] = Request(**_values(slate.request))
    values["timings_ms"] = {name: round(value, 3) for name, value in slate.timings_ms.items()}
    return _encoder.encode(Slate(**values))


def slate_from_json(text: bytes | str) -> types.Slate:
    """The Slate that `slate_json` wrote. Raises msgspec.ValidationError or msgspec.DecodeError for anything else."""
    sent = _decoder.decode(text)
    request = types.Request(**msgspec.structs.asdict(sent.request))
    return types.Slate(**{**msgspec.structs.asdict(sent), "request": request})


def slate_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a Slate: a reference to "Slate" among its definitions."""
    return msgspec.json.schema(Slate)


def _values(record: types.Slate | types.Request) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
