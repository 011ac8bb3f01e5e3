"""Readers of public files: each asks for one after the other, as fast as it is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from loadtests.address import Address
from loadtests.connection import connected

OK = 200


@dataclass(slots=True)
class Reading:
    """What a run of readers came to.

    answered
        Requests of the measured time.
    seconds
        Of each of them.
    """

    answered: int = 0
    seconds: list[float] = field(default_factory=list)


def read_request(path: str) -> bytes:
    """Ask for a file as browsers do: compressed, over a connection that stays."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br\r\n\r\n".encode()


async def run_readers(
    address: Address, paths: Sequence[str], *, readers: int, warm_up_s: float, seconds: float
) -> Reading:
    """Read, each reader beginning at another file.

    Raises
    ------
    RuntimeError
        When a file is not there.
    LostError
        When the service breaks a connection.
    """
    requests = [read_request(path) for path in paths]
    reading = Reading()
    begin = time.monotonic() + warm_up_s
    end = begin + seconds

    async def read(number: int) -> None:
        async with connected(*address) as connection:
            while (sent := time.monotonic()) < end:
                number += 1
                answer = await connection.exchange(requests[number % len(requests)])
                if answer.status != OK:
                    raise RuntimeError(f"{paths[number % len(paths)]}: {answer.status}")
                if sent >= begin:
                    reading.seconds.append(time.monotonic() - sent)

    async with asyncio.TaskGroup() as group:
        for number in range(readers):
            group.create_task(read(number * len(paths) // readers))
    reading.answered = len(reading.seconds)
    return reading
