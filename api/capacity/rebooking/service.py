"""Re-booking, in two halves: finding places without a lock, and carrying it out under locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg import AsyncConnection

from api.capacity import store as capacity_store
from api.capacity.distance import nearest
from api.capacity.rebooking import store, writes
from api.capacity.rebooking.choose import choose_losses
from api.capacity.rebooking.people import Booking, Loss, Verdict
from api.capacity.rebooking.quotas import QuotaKey, quotas_concerned, shift_quotas
from api.capacity.rebooking.rules import Rules
from api.capacity.rebooking.search import settle_loss
from api.capacity.rebooking.supply import FreeSlot, Supply
from api.capacity.retry import Overtaken

MOST_KM = 100.0
"""Nobody is sent further than this, as the crow flies; they are listed instead."""
NOTICE = timedelta(hours=24)
"""A new place is not sooner than this: people have to learn of it."""
Ground = Mapping[tuple[int, int], tuple[int, int]]
"""Capacity and what is taken, of locked slots by centre and number."""


@dataclass(frozen=True, slots=True)
class OwnSlots:
    """Free places a centre will have in some days, which the database does not know yet."""

    centre_id: int
    free: Mapping[int, Sequence[FreeSlot]]
    from_day: date
    to_day: date | None

    def replace_in(self, known: Iterable[FreeSlot], product_id: int) -> list[FreeSlot]:
        """Put the places of these days in the stead of those known."""
        last = date.max if self.to_day is None else self.to_day
        kept = [s for s in known if not self.from_day <= s.place.day <= last]
        return [*kept, *self.free.get(product_id, ())]


async def losses_in(
    connection: AsyncConnection, centre_id: int, over: Sequence[tuple[Sequence[int], int]]
) -> list[Loss]:
    """Choose whose doses leave a centre.

    Parameters
    ----------
    over
        Slots that are cut together, and how many doses must leave them.
    """
    group_of = {(centre_id, slot): i for i, (slots, _) in enumerate(over) for slot in slots}
    homes = await store.bookings_in_slots(connection, centre_id, [slot for _, slot in group_of])
    bookings = await store.read_bookings(connection, homes)
    return choose_losses(bookings, group_of, {i: doses for i, (_, doses) in enumerate(over)})


def still_displaced(bookings: Iterable[Booking]) -> list[Loss]:
    """Losses of bookings that wait for a place, oldest first."""
    losses = [
        Loss(b, frozenset(d.dose_rank for d in b.doses if not d.takes_a_place)) for b in bookings
    ]
    return sorted(losses, key=lambda loss: (loss.booking.created_at, loss.booking.booking_id))


async def find_places(
    connection: AsyncConnection,
    centre_id: int,
    losses: Sequence[Loss],
    now: datetime,
    own: OwnSlots | None = None,
) -> list[Verdict]:
    """Find the nearest places for those who lost one at a centre; nothing is written or locked."""
    if not losses:
        return []
    centres = nearest(await capacity_store.positions(connection), centre_id, MOST_KM)
    finder = _Finder(connection, centres, now + NOTICE, own, {})
    rules: Rules = await store.read_rules(connection)
    return [await settle_loss(x, finder.supplies(x.booking.product_id), rules) for x in losses]


@dataclass(frozen=True, slots=True)
class _Finder:
    """Free places read when first asked for, and counted down as they are given away."""

    connection: AsyncConnection
    centres: Sequence[int]
    after: datetime
    own: OwnSlots | None
    known: dict[tuple[int, int], Supply]

    async def supplies(self, product_id: int) -> AsyncIterator[Supply]:
        for centre_id in self.centres:
            if (centre_id, product_id) not in self.known:
                free = await store.free_slots(self.connection, centre_id, product_id, self.after)
                if self.own is not None and centre_id == self.own.centre_id:
                    free = self.own.replace_in(free, product_id)
                self.known[centre_id, product_id] = Supply(
                    s for s in free if s.place.starts_at > self.after.timestamp()
                )
            yield self.known[centre_id, product_id]


async def lock_ground(
    connection: AsyncConnection,
    verdicts: Sequence[Verdict],
    more: Mapping[int, Iterable[int]] | None = None,
) -> dict[tuple[int, int], tuple[int, int]]:
    """Lock the bookings, then all slots concerned, and read capacity and what is taken.

    Parameters
    ----------
    more
        Further slots to lock, by centre.

    Raises
    ------
    Overtaken
        When a booking is not as it was read.
    """
    homes: dict[int, list[UUID]] = defaultdict(list)
    for verdict in verdicts:
        homes[verdict.booking.home_centre_id].append(verdict.booking.booking_id)
    versions = await store.lock_bookings(connection, homes)
    if any(versions.get(v.booking.booking_id) != v.booking.version for v in verdicts):
        raise Overtaken
    touched: dict[int, set[int]] = defaultdict(set)
    for centre_id, slots in (more or {}).items():
        touched[centre_id].update(slots)
    for centre_id, slot_id in writes.slots_of(verdicts):
        touched[centre_id].add(slot_id)
    ground: dict[tuple[int, int], tuple[int, int]] = {}
    for centre_id, slots in sorted(touched.items()):
        locked = await capacity_store.lock_slots(connection, centre_id, sorted(slots))
        ground |= {(centre_id, slot_id): found for slot_id, found in locked.items()}
    return ground


async def lock_quotas(
    connection: AsyncConnection,
    verdicts: Sequence[Verdict],
    more: Mapping[int, date] | None = None,
) -> dict[QuotaKey, int]:
    """Lock the quotas concerned and read how many doses each has left.

    Parameters
    ----------
    more
        Centres whose quotas are all to be locked, from this week on.
    """
    concerned = quotas_concerned(verdicts)
    left: dict[QuotaKey, int] = {}
    for centre_id in sorted({*concerned, *(more or {})}):
        keys = concerned.get(centre_id, [])
        if more and centre_id in more:
            week = min(more[centre_id], *(key[1] for key in keys), date.max)
            await capacity_store.lock_quotas(connection, centre_id, week)
        left |= await store.lock_quotas(connection, centre_id, keys)
    return left


async def carry_out(
    connection: AsyncConnection,
    verdicts: Sequence[Verdict],
    left: Mapping[QuotaKey, int],
    now: datetime,
) -> None:
    """Take the new places, write doses, bookings and quotas; the old places are free already."""
    await writes.take_places(connection, writes.arrivals(verdicts))
    await writes.move_appointments(connection, writes.leaving(verdicts))
    weeks = await shift_quotas(connection, verdicts, left)
    await writes.rewrite_bookings(connection, verdicts, now, weeks)


def has_room(
    verdicts: Sequence[Verdict], ground: Mapping[tuple[int, int], tuple[int, int]]
) -> bool:
    """Whether the new places are still free, in slots the database knows."""
    for centre_id, coming in writes.arrivals(verdicts).items():
        for slot_id, doses in coming.items():
            capacity, taken = ground.get((centre_id, slot_id), (doses, 0))
            if capacity - taken < doses:
                return False
    return True
