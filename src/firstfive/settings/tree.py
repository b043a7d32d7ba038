"""One typed tree of settings: defaults < `firstfive.toml` < environment < flags. Each value knows where it came from.

    [import]                       firstfive.toml
    id = "company_id"
    FIRSTFIVE_IMPORT__ID=...       environment: section and name, two underscores between, upper case
    --set import.id=company_id     flags

A section of rows, such as [prices], has a row for each name that the builder gives:

    [prices]                                             firstfive.toml
    "openai:MODEL" = { input = 0.25, output = 2.0 }
    FIRSTFIVE_PROVIDERS__OPENAI__URL=...                 environment
    --set prices.openai:MODEL.input=0.25                 flags
"""

from __future__ import annotations

import ast
import difflib
import inspect
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from firstfive.errors import SettingsError
from firstfive.settings import sections
from firstfive.settings.sections import (
    AskSettings,
    BudgetSettings,
    CleanSettings,
    ColourSettings,
    ExperimentSettings,
    FactSettings,
    GoalSettings,
    ImportSettings,
    IndexSettings,
    LearnSettings,
    ModelSettings,
    ObserveSettings,
    PageSettings,
    PriceSettings,
    PrivacySettings,
    ProjectSettings,
    ProviderSettings,
    RankSettings,
    ServerSettings,
    StoreSettings,
    TasteSettings,
    WordSettings,
)
from firstfive.settings.spelling import in_words

FILE = "firstfive.toml"
PREFIX = "FIRSTFIVE_"
ROW = "NAME"
"""Stands for the name that the builder gives to a row of a section of rows: "prices.NAME.input"."""
ROWS = ("words", "providers", "prices", "facts")
"""The sections of rows: what each row is called is the builder's to say."""
NOT_SETTINGS = {"FIRSTFIVE_PROJECT", "FIRSTFIVE_DATA", "FIRSTFIVE_CACHE", "FIRSTFIVE_DEBUG", "FIRSTFIVE_LONG"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    project: ProjectSettings = field(default_factory=ProjectSettings)
    words: Mapping[str, WordSettings] = field(default_factory=dict)
    page: PageSettings = field(default_factory=PageSettings)
    colours: ColourSettings = field(default_factory=ColourSettings)
    imports: ImportSettings = field(default_factory=ImportSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    rank: RankSettings = field(default_factory=RankSettings)
    ask: AskSettings = field(default_factory=AskSettings)
    learn: LearnSettings = field(default_factory=LearnSettings)
    taste: TasteSettings = field(default_factory=TasteSettings)
    goal: GoalSettings = field(default_factory=GoalSettings)
    experiment: ExperimentSettings = field(default_factory=ExperimentSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    observe: ObserveSettings = field(default_factory=ObserveSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)
    prices: Mapping[str, PriceSettings] = field(default_factory=dict)
    facts: Mapping[str, FactSettings] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each value that is not a default came from, by dotted name."""

    def provider(self, name: str) -> ProviderSettings:
        """The settings of a provider, the usual ones where it has none. A model in this process does one call at a
        time, so no call's deadline passes while it waits behind others.
        """
        row = self.providers.get(name, ProviderSettings())
        return replace(row, at_once=1) if (row.api or name) == "local" else row

    @classmethod
    def load(
        cls,
        folder: Path | None = None,
        *,
        overrides: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Settings:
        """Reads the tree for a project folder. overrides: "section.name=value" as given to --set.

        Raises SettingsError: with the nearest known name for an unknown one, with the origin of a value that is wrong.
        """
        tree: dict[str, dict[str, Any]] = {}
        origins: dict[str, str] = {}
        environment = os.environ if environment is None else environment
        for name, value, origin in (
            *(_from_file(folder / FILE) if folder else ()),
            *_from_environment(environment),
            *_from_flags(overrides),
        ):
            section, row, key = _known(name, origin)
            tree.setdefault(section, {}).setdefault(row, {})[key] = _typed(section, key, value, origin, row)
            origins[".".join(filter(None, (section, row, key)))] = origin
        parts: dict[str, Any] = {}
        for f in _sections():
            given = tree.get(public(f.name), {})
            kind = _section(f.name)
            made = {row: kind(**values) for row, values in given.items()}
            parts[f.name] = made if f.name in ROWS else made.get("", kind())
        return cls(**parts, origins=origins)

    def get(self, name: str) -> Any:
        """The value of a dotted name, such as "index.exact_rows"; a row that is not there has the defaults."""
        section, row, key = _known(name, "the call")
        part = getattr(self, _attribute(section))
        return getattr(part.get(row, _section(section)()) if row else part, key)

    def items(self) -> Iterator[tuple[str, Any, str]]:
        """(dotted name, value, origin) of every setting, those of each row among them."""
        for part in _sections():
            here = getattr(self, part.name)
            for row, values in here.items() if part.name in ROWS else (("", here),):
                for f in fields(values):
                    name = ".".join(filter(None, (public(part.name), row, f.name)))
                    yield name, getattr(values, f.name), self.origins.get(name, "default")


def public(section: str) -> str:
    """A section's name in files: `import` is a keyword in Python, so its attribute is `imports`."""
    return "import" if section == "imports" else section


def _attribute(section: str) -> str:
    return "imports" if section == "import" else section


def _sections() -> list[Any]:
    return [f for f in fields(Settings) if f.name != "origins"]


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _section(name: str) -> Any:
    """The record of a section, or of each row of a section of rows."""
    kind = _hints(Settings)[_attribute(name)]
    return kind if is_dataclass(kind) else get_args(kind)[1]


@cache
def names() -> tuple[str, ...]:
    """Every setting's dotted name, in the order of the file; a row is called NAME."""
    return tuple(
        ".".join(filter(None, (public(part.name), ROW * (part.name in ROWS), f.name)))
        for part in _sections()
        for f in fields(_section(part.name))
    )


def _known(name: str, origin: str) -> tuple[str, str, str]:
    """The section, the row where it is a section of rows, and the setting."""
    section, _, key = name.partition(".")
    row, dot, last = key.rpartition(".") if section in ROWS else ("", "", key)
    if bool(dot) == (section in ROWS) and ".".join(filter(None, (section, ROW * bool(dot), last))) in names():
        return section, row, last
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"the known ones are {', '.join(names())}"
    raise SettingsError(f"{origin} sets {name}, which is not a setting; {hint}", code="settings.unknown")


def _typed(section: str, key: str, value: Any, origin: str, row: str = "") -> Any:
    name = ".".join(filter(None, (section, row, key)))
    wanted = _hints(_section(section))[key]
    if wanted == tuple[str, ...] and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        typed = msgspec.convert(value, wanted, strict=not isinstance(value, str))
    except msgspec.ValidationError as wrong:
        why = _allowed(wanted) or f"{wrong}; correct it there"
        raise SettingsError(f"{origin} sets {name} to {_said(value)}: {why}") from wrong
    if isinstance(typed, float | int) and not isinstance(typed, bool) and not 0 <= typed < float("inf"):
        raise SettingsError(f"{origin} sets {name} to {_said(value)}: it must be 0 or more; correct it there")
    return typed


def _allowed(wanted: Any) -> str:
    """The values of a setting that knows them by name; empty for any other."""
    known = [repr(one).replace("'", '"') for one in get_args(wanted)] if get_origin(wanted) is Literal else []
    return f"it must be one of {', '.join(known)}" if known else ""


def _said(value: object) -> str:
    return without_password(repr(value))


def without_password(text: str) -> str:
    """The text with stars for the password of each address in it."""
    return _PASSWORD.sub(r"\1:***@", text)


_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


def shown(name: str, value: Any) -> Any:
    """A setting's value as it may be shown. A key that stands where only its place should is a secret, too."""
    if name.startswith("providers.") and name.endswith(".key") and not value.startswith(("env:", "file:")):
        return value and "***"
    return without_password(value) if isinstance(value, str) else value


def _from_file(path: Path) -> Iterator[tuple[str, Any, str]]:
    if not path.exists():
        return
    text = ""
    try:
        tree = tomllib.loads(text := path.read_text("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise SettingsError(f"{path} is not written in UTF-8; save it as UTF-8 in your editor") from wrong
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise SettingsError(f"{path} {in_words(wrong, text)}") from wrong
    except OSError as wrong:
        raise SettingsError(f"{path} cannot be read: {wrong.strerror}; make it a file that you may read") from wrong
    for section, values in tree.items():
        if not isinstance(values, dict):
            raise SettingsError(
                f"{path} sets {section} outside a [section]; write it under one", code="settings.unknown"
            )
        for key, value in values.items():
            if section in ROWS and isinstance(value, dict):
                yield from ((f"{section}.{key}.{setting}", one, str(path)) for setting, one in value.items())
            else:
                yield f"{section}.{key}", value, str(path)


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            spelt = name.removeprefix(PREFIX).lower().replace("__", ".")
            if "." not in spelt:
                raise SettingsError(
                    f"the environment variable {name} names no setting; {_spelling(name)}", code="settings.unknown"
                )
            yield spelt, environment[name], f"the environment variable {name}"


def _spelling(name: str) -> str:
    """How the setting that a variable without two underscores may mean is written."""
    spelt = {known.upper().replace(".", "_"): known.upper().replace(".", "__") for known in names()}
    near = difflib.get_close_matches(name.removeprefix(PREFIX).upper(), spelt, n=1, cutoff=0.6)
    if near:
        return f"write {PREFIX}{spelt[near[0]]}"
    return f"write {PREFIX}SECTION__KEY, with two underscores between; `firstfive settings` lists them all"


def _from_flags(overrides: Sequence[str]) -> Iterator[tuple[str, Any, str]]:
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals:
            raise SettingsError(f"--set {name} has no value; write --set {name}=VALUE")
        yield name.strip(), value.strip(), f"--set {name.strip()}"


@cache
def descriptions() -> Mapping[str, str]:
    """Each setting's docstring, by dotted name, read from the source of the records."""
    documented: dict[tuple[str, str], str] = {}
    for record in ast.parse(inspect.getsource(sections)).body:
        if isinstance(record, ast.ClassDef):
            for here, after in zip(record.body, record.body[1:], strict=False):
                if isinstance(here, ast.AnnAssign) and isinstance(after, ast.Expr):
                    documented[record.name, here.target.id] = ast.literal_eval(after.value)  # type: ignore[union-attr]
    return {
        name: documented[_section(section).__name__, key]
        for name in names()
        for section, _, key in [_known(name, "the source")]
    }


def template() -> str:
    """A `firstfive.toml` with every setting commented out at its default and explained."""
    lines = ["# firstfive settings. A line without '#' is in force; the others show the default.", ""]
    for part in _sections():
        section, kind = public(part.name), _section(part.name)
        rows = part.name in ROWS
        lines += [f"[{section}]", *(f"# {line}" for line in (inspect.getdoc(kind) or "").splitlines())]
        lines += [f"# [{section}.{ROW}]"] * rows
        for f in fields(kind):
            value = getattr(kind(), f.name)
            text = descriptions()[f"{section}.{ROW}.{f.name}" if rows else f"{section}.{f.name}"]
            lines += [
                f"# {text}",
                f"# {f.name} = {msgspec.json.encode(value).decode()}" if value is not None else f"# {f.name} =",
            ]
        lines.append("")
    return "\n".join(lines)
