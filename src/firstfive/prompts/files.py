"""A prompt's file, in TOML: NAME/VERSION.toml.

    about = "One line: what it is for."
    used_by = "Which step uses it."
    max_tokens = 300
    system = '''Jinja2: what is asked, the same for every item.'''
    user = '''Jinja2: {{ text | data }}'''
    schema = '''JSON Schema of the answer; without one the answer is plain text.'''
    choices = ["yes", "no"]

    [data]                              values from outside, always shown between data marks
    text = "the item's text"
    [values]                            values of the builder's own
    fields = "the declared facts"

    [[examples]]                        shown = true: it stands in the prompt, where the template says {{ examples }}
    answer = '''what should come back'''
    [examples.values]
    text = "..."

The templates have `examples`, each with `text` (the user part with its values), `answer` and `values`; the filter
`line` puts a value on one line.
"""

from __future__ import annotations

import keyword
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from firstfive.errors import PromptError
from firstfive.prompts.examples import Example
from firstfive.prompts.prompt import Prompt

ENDING = ".toml"
LARGEST_BYTES = 1_000_000
TAKEN = frozenset("self step check schema max_tokens choices examples loop caller true false none".split())
"""Names that a value cannot have: they are the call's or the template's own."""


class _Example(msgspec.Struct, forbid_unknown_fields=True):
    values: dict[str, Any]
    answer: str
    shown: bool = False
    schema: str = ""
    equal: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    about: str
    system: str
    user: str
    used_by: str = ""
    notes: str = ""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 512
    schema: str = ""
    choices: tuple[str, ...] = ()
    data: dict[str, str] = {}
    values: dict[str, str] = {}
    examples: tuple[_Example, ...] = ()


def read(path: Path) -> Prompt:
    """The prompt in a file, whose folder and name say its name and version. Raises PromptError with file and line."""
    try:
        seen = path.stat()
        if seen.st_size > LARGEST_BYTES:
            raise PromptError(f"{path} has {seen.st_size:,} bytes; a prompt has at most {LARGEST_BYTES:,}: shorten it")
        return _read(path, seen.st_mtime_ns, seen.st_size)
    except OSError as wrong:
        raise PromptError(f"{path} cannot be read: {wrong.strerror}; make it a file that you may read") from wrong


@lru_cache(maxsize=256)
def _read(path: Path, _changed_ns: int, _size: int) -> Prompt:
    try:
        source = path.read_text("utf-8")
        given = msgspec.convert(tomllib.loads(source), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise PromptError(f"{path} is not valid TOML: {wrong}; correct it there") from wrong
    except msgspec.ValidationError as wrong:
        raise PromptError(f"{path}{_line_told(source, str(wrong))}: {wrong}; correct it there") from wrong
    _check_names(path, source, given)
    starts = [number for number, line in enumerate(source.splitlines(), 1) if line.strip() == "[[examples]]"]
    return Prompt(
        name=path.parent.name,
        version=int(path.stem),
        system=given.system,
        user=given.user,
        about=given.about,
        used_by=given.used_by,
        notes=given.notes.strip(),
        data=given.data,
        values=given.values,
        schema=_schema(given.schema, path, _line_of(source, "schema")),
        choices=given.choices,
        max_tokens=given.max_tokens,
        examples=tuple(
            _example(one, path, starts[number] if number < len(starts) else 1)
            for number, one in enumerate(given.examples)
        ),
        file=str(path),
        lines={part: _line_of(source, part) for part in ("system", "user")},
    )


def _example(given: _Example, path: Path, line: int) -> Example:
    schema = _schema(given.schema, path, line)
    return Example(given.values, given.answer, given.shown, schema, given.equal, given.contains, given.lacks, line=line)


def _schema(source: str, path: Path, line: int) -> dict[str, Any] | None:
    if not source.strip():
        return None
    try:
        return msgspec.json.decode(source, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise PromptError(f"{path}:{line}: the schema is not a JSON object: {wrong}; correct it there") from wrong


def _check_names(path: Path, source: str, given: _File) -> None:
    for name in (*given.data, *given.values):
        where = f"{path}:{_line_of(source, name)}"
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in TAKEN:
            raise PromptError(f"{where}: a value cannot be called {name!r}; choose another name")
        if name in given.data and name in given.values:
            raise PromptError(f"{where}: {name} stands under [data] and [values]; leave it where it belongs")


def _line_of(source: str, key: str) -> int:
    """The line of a key; of the text's first line where that begins below the quotes. 1 where it cannot be seen."""
    stands = rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=[ \t]*(?P<text>('''|\"\"\")\n)?"
    found = re.search(stands, source, re.MULTILINE)
    return source.count("\n", 0, found.start()) + 1 + bool(found["text"]) if found else 1


def _line_told(source: str, message: str) -> str:
    """Where the field that msgspec names stands: ":12", or nothing."""
    names = re.findall(r"`\$?\.?([\w.-]+)", message)
    line = _line_of(source, names[-1].rpartition(".")[2]) if names else 1
    return f":{line}" if line > 1 else ""
