"""What must not run twice at once on one project, in whatever process.

Building, and changing what a build relies on, take one lock. Imports of a catalogue take another: two at once would
give the union of both, and one may well run beside a build.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firstfive.errors import BuildError


@contextmanager
def alone(folder: Path, *, what: str = "build", then: str = "firstfive build") -> Iterator[None]:
    """Holds the project's lock of this name, which ends with the process, however it ends.

    then: the command to run again. Raises BuildError build.locked at once where another process holds the lock.
    """
    with (folder / f".{what}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildError(
                f"another {what} of {folder} is running; wait for it to end, then run `{then}` again",
                code="build.locked",
            ) from error
        yield
