"""An application that is watched: requests are counted and logged, errors kept to themselves."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.feeds.serving import PLACES
from api.metrics import RUNNING, answered, method_of, route_of
from api.problems import Problem

log = structlog.get_logger()


class Observed:
    """ASGI application around another one; the outermost, so that nothing goes past it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and take note of how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(send)
        began = time.perf_counter()
        RUNNING.inc()
        try:
            await self._app(scope, receive, watch)
        except Exception:
            # Not passed on: the server would print its message.
            log.exception("request-failed", method=method_of(scope), route=route_of(scope))
            if not watch.begun:
                await Problem().response()(scope, receive, watch)
        finally:
            RUNNING.dec()
            self._note(scope, watch.status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, path = method_of(scope), str(scope["path"])
        if path.startswith(PLACES):
            # Public files are counted by their place; they are too many to log each.
            answered(method, "/" + path.split("/", 2)[1], status, seconds)
        else:
            route = route_of(scope)
            answered(method, route, status, seconds)
            millis = round(seconds * 1000, 1)
            log.info("request", method=method, route=route, status=status, ms=millis)


class _Watch:
    """The way back to the caller, which remembers the status."""

    __slots__ = ("_send", "begun", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self.status = message["status"]
        await self._send(message)
