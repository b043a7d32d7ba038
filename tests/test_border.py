"""The border: every exception that a vendor's library defines is caught in the file that imports it, and made ours.

What a file catches is read from its `except` clauses, with what stands in a `BORDER` (foreign class -> ours) or a
`FOREIGN` (foreign classes), there or in the `border` module beside it. Where a `border` has `translate`, it must give
one of our errors for each foreign class.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from conftest import ROOT
from firstfive.errors import FirstFiveError
from test_layers import every_import, module_of, modules

HERE = ROOT / "src" / "firstfive"

NO_BORDER = {"babel", "click", "fastapi", "h11", "jinja2", "msgspec", "multipart", "numpy", "opentelemetry", "pandas", "prometheus_client", "rich", "starlette", "uvicorn"}  # fmt: skip  # noqa: E501
"""Frameworks that call us, and libraries whose errors name our own mistakes: no adapter stands around them."""

STANDARD = {"csv", "gzip", "zipfile", "tarfile", "zlib", "bz2", "lzma", "sqlite3"}
"""Modules of the standard library that read what comes from outside and fail with classes of their own."""

NEVER_RAISED = {
    "alembic.script.revision": "alembic's commands turn them into CommandError",
    "anthropic._response.MissingStreamClassError": "nothing is streamed",
    "anthropic.lib": "its tools and credential files, which are not used",
    "botocore.eventstream": "nothing is streamed",
    "botocore.exceptions.MissingServiceIdError": "its own description of a service would have to be wrong",
    "botocore.exceptions.UndefinedModelAttributeError": "its own description of a service would have to be wrong",
    "botocore.model": "its own description of a service would have to be wrong",
    "botocore.utils.BadIMDSRequestError": "never leaves its search for credentials",
    "botocore.utils._RetriesExceededError": "never leaves its search for credentials",
    "botocore.vendored": "an old HTTP client that it carries and does not use",
    "lightgbm.callback.EarlyStopException": "no callback stops early",
    "lxml.etree.Error": "only its subclasses are raised",
    "lxml.etree._TargetParserResult": "never leaves lxml's parser",
    "openai.InvalidWebhookSignatureError": "no webhook is served",
    "openai._legacy_response.MissingStreamClassError": "nothing is streamed",
    "openai._response.MissingStreamClassError": "nothing is streamed",
    "openai.auth._x509": "keys are given, not exchanged for certificates",
    "pyarrow.vendored": "its reader of docstrings, which no import of ours uses",
    **dict.fromkeys(
        (
            "pydantic_ai._fallback",
            "pydantic_ai.exceptions.ApprovalRequired",
            "pydantic_ai.exceptions.CallDeferred",
            "pydantic_ai.exceptions.ModelRetry",
            "pydantic_ai.exceptions.RetryModelRequest",
            "pydantic_ai.exceptions.Skip",
            "pydantic_ai.exceptions.Tool",
            "pydantic_ai.external_events",
            "pydantic_ai.tool_manager",
            "pydantic_ai.workspaces",
        ),
        "agents and tools, which are not used",
    ),
    "sqlalchemy.connectors.asyncio": "for asynchronous drivers",
    "sqlalchemy.exc.EmulatedDBAPIException": "for asynchronous drivers",
    "sqlalchemy.ext": "extensions that are not used",
    "sqlalchemy.orm": "the ORM is not used",
    "sqlalchemy.util": "never leaves SQLAlchemy's pool",
    "trafilatura.downloads": "nothing is downloaded",
    "zipfile.LargeZipFile": "for writing archives",
}
"""Exceptions that cannot reach us, by the start of their name, and why."""

RUN_BY_ALEMBIC = ("firstfive.store.migrations.env", "firstfive.store.migrations.versions.")
"""Scripts that Alembic calls: their errors pass through Alembic to whoever called it."""


def borders() -> list[tuple[str, str]]:
    """(module of ours, foreign library) wherever one imports the other."""
    found = {
        (module_of(HERE / one.file), name)
        for one in every_import()
        if not one.for_types and (name := one.target.partition(".")[0]) != "firstfive" and name not in NO_BORDER
        if (name not in sys.stdlib_module_names or name in STANDARD) and not one.file.startswith("testing/")
    }
    return sorted(
        (module, name) for module, name in found if not module.startswith(RUN_BY_ALEMBIC) and fails(module, name)
    )


def fails(module: str, library: str) -> bool:
    """zlib as a checksum cannot fail; only where something is decompressed there is an error to catch."""
    return library != "zlib" or "decompress" in source_of(module).read_text("utf-8")


def source_of(module: str) -> Path:
    return next(path for path in HERE.rglob("*.py") if module_of(path) == module)


def defined_by(library: str) -> set[type[BaseException]]:
    """Every exception class, warnings aside, that the library defines in the parts of it that are loaded."""
    importlib.import_module(library)
    loaded = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == library]
    if library in STANDARD:
        loaded = [importlib.import_module(library)]
    return {
        kind
        for module in loaded
        if isinstance(module, ModuleType)
        for kind in vars(module).values()
        if inspect.isclass(kind)
        and issubclass(kind, BaseException)
        and not issubclass(kind, Warning)
        and not f"{kind.__module__}.{kind.__qualname__}".startswith(tuple(NEVER_RAISED))
        and kind.__module__.partition(".")[0].lstrip("_") == library.lstrip("_")
    }


def beside(module: str) -> ModuleType | None:
    """The `border` module of the same package, where there is one."""
    name = f"{module.rpartition('.')[0]}.border"
    return importlib.import_module(name) if name in modules() else None


def caught_in(module: str) -> set[type[BaseException]]:
    """What the module's `except` clauses name, evaluated where they stand, and what it and its border declare."""
    here = importlib.import_module(module)
    names = vars(here) | vars(builtins) | _imported_inside(here)
    caught = {
        kind
        for node in ast.walk(ast.parse(inspect.getsource(here)))
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for kind in _flat(eval(ast.unparse(node.type), names))
    }
    for place in filter(None, (here, beside(module))):
        caught |= {*getattr(place, "BORDER", ()), *getattr(place, "FOREIGN", ())}
    return caught


def _imported_inside(module: ModuleType) -> dict[str, object]:
    """What functions of the module import for themselves."""
    found: dict[str, object] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Import | ast.ImportFrom) and node.col_offset and not getattr(node, "level", 0):
            with suppress(ImportError):  # an extra that is not installed
                exec(ast.unparse(node), found)
    return found


def _flat(kinds: object) -> Iterator[type[BaseException]]:
    if isinstance(kinds, tuple):
        for kind in kinds:
            yield from _flat(kind)
    else:
        assert isinstance(kinds, type)
        assert issubclass(kinds, BaseException)
        yield kinds


@pytest.mark.parametrize(("module", "library"), borders())
def test_every_exception_that_a_library_defines_stops_at_the_file_that_imports_it(module: str, library: str) -> None:
    caught = tuple(caught_in(module))
    missed = sorted(
        f"{kind.__module__}.{kind.__qualname__}" for kind in defined_by(library) if not issubclass(kind, caught)
    )
    assert missed == [], f"{module} imports {library}: catch these there and raise one of firstfive.errors"


@pytest.mark.parametrize("module", sorted({module for module, _ in borders()}))
def test_what_is_declared_to_be_translated_becomes_one_of_ours(module: str) -> None:
    for place in filter(None, (importlib.import_module(module), beside(module))):
        assert all(issubclass(ours, FirstFiveError) for ours in getattr(place, "BORDER", {}).values())
        if hasattr(place, "translate"):
            for kind in {kind for other, library in borders() if other == module for kind in defined_by(library)}:
                if issubclass(kind, place.FOREIGN):
                    assert isinstance(place.translate(kind.__new__(kind)), FirstFiveError), kind


def test_the_search_for_exceptions_finds_those_that_are_known_to_exist() -> None:
    import sqlite3
    import zipfile

    import sqlalchemy.exc

    assert sqlalchemy.exc.IntegrityError in defined_by("sqlalchemy")
    assert sqlite3.OperationalError in defined_by("sqlite3")
    assert zipfile.BadZipFile in defined_by("zipfile")


def test_the_border_list_sees_the_adapters() -> None:
    assert ("firstfive.measure.files", "csv") in borders()
