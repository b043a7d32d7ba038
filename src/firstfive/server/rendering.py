"""Templates and static files, for the seeker's page and the studio alike. What is put into a template is escaped."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

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
    return f"/static/{file}?{_content(STATIC / file)}"


@cache
def _content(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


class Static(StaticFiles):
    """The static files. Requests carrying the content hash are cached for ever; others are revalidated."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200) -> Response:
        """As Starlette's, with how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        same = scope["query_string"].decode("latin-1") == _content(Path(full_path))
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if same else "no-cache"
        return response
