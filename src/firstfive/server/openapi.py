"""The OpenAPI document, made from the routes themselves: what they check is what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

import firstfive
from firstfive.app.wire import slate_schema
from firstfive.errors import CODES
from firstfive.server import once
from firstfive.server.calls import JSON, WITH_BODY, Route
from firstfive.server.problems import MEDIA, Problem
from firstfive.server.shapes import Id
from firstfive.types import Slate

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
ALWAYS = ("request.invalid", "access.host", "server.internal", "server.busy", "store.broken", "store.busy")
KEYED = ("access.no_key", "access.role", "access.rate")
WRITES = ("store.full", "store.failed")
TITLE = "firstfive"
ABOUT = "Five good matches for a request in words. Send the key as X-API-Key; errors are problem documents (RFC 9457)."


def document(routes: Sequence[Route]) -> Json:
    """The OpenAPI 3.1 document of these routes."""
    kinds = list(_kinds(routes))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    schema_of = {repr(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    slate, slate_parts = _slate()
    schema_of[repr(Slate)] = slate
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": getattr(firstfive, "__version__", "0"), "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": {**components, **slate_parts},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
    }


def _kinds(routes: Sequence[Route]) -> Iterable[Any]:
    seen: dict[str, Any] = {repr(Problem): Problem, repr(Id): Id, repr(str): str}
    for route in routes:
        for kind in (route.reads, *given(route), *(param.kind for param in route.params)):
            if kind is not None and kind is not Slate:
                seen.setdefault(repr(kind), kind)
    return seen.values()


def given(route: Route) -> tuple[Any, ...]:
    """The kinds of answer a route gives."""
    if route.gives is None:
        return ()
    return route.gives if isinstance(route.gives, tuple) else (route.gives,)


def _slate() -> tuple[Json, Json]:
    """The Slate's schema as a reference, and its parts moved from $defs to the document's components."""
    text = msgspec.json.encode(slate_schema()).decode().replace("#/$defs/", "#/components/schemas/")
    whole: Json = msgspec.json.decode(text)
    parts: Json = whole.pop("$defs", {})
    whole.pop("$schema", None)
    if set(whole) == {"$ref"}:
        return whole, parts
    return {"$ref": REF.format(name="Slate")}, {**parts, "Slate": whole}


def _operation(route: Route, schema_of: Mapping[str, Json]) -> Json:
    doc = (route.answer.__doc__ or route.summary).strip().partition("\n")[0]
    operation: Json = {
        "operationId": f"{route.method.lower()}_{re.sub('[^a-z]+', '_', route.path.lower()).strip('_')}",
        "summary": route.summary,
        "description": doc,
        "tags": [route.tag],
        "parameters": list(_parameters(route, schema_of)),
        "responses": _responses(route, schema_of),
    }
    if route.reads is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema_of[repr(route.reads)]}}}
    if route.role:
        operation["security"] = [{"key": []}]
        operation["description"] += f" For keys with the role {route.role} or above."
    return operation


def _parameters(route: Route, schema_of: Mapping[str, Json]) -> Iterable[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": schema_of[repr(Id)]}
    for param in route.params:
        schema = {**schema_of[repr(param.kind)], "default": param.default}
        yield {"name": param.name, "in": param.where, "description": param.meaning, "schema": schema}
    if route.method == "POST":
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Sent again with the same body, the stored answer comes back and nothing is done twice.",
            "schema": {"type": "string", "pattern": once.PATTERN, "minLength": 1, "maxLength": 255},
        }


def codes(route: Route) -> list[str]:
    """Every error code a route may answer with."""
    found = [*route.errors, *ALWAYS, *(KEYED if route.role else ())]
    if route.method in WITH_BODY:
        found += ["request.too_large", "request.encoding"]
    if route.method != "GET":
        found += WRITES
    if route.method == "POST":
        found += ["conflict.idempotency"]
    return sorted(set(found))


def _responses(route: Route, schema_of: Mapping[str, Json]) -> Json:
    options = [schema_of[repr(kind)] for kind in given(route)]
    schema = options[0] if len(options) == 1 else {"anyOf": options}
    good: Json = {"description": "Done.", "content": {JSON: {"schema": schema}}}
    limits: Json = {name: {"schema": {"type": "integer"}, "description": about} for name, about in RATE.items()}
    if route.role:
        good["headers"] = limits
    responses: Json = {"200": good}
    for code in codes(route):
        status = str(CODES[code].status)
        known = responses.setdefault(
            status, {"description": "", "content": {MEDIA: {"schema": schema_of[repr(Problem)]}}}
        )
        known["description"] = f"{known['description']} {code}: {CODES[code].meaning}".strip()
        told = (limits if code == "access.rate" else {}) | (WAIT if CODES[code].retry else {})
        if told:
            known["headers"] = known.get("headers", {}) | told
    return responses


WAIT: Json = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
RATE = {
    "x-ratelimit-limit": "Calls a minute for this key.",
    "x-ratelimit-remaining": "Calls left now.",
    "x-ratelimit-reset": "Seconds until all are left again.",
}
