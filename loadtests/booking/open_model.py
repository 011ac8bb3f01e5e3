"""An open run: visitors come at random times at a given rate, however long the others take.

Each is timed from the moment he came, not from the moment a connection was free for him: nothing
is left out when the service is slow (coordinated omission).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from loadtests.address import Address
from loadtests.booking.ledger import Ledger
from loadtests.booking.visit import book
from loadtests.booking.wishes import Wish
from loadtests.connection import Connection, connect

MOST_CONNECTIONS = 400


@dataclass(slots=True)
class Open:
    """What an open run came to.

    seconds
        From each visitor's arrival to the confirmation of the pair, of those who were booked.
    late_s
        Longest delay with which the generator itself sent a visitor off.
    """

    ledger: Ledger = field(default_factory=Ledger)
    seconds: list[float] = field(default_factory=list)
    late_s: float = 0.0


@dataclass(slots=True)
class _Connections:
    """Connections that are free, made when needed."""

    address: Address
    free: list[Connection] = field(default_factory=list)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_CONNECTIONS))

    async def take(self) -> Connection:
        await self.room.acquire()
        while self.free:
            if (connection := self.free.pop()).is_open:
                return connection
        return await connect(*self.address)

    def give_back(self, connection: Connection) -> None:
        self.free.append(connection)
        self.room.release()


async def run_open(
    address: Address, wishes: Iterator[Wish], *, rate: float, seconds: float, random: Random
) -> Open:
    """Let visitors come for some seconds, and wait until the last is served.

    Raises
    ------
    LostError
        When the service breaks a connection.
    """
    run = Open()
    connections = _Connections(address)
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def visit(arrived: float) -> None:
        connection = await connections.take()
        if await book(connection, next(wishes), run.ledger):
            run.seconds.append(loop.time() - arrived)
        connections.give_back(connection)

    arrival = begin
    async with asyncio.TaskGroup() as group:
        while (arrival := arrival + random.expovariate(rate)) < begin + seconds:
            await asyncio.sleep(arrival - loop.time())
            run.late_s = max(run.late_s, loop.time() - arrival)
            group.create_task(visit(arrival))
    for connection in connections.free:
        connection.close()
    return run
