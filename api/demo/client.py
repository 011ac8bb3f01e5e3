"""A caller over HTTP, as a browser, a scraper or a centre would be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
PATIENCE_S = 30


class UnexpectedAnswerError(Exception):
    """The service answered otherwise than it promises."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def problem(self) -> str:
        """Slug of the problem it is; empty when it is none."""
        if self.headers.get("content-type") != "application/problem+json":
            return ""
        return str(json.loads(self.body)["type"]).removeprefix("/problems/")


@dataclass(frozen=True, slots=True)
class Client:
    """Talks to the service on a port of this machine; every request has its own connection."""

    port: int

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Send a request, and give the answer whatever it is.

        Raises
        ------
        OSError
            When nobody answers.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, dict(headers or {}))
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, named, response.read())
        finally:
            connection.close()

    def expect(self, status: int, method: str, path: str, **sent: Any) -> Reply:
        """Send a request that is answered with a certain status.

        Raises
        ------
        UnexpectedAnswerError
            When it is another.
        """
        reply = self.ask(method, path, **sent)
        if reply.status != status:
            what = reply.problem or reply.body[:200].decode(errors="replace")
            raise UnexpectedAnswerError(f"{method} {path}: {reply.status} {what}, not {status}")
        return reply

    def read(self, name: str, kind: type[T]) -> T:
        """Read a public file.

        Raises
        ------
        UnexpectedAnswerError
            When it is not there, or says something else.
        """
        body = self.expect(200, "GET", f"/{name}").body
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError as error:
            raise UnexpectedAnswerError(f"/{name}: {error}") from None
