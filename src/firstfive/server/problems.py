"""Errors as problem documents (RFC 9457), from the one table of codes in `firstfive.errors`."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from firstfive.errors import CODES, FirstFiveError
from firstfive.server.limits import OverRateError

MEDIA = "application/problem+json"
WAIT_S = {"index.missing": 5, "server.busy": 1, "store.full": 60, "store.failed": 1, "model.failed": 2}
"""Seconds to wait before the same call is worth repeating, where the error does not know better; 1 for the others."""


class Problem(Struct):
    """What went wrong, for programs (code, status, retry) and for people (title, detail)."""

    type: Annotated[str, Meta(description="Where this code is explained.")]
    title: Annotated[str, Meta(description="What the code means, always the same words.")]
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(description="What happened this time and what to do next.")]
    instance: Annotated[str, Meta(description="This one call: the same id is in the log and in X-Request-Id.")]
    code: Annotated[str, Meta(description="Stable: programs may match on it.")]
    retry: Annotated[bool, Meta(description="Whether the same call can succeed later.")]


def problem(error: FirstFiveError, request_id: str) -> Response:
    """The HTTP answer for an error, with Retry-After where waiting helps. Where the store's file lies is not told."""
    code = CODES[error.code]
    inside = error.code.startswith("store.")
    body = Problem(
        type=f"/docs#{error.code}",
        title=code.meaning,
        status=code.status,
        detail=f"{code.meaning} The server's log says more, under {request_id}." if inside else str(error),
        instance=f"urn:uuid:{request_id}",
        code=error.code,
        retry=code.retry,
    )
    return Response(msgspec.json.encode(body), code.status, headers(error), MEDIA)


def headers(error: FirstFiveError) -> dict[str, str]:
    """The headers that belong to an error whatever its body is."""
    extra: dict[str, str] = {"cache-control": "no-store"}
    if error.retry:
        wait_s = WAIT_S.get(error.code, 1) if error.retry_after_s is None else error.retry_after_s
        extra["retry-after"] = str(max(1, math.ceil(wait_s)))
    if isinstance(error, OverRateError):
        extra |= error.allowance.headers()
    if error.status == 401:
        extra["www-authenticate"] = 'ApiKey header="X-API-Key"'
    if error.code == "request.encoding":
        extra["accept-encoding"] = "identity"
    if error.code in {"request.too_large", "request.encoding"}:
        extra["connection"] = "close"  # the rest of the body is not read
    return extra
