"""Where keys are read. A key is never part of a message, a log, a trace or a `repr`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from firstfive.errors import ModelError

REDACTED = "[key]"


@dataclass(frozen=True, slots=True)
class Key:
    """A provider's key, and where it stands: for messages. Empty: the provider is asked without one."""

    value: str = field(default="", repr=False)
    place: str = ""

    def redacted(self, text: str) -> str:
        """The text without the key."""
        return text.replace(self.value, REDACTED) if self.value else text


def read_key(who: str, setting: str, variable: str, *, keyless: bool, folder: Path) -> Key:
    """The key that `providers.NAME.key` refers to, or that stands in the provider's usual environment variable.

    setting: "env:NAME" or "file:PATH", a path beside the settings file. Raises ModelError model.key where there is
    none, unless the provider is keyless, and where it cannot be one.
    """
    kind, _, place = (setting or f"env:{variable}").partition(":")
    if kind not in _READERS or (setting and not place):
        raise ModelError(
            f'the key of {who} is set to something that is neither "env:NAME" nor "file:PATH"; '
            f"name the environment variable or the file that holds it",
            code="model.key",
        )
    key = _READERS[kind](who, place, folder)
    if not key.value and (setting or not keyless):
        raise ModelError(f"{who} needs a key: put it in {key.place}", code="model.key")
    if not (key.value.isascii() and key.value.isprintable()) or " " in key.value:
        raise ModelError(
            f"the key of {who} in {key.place} has spaces or characters that no key has; copy it there again",
            code="model.key",
        )
    return key


def _from_environment(_who: str, name: str, _folder: Path) -> Key:
    return Key(os.environ.get(name, "").strip(), f"the environment variable {name}" if name else "")


def _from_file(who: str, name: str, folder: Path) -> Key:
    path = folder / Path(name).expanduser()
    try:
        return Key(path.read_text("utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ModelError(
            f"the key of {who} cannot be read from {path} ({why}); put it there, or change the settings",
            code="model.key",
        ) from error


_READERS = {"env": _from_environment, "file": _from_file}
