"""What saying a value of a field is worth: simulated seekers add ", in Spain" where their item's text has no Spain.

    FIRSTFIVE_DATA=... python benchmarks/fields.py FIELD [FIELD ...] [yc=FOLDER] [equities=FOLDER]

The seekers are those of seekers.py, up to 1,000. Printed: Success@5 of their first sentence alone, and with the value.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import measuring
import numpy as np
from seekers import FIRST, opened, requests

from firstfive.app import asking
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.serving import Serving

SEEKERS = 1_000


def found(serving: Serving, position: int, text: str) -> bool:
    """Whether the item is among the first five."""
    ranked = asking.find(serving, serving.query(serving.read(Request(text))))
    return bool((serving.heads[ranked.positions[:FIRST]] == serving.heads[position]).any())


def report(serving: Serving, name: str, field: str) -> None:
    """Prints a field's line."""
    alone, said = [], []
    for answering, position, text in requests(serving, name, SEEKERS):
        item = serving.catalogue.item(position)
        value = item.fields.get(field)
        if isinstance(value, str) and value.casefold() not in item.text.casefold():
            alone.append(found(answering, position, text))
            said.append(found(answering, position, f"{text}, in {value}"))
    if not alone:
        print(f"{name}: no text leaves a value of {field} unsaid")
        return
    gained = np.array(said, dtype=float) - np.array(alone)
    error = 1.96 * gained.std() / np.sqrt(len(gained))
    print(
        f"{name}, {field}: {len(alone)} seekers, Success@5 {np.mean(alone):.3f}, with the value {np.mean(said):.3f} "
        f"({100 * gained.mean():+.1f} +- {100 * error:.1f} points)"
    )


def main() -> None:
    """Prints a line a field and project."""
    measuring.machine()
    given = [argument.partition("=") for argument in sys.argv[1:]]
    fields = [name for name, is_folder, _ in given if not is_folder]
    for name, _, folder in [one for one in given if one[1]] or [("equities", "", "")]:
        with opened(name, folder) as project:
            for field in fields:
                report(project.recommender.serving, name, field)


if __name__ == "__main__":
    main()
