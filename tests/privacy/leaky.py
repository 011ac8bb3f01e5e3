"""The application with holes: what it must never do, done once for each kind of place."""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import traceback
from typing import Any

import brotli
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from api.settings import Settings

KEPT: list[str] = []
HEADER = b"x-leak"


class Leaks:
    """Does with a body what the header `X-Leak` says; all else goes to the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leak, or pass on."""
        headers = dict(scope.get("headers", ()))
        if HEADER not in headers:
            await self._app(scope, receive, send)
            return
        value = json.loads((await receive())["body"] or b'""')
        packing, content = _leak(headers[HEADER].decode(), value, scope)
        sent = [(b"content-encoding", packing.encode())] if packing else []
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": content})


def _leak(way: str, value: str, scope: Scope) -> tuple[str, bytes]:
    if way == "gzip":
        return "gzip", gzip.compress(value.encode())
    if way == "br":
        return "br", brotli.compress(value.encode())
    if way == "log":
        print("GET", scope["path"], scope["query_string"].decode(), file=sys.stderr, flush=True)
    elif way == "traceback":
        _fail_with(value)
    elif way == "memory":
        KEPT.append(value * 2)
    elif way == "file":
        with tempfile.NamedTemporaryFile("w", delete=False, encoding="utf-16") as file:
            file.write(value)
    return "", b""


def _fail_with(value: Any) -> None:
    try:
        raise ValueError(f"cannot book {value!r}")
    except ValueError:
        traceback.print_exc()


def application() -> FastAPI:
    """Make the application of a granian worker."""
    app = create_app(Settings())
    app.add_middleware(Leaks)
    return app
