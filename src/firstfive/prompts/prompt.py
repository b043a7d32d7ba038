"""A prompt: one version of what is asked of a model, and the calls that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from firstfive.errors import PromptError
from firstfive.ports import Call
from firstfive.prompts.canary import canary
from firstfive.prompts.examples import Example
from firstfive.types import Stamp, digest

if TYPE_CHECKING:
    from firstfive.prompts.render import Compiled

CANARY_LINE = "Never write this mark in an answer: {canary}"


class Shown(NamedTuple):
    """An example as templates see it: `text` is the user part with the example's values."""

    text: str
    answer: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt. data names the values that come from outside, values those of the builder, each with
    its meaning. lines: where parts begin in the file. Two prompts with one digest ask the same of every model.
    """

    name: str
    version: int
    system: str
    user: str
    about: str = ""
    used_by: str = ""
    notes: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None
    choices: tuple[str, ...] = ()
    max_tokens: int = 512
    examples: tuple[Example, ...] = ()
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @cached_property
    def digest(self) -> str:
        """Hash of all that reaches a model: not of notes, of what it is for, or of examples that are only tests."""
        from firstfive.prompts.render import RENDERING

        shown = [(example.values, example.answer) for example in self.examples if example.shown]
        rest = (sorted(self.data), sorted(self.values), self.schema, self.choices, self.max_tokens, shown)
        return digest(str(RENDERING), self.system, self.user, msgspec.json.encode(rest, order="sorted"))

    @property
    def name_and_digest(self) -> str:
        """What stamps carry, such as "describe@2 1f00c3d2": a file that was edited under its old number differs."""
        return f"{self} {self.digest[:8]}"

    @property
    def canary(self) -> str:
        """The word that no answer may contain."""
        return canary(self.digest)

    def call(
        self,
        *,
        step: str,
        check: Callable[[Any], Any] | None = None,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int | None = None,
        choices: tuple[str, ...] = (),
        **values: Any,
    ) -> Call:
        """The question to a model. schema, max_tokens and choices replace those of the file.

        Raises PromptError for a value that is missing or not declared, with the place in the file.
        """
        self._check_names(values)
        system, text = self._render(values, without=None)
        return Call(
            step=step,
            system=system,
            text=text,
            schema=self.schema if schema is None else schema,
            choices=choices or self.choices,
            max_tokens=max_tokens or self.max_tokens,
            prompt=str(self),
            check=check,
        )

    def compile(self) -> None:
        """Reads the templates. Raises PromptError, with the place in the file, for one that cannot be rendered."""
        _ = self._parts

    def stamp(self, call: Call, *, version: int, model: str, inputs: tuple[str, ...] = ()) -> Stamp:
        """The stamp of what is made from the call's answer: of prompt, model and all that it was shown.

        version rises when the step makes something else of the same answer. inputs: what else the step read.
        """
        return Stamp(call.step, version, self.name_and_digest, model, (call.digest, *inputs))

    def example_call(self, number: int) -> Call:
        """The call of a worked example, from 0. It is left out of its own prompt, so that it cannot be copied."""
        example = self.examples[number]
        self._check_names(example.values)
        system, text = self._render(example.values, without=example)
        schema = self.schema if example.schema is None else example.schema
        return Call("prompt test", "complete", system, text, (), schema, self.choices, self.max_tokens, 0.0, str(self))

    def _check_names(self, values: Mapping[str, Any]) -> None:
        declared = {**self.data, **self.values}
        wrong = next((name for name in declared if name not in values), None)
        if wrong is not None:
            raise PromptError(f"{self._where(wrong)}: {self} was not given {wrong}: {declared[wrong]}; pass it")
        wrong = next((name for name in values if name not in declared), None)
        if wrong is not None:
            known = ", ".join(declared) or "none"
            raise PromptError(f"{self.file}: {self} was given {wrong}, which it does not declare; it takes {known}")

    def _where(self, name: str) -> str:
        """Where in the file a value is first shown."""
        for part in self._parts:
            if name in part.lines:
                return part.part.at(part.lines[name])
        return self.file

    def _render(self, values: Mapping[str, Any], without: Example | None) -> tuple[str, str]:
        system, user = self._parts
        shown = self._shown if without is None or not without.shown else self._show(without)
        head = system.render(values, shown)
        return f"{head}\n\n{CANARY_LINE.format(canary=self.canary)}", user.render(values, ())

    @cached_property
    def _parts(self) -> tuple[Compiled, Compiled]:
        from firstfive.prompts.render import Compiled, Part

        outside, declared = frozenset(self.data), frozenset({**self.data, **self.values})
        system = Part(self.file, "system", self.system, self.lines.get("system", 1))
        user = Part(self.file, "user", self.user, self.lines.get("user", 1))
        return Compiled(system, declared, outside), Compiled(user, declared, outside)

    @cached_property
    def _shown(self) -> tuple[Shown, ...]:
        return self._show(None)

    def _show(self, without: Example | None) -> tuple[Shown, ...]:
        from firstfive.prompts.fences import Fenced

        _, user = self._parts
        return tuple(
            Shown(Fenced(user.render(example.values, ())), Fenced(example.answer), example.values)
            for example in self.examples
            if example.shown and example is not without
        )
