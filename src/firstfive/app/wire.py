"""The one JSON of a Slate, the same in Python, on the command line and over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from firstfive.types import Place, Release, Request, Slate


class WireSlate(msgspec.Struct, kw_only=True):
    """A Slate as it is sent: `recommId` is what feedback refers to."""

    recomm_id: str = msgspec.field(name="recommId")
    release: str
    request: Request
    places: tuple[Place, ...]
    timings_ms: dict[str, float]
    created: str
    notes: tuple[str, ...]


_encoder = msgspec.json.Encoder()


def slate_json(slate: Slate) -> bytes:
    """The Slate as UTF-8 JSON."""
    return _encoder.encode(
        {
            "recommId": slate.recomm_id,
            "release": slate.release,
            "request": slate.request,
            "places": slate.places,
            "timings_ms": {name: round(value, 3) for name, value in slate.timings_ms.items()},
            "created": slate.created,
            "notes": slate.notes,
        }
    )


def slate_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a Slate."""
    return msgspec.json.schema(WireSlate)


def release_dict(release: Release) -> Mapping[str, object]:
    """A Release as plain values."""
    return {**asdict(release), "created": release.created.isoformat()}
