"""Use case: how well facts cover a catalogue, the facts of an item with the words that state them, and proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from firstfive.app.describing import Describing
from firstfive.app.embedding import embed
from firstfive.build.facts import SURE
from firstfive.build.orders import orders
from firstfive.build.proposal import Proposed, Seen, name_of, proposed
from firstfive.build.schema import read_schema
from firstfive.errors import ModelError, SettingsError, StoreError
from firstfive.observe import Quiet, log
from firstfive.ports import Progress, Reply
from firstfive.settings import FILE, FactSettings
from firstfive.types import Doc, Fact, ItemId, Stamp

if TYPE_CHECKING:
    from firstfive.app.recommend import Recommender
    from firstfive.app.wiring import Project
    from firstfive.ports import Catalogue

EXAMPLES = 3
SAMPLE = 50
SHOWN_TO_MODEL = 12
"""Items of the sample that a model sees when it proposes."""


@dataclass(frozen=True, slots=True)
class Covered:
    """How well one fact covers some items: how many state it, of how many it was inferred, and the rest.

    sure: how many have one that is sure enough to be a field. by: values by whoever found them. confidence: their mean;
    0 where there is none. examples: some values, as text.
    """

    name: str
    items: int
    stated: int
    inferred: int
    sure: int = 0
    by: dict[str, int] = field(default_factory=dict)
    confidence: float = 0.0
    examples: tuple[str, ...] = ()

    @property
    def unknown(self) -> int:
        """Items that have no value."""
        return self.items - self.stated - self.inferred


@dataclass(frozen=True, slots=True)
class Quoted:
    """A fact and the words that state it, or that it was inferred from; empty where there are none."""

    fact: Fact
    quote: str


@dataclass(frozen=True, slots=True)
class Described:
    """The facts of an item of the Release in use."""

    item: ItemId
    title: str
    facts: tuple[Quoted, ...]


def described(project: Project, items: Sequence[str]) -> list[Described]:
    """The facts of these items. Raises NotFound not_found.item, and IndexFileError index.missing before a build."""
    found = (project.recommender.item(ItemId(item)) for item in items)
    return [
        Described(item.id, item.title, tuple(Quoted(fact, quoted(item.text, fact)) for fact in item.facts))
        for item in found
    ]


def quoted(text: str, fact: Fact) -> str:
    """The words that a fact's span is of."""
    return text[fact.span.start : fact.span.end] if fact.span else ""


def coverage(project: Project) -> list[Covered]:
    """How well each fact covers the Release in use, by name: those declared now, and those that it was built with."""
    catalogue = project.recommender.serving.catalogue
    every = [catalogue.item(position).facts for position in range(len(catalogue))]
    names = {*read_schema(project.settings.facts).by_name, *(fact.name for facts in every for fact in facts)}
    return [covered(name, every) for name in sorted(names)]


def covered(name: str, every: Sequence[Sequence[Fact]]) -> Covered:
    """How well one fact covers items with these facts."""
    own = [[fact for fact in facts if fact.name == name] for facts in every]
    flat = [fact for facts in own for fact in facts]
    stated = sum(any(fact.how == "stated" for fact in facts) for facts in own)
    inferred = sum(bool(facts) for facts in own) - stated
    by = dict(Counter(fact.by for fact in flat).most_common())
    mean = sum(fact.confidence for fact in flat) / len(flat) if flat else 0.0
    examples = tuple(dict.fromkeys(as_text(fact) for fact in flat))[:EXAMPLES]
    sure = sum(any(fact.confidence >= SURE for fact in facts) for facts in own)
    return Covered(name, len(every), stated, inferred, sure, by, round(mean, 3), examples)


def as_text(fact: Fact) -> str:
    """A fact's value as people write it."""
    value = fact.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.10g}"
    return value if isinstance(value, str) else ", ".join(value)


# --- proposals --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact worth declaring, where that was seen, and how well it covers the sample. toml: the lines to paste."""

    name: str
    settings: FactSettings
    source: str
    covered: Covered
    toml: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What was proposed from a sample of so many items. stopped: why a model was not heard, where one is set."""

    items: int
    facts: tuple[Proposal, ...]
    stopped: str = ""


def propose(project: Project, n: int = SAMPLE, *, progress: Progress | None = None) -> Proposals:
    """Facts that would suit the catalogue and are not declared yet, with how well each covers a sample of n items.

    With a model: its proposals first; and its calls over the sample, one an item, say how well they cover.
    Raises IndexFileError index.missing before the first build.
    """
    said = progress or Quiet()
    docs = _sample(project, project.recommender, n)
    kinds = {name: column.kind for name, column in project.recommender.serving.catalogue.columns().items()}
    seen = [Seen(doc.title, doc.text, doc.fields) for doc in docs]
    by_model, stopped = _by_model(project, docs)
    declared = project.settings.facts.keys()
    wanted = {one.name: one for one in (*by_model, *proposed(seen, kinds)) if one.name not in declared}
    describing = Describing(project, docs, read_schema({name: one.settings for name, one in wanted.items()}))
    try:
        describing.ask(said)
    except ModelError as error:
        stopped = str(error)
    embed(project, describing.read, said)
    drawn = describing.draw(said).facts
    made = (_proposal(one, covered(one.name, drawn)) for one in wanted.values())
    return Proposals(len(docs), tuple(sorted(made, key=lambda one: (one.covered.unknown, one.name))), stopped)


def declare(project: Project, facts: Sequence[Proposal]) -> Path:
    """Adds proposals to the project's settings file. Raises SettingsError where they do not fit what is there."""
    path = project.folder / FILE
    try:
        before = path.read_text("utf-8")
        text = before.rstrip("\n") + "\n\n" + "\n".join(one.toml for one in facts)
        _check_toml(path, text)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}; make it a file that you may write") from error
    return path


def _check_toml(path: Path, text: str) -> None:
    import tomllib

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise SettingsError(f"{path} would not be valid TOML any more ({wrong}); paste the lines yourself") from wrong


def _sample(project: Project, recommender: Recommender, n: int) -> list[Doc]:
    """Items spread evenly over the Release in use, with their fields as they were imported."""
    catalogue = recommender.serving.catalogue
    step = max(1, len(catalogue) // max(1, n))
    positions = range(0, len(catalogue), step)[:n]
    return list(_docs(project, catalogue, positions))


def _docs(project: Project, catalogue: Catalogue, positions: Sequence[int]) -> Iterator[Doc]:
    for position in positions:
        item = catalogue.item(position)
        with project.store.read() as unit:
            page = unit.pages.get(item.id)
        fields = page.fields if page else {}
        yield Doc(item.id, item.title, item.text, dict(fields), {}, Stamp("sample", 1))


def _proposal(one: Proposed, how_well: Covered) -> Proposal:
    return Proposal(one.name, one.settings, one.source, how_well, _toml(one, how_well))


def _toml(one: Proposed, how_well: Covered) -> str:
    share = {name: 100 * n / max(1, how_well.items) for name, n in _shares(how_well).items()}
    told = ", ".join(f"{name} {value:.0f} %" for name, value in share.items())
    examples = "; ".join(" ".join(example[:40].split()) for example in how_well.examples)
    lines = [
        f"[facts.{one.name}]",
        f"# {told} of {how_well.items} items{': ' * bool(examples)}{examples}",
        f"# from: {' '.join(one.source.split())}",
    ]
    for key in ("kind", "about", "values", "unit"):
        value: Any = getattr(one.settings, key)
        if value:
            lines.append(f"{key} = {msgspec.json.encode(value).decode()}")
    return "\n".join(lines) + "\n"


def _shares(how_well: Covered) -> dict[str, int]:
    return {"stated": how_well.stated, "inferred": how_well.inferred, "not stated": how_well.unknown}


def _by_model(project: Project, docs: Sequence[Doc]) -> tuple[list[Proposed], str]:
    """What a model proposes, less what cannot be declared, and why it was not heard."""
    gateway = project.gateway
    if gateway is None:
        return [], ""
    shown = docs[:: max(1, len(docs) // SHOWN_TO_MODEL)][:SHOWN_TO_MODEL]
    items = [{"title": doc.title, "text": doc.text} for doc in shown]
    call = project.prompts.get("propose").call(step="propose", items=items, about=project.settings.project.items)
    [reply] = gateway.many([call], deadline_s=project.settings.models.timeout_s)
    if not isinstance(reply, Reply):
        log("models").warning("no facts were proposed by the model: %s", reply.code)
        return [], str(reply)
    given = reply.value.get("facts", ()) if isinstance(reply.value, dict) else ()
    return [one for raw in given if (one := declarable(raw, reply.model))], ""


def declarable(raw: Any, model: str) -> Proposed | None:
    """A model's proposal, without a unit that is not known; None where it cannot be declared at all."""
    try:
        name = name_of(str(raw["name"]))
        if orders(f"{name}\n{raw['about']}\n{raw['values']}"):  # what pages say to machines is no declaration
            return None
        settings = msgspec.convert({key: raw[key] for key in ("kind", "about", "values", "unit")}, FactSettings)
        for tried in (settings, replace(settings, unit=""), replace(settings, unit="", values=())):
            try:
                read_schema({name: tried})
            except SettingsError:
                continue
            return Proposed(name, tried, model)
    except (KeyError, TypeError, msgspec.ValidationError):
        return None
    return None
