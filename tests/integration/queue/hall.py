"""A hall with some machines in front of one database, and a conductor with a clock set by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from api.context import open_context
from api.queue.clerk import Clerk
from api.queue.conductor import Conductor
from api.queue.proof import solve
from api.queue.ticket import Ticket
from api.settings import Settings
from tests.booking import Hands
from tests.campaign import Campaign

RATE = 10.0


@dataclass
class Hall:
    """Clerks of several processes, the conductor, and the notice it wrote last."""

    clock: Hands
    conductor: Conductor
    written: dict[str, bytes]
    clerks: list[Clerk] = field(default_factory=list)

    @property
    def notice(self) -> dict[str, Any]:
        """What everybody reads."""
        said: dict[str, Any] = json.loads(self.written["queue/state.json"])
        return said

    async def second(self) -> None:
        """Let a second pass: everybody tells, the room moves on, everybody reads."""
        self.clock.go_on(seconds=1)
        for clerk in self.clerks:
            await clerk.exchange()
        assert self.conductor.turn()
        for clerk in self.clerks:
            await clerk.exchange()

    async def open_by_demand(self) -> None:
        """Let more ask for places than the room lets through."""
        for _ in range(5):
            for clerk in self.clerks:
                for _ in range(int(2 * RATE)):
                    await clerk.admit("", "")
            await self.second()
            if all(clerk.crowd.is_open for clerk in self.clerks):
                return
        raise AssertionError("the room did not open")


def proof_of(ticket: Ticket) -> str:
    """Do the work."""
    return str(solve(ticket.ticket_id, ticket.difficulty))


@asynccontextmanager
async def hall_of(
    campaign: Campaign, *, machines: int = 1, clock: Hands | None = None, rate: float = RATE
) -> AsyncIterator[Hall]:
    """Open a hall; without loops of their own, machines tell when the test says so."""
    clock, written = clock or Hands(), {}
    settings = Settings(database_url=campaign.url)

    def write(name: str, content: bytes, _now: object) -> None:
        written[name] = content

    with psycopg.connect(campaign.url, autocommit=True) as connection:
        hall = Hall(clock, Conductor(connection, clock, rate, write), written)
        async with AsyncExitStack() as stack:
            for _ in range(machines):
                context = await stack.enter_async_context(open_context(settings, clock))
                clerk = Clerk(context, lambda: 0.3)
                await clerk.exchange()
                hall.clerks.append(clerk)
            yield hall
