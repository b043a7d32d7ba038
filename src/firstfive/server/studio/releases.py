"""The studio's Releases: which there are, how two differ, and putting one in use after a look at what changes."""

from __future__ import annotations

from firstfive import observe
from firstfive.app import release as releases
from firstfive.errors import NotFound, RequestError
from firstfive.server.calls import Call, Param, Reply, form_of
from firstfive.server.shapes import Word
from firstfive.server.studio.frame import HOME, View, answered, done, seen, sent_on, to
from firstfive.server.studio.tables import Column, Link, Table
from firstfive.types import Release, ReleaseId

AGAINST = Param("against", Word, "", "Another Release, to see what differs; the one in use without it.")
UNKNOWN = ("not_found.release",)
HERE = f"{HOME}/releases"
COLUMNS = (
    Column("release", "Release", "code"),
    Column("in_use", "In use"),
    Column("created", "Built", "time"),
    Column("items", "Items", "number"),
    Column("passages", "Passages", "number"),
    Column("differs", "Differs from the one in use in", "number"),
)
PARTS = (Column("part", "Part"), Column("value", "Value or hash", "code"))
DIFFERENCES = (Column("part", "Part"), Column("before", "Before", "code"), Column("after", "After", "code"))


def listed(call: Call) -> Reply:
    """All Releases, newest first."""
    found, used = releases.list_releases(call.service.project)
    now = next((one for one in found if one.id == used), None)
    rows = [
        (
            Link(one.id, to("releases", one.id)),
            one.id == used,
            one.created,
            one.items,
            one.passages,
            len(releases.differences(now, one)) if now else None,
        )
        for one in found
    ]
    about = "A Release is one hash over all that decides an answer. Where nothing differs, the answers are the same."
    table = Table("releases", "Releases, newest first", COLUMNS, rows, "Nothing is built yet.", about)
    return answered(call, View("releases.html", "Releases", (table,), {"before": _before(call), "used": used}))


def _before(call: Call) -> ReleaseId | None:
    try:
        return releases.before(call.service.project)
    except NotFound:
        return None


def release(call: Call) -> Reply:
    """One Release: its parts, and what differs between it and another, the one in use where none is named."""
    project = call.service.project
    found, used = releases.list_releases(project)
    one = releases.show(project, call.path("release_id"))
    other = releases.show(project, call.param("against") or used or one.id)
    tables = (_differences(other, one), Table("parts", "What decides its answers", PARTS, list(one.parts.items())))
    values = {"release": one, "other": other, "used": used, "others": [each.id for each in found if each.id != one.id]}
    more = {"release": one.id, "against": other.id}
    return answered(call, View("release.html", f"Release {one.id}", tables, values, more))


def _differences(before: Release, after: Release) -> Table:
    rows = [tuple(difference) for difference in releases.differences(before, after)]
    caption = f"What differs from {before.id} to {after.id}"
    return Table("differences", caption, DIFFERENCES, rows, "Nothing differs.")


def confirm(call: Call) -> Reply:
    """What would change with this Release in use, and the button that changes it."""
    project = call.service.project
    one, used = releases.show(project, call.path("release_id")), project.release_in_use()
    now = releases.show(project, used or one.id)
    values = {"release": one, "now": now, "used": used}
    return answered(call, View("use.html", f"Use {one.id}?", (_differences(now, one),), values))


def use(call: Call) -> Reply:
    """Puts the Release in use, unless another one came into use since the form was shown."""
    fields = form_of(call.body)
    if fields.get("confirmed") != "yes" or "instead_of" not in fields:
        raise RequestError(
            "nothing was changed: the form lacks confirmed=yes, or instead_of=ID with the Release that is in use now; "
            f"send both, or use the page {HERE}/ID/use"
        )
    one = releases.use(call.service.project, call.path("release_id"), instead_of=fields["instead_of"])
    by = call.key.id if call.key else ""
    observe.log("studio").warning("release %s was put in use instead of %s by key %s", one.id, fields["instead_of"], by)
    return sent_on(HERE)


ROUTES = (
    seen(HERE, listed, "Releases"),
    seen(f"{HERE}/{{release_id}}", release, "One Release, and what differs", params=(AGAINST,), errors=UNKNOWN),
    seen(f"{HERE}/{{release_id}}/use", confirm, "Ask before a Release is put in use", errors=UNKNOWN),
    done(
        f"{HERE}/{{release_id}}/use",
        use,
        "Put a Release in use",
        errors=(*UNKNOWN, "conflict.release", "conflict.unmeasured"),
    ),
)
