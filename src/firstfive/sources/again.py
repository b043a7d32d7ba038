"""The columns of a source that is imported again: as last time, where nothing else is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from firstfive.errors import SourceError
from firstfive.sources.mapping import Columns, quoted


@dataclass(frozen=True, slots=True)
class Last:
    """The columns of the last import. guessed: its fields were, so they are guessed anew each time."""

    columns: Columns
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """The columns to begin with, which others may be guessed (None: as without a last import), and what to say.

    lost: fields of the last import that are not there now, and are taken again where they come back.
    """

    columns: Columns
    guess: Collection[str] | None = None
    said: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def again(told: Columns, last: Last | None, names: Collection[str], source: str) -> Again:
    """Columns given now override last time's; columns left empty last time stay empty.

    names: of the columns there are; none where that is not known. Fields that are gone are said and may come back. A
    column that is told to be something else leaves its place to be guessed.
    Raises SourceError source.mapping where its id, title or text is gone and not named anew.
    """
    if last is None:
        return Again(told)
    kept, there_are = _left(told, last.columns), {name.casefold() for name in names}
    gone = [name for name in (kept.id, kept.title, *kept.text) if name and names and name.casefold() not in there_are]
    if gone:
        raise SourceError(
            f"{source} has no {quoted(*gone)} any more, which the last import took; name what it is called now with "
            f"--id, --title or --text, or say --guess: there are {quoted(*names)}",
            code="source.mapping",
        )
    lost = tuple(name for name in kept.field if name != "*" and names and name.casefold() not in there_are)
    there = told.field or tuple(name for name in kept.field if name not in lost)
    columns = Columns(told.id or kept.id, told.title or kept.title, told.text or kept.text, there)
    guess = {role for role in ("id", "title", "text") if getattr(last.columns, role) and not getattr(columns, role)}
    guess |= {"field"} if last.guessed and not told.field else set()
    return Again(columns, guess, _said(kept, lost, source), lost)


def _left(told: Columns, last: Columns) -> Columns:
    """What stays of the last columns: what is not told, without those that are told to be something else."""
    taken = {name.casefold() for name in (told.id, told.title, *told.text, *told.field)}

    def free(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name.casefold() not in taken)

    return Columns(
        "" if told.id else "".join(free([last.id])),
        "" if told.title else "".join(free([last.title])),
        () if told.text else free(last.text),
        () if told.field else free(last.field),
    )


def _said(kept: Columns, lost: Sequence[str], source: str) -> tuple[str, ...]:
    plain = replace(kept, field=()) == Columns("id", "title", ("text",)) and not kept.field
    parts = (("id", (kept.id,)), ("title", (kept.title,)), ("text", kept.text), ("field", kept.field))
    named = ", ".join(f"{what} {quoted(*names)}" for what, names in parts if any(names))
    said = [f"{source}: as last time: {named}. Say --guess to have the columns guessed anew."] if named else []
    if lost:
        said.append(
            f"{source} has no {quoted(*lost)} any more, so no item has that field: say each field with --field, "
            "also those that have another name now."
        )
    return tuple(said) if not plain else ()


# --- as it is stored --------------------------------------------------------------------------------------------------


def packed(last: Last) -> Mapping[str, Sequence[str]]:
    """The names by what they are taken for; of fields that were guessed there is no mention."""
    columns = last.columns
    held: dict[str, Sequence[str]] = {"id": [columns.id], "title": [columns.title], "text": columns.text}
    return held if last.guessed else {**held, "field": columns.field}


def unpacked(held: Mapping[str, Sequence[str]] | None) -> Last | None:
    """What `packed` made; None of nothing."""
    if held is None:
        return None
    columns = Columns(held["id"][0], held["title"][0], tuple(held["text"]), tuple(held.get("field", ())))
    return Last(columns, guessed="field" not in held)
