"""Publishing one centre: what changes is found without a lock, and written under locks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import numpy as np
from psycopg import AsyncConnection

from api.capacity import store
from api.capacity.changes import Changes, changes_of
from api.capacity.merge import Merged, merge
from api.capacity.publication import Publication, product_of, rank_of
from api.capacity.quotas import QuotaChanges, merge_quotas
from api.capacity.rebooking import service as rebooking
from api.capacity.rebooking import writes
from api.capacity.rebooking.again import tell_publisher_of
from api.capacity.rebooking.people import Loss, Place, Verdict
from api.capacity.rebooking.supply import FreeSlot
from api.capacity.retry import Overtaken, in_transaction
from api.capacity.settle import Key
from api.capacity.store import Centre, seconds
from api.capacity.windows import date_of
from api.problems import Problem


class CapacityChanged(Problem):
    """Somebody else published in between: what the caller saw is no longer so."""

    status: ClassVar[int] = 412
    slug: ClassVar[str] = "capacity-changed"
    title: ClassVar[str] = "The capacity of this centre has changed since you read it"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What stays the same for all centres of a publication."""

    centres: Mapping[int, Centre]
    doses_per_vial: Mapping[int, int]

    @classmethod
    async def read(cls, connection: AsyncConnection) -> Campaign:
        """Read it from the reference tables."""
        return cls(await store.all_centres(connection), await store.doses_per_vial(connection))


@dataclass(frozen=True, slots=True)
class Published:
    """A centre after a publication.

    number
        Its version.
    changes
        What changed; None when nothing did.
    beyond_plan
        Bookings that stand although there is no dose for them, by product and Monday.
    """

    number: int
    changes: Changes | None
    beyond_plan: Mapping[Key, int]


Aftermath = Callable[[AsyncConnection, Published], Awaitable[None]]


async def publish(
    connection: AsyncConnection,
    publication: Publication,
    campaign: Campaign,
    publication_id: UUID,
    now: datetime,
    *,
    expected: int | None = None,
    then: Aftermath | None = None,
) -> Published:
    """Publish one centre in one transaction.

    Parameters
    ----------
    connection
        In autocommit.
    publication_id
        The same for all centres of a publication.
    expected
        Number of the centre's publication that the caller saw; None when it does not matter.
    then
        Done in the same transaction, after everything else.

    Raises
    ------
    CapacityChanged
        When another publication came after the expected one.
    TryAgain
        When bookings were faster every time.
    """
    work = _Work(connection, publication, campaign, publication_id, now, expected, then)
    return await in_transaction(connection, work.run)


@dataclass(frozen=True, slots=True)
class _Work:
    connection: AsyncConnection
    publication: Publication
    campaign: Campaign
    publication_id: UUID
    now: datetime
    expected: int | None
    then: Aftermath | None

    async def run(self) -> Published:
        """Publish, then do what is to be done in the same transaction."""
        published = await self._publish()
        if self.then is not None:
            await self.then(self.connection, published)
        return published

    async def _publish(self) -> Published:
        """Find what changes, lock it, and write it unless somebody was faster."""
        centre_id = self.publication.centre_id
        before = await store.latest(self.connection, centre_id)
        if self.expected is not None and before.number != self.expected:
            raise CapacityChanged
        merged = await self._merged(before.shares not in {None, self.publication.shares})
        losses = await self._losses(merged)
        merged = _without(merged, losses, centre_id)
        verdicts = await self._verdicts(merged, losses)
        await self._lock(merged, verdicts)
        await self._write(merged, verdicts)
        quotas = await self._write_quotas()
        changes = changes_of(merged, quotas, verdicts, self.campaign.centres)
        if not changes:
            return Published(before.number, None, merged.standing)
        await store.add_publication(
            self.connection, centre_id, before.number + 1, self.publication_id, self.now,
            self.publication.source, changes.record(is_first=before.number == 0),
            self.publication.shares,
        )  # fmt: skip
        await store.tell_publisher(self.connection, centre_id, uuid4(), self.now)
        await tell_publisher_of(self.connection, verdicts, self.now)
        return Published(before.number + 1, changes, merged.standing)

    async def _merged(self, new_shares: bool) -> Merged:
        """Lay the publication over what is there, and number the new slots."""
        publication, connection = self.publication, self.connection
        centre_id = publication.centre_id
        existing = await store.read_slots(
            connection, centre_id, publication.from_day, publication.to_day
        )
        merged = merge(
            publication, existing, self.campaign.centres[centre_id].opening,
            self.campaign.doses_per_vial, now=seconds(self.now), new_shares=new_shares,
        )  # fmt: skip
        numbers = merged.slots.slot_id.copy()
        last = await store.last_slot_id(connection, centre_id)
        numbers[merged.new] = last + 1 + np.arange(int(merged.new.sum()))
        return replace(merged, slots=replace(merged.slots, slot_id=numbers))

    async def _losses(self, merged: Merged) -> list[Loss]:
        """Choose who loses a place."""
        if not merged.over:
            return []
        over = [(merged.slots.slot_id[one.rows].tolist(), one.doses) for one in merged.over]
        return await rebooking.losses_in(self.connection, self.publication.centre_id, over)

    async def _verdicts(self, merged: Merged, losses: Sequence[Loss]) -> list[Verdict]:
        """Find the nearest places for them."""
        if not losses:
            return []
        publication, centre_id = self.publication, self.publication.centre_id
        own = rebooking.OwnSlots(
            centre_id, _free_slots(merged, centre_id), publication.from_day, publication.to_day
        )
        return await rebooking.find_places(self.connection, centre_id, losses, self.now, own)

    async def _lock(self, merged: Merged, verdicts: Sequence[Verdict]) -> None:
        """Lock everything, in the common order; Overtaken when it is not as it was read."""
        centre_id, slots = self.publication.centre_id, merged.slots
        old = merged.changed & ~merged.new
        ground = await rebooking.lock_ground(
            self.connection, verdicts, {centre_id: slots.slot_id[old].tolist()}
        )
        leaving = Counter(
            (one.dose.centre_id, one.dose.slot_id)
            for one in writes.leaving(verdicts) if one.dose.takes_a_place
        )  # fmt: skip
        for row in np.flatnonzero(old).tolist():
            key = centre_id, int(slots.slot_id[row])
            if ground[key][1] != slots.taken[row]:
                raise Overtaken
            ground[key] = int(slots.capacity[row]), int(slots.taken[row]) - leaving[key]
        if not rebooking.has_room(verdicts, ground):
            raise Overtaken

    async def _write(self, merged: Merged, verdicts: Sequence[Verdict]) -> None:
        """Free the old places, write the slots, take the new places."""
        connection, centre_id = self.connection, self.publication.centre_id
        whole = {} if self.publication.quotas is None else {centre_id: self._first_week()}
        left = await rebooking.lock_quotas(connection, verdicts, whole)
        await writes.free_places(connection, writes.leaving(verdicts))
        if merged.new.any():
            schedules = np.unique(merged.slots.schedule_id[merged.new]).tolist()
            await store.add_schedules(connection, centre_id, schedules)
            await store.add_slots(connection, centre_id, merged.slots.at(merged.new))
        old = merged.changed & ~merged.new
        if old.any():
            await store.change_slots(connection, centre_id, merged.slots.at(old))
        if verdicts:
            await rebooking.carry_out(connection, verdicts, left, self.now)

    async def _write_quotas(self) -> QuotaChanges | None:
        publication, connection = self.publication, self.connection
        if publication.quotas is None:
            return None
        zone = self.campaign.centres[publication.centre_id].opening.zone
        existing = await store.lock_quotas(connection, publication.centre_id, self._first_week())
        quotas = merge_quotas(publication, existing, zone)
        if quotas.written:
            await store.write_quotas(connection, publication.centre_id, quotas.written)
        if quotas.removed:
            await store.remove_quotas(connection, publication.centre_id, quotas.removed)
        return quotas

    def _first_week(self) -> date:
        first = self.publication.from_day
        return first - timedelta(days=first.weekday())


def _without(merged: Merged, losses: Sequence[Loss], centre_id: int) -> Merged:
    """Lower the slots of those who leave; who must and cannot stands in the slot."""
    gone = Counter(
        dose.slot_id for loss in losses for dose in loss.booking.doses
        if dose.dose_rank in loss.ranks and dose.centre_id == centre_id
    )  # fmt: skip
    lower = np.array([gone[slot] for slot in merged.slots.slot_id.tolist()], dtype=np.int64)
    return replace(
        merged, slots=replace(merged.slots, capacity=merged.slots.capacity - lower),
        changed=merged.changed | (lower > 0),
    )  # fmt: skip


def _free_slots(merged: Merged, centre_id: int) -> dict[int, list[FreeSlot]]:
    """Places a centre will have free, by product."""
    slots = merged.slots
    free = merged.free
    found: dict[int, list[FreeSlot]] = {}
    for row in np.flatnonzero(free > 0).tolist():
        schedule = int(slots.schedule_id[row])
        place = Place(
            centre_id, int(slots.slot_id[row]), date_of(int(slots.day[row])),
            int(slots.starts_at[row]), int(slots.ends_at[row]),
        )  # fmt: skip
        slot = FreeSlot(place, rank_of(schedule), int(free[row]))
        found.setdefault(product_of(schedule), []).append(slot)
    return found
