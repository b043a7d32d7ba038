"""A seeker who wants to be known again: a random name in a cookie, where the project offers that and the seeker asks.

The name is nobody's key and stands in no address. It goes with each request, so that what was said in earlier visits
can be found, and it is erased with all that was asked under it when the seeker says so.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from firstfive.app.record import erase
from firstfive.app.taste import SEEKER
from firstfive.errors import NotFound
from firstfive.server.calls import client
from firstfive.types import UserId

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from firstfive.server.calls import Call, Reply
    from firstfive.server.service import Service

COOKIE = "firstfive_seeker"
LONGEST_DAYS = 400
"""No browser keeps a cookie longer."""
_NAME = re.compile(re.escape(SEEKER) + "[A-Za-z0-9_-]{22}")


def offered(service: Service) -> bool:
    """Whether the project lets visitors be known again."""
    return service.project.settings.taste.use == "everyone"


def seeker(service: Service, request: HttpRequest) -> UserId | None:
    """Who asks, where the project offers it and the seeker asked to be known."""
    name = request.cookies.get(COOKIE, "") if offered(service) else ""
    return UserId(name) if _NAME.fullmatch(name) else None


def remember(call: Call, onward: Reply) -> Reply:
    """The reply with a name from now on; without one where the project does not offer it."""
    call.service.page_calls.take(client(call.request))
    if not offered(call.service):
        return onward
    days = call.service.project.settings.taste.keep_days or LONGEST_DAYS
    name = seeker(call.service, call.request) or SEEKER + token_urlsafe(16)
    return _with_cookie(onward, call, name, min(days, LONGEST_DAYS) * 86_400)


def forget(call: Call, onward: Reply) -> Reply:
    """The reply without the name, after all that was asked under it was erased.

    NotFound where the project does not offer to know anybody. Erasing writes the store's file anew, so one address has
    few of these in a minute.
    """
    if not offered(call.service):
        raise NotFound("nobody is known again here, so there is nothing to forget", code="not_found.user")
    call.service.forgettings.take(client(call.request))
    name = seeker(call.service, call.request)
    if name:
        with suppress(NotFound):  # nothing was asked yet
            erase(call.service.project, user=name)
    return _with_cookie(onward, call, "", 0)


def _with_cookie(reply: Reply, call: Call, name: str, lasts_s: int) -> Reply:
    secure = "; Secure" if call.request.url.scheme == "https" else ""
    cookie = f"{COOKIE}={name}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Lax{secure}"
    return replace(reply, headers={**reply.headers, "set-cookie": cookie})
