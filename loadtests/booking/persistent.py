"""Visitors who do not give up: they send the same request again until it is answered.

What they are told in the end is what the service has promised: see `loadtests.recount`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from loadtests.address import Address
from loadtests.booking.ledger import Ledger
from loadtests.booking.visit import CREATED, reason_of
from loadtests.booking.wishes import Wish, confirm_request, hold_request
from loadtests.connection import Answer, Connection, LostError, connect

AGAIN = frozenset({"try-again", "too-many-requests", "service-unavailable"})
"""Refusals that are none: the same request may be sent again."""
PAUSE_S = 0.2


@dataclass(slots=True)
class Line:
    """A connection that is made again when it breaks."""

    address: Address
    _connection: Connection | None = None

    async def ask(self, request: bytes, until: float) -> Answer | None:
        """Send a request until it is answered for good; None when the time is over."""
        while time.monotonic() < until:
            with suppress(LostError, OSError):
                if self._connection is None or not self._connection.is_open:
                    self._connection = await connect(*self.address)
                answer = await self._connection.exchange(request)
                if answer.status < 400 or reason_of(answer) not in AGAIN:
                    return answer
            await asyncio.sleep(PAUSE_S)
        return None

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()


@dataclass(slots=True)
class Persistent:
    """A crowd under way; the ledger grows while it books.

    patience_s
        How long each of a visitor's two requests is sent again.
    """

    address: Address
    wishes: Iterator[Wish]
    patience_s: float
    ledger: Ledger = field(default_factory=Ledger)

    async def book(self, pairs: int, *, visitors: int) -> None:
        """Let visitors come until so many pairs were asked for, and see each to an end."""
        left = iter(range(pairs))

        async def visit() -> None:
            line = Line(self.address)
            for _ in left:
                await self._see(line, next(self.wishes))
            line.close()

        async with asyncio.TaskGroup() as group:
            for _ in range(visitors):
                group.create_task(visit())

    async def _see(self, line: Line, wish: Wish) -> None:
        for request in (hold_request(wish), confirm_request(wish)):
            answer = await line.ask(request, time.monotonic() + self.patience_s)
            if answer is None:
                self.ledger.unknown.append(wish)
                return
            if answer.status != CREATED:
                self.ledger.refused.append(wish)
                self.ledger.reasons[reason_of(answer)] += 1
                return
        self.ledger.confirmed.append(wish)
