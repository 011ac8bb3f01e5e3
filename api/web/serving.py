"""Serving the site from memory, in front of the application's router."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import brotli
from starlette.types import ASGIApp, Receive, Scope, Send

from api.feeds.cellar import accepted
from api.problem_handlers import NoSuchMethod
from api.problems import Problem
from api.web.site import PAGES, SiteFile, make_site
from api.web.vouched import Vouched

LOOK_S = 2.0
"""How long a campaign that was installed meanwhile may stay unseen."""
_EFFORT = 6
"""Of 11: the last ones would keep everybody else waiting."""
_PLACES = ("/assets/", "/places/")
_EXACT = frozenset({*PAGES, "/site.json"})
Headers: TypeAlias = list[tuple[bytes, bytes]]
Ask: TypeAlias = Callable[[], Awaitable[Vouched]]


@dataclass(slots=True)
class _Packed:
    """Forms of a file by encoding, each made when it is first asked for."""

    file: SiteFile
    forms: dict[str, bytes] = field(default_factory=dict)

    def form(self, suffix: str) -> bytes:
        if suffix not in self.forms:
            pack: Mapping[str, Callable[[bytes], bytes]] = {
                "": bytes,
                ".br": lambda data: brotli.compress(data, quality=_EFFORT),
                ".gz": lambda data: gzip.compress(data, mtime=0),
            }
            self.forms[suffix] = pack[suffix](self.file.body)
        return self.forms[suffix]


class Pages:
    """ASGI application in front of another one.

    Parameters
    ----------
    app
        Answers everything else.
    ask
        Asks the installation who vouches for its campaign.
    """

    def __init__(self, app: ASGIApp, ask: Ask) -> None:
        self._app = app
        self._ask = ask
        self._asked_at = -LOOK_S
        self._vouched: Vouched | None = None
        self._files: Mapping[str, _Packed] = {}
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a file of the site, pass on any other."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path in _EXACT or path.startswith(_PLACES)):
            await self._app(scope, receive, send)
            return
        await self._look()
        found = self._files.get(path)
        if found is None:
            await self._app(scope, receive, send)
            return
        status, headers, body = _answer(scope, found)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _look(self) -> None:
        if time.monotonic() - self._asked_at < LOOK_S:
            return
        async with self._turn:
            if time.monotonic() - self._asked_at < LOOK_S:
                return
            vouched = await self._ask()
            if vouched != self._vouched:
                site = await asyncio.to_thread(make_site, *vouched)
                self._files = {path: _Packed(file) for path, file in site.items()}
                self._vouched = vouched
            self._asked_at = time.monotonic()


def _answer(scope: Scope, found: _Packed) -> tuple[int, Headers, bytes]:
    if scope["method"] not in ("GET", "HEAD"):
        refusal: Problem = NoSuchMethod()
        response = refusal.response()
        return response.status_code, response.raw_headers, bytes(response.body)
    asked = dict(scope["headers"])
    tag = f'"{found.file.sha256[:32]}"'.encode()
    headers: Headers = [
        *((name.encode(), value.encode()) for name, value in found.file.headers.items()),
        (b"etag", b"W/" + tag), (b"vary", b"accept-encoding"),
    ]  # fmt: skip
    if tag in asked.get(b"if-none-match", b""):
        return 304, headers, b""
    suffix = next((s for s in accepted(asked.get(b"accept-encoding", b"")) if s != ".zst"), "")
    body = found.form(suffix)
    if suffix:
        headers.append((b"content-encoding", {".br": b"br", ".gz": b"gzip"}[suffix]))
    headers.append((b"content-length", b"%d" % len(body)))
    return 200, headers, b"" if scope["method"] == "HEAD" else body
