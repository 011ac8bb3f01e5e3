"""The catalogue a worker keeps, read again when it is some seconds old or lacks something."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from psycopg_pool import AsyncConnectionPool

from api.booking.catalogue import Catalogue
from api.booking.problems import Unavailable
from api.booking.store.reference import read_catalogue
from api.clock import Clock
from api.database.hot import ConnectionLostError, HotConnection, on_some_connection

KEPT = timedelta(seconds=5)
"""A changed rule counts after this time at the latest."""
RENEWED = timedelta(seconds=1)
"""Not even unknown codes make a worker read it more often."""


class Reference:
    """One worker's catalogue.

    Parameters
    ----------
    pool
        Where it is read.
    clock
        Tells its age.

    Both methods raise `Unavailable` when the database cannot be reached.
    """

    def __init__(self, pool: AsyncConnectionPool[HotConnection], clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._reading = asyncio.Lock()
        self._kept: tuple[datetime, Catalogue] | None = None

    async def current(self) -> Catalogue:
        """Give the catalogue, at most `KEPT` old."""
        return await self._at_most(KEPT)

    async def renewed(self) -> Catalogue:
        """Give the catalogue, at most `RENEWED` old: the one kept lacks something."""
        return await self._at_most(RENEWED)

    async def _at_most(self, age: timedelta) -> Catalogue:
        if (catalogue := self._younger_than(age)) is not None:
            return catalogue
        async with self._reading:
            # Somebody else may have read it meanwhile.
            if (catalogue := self._younger_than(age)) is not None:
                return catalogue
            read_at = self._clock()
            try:
                catalogue = await on_some_connection(self._pool, read_catalogue)
            except ConnectionLostError:
                raise Unavailable(retry_after_s=1) from None
            self._kept = (read_at, catalogue)
            return catalogue

    def _younger_than(self, age: timedelta) -> Catalogue | None:
        if self._kept is None:
            return None
        read_at, catalogue = self._kept
        return catalogue if abs(self._clock() - read_at) < age else None
