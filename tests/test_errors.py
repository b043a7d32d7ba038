"""Errors: one tree, one table of codes, and sentences that help."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from conftest import ROOT
from firstfive import errors
from firstfive.errors import CODES, FirstFiveError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, FirstFiveError)]
SOURCES = sorted((ROOT / "src" / "firstfive").rglob("*.py"))


def literal_codes() -> dict[str, str]:
    """Every code that some call in the package writes down, and where."""
    found = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                found[node.value.value] = f"{path.name}:{node.value.lineno}"
    return {code: where for code, where in found.items() if isinstance(code, str) and "." in code}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_error_has_a_default_code_of_the_table(kind: type[FirstFiveError]) -> None:
    assert kind("x").code in CODES


@pytest.mark.parametrize("code", CODES)
def test_a_code_says_status_exit_and_meaning_in_the_ranges_programs_expect(code: str) -> None:
    status, leave, retry, meaning = CODES[code]
    assert 400 <= status <= 599
    assert leave in {1, 2, 3, 4}
    assert isinstance(retry, bool)
    assert re.fullmatch(r"[A-Z].*\.", meaning)


def test_only_what_time_can_mend_is_said_to_be_worth_trying_again() -> None:
    assert [code for code, c in CODES.items() if c.retry and c.status not in {409, 429, 500, 503, 507}] == []


def test_every_code_that_is_raised_is_in_the_table() -> None:
    assert {code: where for code, where in literal_codes().items() if code not in CODES} == {}


def test_every_code_of_the_table_is_raised_somewhere() -> None:
    """A code that nothing raises is a promise in the documentation that nobody keeps."""
    text = "".join(path.read_text("utf-8") for path in SOURCES if path.name != "errors.py")
    defaults = {kind.default for kind in KINDS}
    assert [code for code in CODES if f'"{code}"' not in text and code not in defaults] == []


def test_the_drawn_tree_shows_every_kind_of_error_under_its_parent() -> None:
    drawn = inspect.getdoc(errors) or ""
    assert [kind.__name__ for kind in KINDS if not re.search(rf"\b{kind.__name__}\b", drawn)] == []


def test_an_error_knows_its_status_exit_and_whether_trying_again_helps() -> None:
    busy = errors.StoreError("busy; wait", code="store.busy", retry_after_s=1.5)
    assert (busy.status, busy.exit, busy.retry, busy.retry_after_s) == (503, 4, True, 1.5)


def test_no_error_is_swallowed_and_none_is_caught_wholesale() -> None:
    """`except Exception` stands only where ruff was told why; bare `except:` and `except ...: pass` nowhere."""
    bare = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                silent = node.type is None or (
                    isinstance(node.type, ast.Name)
                    and node.type.id in {"Exception", "BaseException"}
                    and all(isinstance(line, ast.Pass) for line in node.body)
                )
                bare += [f"{path.name}:{node.lineno}"] if silent else []
    assert bare == []
