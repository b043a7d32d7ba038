"""The studio's prompts: what models are asked, in which version, under which label, and how two versions differ."""

from __future__ import annotations

from firstfive.app.prompts import diff, list_prompts
from firstfive.prompts import LATEST, PRODUCTION, problems
from firstfive.server.calls import Call, Param, Reply
from firstfive.server.shapes import Word
from firstfive.server.studio.frame import HOME, View, answered, seen, to
from firstfive.server.studio.tables import Column, Link, Table

HERE = f"{HOME}/prompts"
BEFORE = Param("before", Word, "", "The older version or label to compare; the one before the newest without it.")
AFTER = Param("after", Word, "", "The newer version or label; the newest without it.")
COLUMNS = (
    Column("prompt", "Prompt", "code"),
    Column("production", "In force", "number"),
    Column("latest", "Newest", "number"),
    Column("versions", "Versions", "number"),
    Column("own", "Of your own", "number"),
    Column("used_by", "Used by"),
    Column("about", "What it asks"),
)
VERSIONS = (
    Column("version", "Version", "number"),
    Column("labels", "Labels"),
    Column("digest", "Digest", "code"),
    Column("own", "Of your own"),
    Column("notes", "Notes"),
    Column("problem", "What is wrong with it"),
)
LINES = (Column("sign", "", "code"), Column("line", "Line", "code"))


def listed(call: Call) -> Reply:
    """Every prompt, by name."""
    rows = [
        (
            Link(one.name, to("prompts", one.name)),
            one.production,
            one.latest,
            len(one.versions),
            len(one.own),
            one.used_by,
            one.about,
        )
        for one in list_prompts(call.service.project.prompts)
    ]
    return answered(call, View("tables.html", "Prompts", (Table("prompts", "Prompts", COLUMNS, rows),)))


def prompt(call: Call) -> Reply:
    """One prompt: its versions and their labels, what differs between two, and what the one in force says."""
    prompts, name = call.service.project.prompts, call.path("name")
    versions = list(prompts.versions(name))
    before = call.param("before") or str(versions[-2] if len(versions) > 1 else versions[-1])
    after = call.param("after") or str(versions[-1])
    lines = diff(prompts, name, before, after)[2:]  # the first two name the files
    caption = f"What differs from version {before} to {after}"
    rows = [(line[:1], line[1:]) for line in lines]
    tables = (_versions(call, name), Table("differences", caption, LINES, rows, "Nothing differs."))
    values = {"prompt": prompts.get(name), "versions": versions, "before": before, "after": after}
    return answered(call, View("prompt.html", f"Prompt {name}", tables, values, {"prompt": name}))


def _versions(call: Call, name: str) -> Table:
    prompts = call.service.project.prompts
    with call.service.project.store.read() as unit:
        carried = {PRODUCTION: prompts.default(name), **unit.labels.of(name)}
    versions = prompts.versions(name)
    carried[LATEST] = max(versions)
    rows = []
    for number, file in versions.items():
        one = prompts.get(f"{name}@{number}")
        labels = ", ".join(label for label, version in carried.items() if version == number)
        own = prompts.own is not None and file.is_relative_to(prompts.own)
        rows.append((number, labels, one.digest[:8], own, one.notes, next(iter(problems(one)), None)))
    return Table("versions", "Versions", VERSIONS, rows[::-1])


UNKNOWN = ("not_found.prompt",)
ROUTES = (
    seen(HERE, listed, "Prompts"),
    seen(f"{HERE}/{{name}}", prompt, "One prompt and its versions", params=(BEFORE, AFTER), errors=UNKNOWN),
)
