"""The studio's labelling: one pair on a page, four buttons with the keys 0 to 3, and all labels as a table.

Every button is a form's, so that it goes without a script; the script adds the keys. A second person's page shows
nothing of what the first one said.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlencode

from firstfive.app import labelling
from firstfive.app.labelling import Desk
from firstfive.errors import RequestError
from firstfive.guard import masked
from firstfive.ports import Label, Person
from firstfive.server.calls import BUILT, Call, Param, Reply, form_of
from firstfive.server.rendering import static
from firstfive.server.shapes import Word
from firstfive.server.studio.frame import HOME, View, answered, done, seen, sent_on, to
from firstfive.server.studio.tables import Cell, Column, Link, Table

HERE, ALL = f"{HOME}/label", f"{HOME}/labels"
RUBRIC = (
    ("3", "Just it", "It is what they ask for, and all that they state is met."),
    ("2", "Fits", "It is what they ask for, but something that they state is not mentioned."),
    ("1", "Near", "It is near, but something that they state is contradicted."),
    ("0", "No", "It is something else."),
)
"""The grades as a judge's prompt has them, in plain words."""
OPENING = 1_500
"""Characters that are shown at once: as many as a judge reads. The rest is one click away."""
PERSON = Param("person", Literal["", "first", "second"], "", "Who labels: the first person, or the second one.")
WHO = Param("who", Word, "", "A name that this person chose; any will do.")
PROGRESS = (
    Column("person", "Person"),
    Column("who", "Name"),
    Column("labels", "Labels", "number"),
    Column("skipped", "Skipped", "number"),
    Column("of", "Of", "number"),
    Column("median_s", "Seconds a label", "number", 1),
)
COLUMNS = (
    Column("request", "Request", "long"),
    Column("item", "Item", "code"),
    Column("first", "First person", "number"),
    Column("second", "Second person", "number"),
    Column("seconds", "Seconds", "number", 1),
    Column("qid", "Request's id", "code"),
)


def label(call: Call) -> Reply:
    """The next pair of a person, or who labels where nobody is named."""
    person, who = call.param("person"), call.param("who")
    if not person or not who:
        return _asked_who(call)
    try:
        found = labelling.desk(call.service.project, person, who)
    except RequestError as wrong:
        return _asked_who(call, str(wrong), wrong.status)
    shown = int(datetime.now(UTC).timestamp() * 1000)
    values = {
        "desk": found,
        "request": masked(found.pair.request) if found.pair else "",
        "opening": found.item.text[:OPENING] if found.item else "",
        "rest": found.item.text[OPENING:] if found.item else "",
        "rubric": RUBRIC,
        "shown": shown,
        "script": static("label.js"),
    }
    pair, item = found.pair, found.item
    more = {
        "done": found.done,
        "total": found.total,
        "missing": found.missing,
        "median_s": found.median_s,
        "qid": pair.qid if pair else None,
        "item": pair.item if pair else None,
        "request": masked(pair.request) if pair else None,
        "title": item.title if item else None,
        "text": item.text if item else None,
    }
    return answered(call, View("label.html", "Label", (_progress([found]),), values, more))


def _asked_who(call: Call, message: str = "", status: int = 200) -> Reply:
    desks = _desks(call)
    values = {"desks": desks, "drawn": any(one.total or one.missing for one in desks), "script": ""}
    table = _progress(desks)
    return answered(call, View("labellers.html", "Label", (table,), values, message=message, status=status))


def _desks(call: Call) -> list[Desk]:
    """Where every name stands that labelled, and, for nobody yet, what waits for each of the two."""
    rows = labelling.rows(call.service.project)
    every = [one for row in rows for one in (row.first, row.second) if one]
    people: tuple[Person, ...] = ("first", "second")
    return [
        _stand([one for one in every if one.person == person and one.who == who], person, who, len(rows), again)
        for again in (sum(row.pair.again for row in rows),)
        for person in people
        for who in sorted({one.who for one in every if one.person == person}) or [""]
    ]


def _stand(said: list[Label], person: Person, who: str, pairs: int, again: int) -> Desk:
    total = pairs if person == "first" else again
    return Desk(person, who, len(said), total, sum(one.grade is None for one in said), 0, labelling.median_s(said))


def _progress(desks: list[Desk]) -> Table:
    rows = [
        (one.person, one.who or None, one.done - one.skipped, one.skipped, one.total, one.median_s) for one in desks
    ]
    about = "A second person grades some pairs again, without seeing the first one's grades."
    return Table("progress", "How far labelling is", PROGRESS, rows, about=about)


def said(call: Call) -> Reply:
    """Keeps a grade, skips a pair, or takes the last answer back; then comes the next pair."""
    call.kept = True  # the way on is the same whatever came before
    fields = form_of(call.body)
    who, person = fields.get("who", ""), _person(fields.get("person", ""))
    answer, project = fields.get("say", ""), call.service.project
    if answer == "undo":
        labelling.undo(project, person, who)
    else:
        grade = None if answer == "skip" else _grade(answer)
        labelling.say(
            project, person, who, fields.get("qid", ""), fields.get("item", ""), grade, _since(fields.get("shown", ""))
        )
    return sent_on(f"{HERE}?{urlencode({'person': person, 'who': who})}")


def _person(text: str) -> Person:
    known: tuple[Person, ...] = ("first", "second")
    for person in known:
        if text == person:
            return person
    raise RequestError(f"person is {text[:20]!r}; it is first or second")


def _grade(text: str) -> int:
    if text in {"0", "1", "2", "3"}:
        return int(text)
    raise RequestError(f"say is {text[:20]!r}; it is 0, 1, 2, 3, skip or undo")


def _since(shown: str) -> float | None:
    """Seconds since the page was made; None where it does not say when that was."""
    if not (shown.isascii() and shown.isdigit() and len(shown) < 16):
        return None
    return datetime.now(UTC).timestamp() - int(shown) / 1000


def listed(call: Call) -> Reply:
    """All pairs with their labels, to look at and to take away."""
    rows: list[tuple[Cell, ...]] = [
        (
            masked(row.pair.request),
            Link(row.pair.item, to("items", row.pair.item)),
            row.first.grade if row.first else None,
            row.second.grade if row.second else None,
            row.first.seconds if row.first else None,
            row.pair.qid,
        )
        for row in labelling.rows(call.service.project)
    ]
    about = "Who still has to label as the second person should not look here."
    table = Table("labels", f"{len(rows):,} pairs", COLUMNS, rows, "Nothing is drawn yet.", about)
    return answered(call, View("tables.html", "Labels", (table, _progress(_desks(call)))))


def draw(call: Call) -> Reply:
    """Draws the sample from stored requests."""
    call.kept = True
    fields = form_of(call.body)
    n = fields.get("n", "100")
    if not (n.isascii() and n.isdigit() and len(n) <= 5 and 1 <= int(n) <= 10_000):
        raise RequestError(f"n is {n[:20]!r}; it is how many pairs to draw, from 1 to 10,000")
    labelling.draw(call.service.project, int(n), whole="whole" in fields)
    return sent_on(HERE)


ROUTES = (
    seen(HERE, label, "Label one pair of a request and an item", params=(PERSON, WHO), errors=BUILT),
    done(HERE, said, "Say how well an item fits a request"),
    seen(ALL, listed, "All labels"),
    done(ALL, draw, "Draw pairs to label from stored requests", errors=("measure.nothing", *BUILT)),
)
