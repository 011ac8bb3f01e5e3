"""What the service answers when it does not answer: RFC 9457 problems that repeat nothing."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MALFORMED, FORBIDDEN, UNKNOWN, TOO_LARGE, TOO_MANY = 422, 403, 404, 413, 429
_TITLES = {
    MALFORMED: ("malformed-request", "The request does not have the form this service takes"),
    FORBIDDEN: ("grant-refused", "This grant does not hold"),
    UNKNOWN: ("not-found", "There is nothing here for you"),
    TOO_LARGE: ("too-large", "The request is too large"),
    TOO_MANY: ("too-many-requests", "As much as one address may ask for today has been asked for"),
}


def problem(error: HTTPException) -> Response:
    """`application/problem+json` of a refusal, never cached."""
    slug, title = _TITLES.get(error.status_code, ("refused", error.detail))
    members: dict[str, object] = {
        "type": f"/problems/{slug}", "title": title, "status": error.status_code,
    }  # fmt: skip
    if error.status_code == MALFORMED:
        members["detail"] = error.detail
    headers = {"Cache-Control": "no-store", **(error.headers or {})}
    return JSONResponse(members, error.status_code, headers, "application/problem+json")


async def answer_problem(_: Request, error: Exception) -> Response:
    """Handle a refusal raised anywhere in the service."""
    assert isinstance(error, HTTPException)
    return problem(error)
