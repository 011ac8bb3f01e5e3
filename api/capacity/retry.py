"""Work that looks first and locks afterwards: done again when somebody was faster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, LockNotAvailable, UniqueViolation

from api.problems import TryAgain

TRIES = 8
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
    for _ in range(TRIES):
        try:
            async with connection.transaction():
                return await work()
        except (Overtaken, UniqueViolation, LockNotAvailable, DeadlockDetected):
            continue
    raise TryAgain
