"""What can go wrong for a caller: one tree of errors, answered as RFC 9457 problems.

`type` is `/problems/<slug>`; every slug is documented in docs/problems.md and never changes its
meaning. A problem never repeats what the caller sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from starlette.responses import Response


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A refusal with its HTTP status, a stable slug and a title; `detail` is for this occurrence.

    retry_after_s
        Seconds after which another try may succeed, sent as `Retry-After`.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(self, detail: str = "", *, retry_after_s: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after_s = retry_after_s

    def body(self) -> Mapping[str, object]:
        """Members of the problem document."""
        members: dict[str, object] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            members["detail"] = self.detail
        return members

    def response(self) -> Response:
        """`application/problem+json`, never cached."""
        headers = {"Cache-Control": "no-store"}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        return Response(
            msgspec.json.encode(self.body()),
            status_code=self.status,
            media_type="application/problem+json",
            headers=headers,
        )


class MalformedRequest(Problem):
    """The body, a header or a parameter is not what the operation takes."""

    status = 422
    slug = "malformed-request"
    title = "The request does not have the form this operation takes"


class MissingIdempotencyKey(Problem):
    """An operation that must not run twice came without a key."""

    status = 400
    slug = "missing-idempotency-key"
    title = "The Idempotency-Key header is missing or is not a UUID"


class KeyReused(Problem):
    """The same key came with another request."""

    status = 422
    slug = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request"


class NotFound(Problem):
    """Absent, or not for this caller: the same answer, so that nothing can be probed."""

    status = 404
    slug = "not-found"
    title = "There is nothing here for you"


class TryAgain(Problem):
    """The database was busy; nothing was done."""

    status = 409
    slug = "try-again"
    title = "Others were faster at the same place; nothing was done, try again"


class TooManyRequests(Problem):
    """More than this service takes at once."""

    status = 429
    slug = "too-many-requests"
    title = "Too many requests at this moment"


class Unavailable(Problem):
    """The database cannot be reached; the same request with the same key may be sent again."""

    status = 503
    slug = "service-unavailable"
    title = "The booking service is not reachable at this moment"
