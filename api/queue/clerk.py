"""The clerk of a worker: gives out tickets, looks at them, and tells the others once a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import uuid4

import structlog
from psycopg import Error
from psycopg_pool import PoolTimeout

from api.context import Context
from api.queue.crowd import Crowd
from api.queue.lot import Lot
from api.queue.problems import NotYourTurn, TicketSpent, WaitingRoomOpen, WrongProof
from api.queue.proof import LEAST_BITS, difficulty_for, proves
from api.queue.store import clerk as store
from api.queue.ticket import ID_BYTES, Ticket, fingerprint

TELL_S = 1.0
ENTER_S = 0.05
"""Early tickets are entered on the list many at a time."""
EARLY = timedelta(hours=1)
"""How long before an announced opening tickets are of its list."""
VISIT = timedelta(minutes=15)
MOST_HOLDS = 20
"""Requests for places of one visit: to choose again, not to collect."""
log = structlog.get_logger()


@asynccontextmanager
async def open_clerk(context: Context, pressure: Callable[[], float]) -> AsyncIterator[Clerk]:
    """Open the clerk of a worker; at the end it tells the rest.

    Parameters
    ----------
    pressure
        How full the fullest booking queue is: 0 is idle, 1 sends people away.
    """
    clerk = Clerk(context, pressure)
    await clerk.start()
    try:
        yield clerk
    finally:
        await clerk.close()


class Clerk:
    """Tickets and admissions of one process; others have theirs, the database is between them."""

    def __init__(self, context: Context, pressure: Callable[[], float]) -> None:
        self._context = context
        self._pressure = pressure
        self._machine_id = uuid4()
        self._told: dict[datetime, store.Told] = {}
        self._early: list[tuple[bytes, asyncio.Future[bool]]] = []
        self._key: bytes | None = None
        self.crowd: Crowd | None = None
        self._opening: store.OpeningRow | None = None
        self._asked_per_s = 0.0
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Read how things stand, then go on doing so."""
        await self._try(self.exchange)
        self._loops = [
            asyncio.create_task(self._keep(TELL_S, self.exchange)),
            asyncio.create_task(self._keep(ENTER_S, self.enter_early)),
        ]

    async def close(self) -> None:
        """Tell the rest and stop."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self._try(self.enter_early)
        await self._try(self.exchange)

    async def ticket(self) -> tuple[Ticket, str]:
        """Give a ticket; it is on the list of an opening that is near.

        Raises
        ------
        WaitingRoomOpen
            When nothing is known yet of how things stand: come back in a moment.
        """
        if self._key is None or self.crowd is None:
            raise WaitingRoomOpen(retry_after_s=1)
        now = self._context.clock()
        self._count(now, tickets=1)
        ticket_id, opening = token_bytes(ID_BYTES), self._opening
        bits = LEAST_BITS
        if opening is not None and opening.opens_at - EARLY <= now < opening.opens_at:
            entered = asyncio.get_running_loop().create_future()
            self._early.append((ticket_id, entered))
            if await entered:
                early = Ticket(ticket_id, now, bits, opening.opening)
                return early, early.signed(self._key)
        bits = difficulty_for(self._asked_per_s, self.crowd.rate)
        ticket = Ticket(ticket_id, now, bits)
        return ticket, ticket.signed(self._key)

    async def admit(self, said: str, number: str) -> None:
        """Let a request for places through.

        Parameters
        ----------
        said
            Its ticket; needed while the room is open.
        number
            The proof of work.

        Raises
        ------
        WaitingRoomOpen, WrongProof, NotYourTurn, TicketSpent
            While the room is open, when the ticket does not let in.
        """
        now = self._context.clock()
        self._count(now, asked=1, pressure=self._pressure())
        if self.crowd is not None and self.crowd.is_open:
            await self._look(said, number, now)
        self._count(now, served=1)

    async def _look(self, said: str, number: str, now: datetime) -> None:
        ticket = Ticket.read(said, self._key, now) if self._key else None
        if ticket is None:
            raise WaitingRoomOpen(retry_after_s=1)
        proven = number.isascii() and number.isdecimal() and len(number) <= 20
        if not (proven and proves(ticket.ticket_id, int(number), ticket.difficulty)):
            raise WrongProof
        if not self.has_turn(ticket):
            raise NotYourTurn(retry_after_s=2)
        async with self._context.hot.connection() as connection:
            began_at, holds = await store.visit(connection, fingerprint(ticket.ticket_id), now)
        if now - began_at > VISIT or holds > MOST_HOLDS:
            raise TicketSpent

    def has_turn(self, ticket: Ticket) -> bool:
        """Whether everybody before a ticket had their turn, and it has its own."""
        if self.crowd is None:
            return False
        opening = self._opening
        if not ticket.early or opening is None or ticket.opening < opening.opening:
            return ticket.arrived_at < self.crowd.admitted_until
        if opening.list_digest is None:
            return False
        place = Lot(opening.secret, opening.list_digest).place(ticket.ticket_id)
        return place < self.crowd.early_place

    async def exchange(self) -> None:
        """Tell what was done since the last time, and read how things stand."""
        told, self._told = self._told, {}
        self._asked_per_s = float(max((one.tickets for one in told.values()), default=0))
        try:
            async with self._context.hot.connection() as connection:
                if told:
                    await store.tell(connection, self._machine_id, list(told.values()))
                    told = {}
                room = await store.read_room(connection)
                if room is not None:
                    self._key, self.crowd = room
                self._opening = await store.read_opening(connection)
        finally:
            for one in told.values():
                self._add(one)

    async def enter_early(self) -> None:
        """Enter those who wait for it on the list of the opening."""
        batch, self._early = self._early, []
        if not batch:
            return
        opening, entered = self._opening, False
        try:
            if opening is not None:
                async with self._context.hot.connection() as connection:
                    ids = [ticket_id for ticket_id, _ in batch]
                    entered = await store.enter(connection, opening.opening, ids)
        finally:
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_result(entered)

    async def _keep(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(every_s)
            await self._try(work)

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something that the next time may do better, should the database be away."""
        try:
            await work()
        except (Error, PoolTimeout) as error:
            log.warning("clerk-failed", error=type(error).__name__)

    def _count(
        self, now: datetime, *, tickets: int = 0, asked: int = 0, served: int = 0,
        pressure: float = 0.0,
    ) -> None:  # fmt: skip
        second = now.replace(microsecond=0)
        self._add(store.Told(second, tickets, asked, served, pressure))

    def _add(self, one: store.Told) -> None:
        had = self._told.get(one.second)
        if had is not None:
            one = store.Told(
                one.second, had.tickets + one.tickets, had.asked + one.asked,
                had.served + one.served, max(had.pressure, one.pressure),
            )  # fmt: skip
        self._told[one.second] = one
