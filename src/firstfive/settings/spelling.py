"""What is wrong with a settings file that is no TOML, as a person who wrote it can read it."""

from __future__ import annotations

import ast
import re
from tomllib import TOMLDecodeError

_PLACE = re.compile(r"^(.*?) \(at (?:line (\d+), column \d+|end of document)\)$")
_TWICE = re.compile(r"Cannot (?:declare (\(.*\)) twice|mutate immutable namespace (\(.*\)))$")
_ADVICE = (
    (r"Cannot overwrite a value", "the name stands twice in this section; keep one of the two lines"),
    (r"Invalid value", 'a text needs quotes, as in name = "text"; yes and no are true and false'),
    (r"Expected '=' after a key", "write it as name = value, a # before a remark, and a name with spaces in quotes"),
    (r"Invalid statement", "a line is name = value, [section], or a remark after #"),
    (r"(?:Unescaped|Invalid hex|Unescaped '\\\\')", "in double quotes a backslash is written twice; or use '...'"),
    (r"Illegal character '\\n'|Unterminated string|Expected .*(?:\"|')", "a quote is not closed"),
    (r"Unclosed (?:array|inline table)|Expected ']'", "a bracket is not closed"),
    (r"Expected newline or end of document", "something follows the value; a text needs quotes around the whole of it"),
)


def in_words(wrong: TOMLDecodeError | RecursionError, text: str) -> str:
    """What stands where, and what to do about it."""
    found = _PLACE.match(str(wrong))
    if isinstance(wrong, RecursionError) or not found:
        return f"is not valid TOML: {wrong}; correct it there"
    what, lines = found[1], text.splitlines()
    number = int(found[2]) if found[2] else len(lines)
    if twice := _TWICE.match(what):
        return _stands_twice(ast.literal_eval(twice[1] or twice[2]), number, lines)
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    name, equals, _ = line.partition("=")
    shown = f", {f'{name.strip()} = ...'[:120]!r}" if equals else ""  # all else may be a value, and that a secret
    advice = next((advice for pattern, advice in _ADVICE if re.match(pattern, what)), "correct it there")
    ends = "" if found[2] else "a quote or a bracket before it is not closed, or "
    return f"is not valid TOML in line {number}{shown}: {what}; {ends}{advice}"


def _stands_twice(section: tuple[str, ...], number: int, lines: list[str]) -> str:
    name = ".".join(section)
    spelt = r"\s*\.\s*".join(f"[\"']?{re.escape(part)}[\"']?" for part in section)
    header = re.compile(rf"\s*\[\s*{spelt}\s*\]")
    first = next((at for at, line in enumerate(lines, 1) if header.match(line) and at != number), 0)
    where = f" (line {first})" if first else ""
    return (
        f"has the section [{name}] in line {number}, and it stands in the file already{where}: put the lines of the "
        f"second under the first, and take the second [{name}] away"
    )
