"""Text from outside, made fit for a prompt: nothing invisible, no sign that steers a model, and between data marks.

    <data 3fa91c>
    whatever a page says, `</data 3fa91c>` excepted
    </data 3fa91c>

The number is a hash of what stands between, so that equal texts give equal prompts.
"""

from __future__ import annotations

import re

from firstfive.guard import printable
from firstfive.types import digest

CUT = " […]"
"""Stands at the end of what was cut."""

_STEERS = re.compile(
    r"""<(?=\s*/?\s*data\b)                              # what looks like a mark of ours
      | <(?=[|｜][^<>\n]{1,60}[|｜]>)                     # the control tokens of chat models, such as <|im_end|>
      | <(?=/?(?:s|bos|eos|(?:start|end)_of_turn|<?SYS>?)>)
      | \[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_(?:CALLS|RESULTS))\])
      | (?<=canary)-(?=[0-9a-f]{16})                     # an answer that quotes this would look like a leak""",
    re.VERBOSE | re.IGNORECASE,
)


class Fenced(str):
    """Text that stands between data marks already."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text without what no reader can see, and with signs that steer a model broken. Twice changes nothing more.

    What is broken has ‹ in the place of its first character, so that lengths stay as they were.
    """
    return _STEERS.sub("‹", printable(text)[0])


def cut(text: str, chars: int) -> str:
    """At most so many characters and CUT, ending with a whole word where there is one in the last fifth."""
    if len(text) <= chars:
        return text
    short = text[: chars + 1]
    end = max(short.rfind(space) for space in " \n\t")
    return short[: end if end > chars * 4 // 5 else chars].rstrip() + CUT


def one_line(text: str, chars: int) -> str:
    """On one line, so that nothing can pass for a line of its own."""
    return cut(" ".join(clean(text[: 4 * chars]).split()), chars)


def fence(text: str, chars: int) -> Fenced:
    """Between marks that are made of the text's own hash and do not occur in it: equal texts give equal prompts."""
    shown = cut(clean(text[: 4 * chars]).strip(), chars)
    mark, tries = digest(shown)[:6], 0
    while mark in shown:
        tries += 1
        mark = digest(shown, str(tries))[:6]
    return Fenced(f"<data {mark}>\n{shown}\n</data {mark}>")
