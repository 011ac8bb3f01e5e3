"""Running operations until there is an answer: together, and one by one when that fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from psycopg_pool import PoolTimeout

from api.booking.catalogue import StaleCatalogueError
from api.booking.problems import QuotaExhausted, SlotFull, Unavailable
from api.booking.reference import Reference
from api.booking.store.writing import INSERT_ANSWERS, UPDATE_QUOTAS, UPDATE_SLOTS
from api.booking.wants import Operation
from api.booking.world import Setting, World
from api.context import Context
from api.database.hot import ConnectionLostError, HotConnection, StatementError
from api.problems import KeyReused, Problem, TryAgain

TRIES = 4
PAUSE_S = 0.02
"""Longest pause after the first failed try; it doubles with each."""
BUSY = ("40P01", "40001", "57014")
"""Deadlock, serialisation, cancelled statement: nothing was done."""
LOCKED = "55P03"
"""A lock was not to be had in time; waiting for it once more is enough."""
SERVER_GOES = "57P"
"""States of a server that stops or starts."""
GUARDED = {
    UPDATE_SLOTS.name: SlotFull,
    UPDATE_QUOTAS.name: QuotaExhausted,
    INSERT_ANSWERS.name: KeyReused,
}
"""What a broken constraint (class 23) means, by statement: the last guard held."""

Run: TypeAlias = Callable[[HotConnection, World, Sequence[Operation]], Awaitable[list[Any]]]


class Trier:
    """Runs operations on a connection of the pool, with a clock and a catalogue of now.

    Parameters
    ----------
    run
        `transact`, or `read` for operations that change nothing.
    """

    def __init__(self, context: Context, reference: Reference, run: Run) -> None:
        self._context = context
        self._reference = reference
        self._run = run

    async def together(self, operations: Sequence[Operation]) -> list[Any] | None:
        """Give the answer or the problem of each; None when they must be tried one by one."""
        try:
            return await self._try(operations)
        except (StatementError, ConnectionLostError, StaleCatalogueError):
            return None
        except Unavailable as problem:
            return [problem] * len(operations)

    async def alone(self, operation: Operation) -> Any:
        """Try one operation several times; give its answer or its problem.

        Each try begins from nothing but what is committed, so that one whose commit went through
        unheard of is answered like a request that came twice.

        Raises
        ------
        StatementError
            When the database refuses what should have been decided otherwise.
        """
        problem: Problem = TryAgain(retry_after_s=1)
        for tried in range(1, TRIES + 1):
            try:
                [answer] = await self._try([operation])
            except StatementError as error:
                problem = _problem_of(error)
                if error.sqlstate == LOCKED:
                    break
            except StaleCatalogueError:
                await self._reference.renewed()
            except Unavailable as unavailable:
                return unavailable
            except ConnectionLostError:
                problem = Unavailable(retry_after_s=1)
                # The others in the pool were lost with it.
                await self._context.hot.check()
            else:
                return answer
            await asyncio.sleep(random.uniform(0, PAUSE_S * 2**tried))  # noqa: S311 - no secret
        return problem

    async def _try(self, operations: Sequence[Operation]) -> list[Any]:
        settings = self._context.settings
        setting = Setting(
            await self._reference.current(),
            settings.duplicate_policy,
            timedelta(minutes=settings.hold_minutes),
        )
        try:
            async with self._context.hot.connection() as connection:
                world = World(self._context.clock(), setting)
                return await self._run(connection, world, operations)
        except PoolTimeout:
            raise Unavailable(retry_after_s=1) from None


def _problem_of(error: StatementError) -> Problem:
    """Tell what to answer when the last try ends like this; raise what no try can heal."""
    if error.sqlstate in (*BUSY, LOCKED):
        return TryAgain(retry_after_s=1)
    if error.sqlstate.startswith(SERVER_GOES):
        return Unavailable(retry_after_s=1)
    if error.sqlstate.startswith("23"):
        return GUARDED.get(error.statement, TryAgain)()
    raise error
