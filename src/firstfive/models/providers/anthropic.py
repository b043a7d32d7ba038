"""Anthropic's SDK, for its messages API: with its own retries off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anthropic

from firstfive.models.providers.chat import Chat, by_anthropic
from firstfive.models.providers.wire import Border

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened

FOREIGN: tuple[type[Exception], ...] = (anthropic.AnthropicError,)


def chat(opened: Opened) -> Chat:
    """Completions over this API."""
    client = anthropic.AsyncAnthropic(
        base_url=opened.url(""),
        api_key=opened.key.value,
        max_retries=0,
        timeout=None,
        http_client=opened.wire.client,
    )
    return by_anthropic(opened, client, Border(opened.who, FOREIGN))
