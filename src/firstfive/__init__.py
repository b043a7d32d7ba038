"""From scraped text to five good matches, measured at every step.

    import firstfive

    project = firstfive.open("my-catalogue")
    slate = project.recommend("family-owned HVAC services company in the Midwest")

Importing this loads neither numpy nor a server: what is named here is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstfive.app.wiring import Project as Project
    from firstfive.app.wiring import init_project as init
    from firstfive.app.wiring import open_project as open  # noqa: A004  # firstfive.open, as one says
    from firstfive.errors import FirstFiveError as FirstFiveError
    from firstfive.types import Event as Event
    from firstfive.types import Item as Item
    from firstfive.types import Request as Request
    from firstfive.types import Slate as Slate

__version__ = "0.1.0"
_PLACES = {
    "Event": ("firstfive.types", "Event"),
    "FirstFiveError": ("firstfive.errors", "FirstFiveError"),
    "Item": ("firstfive.types", "Item"),
    "Project": ("firstfive.app.wiring", "Project"),
    "Request": ("firstfive.types", "Request"),
    "Slate": ("firstfive.types", "Slate"),
    "init": ("firstfive.app.wiring", "init_project"),
    "open": ("firstfive.app.wiring", "open_project"),
}
__all__ = ["Event", "FirstFiveError", "Item", "Project", "Request", "Slate", "init", "open"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'firstfive' has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
