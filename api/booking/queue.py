"""Group commit: what arrives while a transaction runs shares the next one."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.booking.problems import Unavailable
from api.booking.trying import Trier
from api.booking.wants import Operation
from api.problems import TooManyRequests

MOST_TOGETHER = 64
"""Operations of one transaction: more would keep its locks too long."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    operation: Operation
    answer: asyncio.Future[Any]


class GroupCommit:
    """Operations of one kind, in the order they came, many a transaction.

    Parameters
    ----------
    trier
        Runs them.
    limit
        Operations waiting or running; more are sent away at once, with the time to come back.
    """

    def __init__(self, trier: Trier, *, limit: int) -> None:
        self.limit = limit
        self._trier = trier
        self._queue: deque[_Asked] = deque()
        self._under_way: set[_Asked] = set()
        self._arrived = asyncio.Event()
        self._open = True
        self._apart: set[asyncio.Task[None]] = set()
        self._loop = asyncio.create_task(self._work())

    @property
    def places_left(self) -> int:
        """Operations that would be taken at this moment."""
        return self.limit - len(self._queue) - len(self._under_way)

    async def ask(self, operation: Operation) -> Any:
        """Run an operation with others; give its answer when it is committed.

        Raises
        ------
        Problem
            The operation's own; `TooManyRequests` when there are too many, `Unavailable` when
            the worker stops.
        """
        if not self._open:
            raise Unavailable(retry_after_s=1)
        if self.places_left < 1:
            raise TooManyRequests(retry_after_s=1)
        asked = _Asked(operation, asyncio.get_running_loop().create_future())
        self._queue.append(asked)
        self._arrived.set()
        return await asked.answer

    async def close(self) -> None:
        """Take no more, answer everything that was taken, and stop."""
        self._open = False
        waiting = [asked.answer for asked in (*self._queue, *self._under_way)]
        await asyncio.gather(*waiting, return_exceptions=True)
        self._loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._loop

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while batch := self._next():
                await self._run(batch)

    def _next(self) -> list[_Asked]:
        """Take the next operations that share neither booking nor person."""
        batch: list[_Asked] = []
        later: list[_Asked] = []
        keys: set[bytes] = set()
        while self._queue and len(batch) < MOST_TOGETHER:
            asked = self._queue.popleft()
            if asked.answer.done():
                continue  # whoever asked has gone
            (later if keys & asked.operation.keys else batch).append(asked)
            keys |= asked.operation.keys
        self._queue.extendleft(reversed(later))
        return batch

    async def _run(self, batch: Sequence[_Asked]) -> None:
        self._under_way.update(batch)
        try:
            outcomes = await self._trier.together([asked.operation for asked in batch])
        except Exception as error:  # noqa: BLE001 - one request's fault must not stop the others
            outcomes = None if len(batch) > 1 else [error]
        if outcomes is None:
            # Not here: whoever waits for a lock must not keep the next ones waiting.
            task = asyncio.create_task(self._one_by_one(batch))
            self._apart.add(task)
            task.add_done_callback(self._apart.discard)
            return
        for asked, outcome in zip(batch, outcomes, strict=True):
            self._settle(asked, outcome)

    async def _one_by_one(self, batch: Sequence[_Asked]) -> None:
        for asked in batch:
            try:
                outcome = await self._trier.alone(asked.operation)
            except Exception as error:  # noqa: BLE001 - it is told to whoever asked
                outcome = error
            self._settle(asked, outcome)

    def _settle(self, asked: _Asked, outcome: Any) -> None:
        self._under_way.discard(asked)
        if asked.answer.done():
            return
        if isinstance(outcome, Exception):
            asked.answer.set_exception(outcome)
        else:
            asked.answer.set_result(outcome)
