"""The generator's own HTTP: answers whole or not at all."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from loadtests.connection import Connection, LostError, read_answer

WHOLE = b"HTTP/1.1 409 Conflict\r\nContent-Type: x\r\nContent-Length: 4\r\n\r\nbody"


def test_an_answer_is_read_with_its_status_and_body():
    """Header names come in any case."""
    answer = read_answer(bytearray(WHOLE))
    assert (answer.status, answer.body) == (409, b"body")
    assert b"content-type: x" in answer.head


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_part_of_an_answer_is_none(length):
    """However it is cut, it is waited for."""
    assert read_answer(bytearray(WHOLE[:length])) is None


def test_an_answer_without_length_has_no_body():
    """204, say."""
    assert read_answer(bytearray(b"HTTP/1.1 204 No Content\r\nx: y\r\n\r\n")).body == b""


class Wire:
    """A transport that keeps what is written."""

    def __init__(self):
        self.written = b""

    def write(self, data):
        """Keep it."""
        self.written += data

    def is_closing(self):
        """Tell that it is not."""
        return False

    def close(self):
        """Do nothing: the test ends the connection itself."""


def on_wire(work):
    """Run work on a connection whose other end is the test."""

    async def run():
        connection, wire = Connection(), Wire()
        connection.connection_made(cast("asyncio.Transport", wire))
        return await work(connection, wire)

    return asyncio.run(run())


def test_an_exchange_ends_with_the_last_piece():
    """The request goes out at once; the answer comes in two pieces."""

    async def work(connection, wire):
        asked = asyncio.ensure_future(connection.exchange(b"GET"))
        await asyncio.sleep(0)
        assert wire.written == b"GET"
        connection.data_received(WHOLE[:20])
        assert not asked.done()
        connection.data_received(WHOLE[20:])
        return await asked

    assert on_wire(work)[0] == 409


def test_a_broken_connection_is_told_to_whoever_waits():
    """The request may have been carried out: it is no refusal."""

    async def work(connection, _wire):
        asked = asyncio.ensure_future(connection.exchange(b"GET"))
        await asyncio.sleep(0)
        connection.connection_lost(None)
        assert not connection.is_open
        with pytest.raises(LostError):
            await asked
        with pytest.raises(LostError):
            await connection.exchange(b"GET")

    on_wire(work)
