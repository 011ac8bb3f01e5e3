"""The OpenAPI document of operations that read and write with msgspec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from fastapi import FastAPI
from starlette.responses import Response

from api.problems import Problem

Fragment: TypeAlias = dict[str, Any]
"""A part of the document."""

SCHEMAS = "#/components/schemas/"
PROBLEM: Fragment = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; the types are listed in docs/problems.md",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
IDEMPOTENCY_KEY: Fragment = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "description": "made by the caller; the same request sent again has the same effect, once",
}  # fmt: skip
MANAGE_SECRET: Fragment = {
    "name": "Manage-Secret", "in": "header", "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
    "description": "32 bytes in base64url, made by the caller at the hold; opens the booking later",
}  # fmt: skip
IF_NONE_MATCH: Fragment = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}
}  # fmt: skip


def operation(
    *,
    status: int,
    takes: type[msgspec.Struct] | None = None,
    gives: type[msgspec.Struct] | None = None,
    parameters: Sequence[Fragment] = (),
    problems: Iterable[type[Problem]] = (),
    others: Mapping[int, str] | None = None,
) -> Fragment:
    """Describe an operation, as keywords for a route.

    Parameters
    ----------
    status
        Of the answer that is no problem.
    takes, gives
        The bodies.
    others
        Further answers without a body, by status.
    """
    responses: dict[int, Fragment] = {status: {"description": "done"} | _body(gives)}
    for code, description in (others or {}).items():
        responses[code] = {"description": description}
    for code, slugs in _by_status(problems).items():
        responses[code] = {
            "description": ", ".join(f"`{slug}`" for slug in slugs),
            "content": {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
        }
    extra: Fragment = {"parameters": list(parameters)}
    if takes is not None:
        extra["requestBody"] = {"required": True} | _body(takes)
    return {
        "status_code": status,
        "response_class": Response,
        "responses": responses,
        "openapi_extra": extra,
    }


def _body(kind: type[msgspec.Struct] | None) -> Fragment:
    if kind is None:
        return {}
    return {"content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}{kind.__name__}"}}}}


def _by_status(problems: Iterable[type[Problem]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.status, []).append(problem.slug)
    return dict(sorted(found.items()))


def install_openapi(app: FastAPI, structs: Sequence[type[msgspec.Struct]]) -> None:
    """Add the structs and the problem to the document's schemas."""
    generate = app.openapi

    def openapi() -> Fragment:
        document = generate()
        _, components = msgspec.json.schema_components(structs, ref_template=SCHEMAS + "{name}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(components | {"Problem": PROBLEM})
        return document

    app.openapi = openapi  # type: ignore[method-assign]
