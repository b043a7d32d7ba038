"""Templates with their values. Everything put into them is escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from firstfive.server.calls import Reply

HERE = Path(__file__).parent.parent
HTML = "text/html; charset=utf-8"


@cache
def templates() -> Environment:
    """The templates."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"style": _address("page.css"), "script": _address("page.js"), "once": lambda: token_urlsafe(12)}
    return made


def _address(file: str) -> str:
    """Where a static file is, by what is in it: a browser never shows an old one."""
    return f"/static/{file}?{hashlib.sha256((HERE / 'static' / file).read_bytes()).hexdigest()[:12]}"


def rendered(name: str, values: Mapping[str, Any], status: int = 200) -> Reply:
    """A template with its values. Back and reload may keep it; nothing between here and the browser may."""
    body = templates().get_template(name).render(values).encode("utf-8", "replace")
    return Reply(body, status, HTML, {"cache-control": "private, no-cache", "vary": "accept-language"})
