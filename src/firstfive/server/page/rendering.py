"""The page's templates with their values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from firstfive.server.calls import Reply
from firstfive.server.rendering import HTML, static, templates

if TYPE_CHECKING:
    from jinja2 import Environment

HEADERS = {"cache-control": "private, no-cache", "vary": "accept-language", "referrer-policy": "same-origin"}


def rendered(name: str, values: Mapping[str, Any], status: int = 200) -> Reply:
    """A template with its values. Back and reload may keep it; nothing between here and the browser may.

    No other site is told the address; our own is, so that browsers name us as the origin of our forms.
    """
    body = _templates().get_template(name).render(values).encode("utf-8", "replace")
    return Reply(body, status, HTML, HEADERS)


@cache
def _templates() -> Environment:
    return templates(style=static("page.css"), script=static("page.js"), once=lambda: token_urlsafe(12))
