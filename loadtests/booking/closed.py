"""A closed run: so many visitors at a time, each booking pair after pair as fast as it goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

from loadtests.address import Address
from loadtests.booking.ledger import Ledger
from loadtests.booking.visit import book
from loadtests.booking.wishes import Wish
from loadtests.connection import connected


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closed run came to.

    pairs_per_s
        Pairs confirmed in the measured time, over that time.
    """

    pairs_per_s: float
    ledger: Ledger


async def run_closed(
    address: Address, wishes: Iterator[Wish], *, visitors: int, warm_up_s: float, seconds: float
) -> Closed:
    """Book as much as can be booked; what the warm-up booked is in the ledger, too.

    Raises
    ------
    LostError
        When the service breaks a connection.
    """
    ledger = Ledger()
    begin = time.monotonic() + warm_up_s
    end = begin + seconds
    booked = [0]

    async def visit() -> None:
        async with connected(*address) as connection:
            while time.monotonic() < end:
                is_booked = await book(connection, next(wishes), ledger)
                booked[0] += is_booked and begin <= time.monotonic() < end

    async with asyncio.TaskGroup() as group:
        for _ in range(visitors):
            group.create_task(visit())
    return Closed(booked[0] / seconds, ledger)
