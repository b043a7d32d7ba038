"""Which embedder a Release answers with: the one that it was built with, whatever the settings name now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from firstfive.errors import ModelError, SettingsError
from firstfive.index import read_about
from firstfive.models.gone import Gone
from firstfive.models.remembered import HERE
from firstfive.observe import log

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.models import Remembered
    from firstfive.ports import Embedder, Payer
    from firstfive.types import Release

SETTING = "embedder"
"""Under this name a Release's folder knows the setting that its embedder was opened by. It is no part of the hash."""


Manner: TypeAlias = "Callable[[Embedder], Embedder]"
"""How an embedder is asked, where that is otherwise than for a person's request."""


def as_it_is(embedder: Embedder) -> Embedder:
    """For a person's request."""
    return embedder


def patient(project: Project) -> Manner:
    """For whoever measures a ranking: a provider has the time that it has in a build."""
    return partial(_asked, deadline_s=project.settings.models.timeout_s)


def paid_by(payer: Payer) -> Manner:
    """For whoever measures time and price: as for a person, but nothing is read from what is kept."""
    return partial(_asked, payer=payer, fresh=True)


def _asked(embedder: Embedder, **changes: Any) -> Embedder:
    from firstfive.models.remote import GatewayEmbedder

    return replace(embedder, **changes) if isinstance(embedder, GatewayEmbedder) else embedder


def remembering(embedder: Embedder) -> Remembered:
    """The embedder with the vectors of the last texts."""
    from firstfive.models import Remembered
    from firstfive.models.remote import GatewayEmbedder

    elsewhere = embedder.model.partition(":")[0] if isinstance(embedder, GatewayEmbedder) else ""
    return Remembered(embedder, provider=elsewhere or HERE)


def embedder_of(project: Project, release: Release) -> Embedder | None:
    """The Release's own embedder, for requests; None where it has none.

    One that cannot be opened, or whose files are others now, is `Gone`: the Release then answers by words alone. Raises
    IndexFileError index.corrupt.
    """
    wanted = release.parts.get("embedder", "")
    if not wanted:
        return None
    now, missed = project.settings.models.embedder, []
    built_by = str(read_about(project.releases / release.id).get(SETTING, now))
    for setting in dict.fromkeys((built_by, now)):
        try:
            found = project.query_embedder if setting == now else project.embedder_named(setting)
        except (ModelError, SettingsError) as error:
            missed.append(str(error))
            continue
        if found and found.name == wanted:
            return found
        missed.append(f"{setting} is {found.name} now" if found else f"{setting} is no embedder")
    why = f"release {release.id} was built with {wanted}, which is gone: {'; '.join(missed)}"
    log("recommend").error("%s", why)
    return Gone(wanted, f"{why}; bring it back, or `firstfive build` with another and `firstfive promote --force` that")
