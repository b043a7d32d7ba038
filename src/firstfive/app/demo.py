"""Use case: the demo project, from the catalogue of invented companies that comes with the package.

A language model's part in it, cleaning, facts and reasons, was recorded once and is replayed: `record` does it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from firstfive.errors import StoreError
from firstfive.observe import Quiet
from firstfive.ports import Progress
from firstfive.settings import FILE

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

QUESTION = "Family-owned heating and cooling business in the Midwest that lives off service agreements with homeowners"
"""What the demo asks of itself."""

RIGHT = "tallgrass-exchange.example/dunmire-oakes-heating-cooling"
"""The company that must then be among the five."""

REQUESTS, JUDGED = "requests.jsonl", "judged.trec"
"""Sixty requests, and grades from 0 to 3 of what five rankers found for them and of other companies that fit."""

SETTINGS = """\
# The demo project. `firstfive settings` shows everything that can be set.

[project]
name = "Companies worth a call"
question = "What kind of company are you looking for?"
item = "company"
items = "companies"
examples = [
  "Family-owned heating and cooling business in the Midwest with service agreements",
  "Dental laboratory in Germany whose owner wants to retire",
  "Software for a niche that nobody else cares about",
]

[words.en]
fields = [
  "industry: line of business", "employees: people employed", "founded: founded in", "revenue: revenue in euros",
  "family_owned: owned by a family",
]

[words.de]
name = "Firmen, die einen Anruf wert sind"
question = "Was für eine Firma suchen Sie?"
item = "Firma"
items = "Firmen"
examples = [
  "Familienbetrieb für Kälte- und Klimatechnik mit Wartungsverträgen",
  "Zahntechnisches Labor, dessen Inhaber einen Nachfolger sucht",
  "Software für Bestatter und Friedhöfe",
]
fields = [
  "industry: Branche", "employees: Beschäftigte", "founded: gegründet", "country: Land", "revenue: Umsatz in Euro",
  "family_owned: in Familienbesitz",
]

[words.fr]
name = "Des sociétés à appeler"
question = "Quelle société cherchez-vous ?"
item = "société"
items = "sociétés"
examples = [
  "Laboratoire de prothèse dentaire dont le patron cherche un repreneur",
  "Blanchisserie pour hôtels et maisons de retraite",
  "Logiciel de gestion pour un petit métier",
]
fields = [
  "industry: secteur", "employees: personnes employées", "founded: fondée", "country: pays",
  "revenue: chiffre d’affaires en euros", "family_owned: entreprise familiale",
]

[import]
field = ["*"]

[models]
# What a small model answered once is replayed, with no model here. Name a model of your own to have it asked.
llm = "replay:demo"
speed = "best"
rerank_long = 0

[clean]
model = "always"
model_share = 0.07

[ask]
never = ["lang", "geo.region", "generator", "robots"]

[facts.industry]
kind = "choice"
about = "line of business"
values = [
  "heating and cooling", "dental and orthopaedic", "freight, transport and storage", "packaging",
  "metal casting and machining", "machine building", "testing laboratory", "care for the elderly", "software",
  "laundry and cleaning", "food", "pest control", "lift maintenance", "veterinary",
]

[facts.employees]
kind = "number"
about = "people employed"

[facts.founded]
kind = "number"
about = "year in which it was founded"

[facts.country]
kind = "place"
about = "country of its seat"

[facts.revenue]
kind = "number"
about = "annual revenue"
unit = "EUR"

[facts.family_owned]
kind = "yes/no"
about = "family-owned, family business, family concern, owned by a family"
"""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was made: items in the Release, and the seconds that importing and building took.

    stopped: by step, why a model's part of it ended before its end; rules did the rest.
    """

    items: int
    seconds: float
    stopped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """A model's replies to all that the demo asks. bytes: of the file. stopped: as `DemoReport` has it."""

    file: str
    replies: int
    bytes: int
    stopped: Mapping[str, str]


def demo_pages() -> Path:
    """The folder of the demo's web pages, a folder a site."""
    return Path(str(files("firstfive").joinpath("demo", "pages")))


def open_demo(folder: Path, *, overrides: Sequence[str] = ()) -> Project:
    """The demo project in a folder, begun there if it is not there yet. It is empty until `fill`.

    What seekers asked and which companies fit lie beside it, for `firstfive evaluate`.
    """
    from firstfive.app.wiring import open_project

    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        (folder / FILE).write_text(SETTINGS, "utf-8")
        for name in (REQUESTS, JUDGED):
            (folder / name).write_bytes(demo_pages().with_name(name).read_bytes())
    return open_project(folder, overrides=overrides)


def fill(project: Project, *, progress: Progress | None = None) -> DemoReport:
    """Imports the demo's pages and builds. A second time nothing is done twice."""
    from firstfive.app.build import build
    from firstfive.app.collect import import_sources

    said = progress or Quiet()
    imported = import_sources(project, [str(demo_pages())], progress=said)
    built = build(project, progress=said)
    return DemoReport(built.release.items, imported.seconds + sum(built.seconds.values()), built.stopped)


REPLIES = "replies.jsonl"
PATIENT = ("models.timeout_s=86400", "models.request_timeout_s=86400", "budget.day_usd=none")
"""A small model on a busy machine takes its time, and its work is wanted whole."""


def record(
    folder: Path, model: str, target: Path, *, overrides: Sequence[str] = (), progress: Progress | None = None
) -> Recording:
    """Lets a model do its part of the demo anew, and writes its replies to the target, gzipped, to be replayed.

    folder: where the demo is made, so that a recording that was stopped goes on where it was. The file has the replies
    that a replay asks for and no others, in the order of their calls' digests: equal replies make equal files.
    """
    said = progress or Quiet()
    asked = (f"models.llm={model}", f"models.record={REPLIES}", *PATIENT, *overrides)
    with open_demo(folder, overrides=asked) as project:
        made = _everything(project, said)
    replies, size = pack(folder, target, overrides=overrides, progress=said)
    return Recording(str(target), replies, size, made.stopped)


def pack(
    folder: Path, target: Path, *, overrides: Sequence[str] = (), progress: Progress | None = None
) -> tuple[int, int]:
    """Replays what a recording has so far, and writes what was asked for to the target: how many replies and bytes."""
    from firstfive.models.gateway import first_of_each, packed

    with TemporaryDirectory(prefix="firstfive-") as other:
        given = Path(other, "given.jsonl")
        given.write_bytes(b"".join(first_of_each((folder / REPLIES).read_bytes())))
        replayed = (f"models.llm=replay:{given}", f"models.record={REPLIES}", *PATIENT)
        with open_demo(Path(other), overrides=[*overrides, *replayed]) as project:
            _everything(project, progress or Quiet())
        asked = first_of_each(Path(other, REPLIES).read_bytes())
    try:
        target.write_bytes(packed(asked))
    except OSError as error:
        raise StoreError(f"{target} could not be written: {error.strerror}; name a file that can") from error
    return len(asked), target.stat().st_size


def _everything(project: Project, progress: Progress) -> DemoReport:
    """Builds, and asks the questions that the page offers."""
    report = fill(project, progress=progress)
    for question in project.settings.project.examples:
        project.recommend(question)
    return report
