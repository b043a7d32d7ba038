"""One typed tree of settings: defaults < `firstfive.toml` < environment < flags. Each value knows where it came from.

    [import]                       firstfive.toml
    id = "company_id"
    FIRSTFIVE_IMPORT__ID=...       environment: section and name, two underscores between, upper case
    --set import.id=company_id     flags

The docstring under each setting is its documentation: `firstfive init` writes it into the file, and the docs test
demands that the guide names it.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec

from firstfive.errors import SettingsError

FILE = "firstfive.toml"
PREFIX = "FIRSTFIVE_"
NOT_SETTINGS = {"FIRSTFIVE_PROJECT", "FIRSTFIVE_DATA", "FIRSTFIVE_CACHE", "FIRSTFIVE_DEBUG", "FIRSTFIVE_LONG"}


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What the project calls itself and its items."""

    name: str = "Find your match"
    """The name at the top of the seeker's page."""
    question: str = "What are you looking for?"
    """The question above the box on the seeker's page."""
    item: str = "match"
    """What one item is called, in the singular."""
    items: str = "matches"
    """What items are called, in the plural."""
    examples: tuple[str, ...] = ()
    """Example requests, shown as buttons; three at most are used."""


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How the columns of a source become items. Empty means: guess, and say what was guessed."""

    id: str = ""
    """The column that names an item. Without one, the id is made from the content."""
    title: str = ""
    """The column with the item's name."""
    text: tuple[str, ...] = ()
    """The columns whose text describes the item, in order."""
    field: tuple[str, ...] = ()
    """The columns kept as fields, for filters. "*" keeps all that are left."""
    max_bad: float = 0.01
    """The share of rows, 0 to 1, that may go to quarantine before `import` ends with exit status 1."""
    max_item_mb: float = 20.0
    """A row or file larger than this, unpacked, goes to quarantine."""
    max_ratio: float = 200.0
    """A compressed file that grows by more than this factor is refused."""


@dataclass(frozen=True, slots=True)
class CleanSettings:
    """Cleaning without a model."""

    boilerplate_share: float = 0.3
    """A block that stands on more than this share of a site's pages is boilerplate; needs at least four pages."""
    copies: float = 0.8
    """Texts whose three-word phrases overlap by at least this Jaccard share are copies; above 1: never."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The embedder."""

    embedder: str = "minilm"
    """"minilm" (built in), "onnx:DIR" (a folder with model.onnx and tokenizer.json) or "none" (words only)."""
    threads: int = 0
    """Texts embedded at once; 0 is one for each processor core."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """The index of a Release."""

    exact_rows: int = 50_000
    """Vectors up to this many are searched exactly; above, by 8-bit codes with exact rescoring."""
    rescore: int = 50
    """How many of the best by 8-bit codes are scored exactly, times the rows an item has on average."""
    stemmer: str = "english"
    """The language of stemming and stop words: english, german, french, spanish, italian, dutch, ... or none."""


@dataclass(frozen=True, slots=True)
class RankSettings:
    """How channels are put together. These are part of the Release."""

    words: float = 1.0
    """Weight of the words channel (BM25, stemmed)."""
    chars: float = 1.0
    """Weight of the channel of character 3- to 5-grams (tf-idf cosine): finds misspelt and compound words."""
    whole: float = 1.0
    """Weight of whole-text meaning."""
    passages: float = 1.0
    """Weight of the best passage's meaning."""
    pieces: float = 0.5
    """Weight of the word-by-word match, which reorders the first 50."""
    own: float = 1.0
    """Weight of the user's own vectors, where some were imported."""
    depth: int = 100
    """How many items each channel puts forward; a channel's score at this depth counts as 0."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The HTTP server."""

    host: str = "127.0.0.1"
    """The address to listen on. Loopback unless you say otherwise."""
    port: int = 8055
    """The port to listen on."""
    max_body_kb: int = 1024
    """Request bodies above this are refused."""
    hosts: tuple[str, ...] = ()
    """Host names the server answers to. Empty: on loopback only loopback's own names, elsewhere any."""
    rate_per_minute: int = 6000
    """Requests a minute that one key may make; 0: any number."""
    page_rate_per_minute: int = 240
    """Requests a minute that one address may make to the seeker's page; 0: any number."""
    build_every_s: float = 0.0
    """Build by itself every so many seconds when pages changed; 0: never."""


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """What is kept about people."""

    keep_days: int = 365
    """Slates, events and stored answers older than this are removed; 0 keeps them for ever."""


@dataclass(frozen=True, slots=True)
class ObserveSettings:
    """Traces and logs."""

    content: bool = False
    """Whether spans may carry request text. Off: they carry ids and counts only."""
    log: Literal["error", "warning", "info", "debug"] = "info"
    """The least serious log line that is written."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """The source of truth."""

    database_url: str = ""
    """Empty: SQLite in the project's folder."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    project: ProjectSettings = field(default_factory=ProjectSettings)
    imports: ImportSettings = field(default_factory=ImportSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    rank: RankSettings = field(default_factory=RankSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    observe: ObserveSettings = field(default_factory=ObserveSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each value that is not a default came from, by dotted name."""

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
            section, key = _known(name, origin)
            tree.setdefault(section, {})[key] = _typed(section, key, value, origin)
            origins[f"{section}.{key}"] = origin
        parts = {f.name: _section(f.name)(**tree.get(public(f.name), {})) for f in _sections()}
        return cls(**parts, origins=origins)

    def get(self, name: str) -> Any:
        """The value of a dotted name, such as "index.exact_rows"."""
        section, key = _known(name, "the call")
        return getattr(getattr(self, _attribute(section)), key)

    def items(self) -> Iterator[tuple[str, Any, str]]:
        """(dotted name, value, origin) of every setting."""
        for part in _sections():
            for f in fields(_section(part.name)):
                name = f"{public(part.name)}.{f.name}"
                yield name, getattr(getattr(self, part.name), f.name), self.origins.get(name, "default")


def public(section: str) -> str:
    """A section's name in files: `import` is a keyword in Python, so its attribute is `imports`."""
    return "import" if section == "imports" else section


def _attribute(section: str) -> str:
    return "imports" if section == "import" else section


def _sections() -> list[Any]:
    return [f for f in fields(Settings) if f.name != "origins"]


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _section(name: str) -> Any:
    kind = _hints(Settings)[_attribute(name)]
    assert is_dataclass(kind)
    return kind


@cache
def names() -> tuple[str, ...]:
    """Every setting's dotted name, in the order of the file."""
    return tuple(name for name, _, _ in Settings().items())


def _known(name: str, origin: str) -> tuple[str, str]:
    if name in names():
        section, _, key = name.partition(".")
        return section, key
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"the known ones are {', '.join(names())}"
    raise SettingsError(f"{origin} sets {name}, which is not a setting; {hint}", code="settings.unknown")


def _typed(section: str, key: str, value: Any, origin: str) -> Any:
    wanted = _hints(_section(section))[key]
    if wanted == tuple[str, ...] and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        typed = msgspec.convert(value, wanted, strict=not isinstance(value, str))
    except msgspec.ValidationError as wrong:
        raise SettingsError(f"{origin} sets {section}.{key} to {value!r}: {wrong}; correct it there") from wrong
    if isinstance(typed, float | int) and not isinstance(typed, bool) and not 0 <= typed < float("inf"):
        raise SettingsError(f"{origin} sets {section}.{key} to {value!r}: it must be 0 or more; correct it there")
    return typed


def _from_file(path: Path) -> Iterator[tuple[str, Any, str]]:
    if not path.exists():
        return
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise SettingsError(f"{path} is not valid TOML: {wrong}; correct it there") from wrong
    except OSError as wrong:
        raise SettingsError(f"{path} cannot be read: {wrong.strerror}; make it a file that you may read") from wrong
    for section, values in tree.items():
        if not isinstance(values, dict):
            raise SettingsError(
                f"{path} sets {section} outside a [section]; write it under one", code="settings.unknown"
            )
        for key, value in values.items():
            yield f"{section}.{key}", value, str(path)


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            section, underscores, key = name.removeprefix(PREFIX).lower().partition("__")
            if not underscores:
                raise SettingsError(
                    f"the environment variable {name} names no setting; {_spelling(name)}", code="settings.unknown"
                )
            yield f"{section}.{key}", environment[name], f"the environment variable {name}"


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
            raise SettingsError(f"--set {override} has no value; write --set {name}=VALUE")
        yield name.strip(), value.strip(), f"--set {override}"


@cache
def descriptions() -> Mapping[str, str]:
    """Each setting's docstring, by dotted name, read from this file's source."""
    found: dict[str, str] = {}
    for part in _sections():
        kind = _section(part.name)
        body = ast.parse(inspect.getsource(kind)).body[0].body  # type: ignore[attr-defined]
        for here, after in zip(body, body[1:], strict=False):
            if isinstance(here, ast.AnnAssign) and isinstance(after, ast.Expr):
                found[f"{public(part.name)}.{here.target.id}"] = ast.literal_eval(after.value)  # type: ignore[union-attr]
    return found


def template() -> str:
    """A `firstfive.toml` with every setting commented out at its default and explained."""
    lines = ["# firstfive settings. A line without '#' is in force; the others show the default.", ""]
    for part in _sections():
        section, kind = public(part.name), _section(part.name)
        lines += [f"[{section}]", f"# {inspect.getdoc(kind)}"]
        for f in fields(kind):
            value = msgspec.json.encode(getattr(kind(), f.name)).decode()
            lines += [f"# {descriptions()[f'{section}.{f.name}']}", f"# {f.name} = {value}"]
        lines.append("")
    return "\n".join(lines)
