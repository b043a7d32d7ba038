"""What settings ask for that cannot be, said before something fails for it or goes without."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firstfive.app.measure import goal_of
from firstfive.app.release import list_releases
from firstfive.app.wiring import EMBEDDERS, check_embedder
from firstfive.errors import SettingsError
from firstfive.index.catalogue import field_names
from firstfive.index.words import check_language
from firstfive.settings import Settings

if TYPE_CHECKING:
    from firstfive.app.wiring import Project


def wrong(settings: Settings, folder: Path) -> list[str]:
    """A sentence for each setting that would make a later command fail, without opening the project."""
    checks: Sequence[Callable[[], object]] = (
        lambda: goal_of(settings.goal),
        lambda: check_language(settings.index.stemmer),
        lambda: check_embedder(settings.models.embedder),
    )
    said = [str(error) for check in checks if (error := _error(check))]
    return [*said, *_models(settings), *_missing(settings, folder)]


def _error(check: Callable[[], object]) -> SettingsError | None:
    try:
        check()
    except SettingsError as error:
        return error
    return None


def _models(settings: Settings) -> Iterator[str]:
    models = settings.models
    named = [("models.llm", models.llm), ("models.judge", models.judge)]
    for setting, model in named + [("models.fallback", model) for model in models.fallback]:
        provider, _, name = model.partition(":")
        if model and not (provider and name):
            hint = ' (a model is named with its provider, such as "openai:gpt-4o-mini")'
            yield f'{setting} is {model!r}; write "PROVIDER:MODEL"{hint}'
        elif provider in EMBEDDERS and provider:
            yield f'{setting} is {model!r}, which only embeds; name a language model, "PROVIDER:MODEL"'


def _missing(settings: Settings, folder: Path) -> Iterator[str]:
    for setting, file in (("goal.queries", settings.goal.queries), ("goal.qrels", settings.goal.qrels)):
        if file and not (folder / file).is_file():
            yield f"{setting} is {file!r}, and there is no file {folder / file}; correct the name or write the file"


def unknown_fields(project: Project) -> list[str]:
    """A sentence for each field that the page is to show and no item of the Release in use has."""
    _, used = list_releases(project)
    there = field_names(project.releases / used / "catalogue") if used else ()
    page = project.settings.page
    wanted = [("page.facts", name) for name in page.facts] + [("page.website", page.website)] * bool(page.website)
    return [_no_field(setting, name, there) for setting, name in wanted if there and name not in there]


def _no_field(setting: str, name: str, there: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, there, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(there[:20])}"
    return f"{setting} names {name!r}, a field that no item of the Release has, so it is not shown; {hint}"
