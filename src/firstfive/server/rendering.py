"""Templates and static files, for the seeker's page and the studio alike. What is put into a template is escaped."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
STATIC = HERE / "static"
HTML = "text/html; charset=utf-8"


def templates(**names: Any) -> Environment:
    """The templates, with names that all of them may use. A name that a template is not given is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= names
    return made


def static(file: str) -> str:
    """Where a static file is, by what is in it: a browser never shows an old one."""
    return f"/static/{file}?{hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:12]}"
