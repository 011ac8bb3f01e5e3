"""Every error of the application as a problem document, with nothing of the request in it."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.booking.problems import Unavailable
from api.problems import MalformedRequest, NotFound, Problem, TryAgain

BUSY = (DeadlockDetected, LockNotAvailable, QueryCanceled)
"""Nothing was done, and nothing is wrong with the database."""


class NoSuchMethod(Problem):
    """The address exists, the method does not."""

    status = 405
    slug = "method-not-allowed"
    title = "This address does not take this method"


def install_problems(app: FastAPI) -> None:
    """Answer problems, malformed requests and unknown addresses as RFC 9457 asks."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, problem: Problem) -> Response:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def _malformed(_request: Request, error: RequestValidationError) -> Response:
        # The place that is wrong, never the value: it may be what somebody typed about themselves.
        places = {".".join(str(part) for part in found["loc"]) for found in error.errors()}
        return MalformedRequest("wrong or missing: " + ", ".join(sorted(places))).response()

    @app.exception_handler(OperationalError)
    async def _database(_request: Request, error: OperationalError) -> Response:
        kind = TryAgain if isinstance(error, BUSY) else Unavailable
        return kind(retry_after_s=1).response()

    @app.exception_handler(Exception)
    async def _unforeseen(_request: Request, _error: Exception) -> Response:
        return Problem().response()

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        if error.status_code == NoSuchMethod.status:
            answer = NoSuchMethod().response()
            answer.headers.update(error.headers or {})
            return answer
        return NotFound().response()
