"""Signing in to the studio with an operator's key, and out again."""

from __future__ import annotations

from dataclasses import replace

from firstfive.errors import AccessError, FirstFiveError
from firstfive.server.calls import Call, Reply, Route, client, form_of
from firstfive.server.problems import headers
from firstfive.server.sessions import COOKIE
from firstfive.server.studio.frame import HOME, View, page, refused, sent_on

ROLE = "operator"
SIGN_IN, SIGN_OUT = f"{HOME}/sign-in", f"{HOME}/sign-out"
WRONG = {
    "access.no_key": "That key is not known here, or was revoked. Check it, or make one with "
    "firstfive key create --role operator.",
    "access.role": "That key is not an operator's. Make one with firstfive key create --role operator.",
}


def ask(call: Call) -> Reply:
    """The page to sign in on."""
    return _page(call, HOME)


def sign_in(call: Call) -> Reply:
    """Begins a session for an operator's key, and goes on to the page that was asked for."""
    call.kept = True  # a session is not given again under an Idempotency-Key
    call.service.sign_ins.take(client(call.request))
    fields = form_of(call.body)
    try:
        token = call.service.sessions.begin(fields.get("key", "").strip(), ROLE)
    except AccessError as error:
        answer = _page(call, fields.get("onward", HOME), WRONG[error.code], error)
        return replace(answer, headers={**headers(error), **answer.headers})
    return _with_cookie(sent_on(_ours(fields.get("onward", HOME))), call, token)


def sign_out(call: Call) -> Reply:
    """Ends the session."""
    call.kept = True
    call.service.sessions.end(call.request.cookies.get(COOKIE))
    return _with_cookie(sent_on(SIGN_IN), call, "")


def _page(call: Call, onward: str, message: str = "", error: FirstFiveError | None = None) -> Reply:
    values = {"onward": _ours(onward), "inside": False}
    status = error.status if error else 200
    return page(
        call.service, call.request, View("signing.html", "Sign in", values=values, message=message, status=status)
    )


def _ours(onward: str) -> str:
    """Where to go on: a page of the studio, whatever the form said."""
    inside = onward == HOME or onward.startswith((f"{HOME}/", f"{HOME}?"))
    return onward if inside and onward.isascii() and onward.isprintable() and "\\" not in onward else HOME


def _with_cookie(reply: Reply, call: Call, token: str) -> Reply:
    """The reply with the session's cookie set; with an empty token, taken back."""
    secure = "; Secure" if call.request.url.scheme == "https" else ""
    ended = "" if token else "; Max-Age=0"
    cookie = f"{COOKIE}={token}; Path={HOME}; HttpOnly; SameSite=Strict{secure}{ended}"
    return replace(reply, headers={**reply.headers, "set-cookie": cookie})


ROUTES = (
    Route("GET", SIGN_IN, ask, "Sign in to the studio", shows=refused, tag="studio"),
    Route("POST", SIGN_IN, sign_in, "Sign in to the studio", shows=refused, tag="studio", session=True),
    Route("POST", SIGN_OUT, sign_out, "Sign out of the studio", shows=refused, tag="studio", session=True),
)
