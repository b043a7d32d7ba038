"""Use case: the demo project, from the catalogue of invented companies that comes with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

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

[words.de]
name = "Firmen, die einen Anruf wert sind"
question = "Was für eine Firma suchen Sie?"
item = "Firma"
items = "Firmen"

[words.fr]
name = "Des sociétés à appeler"
question = "Quelle société cherchez-vous ?"
item = "société"
items = "sociétés"

[import]
field = ["*"]

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
    """What was made: items in the Release, and the seconds that importing and building took."""

    items: int
    seconds: float


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
    return DemoReport(built.release.items, imported.seconds + sum(built.seconds.values()))
