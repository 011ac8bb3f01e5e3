"""A wire that costs little: bare sockets, kept open, for rates that Locust's client cannot afford.

Locust spends some 0.3 ms of processor time on a request, of which most is its client's. A whole
evening on two processors, the generator's share included, leaves no room for that at 400 pairs a
second. Journeys, clock and greenlets are the same on either wire.
"""

from __future__ import annotations

import socket
import zlib
from dataclasses import dataclass, field
from functools import lru_cache

import brotli

from loadtests.address import Address
from loadtests.connection import HEAD_ENDS, read_answer
from loadtests.connection import Answer as Received
from loadtests.journeys.visitor import Answer, Headers

TIMEOUT_S = 180.0
"""A slow answer is a slow answer: only one that never comes is none."""
PIECE = 65_536
GZIP = 31
"""`wbits` of zlib for gzip with its header."""


@dataclass(slots=True)
class LightWire:
    """Connections to one service, made when needed and kept."""

    address: Address
    _free: list[socket.socket] = field(default_factory=list)

    def ask(self, method: str, path: str, headers: Headers, body: bytes | None) -> Answer:
        """Send one request.

        Raises
        ------
        ConnectionError
            When it was not answered: it may have been carried out.
        """
        wire = self._free.pop() if self._free else self._new()
        try:
            wire.sendall(self._request(method, path, headers, body or b""))
            received, head = _receive(wire)
        except OSError as error:
            wire.close()
            raise ConnectionError(str(error)) from error
        self._free.append(wire)
        return Answer(received.status, head, plain(received.body, head.get("content-encoding")))

    def close(self) -> None:
        """Close the connections nobody uses."""
        while self._free:
            self._free.pop().close()

    def _new(self) -> socket.socket:
        try:
            wire = socket.create_connection(self.address, timeout=TIMEOUT_S)
        except OSError as error:
            raise ConnectionError(str(error)) from error
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return wire

    def _request(self, method: str, path: str, headers: Headers, body: bytes) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        host = f"{self.address.host}:{self.address.port}"
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
        return f"{head}{lines}\r\n".encode() + body


def _receive(wire: socket.socket) -> tuple[Received, dict[str, str]]:
    received = bytearray()
    while (answer := read_answer(received)) is None:
        piece = wire.recv(PIECE)
        if not piece:
            raise ConnectionError("closed before the whole answer had come")
        received += piece
    head = bytes(received[: received.find(HEAD_ENDS)]).decode("latin-1")
    lines = (line.partition(":") for line in head.split("\r\n")[1:])
    return answer, {name.lower(): value.strip() for name, _, value in lines}


@lru_cache(maxsize=4096)
def plain(body: bytes, encoding: str | None) -> bytes:
    """Take the compression off; the same bytes once."""
    if not body or encoding is None:
        return body
    return bytes(brotli.decompress(body) if encoding == "br" else zlib.decompress(body, GZIP))
