"""The canary: a word in every prompt that no answer may contain. One that does has given its instructions away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstfive.ports import Call

CANARY = re.compile("canary-([0-9a-f]{16})")
_BETWEEN = re.compile("[^0-9a-z]+")


def canary(digest: str) -> str:
    """The word of the prompt with this digest."""
    return f"canary-{digest[:16]}"


def leaks(call: Call, text: str) -> bool:
    """Whether the answer has the call's canary, also where it is spelt in capitals or with other signs between."""
    squeezed = _BETWEEN.sub("", text.lower())
    return any(word in squeezed for word in CANARY.findall(call.system))
