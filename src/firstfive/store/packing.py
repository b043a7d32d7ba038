"""How values stand in columns: times as microseconds, records as JSON, large texts compressed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from firstfive.errors import RequestError, StoreError
from firstfive.ports import USED, Use
from firstfive.types import Amendment, Slate

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WORTH_PACKING = 512

T = TypeVar("T")


def micros(at: datetime) -> int:
    """Microseconds since 1970; exact. RequestError for a time without a zone."""
    if at.tzinfo is None:
        raise RequestError(f"the time {at.isoformat()} has no time zone; end it with Z or an offset such as +02:00")
    return (at - EPOCH) // MICROSECOND


def moment(microseconds: int) -> datetime:
    """The time, in UTC."""
    return EPOCH + microseconds * MICROSECOND


def _plain(value: object) -> object:
    """What msgspec does not know: other mappings, and numpy's numbers."""
    if isinstance(value, Mapping):
        return dict(value)
    return float(value)  # type: ignore[arg-type]  # TypeError is right for what is no number


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
_SLATE = msgspec.json.Decoder(Slate)
_AMENDMENT = msgspec.json.Decoder(Amendment)
_WORDS = msgspec.json.Decoder(tuple[str, ...])
_MAPPING = msgspec.json.Decoder(dict[str, str])
_SEVERAL = msgspec.json.Decoder(dict[str, list[str]])
_USE = msgspec.json.Decoder(Use)


def pack(value: Any) -> bytes:
    """A record as JSON. RequestError for text that is not whole Unicode."""
    try:
        return _ENCODER.encode(value)
    except UnicodeError as error:
        raise RequestError(f"a text cannot be stored: {error}; send whole Unicode characters") from error


def pack_text(value: Any) -> str:
    """`pack`, for a column of text."""
    return pack(value).decode()


def slate(body: bytes) -> Slate:
    """The Slate as it was packed."""
    return _read(_SLATE, body)


def amendment(body: bytes) -> Amendment:
    """The amendment as it was packed."""
    return _read(_AMENDMENT, body)


def words(text: str) -> tuple[str, ...]:
    """A packed tuple of texts."""
    return _read(_WORDS, text)


def mapping(text: str) -> dict[str, str]:
    """A packed mapping of texts."""
    return _read(_MAPPING, text)


def several(text: str) -> dict[str, list[str]]:
    """A packed mapping of lists of texts."""
    return _read(_SEVERAL, text)


def use_of(text: str | None) -> Use:
    """How a Release came to be in use; for one of before this was kept, nothing is known."""
    return USED if text is None else _read(_USE, text)


def _read(decoder: msgspec.json.Decoder[T], packed: bytes | str) -> T:
    try:
        return decoder.decode(packed)
    except msgspec.DecodeError as error:
        raise StoreError(f"a stored record cannot be read: {error}; put back a copy", code="store.broken") from error


def squeeze(body: bytes) -> tuple[bool, bytes]:
    """Whether compressing pays by at least a tenth, and the body either way."""
    if len(body) < WORTH_PACKING:
        return False, body
    small = zlib.compress(body, 1)
    return (True, small) if len(small) < 0.9 * len(body) else (False, body)


def unsqueeze(packed: bool, body: bytes) -> bytes:
    """The body that `squeeze` got."""
    if not packed:
        return body
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise StoreError(f"a stored page cannot be unpacked: {error}; import it again", code="store.broken") from error
