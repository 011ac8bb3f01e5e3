"""Taking an order of a planner, once: written down, entered in the audit, given to the workers."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from api.context import Context
from api.planning import jobs_store
from api.planning.access import Enqueue, Planner
from api.planning.jobs_store import Ordered
from api.problems import KeyReused, NotFound

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class OrderBook(Generic[S]):
    """Orders of one kind.

    route
        What is ordered, as the table of orders names it.
    action
        How the audit calls it.
    kind
        The struct that tells where an order stands; it has a `status`.
    """

    route: str
    action: str
    kind: type[S]

    async def place(
        self,
        context: Context,
        planner: Planner,
        enqueue: Enqueue,
        key: UUID,
        order: msgspec.Struct,
        plan: str,
        queued: S,
    ) -> S:
        """Take an order; sent again, it answers where the first one stands.

        Raises
        ------
        KeyReused
            When the key came with another order.
        """
        told = msgspec.to_builtins(order)
        ordered = Ordered(
            sha256(msgspec.json.encode(told)).digest(), told, msgspec.to_builtins(queued)
        )
        state = queued
        async with context.hot.connection() as connection, connection.transaction():
            if await jobs_store.add(connection, self.route, key, ordered, context.clock()):
                await planner.record(connection, self.action, plan, told)
            else:
                known = await jobs_store.read(connection, self.route, key)
                assert known is not None
                if known.print != ordered.print:
                    raise KeyReused
                state = msgspec.convert(known.state, self.kind)
        if msgspec.to_builtins(state)["status"] == "queued":
            # After the commit: a worker must find the order. Sent again, it is one job all the
            # same.
            await enqueue(key)
        return state

    async def stop(self, context: Context, planner: Planner, key: UUID, plan: str) -> None:
        """Ask whoever carries an order out to stop early; once it has ended nothing happens."""
        async with context.hot.connection() as connection, connection.transaction():
            if await jobs_store.ask_to_stop(connection, self.route, key):
                await planner.record(connection, f"{self.action}.stop", plan, {"order": str(key)})

    async def read(self, context: Context, key: UUID) -> S:
        """Tell where an order stands.

        Raises
        ------
        NotFound
            When there is none (any more).
        """
        async with context.hot.connection() as connection:
            known = await jobs_store.read(connection, self.route, key)
        if known is None:
            raise NotFound
        return msgspec.convert(known.state, self.kind)
