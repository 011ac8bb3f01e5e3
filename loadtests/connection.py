"""A keep-alive connection that costs little: a prepared request out, status and body back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class Answer(NamedTuple):
    """What came back; the head is kept as it came, in lower case."""

    status: int
    head: bytes
    body: bytes


class LostError(ConnectionError):
    """The connection broke before the whole answer had come."""


class Connection(asyncio.Protocol):
    """One connection; one exchange at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether another exchange can be tried."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> Answer:
        """Send a request, and wait for the answer.

        Raises
        ------
        LostError
            When the connection broke: the request may have been carried out.
        """
        if self._transport is None or self._transport.is_closing():
            raise LostError
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of the socket."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass of it

    def data_received(self, data: bytes) -> None:
        """Collect the answer until it is whole."""
        self._received += data
        answer = read_answer(self._received)
        if answer is not None:
            self._received.clear()
            waiting, self._waiting = self._waiting, None
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._transport = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(LostError(str(exc or "closed")))


def read_answer(received: bytearray) -> Answer | None:
    """Read an answer that tells its length; None while some of it is missing."""
    end = received.find(HEAD_ENDS)
    if end < 0:
        return None
    head = bytes(received[:end]).lower() + b"\r\n"
    at = head.find(LENGTH)
    length = 0 if at < 0 else int(head[at + len(LENGTH) : head.index(b"\r\n", at + 2)])
    begin = end + len(HEAD_ENDS)
    if len(received) < begin + length:
        return None
    return Answer(int(head[9:12]), head, bytes(received[begin : begin + length]))


async def connect(host: str, port: int) -> Connection:
    """Open a connection.

    Raises
    ------
    OSError
        When nobody listens there.
    """
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, host, port)
    return connection


@asynccontextmanager
async def connected(host: str, port: int) -> AsyncIterator[Connection]:
    """Give a connection, closed in the end."""
    connection = await connect(host, port)
    try:
        yield connection
    finally:
        connection.close()
