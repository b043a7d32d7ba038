"""Worked examples: shown to the model where the prompt says so, and run by `firstfive prompt test`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from firstfive.errors import PromptError
from firstfive.prompts.canary import leaks
from firstfive.prompts.schemas import misfits

if TYPE_CHECKING:
    from firstfive.ports import Call
    from firstfive.prompts.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Example:
    """Values and the answer that they should get. shown: it stands in the prompt, except in its own test.

    schema replaces the prompt's. equal: JSON pointers to what must be as in `answer`; "" is the whole. contains, lacks:
    what the answer's text must and must not have. With none of the three the whole must be equal.
    """

    values: Mapping[str, Any]
    answer: str
    shown: bool = False
    schema: Mapping[str, Any] | None = None
    equal: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


def problems(prompt: Prompt) -> list[str]:
    """What is wrong with a prompt without asking a model: templates, schemas, examples that do not fit them."""
    found = []
    try:
        prompt.compile()
        misfits(prompt.schema or {}, None)
    except PromptError as wrong:
        return [str(wrong) if str(wrong).startswith(prompt.file) else f"{prompt.file}: {wrong}"]
    for number, example in enumerate(prompt.examples):
        schema = prompt.schema if example.schema is None else example.schema
        try:
            prompt.example_call(number)
            if schema is not None:
                said = decoded(prompt, example, example.answer)
                found += [f"{prompt.file}:{example.line}: the answer does not fit: {o}" for o in misfits(schema, said)]
            elif prompt.choices and example.answer not in prompt.choices:
                choices = ", ".join(prompt.choices)
                found.append(f"{prompt.file}:{example.line}: the answer {example.answer!r} is none of {choices}")
        except PromptError as wrong:
            found.append(str(wrong))
    return list(dict.fromkeys(found))


def judge(prompt: Prompt, example: Example, call: Call, text: str) -> list[str]:
    """What is wrong with a model's answer to an example; empty where it passes."""
    if leaks(call, text):
        return ["it gives the canary away"]
    try:
        said, wanted = decoded(prompt, example, text), decoded(prompt, example, example.answer)
    except PromptError:
        return ["it is not JSON"]
    wrong = misfits(call.schema, said) if call.schema is not None else []
    wrong += [f"{phrase!r} is missing" for phrase in example.contains if phrase not in text]
    wrong += [f"{phrase!r} should not be there" for phrase in example.lacks if phrase in text]
    pointers = example.equal or (("",) if not example.contains and not example.lacks else ())
    for pointer in pointers:
        here, there = _at(said, pointer), _at(wanted, pointer)
        if here != there:
            wrong.append(f"{pointer or 'the answer'} is {here!r} and should be {there!r}")
    return wrong


def decoded(prompt: Prompt, example: Example, answer: str) -> Any:
    """The answer as a value: JSON where there is a schema. Raises PromptError where it is not JSON."""
    if prompt.schema is None and example.schema is None:
        return answer
    try:
        return msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise PromptError(f"{prompt.file}:{example.line}: the answer is not JSON: {wrong}; correct it") from wrong


def _at(value: Any, pointer: str) -> object:
    """What a JSON pointer points at, texts in lower case with single spaces; None where there is nothing."""
    for step in pointer.split("/")[1:]:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return _even(value)


def _even(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, dict):
        return {name: _even(part) for name, part in value.items()}
    return [_even(part) for part in value] if isinstance(value, list) else value
