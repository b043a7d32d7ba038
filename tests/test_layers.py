"""The layers, read from every import in the package: who may know whom, and where each vendor lives."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import ROOT

HERE = ROOT / "src" / "firstfive"

WORDS = ("types", "errors", "settings", "guard", "features", "observe", "ports", "prompts")
"""Layer 0, in order: each may import those before it."""
ADAPTERS = ("sources", "models", "index", "store", "run")
DOMAIN = ("build", "ask", "rank", "learn", "measure", "release")
FACES = ("server", "cli")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    **{word: WORDS[:place] for place, word in enumerate(WORDS)},
    **dict.fromkeys((*ADAPTERS, *DOMAIN), WORDS),
    "app": (*WORDS, *ADAPTERS, *DOMAIN),
    **dict.fromkeys(FACES, (*WORDS, "app")),
    "testing": (*WORDS, *ADAPTERS, *DOMAIN, "app", *FACES),
    "demo": WORDS,
    "__init__": (*WORDS, "app"),
    "__main__": ("cli",),
}
"""Each part of the package, and the parts that it may import beside itself. Nothing imports `testing`."""

ANYWHERE = {"msgspec", "numpy"}
HOMES: dict[str, tuple[str, ...]] = {
    "alembic": ("store/",),
    "sqlalchemy": ("store/",),
    "click": ("cli/",),
    "rich": ("cli/",),
    "fastapi": ("server/",),
    "jinja2": ("server/", "prompts/", "cli/"),
    "multipart": ("server/",),
    "starlette": ("server/",),
    "uvicorn": ("server/",),
    "httpx2": ("models/",),
    "lxml": ("build/", "sources/"),
    "opentelemetry": ("observe.py",),
    "prometheus_client": ("observe.py", "server/"),
    "pandas": ("types.py",),
}
"""Vendors with a folder, or a file, of their own. Every other third-party package is imported in one file only."""


class Import(NamedTuple):
    """One import: the file it stands in, the module it names, and whether only the type checker sees it."""

    file: str
    line: int
    target: str
    for_types: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}"


def part_of(module: str) -> str:
    """The part of the package that a dotted name or a file belongs to: firstfive.store.tables -> store."""
    return module.removeprefix("firstfive").strip(".").partition(".")[0] or "__init__"


def module_of(path: Path) -> str:
    dotted = ".".join(("firstfive", *path.relative_to(HERE).with_suffix("").parts))
    return dotted.removesuffix(".__init__")


@cache
def modules() -> frozenset[str]:
    return frozenset(module_of(path) for path in HERE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text("utf-8"))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for line in node.body
        for inner in ast.walk(line)
    }
    for node in ast.walk(tree):
        for target in _targets(node, path):
            yield Import(str(path.relative_to(HERE)), getattr(node, "lineno", 0), target, id(node) in hidden)


def _targets(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        name = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            yield f"{name}.{alias.name}" if f"{name}.{alias.name}" in modules() else name


@cache
def every_import() -> tuple[Import, ...]:
    return tuple(one for path in sorted(HERE.rglob("*.py")) for one in imports_of(path))


def own_part(one: Import) -> str:
    return part_of(one.file.removesuffix(".py").replace("/", "."))


def test_the_package_is_where_the_test_looks() -> None:
    assert {"firstfive.types", "firstfive.measure.files"} <= modules()
    assert any(one.target == "numpy" for one in every_import())


def test_every_part_of_the_package_has_a_layer() -> None:
    parts = {part_of(module) for module in modules()}
    assert parts - set(MAY_IMPORT) == set(), "give a new part its layer in MAY_IMPORT and in docs/architecture.md"


def test_each_part_imports_only_the_layers_below_it() -> None:
    wrong = [
        str(one)
        for one in every_import()
        if one.target.partition(".")[0] == "firstfive"
        and one.target != "firstfive"
        and (part := own_part(one)) != part_of(one.target)
        and part_of(one.target) not in MAY_IMPORT[part]
    ]
    assert wrong == []


def test_nothing_below_the_faces_imports_the_package_as_a_whole() -> None:
    """`import firstfive` belongs to users: inside, a module names the word or the part that it needs."""
    wrong = [str(one) for one in every_import() if one.target == "firstfive" and own_part(one) not in FACES]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    edges: dict[str, set[str]] = {module: set() for module in modules()}
    for one in every_import():
        if one.target in edges and not one.for_types:
            edges[module_of(HERE / one.file)].add(one.target)
    assert circle(edges) == []


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Some circle of the graph as its modules in order, or nothing."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        for target in sorted(edges[module]):
            if found := walk(target, [*path, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(edges) if (found := walk(module, []))), [])


def test_the_search_for_circles_finds_one() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def vendors() -> dict[str, set[str]]:
    """Third-party packages and the files that import them; what `testing` needs for its suites is not a vendor."""
    found: dict[str, set[str]] = {}
    for one in every_import():
        name = one.target.partition(".")[0]
        ours = name == "firstfive" or own_part(one) == "testing"
        if name not in sys.stdlib_module_names and not ours:
            found.setdefault(name, set()).add(one.file)
    return found


@pytest.mark.parametrize("vendor", sorted(vendors()))
def test_each_vendor_is_imported_in_its_home_only(vendor: str) -> None:
    files = vendors()[vendor]
    if vendor in ANYWHERE:
        return
    if vendor in HOMES:
        assert [file for file in sorted(files) if not file.startswith(HOMES[vendor])] == []
    else:
        assert len(files) == 1, f"{vendor} is imported in {sorted(files)}; keep it in one file"


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "manager", "common", "base", "core", "misc"}
    assert [str(path.relative_to(HERE)) for path in HERE.rglob("*") if path.stem in empty] == []
