"""What the worker does every few seconds, without a row in a queue for each time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from psycopg import Error
from psycopg_pool import PoolTimeout

from api.booking.expiry import expire_holds
from api.booking.service import BookingDesk
from api.capacity.rebooking.again import place_displaced
from api.context import Context
from api.database.hot import ConnectionLostError, StatementError
from api.metrics import BEATS, BEATS_FAILED
from api.problems import Problem
from api.waiting.offering import OfferMaker

HOLDS_S = 2.0
OFFERS_S = 5.0
DISPLACED_S = 60.0
PASSING = (Problem, Error, PoolTimeout, ConnectionLostError, StatementError)
"""What the next beat may do better."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Beat:
    """Work that is done again and again; several workers may do it at the same time.

    work
        Gives the number of things done.
    """

    name: str
    every_s: float
    work: Callable[[], Awaitable[int]]

    async def keep(self, stop: asyncio.Event) -> None:
        """Do it until told to stop; what fails is tried again at the next beat."""
        while not stop.is_set():
            began = time.monotonic()
            try:
                BEATS.labels(self.name).inc(await self.work())
            except PASSING as error:
                BEATS_FAILED.labels(self.name).inc()
                log.warning("beat-failed", beat=self.name, error=type(error).__name__)
            pause = max(0.0, began + self.every_s - time.monotonic())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)


def beats(context: Context, desk: BookingDesk) -> list[Beat]:
    """Give the beats: holds that are over, offers of the list, places for the displaced."""
    maker = OfferMaker(context, desk)

    async def offers() -> int:
        report = await maker.turn()
        return report.reserved + report.standby + report.closed

    async def displaced() -> int:
        async with context.hot.connection() as connection:
            return len(await place_displaced(connection, context.clock()))

    return [
        Beat("holds", HOLDS_S, lambda: expire_holds(context)),
        Beat("offers", OFFERS_S, offers),
        Beat("displaced", DISPLACED_S, displaced),
    ]
