"""Opened vials at the end of a day: a slot that only the waiting list can book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.booking.catalogue import Catalogue
from api.capacity import store as capacity
from api.capacity.publication import Shares, schedule_id
from api.capacity.retry import in_transaction
from api.capacity.slots import Slots
from api.capacity.store import Centre, seconds
from api.capacity.windows import day_number
from api.problems import KeyReused, MalformedRequest
from api.staff.actor import Actor
from api.waiting.forms import LeftoverRequest, Leftovers
from api.waiting.problems import TooLate
from api.waiting.store import leftovers as store
from api.waiting.store import places

COME_WITHIN = timedelta(minutes=30)
"""Least time from posting to the end: an offer is open for a while, and people have to come."""
DESK = timedelta(minutes=10)
"""The slot is the last minutes of it: until it begins it can be booked."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Leftovers of a centre, posted once under a key."""

    connection: AsyncConnection
    actor: Actor
    catalogue: Catalogue
    centre: Centre
    key: UUID
    request: LeftoverRequest
    now: datetime

    async def carry_out(self) -> Leftovers:
        """Post them; sent again, nothing is added.

        Raises
        ------
        MalformedRequest
            When the campaign has no such product.
        TooLate
            Unless there is half an hour left, today.
        KeyReused
            When the key came with other leftovers.
        """
        if self.request.product not in self.catalogue.product_ids:
            raise MalformedRequest("product: this campaign has none with this code")
        slot_id = await in_transaction(self.connection, self._run)
        return await self._told(slot_id)

    @property
    def _product_id(self) -> int:
        return self.catalogue.product_ids[self.request.product]

    async def _run(self) -> int:
        connection, centre_id = self.connection, self.centre.centre_id
        wanted: dict[str, object] = {
            "product": self.request.product, "doses": self.request.doses,
            "until": self.request.until.astimezone(self.centre.opening.zone).isoformat(),
        }  # fmt: skip
        before = await store.posted_before(connection, centre_id, self.key)
        if before is not None:
            if {**before, "slot": None} != {**wanted, "slot": None}:
                raise KeyReused
            return int(str(before["slot"]))
        latest = await capacity.latest(connection, centre_id)
        slot_id = await capacity.last_slot_id(connection, centre_id) + 1
        schedule = schedule_id(self._product_id, 1)
        await capacity.add_schedules(connection, centre_id, [schedule])
        await capacity.add_slots(connection, centre_id, await self._slot(slot_id, schedule))
        await capacity.add_publication(
            connection, centre_id, latest.number + 1, self.key, self.now,
            f"leftovers of {self.actor.name}", {"leftovers": {**wanted, "slot": slot_id}},
            latest.shares or Shares(),
        )  # fmt: skip
        await capacity.tell_publisher(connection, centre_id, uuid4(), self.now, [slot_id])
        await self.actor.record(connection, "leftovers.post", self.centre.code, wanted)
        return slot_id

    async def _slot(self, slot_id: int, schedule: int) -> Slots:
        """Lay out the slot: every place of it is kept for the waiting list until its end."""
        zone = self.centre.opening.zone
        until = self.request.until.astimezone(zone)
        is_today = until.date() == self.now.astimezone(zone).date()
        if not is_today or until < self.now + COME_WITHIN:
            raise TooLate
        starts_at = until - DESK
        taken = await store.starts_taken(
            self.connection, self.centre.centre_id, schedule, self.now, starts_at
        )
        while starts_at in taken:
            starts_at -= timedelta(seconds=1)
        doses = self.request.doses
        row = (
            slot_id, schedule, day_number(until.date()), seconds(starts_at), seconds(until),
            doses, 0, 0, doses, seconds(until),
        )  # fmt: skip
        return Slots.of_rows([row])

    async def _told(self, slot_id: int) -> Leftovers:
        connection, centre_id = self.connection, self.centre.centre_id
        return Leftovers(
            self.centre.code, slot_id, self.request.product, self.request.doses,
            self.request.until,
            await store.people_waiting(connection, centre_id, self._product_id),
            await self._second_doses(),
        )  # fmt: skip

    async def _second_doses(self) -> int | None:
        """Count the places for second doses; None where one dose is enough."""
        if self.catalogue.product(self._product_id).doses_needed == 1:
            return None
        today = self.now.astimezone(self.centre.opening.zone).date()
        interval = self.catalogue.rules.interval(self._product_id, today)
        if interval is None:
            return 0
        fewest, most = (today + timedelta(days=days) for days in interval)
        found = await places.second_doses(
            self.connection, self.centre.centre_id, self._product_id, fewest, most
        )
        return sum(max(0, slot.free("standby", self.now)) for slot in found)
