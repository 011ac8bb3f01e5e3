"""Work that looks first and locks afterwards: done again when somebody was faster."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, LockNotAvailable, UniqueViolation

from api.problems import TryAgain

TRIES = 30
PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.5
"""Longest pause after the first try and after any: whoever books goes on in between."""
T = TypeVar("T")


class Overtaken(Exception):  # noqa: N818 - nothing went wrong
    """What was looked at has changed before it was locked."""


async def in_transaction(connection: AsyncConnection, work: Callable[[], Awaitable[T]]) -> T:
    """Run work in a transaction of its own, again from the start when it was overtaken.

    Raises
    ------
    TryAgain
        When others were faster every time; nothing is done.
    """
    for tried in range(TRIES):
        try:
            async with connection.transaction():
                return await work()
        except (Overtaken, UniqueViolation, LockNotAvailable, DeadlockDetected):
            longest = min(LONGEST_PAUSE_S, PAUSE_S * 2**tried)
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - no secret
    raise TryAgain
