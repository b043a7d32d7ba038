"""The prompts of a project: those that firstfive ships, and the builder's own beside or instead of them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from firstfive.errors import NotFound, PromptError
from firstfive.prompts.files import ENDING, read
from firstfive.prompts.prompt import Prompt

SHIPPED = Path(__file__).parent / "shipped"
PRODUCTION = "production"
"""The label of the version in force."""
LATEST = "latest"
"""The highest version. Not kept anywhere: it is always true."""

_NAME = re.compile("[a-z][a-z0-9_-]{0,63}")
_VERSION = re.compile("[1-9][0-9]{0,8}")


def _none(_label: str) -> Mapping[str, int]:
    return {}


class Prompts:
    """Prompts by name, and by version or label: "describe", "describe@2", "describe@latest".

    own: the builder's folder, which may not exist; NAME/VERSION.toml there goes before the shipped file of that
    version. labelled: the version of each prompt that carries a label. Files are read again when they change.
    """

    def __init__(self, own: Path | None = None, labelled: Callable[[str], Mapping[str, int]] = _none) -> None:
        self.own = own
        self._labelled = labelled

    def get(self, wanted: str) -> Prompt:
        """The prompt; without @ the one in production. Raises NotFound not_found.prompt, and PromptError."""
        name, at, which = wanted.partition("@")
        versions = self.versions(name)
        number = self.version(name, which if at else PRODUCTION)
        if number not in versions:
            known = ", ".join(map(str, versions))
            raise NotFound(
                f"there is no version {number} of the prompt {name}; there are {known}. Name one of these, or put back "
                f"the file {name}/{number}{ENDING}",
                code="not_found.prompt",
            )
        return read(versions[number])

    def version(self, name: str, which: str) -> int:
        """The number behind a version or label. Raises NotFound for a label that the prompt does not carry."""
        if _VERSION.fullmatch(which):
            return int(which)
        if which == LATEST:
            return max(self.versions(name))
        labelled = self._labelled(which).get(name)
        if labelled is None and which == PRODUCTION:
            return self.default(name)
        if labelled is None:
            raise NotFound(
                f"the prompt {name} has no version or label {which!r}; see `firstfive prompt list`, or label one with "
                f"`firstfive prompt label {name} VERSION --label {which}`",
                code="not_found.prompt",
            )
        return labelled

    def default(self, name: str) -> int:
        """The version in production where none was labelled: as shipped, and the highest of a prompt of your own."""
        return _shipped_production().get(name) or max(self.versions(name))

    def names(self) -> list[str]:
        """Every prompt's name, in order."""
        folders = [folder for root in self._roots if root.is_dir() for folder in root.iterdir() if folder.is_dir()]
        return sorted({folder.name for folder in folders if _NAME.fullmatch(folder.name)})

    def versions(self, name: str) -> Mapping[int, Path]:
        """The file of each version, lowest first. Raises NotFound for an unknown name."""
        found: dict[int, Path] = {}
        if _NAME.fullmatch(name):
            for root in self._roots:
                for file in (root / name).glob(f"*{ENDING}"):
                    if not _VERSION.fullmatch(file.stem):
                        raise PromptError(f"{file} is not called by its version; rename it to 1{ENDING} or so")
                    found[int(file.stem)] = file
        if found:
            return dict(sorted(found.items()))
        near = difflib.get_close_matches(name, self.names(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self.names())}"
        raise NotFound(f"there is no prompt {name!r}; {hint}", code="not_found.prompt")

    @property
    def _roots(self) -> tuple[Path, ...]:
        """Where prompts are, the one that goes before the other last."""
        return (SHIPPED, self.own) if self.own is not None else (SHIPPED,)


@cache
def _shipped_production() -> Mapping[str, int]:
    return tomllib.loads((SHIPPED / f"production{ENDING}").read_text("utf-8"))
