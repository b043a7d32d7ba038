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
def alone(folder: Path, then: str = "firstfive build", *, lock: str = "build") -> Iterator[None]:
    """Holds the project's lock of this name, which ends with the process, however it ends.

    then: the command that holds it now, to be run again where another one does. Raises BuildError build.locked at once
    where another process holds the lock, and names what that one runs.
    """
    with (folder / f".{lock}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            running = file.read().strip() or f"firstfive {lock}"
            raise BuildError(
                f"`{running}` is running on {folder}; wait for it to end, then run `{then}` again", code="build.locked"
            ) from error
        file.truncate(0)
        file.write(then)
        file.flush()
        yield
