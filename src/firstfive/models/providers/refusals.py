"""What a provider's error status means: one table from status and code to our errors.

What is final must be so surely: a person's own words, echoed in a message, never decide. Only the status and the code
that the provider gives do, and for two providers that give none, the beginning of their own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from firstfive.errors import ModelError
from firstfive.guard import printable
from firstfive.models.gateway.waits import retry_after
from firstfive.models.providers.keys import Key

SAID_CHARS = 300
SPENT = {"insufficient_quota", "exceeded_current_quota_error", "servicequotaexceededexception", "account_deactivated"}
BAD_KEY = {"api_key_invalid", "invalid_api_key", "invalid_iam_token"}
BEGINNINGS = (
    ("Your credit balance is too low", "model.quota"),  # Anthropic, status 400
    ("API key not valid", "model.key"),  # Gemini, status 400
    ("API key expired", "model.key"),
)
BY_STATUS = {
    401: "model.key",
    402: "model.quota",
    403: "model.key",
    408: "model.timeout",
    424: "model.overloaded",  # SageMaker: the container failed
    425: "model.overloaded",
    429: "model.rate",
}
NEXT = {
    "model.key": "put a valid key in {place}, with access to this model",
    "model.quota": "look at the account's plan and billing",
    "model.rate": "it is asked again later, or lower its requests_per_minute or tokens_per_minute",
    "model.timeout": "it may be asked again",
    "model.overloaded": "it may be asked again",
    "model.request": "check the model's name and the provider's settings",
}
DID = {
    "model.key": "does not take the key",
    "model.quota": "has no credit left for this account",
    "model.rate": "asks to be asked less often",
    "model.timeout": "gave up waiting",
    "model.overloaded": "failed",
    "model.request": "does not take the call",
}


def refused(who: str, status: int, headers: Mapping[str, str], body: bytes, key: Key) -> ModelError:
    """The error for a reply with an error status, in the provider's own words as far as they are fit to print."""
    told = _decoded(body)
    said = _said(told, body)
    code = meaning(status, _codes(told, headers), said)
    place = key.place or "its settings"
    words = key.redacted(said)
    shown = f"{status}: {_cut(words)}" if words else str(status)
    return ModelError(
        f"{who} {DID[code]} ({shown}); {NEXT[code].format(place=place)}",
        code=code,
        retry_after_s=_wait(told, headers) if code in {"model.rate", "model.overloaded"} else None,
    )


def meaning(status: int, codes: set[str], said: str) -> str:
    """Our code for an error status, with the codes and the sentence that came with it."""
    if status < 500:
        if codes & SPENT or any("billing" in each for each in codes):
            return "model.quota"
        if codes & BAD_KEY:
            return "model.key"
        beginning = next((code for words, code in BEGINNINGS if said.startswith(words)), "")
        if status in {400, 403} and beginning:
            return beginning
    return BY_STATUS.get(status, "model.overloaded" if status >= 500 else "model.request")


def _decoded(body: bytes) -> Any:
    """The body as JSON, the first of a list; None where it is none."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return told[0] if isinstance(told, list) and told else told


def _error(told: Any) -> Mapping[str, Any]:
    """The part of an error's JSON that says what is wrong: under "error", or all of it."""
    if not isinstance(told, dict):
        return {}
    inner = told.get("error")
    return inner if isinstance(inner, dict) else told


def _codes(told: Any, headers: Mapping[str, str]) -> set[str]:
    error = _error(told)
    details = error.get("details")
    reasons = [each.get("reason") for each in details if isinstance(each, dict)] if isinstance(details, list) else []
    given = [error.get("code"), error.get("type"), *reasons, headers.get("x-amzn-errortype", "").partition(":")[0]]
    return {each.casefold() for each in given if isinstance(each, str) and each}


def _said(told: Any, body: bytes) -> str:
    """The provider's sentence; without its markup where it answers with a page."""
    error = _error(told)
    inside = [error.get(name) for name in ("message", "Message", "OriginalMessage", "detail", "error", "msg")]
    found = next((each for each in inside if isinstance(each, str) and each), "")
    if not found and not isinstance(told, dict | list):
        found = re.sub(r"<[^<>]*>", " ", body[:4096].decode("utf-8", "replace"))
    return " ".join(printable(found[:4096])[0].split())


def _cut(text: str) -> str:
    return text if len(text) <= SAID_CHARS else f"{text[: SAID_CHARS - 1]}…"


def _wait(told: Any, headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: as the headers say, or as Google says it in the body ("retryDelay": "31s")."""
    asked = retry_after(headers, datetime.now(UTC))
    details = _error(told).get("details")
    if asked is not None or not isinstance(details, list):
        return asked
    delays = (each.get("retryDelay") for each in details if isinstance(each, dict))
    found = next((each.removesuffix("s") for each in delays if isinstance(each, str)), "")
    return retry_after({"retry-after": found}, datetime.now(UTC))
