"""Displaced people get a place as soon as there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.capacity import store as capacity_store
from api.capacity.rebooking import service, store, writes
from api.capacity.rebooking.people import Outcome, Verdict
from api.capacity.retry import Overtaken, in_transaction


async def place_displaced(connection: AsyncConnection, now: datetime) -> list[Verdict]:
    """Look again for everybody displaced, the centres one after the other.

    Returns
    -------
    What became of them: `MOVED`, or `DISPLACED` as before.
    """
    waiting = await store.displaced_bookings(connection)
    verdicts: list[Verdict] = []
    for centre_id, homes in sorted(waiting.items()):
        work = _Centre(connection, centre_id, homes, now)
        verdicts += await in_transaction(connection, work.run)
    return verdicts


@dataclass(frozen=True, slots=True)
class _Centre:
    connection: AsyncConnection
    centre_id: int
    homes: Mapping[int, Sequence[UUID]]
    now: datetime

    async def run(self) -> list[Verdict]:
        connection, now = self.connection, self.now
        bookings = await store.read_bookings(connection, self.homes)
        losses = [loss for loss in service.still_displaced(bookings) if loss.ranks]
        verdicts = await service.find_places(connection, self.centre_id, losses, now)
        placed = [v for v in verdicts if v.outcome is Outcome.MOVED]
        if not placed:
            return verdicts
        ground = await service.lock_ground(connection, placed)
        if not service.has_room(placed, ground):
            raise Overtaken
        left = await service.lock_quotas(connection, placed)
        await writes.free_places(connection, writes.leaving(placed))
        await service.carry_out(connection, placed, left, now)
        await tell_publisher_of(connection, placed, now)
        return verdicts


async def tell_publisher_of(
    connection: AsyncConnection, verdicts: Sequence[Verdict], now: datetime
) -> None:
    """Have the public files of every slot that gave or took a place written again."""
    slots = sorted(writes.slots_of(verdicts))
    for centre_id in sorted({centre_id for centre_id, _ in slots}):
        mine = [slot_id for c, slot_id in slots if c == centre_id]
        await capacity_store.tell_publisher(connection, centre_id, uuid4(), now, mine)
