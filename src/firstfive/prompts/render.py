"""Rendering: Jinja2, sandboxed and strict, where text from outside can only be shown between data marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from firstfive.errors import PromptError
from firstfive.prompts.fences import Fenced, clean, fence, one_line

RENDERING = 1
"""Rises when the same prompt and values are rendered otherwise: part of every prompt's digest."""
GIVEN = frozenset({"examples"})
"""What every template has beside the prompt's own values."""

_LOADS = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_COUNTS = frozenset({"length", "count"})
"""Filters whose result is a number."""


def _text(value: object) -> str:
    if isinstance(value, str | int | float):
        return str(value)
    raise UndefinedError(f"this takes text, and was given {type(value).__name__}")


def _data(value: object, chars: int = 8000) -> Fenced:
    return fence(_text(value), chars)


def _line(value: object, chars: int = 400) -> str:
    return one_line(_text(value), chars)


def _shown(value: object) -> object:
    """What every {{ }} passes through: only what `data` made keeps its marks."""
    if value is None:
        raise UndefinedError("a value is None")
    return clean(value) if isinstance(value, str) and not isinstance(value, Fenced) else value


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # the reader is a model: `data` does what escaping does for a browser
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        loader=DictLoader({}),
    )
    made.filters.update(data=_data, line=_line)
    return made


_ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Part:
    """One template of a prompt's file: the system part or the user part. line: where its text begins in the file."""

    file: str
    name: str
    source: str
    line: int

    def at(self, line: int) -> str:
        """A place in the template, as a place in the file."""
        return f"{self.file}:{self.line + line - 1}"


class Compiled:
    """A part that can be rendered. Raises PromptError for one that cannot, or that shows outside text unfenced."""

    def __init__(self, part: Part, declared: frozenset[str], outside: frozenset[str]) -> None:
        self.part = part
        try:
            tree = _ENVIRONMENT.parse(part.source)
            code = _ENVIRONMENT.compile(part.source, part.name, f"{part.file}#{part.name}")
        except TemplateSyntaxError as wrong:
            raise PromptError(f"{part.at(wrong.lineno)}: {wrong.message}; correct the template there") from wrong
        self.lines = _lines_of_names(tree)
        _refuse_loading(tree, part)
        _refuse_unknown(tree, part, declared)
        _refuse_unfenced(tree, part, outside)
        self.template = Template.from_code(_ENVIRONMENT, code, dict(_ENVIRONMENT.globals))

    def render(self, values: Mapping[str, Any], examples: Sequence[object]) -> str:
        """The text, without blank lines around it."""
        try:
            return self.template.render(**values, examples=examples).strip()
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as wrong:
            where = f"{self.part.file}#{self.part.name}"
            lines = [line for frame, line in walk_tb(wrong.__traceback__) if frame.f_code.co_filename == where]
            raise PromptError(
                f"{self.part.at(lines[-1] if lines else 1)}: {wrong}; correct the template, or the values it is given"
            ) from wrong


def _lines_of_names(tree: nodes.Template) -> dict[str, int]:
    """The first line on which each name stands."""
    found: dict[str, int] = {}
    for name in tree.find_all(nodes.Name):
        found.setdefault(name.name, name.lineno)
    return found


def _refuse_loading(tree: nodes.Template, part: Part) -> None:
    for node in tree.find_all(_LOADS):
        raise PromptError(f"{part.at(node.lineno)}: a prompt loads no other files; write the text here")


def _refuse_unknown(tree: nodes.Template, part: Part, declared: frozenset[str]) -> None:
    from jinja2.meta import find_undeclared_variables

    unknown = find_undeclared_variables(tree) - declared - GIVEN
    if unknown:
        name = min(unknown)
        known = ", ".join(sorted(declared)) or "none"
        raise PromptError(
            f"{part.at(_lines_of_names(tree)[name])}: {name} is not declared (declared: {known}); "
            "name it under [data] if it comes from outside, under [values] if it is yours"
        )


def _refuse_unfenced(tree: nodes.Template, part: Part, outside: frozenset[str]) -> None:
    for line, name in _Seen(set(outside), set()).unfenced(tree):
        raise PromptError(
            f"{part.at(line)}: {name} comes from outside and would stand there as if it were yours; "
            f"write {{{{ {name} | data }}}}, or put it inside {{% filter data %}} ... {{% endfilter %}}"
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Names that hold outside text, as it came or between marks. Grows as the template is read from its top."""

    outside: set[str]
    fenced: set[str]

    def unfenced(self, node: nodes.Node) -> Iterator[tuple[int, str]]:
        """(line, name) wherever outside text would be shown without marks."""
        if isinstance(node, nodes.FilterBlock) and node.filter.name == "data":
            return
        if isinstance(node, nodes.Output):
            yield from ((node.lineno, name) for one in node.nodes for name in self.told(one))
        if isinstance(node, nodes.CallBlock):
            yield from ((node.lineno, name) for name in self.told(node.call))
        for target, value in _given(node):
            self.learn(target, value)
        for below in node.iter_child_nodes():
            yield from self.unfenced(below)

    def learn(self, target: nodes.Node, value: nodes.Node) -> None:
        """A name that is given outside text holds it from here on."""
        names = {name.name for name in _names(target)}
        if any(self.told(value)):
            self.outside.update(names)
        elif isinstance(value, nodes.Filter) and value.name == "data":
            self.fenced.update(names)

    def told(self, node: nodes.Node, whole: bool = True) -> Iterator[str]:
        """The names whose outside text the expression may give. whole: it stands alone, so that marks are kept."""
        if isinstance(node, nodes.Filter) and (node.name in _COUNTS or (whole and node.name == "data")):
            return
        if isinstance(node, nodes.Name) and (node.name in self.outside or (node.name in self.fenced and not whole)):
            yield node.name
        if isinstance(node, nodes.CondExpr):
            for branch in filter(None, (node.expr1, node.expr2)):
                yield from self.told(branch, whole)
            return
        for one in node.iter_child_nodes():
            yield from self.told(one, whole=False)


def _given(node: nodes.Node) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    """(name or names, value) wherever a node gives names a value."""
    if isinstance(node, nodes.For):
        yield node.target, node.iter
    if isinstance(node, nodes.Assign):
        yield node.target, node.node
    if isinstance(node, nodes.With):
        yield from zip(node.targets, node.values, strict=True)
    if isinstance(node, nodes.Macro | nodes.CallBlock):
        yield from ((name, value) for value in node.defaults for name in node.args)


def _names(node: nodes.Node) -> Iterator[nodes.Name | nodes.NSRef]:
    if isinstance(node, nodes.Name | nodes.NSRef):
        yield node
    yield from node.find_all(nodes.Name)
    yield from node.find_all(nodes.NSRef)
