"""What must not run twice at once on one project, in whatever process: building, and changing what a build reads."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firstfive.errors import BuildError


@contextmanager
def alone(folder: Path, *, then: str = "firstfive build") -> Iterator[None]:
    """Holds the project's build lock, which ends with the process, however it ends. BuildError build.locked at once.

    then: the command to run again.
    """
    with (folder / ".build.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError(
                f"another build of {folder} is running; wait for it to end, then run `{then}` again",
                code="build.locked",
            ) from error
        yield
