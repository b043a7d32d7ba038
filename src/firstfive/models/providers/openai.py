"""OpenAI's SDK, for its API and everything compatible with it, Azure included: with its own retries off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai

from firstfive.models.providers.chat import Chat, by_openai
from firstfive.models.providers.wire import Border

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened

FOREIGN: tuple[type[Exception], ...] = (openai.OpenAIError,)
NO_KEY = "none"


def chat(opened: Opened) -> Chat:
    """Completions over this API."""
    version = opened.settings.version
    if opened.vendor.api != "azure" or not version:
        return chat_over(opened, opened.wire.client, opened.url(""))
    client = openai.AsyncAzureOpenAI(
        azure_endpoint=opened.url(""),
        api_version=version,
        api_key=opened.key.value,
        max_retries=0,
        timeout=None,
        http_client=opened.wire.client,
    )
    return by_openai(opened, client, Border(opened.who, FOREIGN))


def chat_over(opened: Opened, http: Any, url: str) -> Chat:
    """Completions over another HTTP client."""
    client = openai.AsyncOpenAI(
        base_url=url, api_key=opened.key.value or NO_KEY, max_retries=0, timeout=None, http_client=http
    )
    return by_openai(opened, client, Border(opened.who, FOREIGN))
