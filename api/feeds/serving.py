"""Serving the public files, in front of the application's router and without the database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from api.feeds.cellar import Cellar, Headers, accepted
from api.feeds.fhir_search import Refusal, Search, is_search
from api.problem_handlers import NoSuchMethod
from api.problems import NotFound, Problem

PLACES = ("/availability/", "/fhir/", "/vitemadose/", "/opendata/", "/keys/", "/queue/")
"""Addresses that are answered here, and nowhere else."""
_FHIR = "/fhir/"
_PART = r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*"
_NAME = re.compile(rf"/(?:{_PART}/)+(?:{_PART}\.(?:json|ndjson|csv)|\$bulk-publish|metadata)")
"""Names that can be a public file: no hidden ones, no compressed ones by themselves."""
_PLAIN = ("",)
Answer: TypeAlias = tuple[int, Headers, bytes]


class PublicFiles:
    """ASGI application in front of another one.

    Parameters
    ----------
    app
        Answers everything else.
    folder
        The public folder.
    public_url
        Address that links begin with.
    """

    def __init__(self, app: ASGIApp, folder: Path, public_url: str) -> None:
        self._app = app
        self._cellar = Cellar(folder)
        self._search = Search(public_url, self._lines)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a public file, pass on any other."""
        if scope["type"] != "http" or not scope["path"].startswith(PLACES):
            await self._app(scope, receive, send)
            return
        status, headers, body = self._answer(scope)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["method"] == "HEAD":
            body = b""
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope) -> Answer:
        path: str = scope["path"]
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise NoSuchMethod
            if is_search(path):
                return self._searched(path, scope["query_string"])
            return self._file(path, scope["headers"])
        except (Problem, Refusal) as refusal:
            return _refused(path, refusal)

    def _file(self, path: str, headers: Headers) -> Answer:
        suffixes: tuple[str, ...] = _PLAIN
        known = b""
        for name, value in headers:
            if name == b"accept-encoding":
                suffixes = accepted(value)
            elif name == b"if-none-match":
                known = value
        entry = self._cellar.find(path[1:], suffixes) if _NAME.fullmatch(path) else None
        if entry is None:
            raise NotFound
        if known and (entry.tag in known or known == b"*"):
            return 304, entry.kept, b""
        return 200, entry.headers, entry.body

    def _searched(self, path: str, query: bytes) -> Answer:
        asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        found = self._search.answer(path, asked)
        return 200, _fhir_headers(found, b"max-age=60"), found

    def _lines(self, name: str) -> bytes:
        entry = self._cellar.find(name, _PLAIN)
        return b"" if entry is None else entry.body


def _fhir_headers(body: bytes, cache: bytes) -> Headers:
    return [
        (b"content-type", b"application/fhir+json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", cache),
        (b"access-control-allow-origin", b"*"),
    ]


def _refused(path: str, refusal: Problem | Refusal) -> Answer:
    """Answer as FHIR does under its address, as everywhere else in all others."""
    if not path.startswith(_FHIR) and isinstance(refusal, Problem):
        response = refusal.response()
        return response.status_code, response.raw_headers, bytes(response.body)
    outcome = refusal if isinstance(refusal, Refusal) else Refusal.of(refusal)
    body = msgspec.json.encode(outcome.resource())
    return outcome.status, _fhir_headers(body, b"no-store"), body
