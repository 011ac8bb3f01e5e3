"""A turn of one centre: its slots one after the other, with what they have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from psycopg import AsyncConnection

from api.booking.catalogue import Catalogue
from api.booking.quota import week_of
from api.booking.service import BookingDesk
from api.booking.slot import Slot
from api.waiting.acceptance import AcceptanceCurve
from api.waiting.matching import SlotTurn
from api.waiting.people import Groups, Offer
from api.waiting.rules import NEAR, NOTICE, places_to_offer
from api.waiting.store import places


@dataclass(slots=True)
class CentreTurn:
    """Making the offers of one centre.

    made
        Offers made, by kind.
    """

    connection: AsyncConnection
    desk: BookingDesk
    catalogue: Catalogue
    curve: AcceptanceCurve
    centre_id: int
    now: datetime
    made: Counter[str] = field(default_factory=Counter)
    _groups: dict[tuple[int, date], Groups] = field(default_factory=dict)
    _seconds: dict[int, list[Slot]] = field(default_factory=dict)

    async def run(self, opens: Iterable[Offer]) -> None:
        """Offer what is free to those who wait, slots in order of time."""
        by_slot: dict[int, list[Offer]] = defaultdict(list)
        for offer in opens:
            by_slot[offer.slot_id].append(offer)
        slots = await self._slots(by_slot.keys())
        await self._read_seconds(slots)
        turns = [
            SlotTurn(
                self.connection, self.desk, self.catalogue, self.curve, slot,
                by_slot[slot.slot_id], await self._groups_for(slot),
                self._seconds_for(slot), self.now,
            )
            for slot in slots
        ]  # fmt: skip
        # Every place is held for somebody before anybody is told to stand by.
        await self._each(turns, SlotTurn.hold)
        await self._each(turns, SlotTurn.have_stand_by)
        for turn in turns:
            self.made.update(turn.made)

    async def _each(
        self, turns: Iterable[SlotTurn], deed: Callable[[SlotTurn], Awaitable[None]]
    ) -> None:
        """Do something at every slot, but where nobody is left who waits for the like."""
        exhausted: set[tuple[int, Groups]] = set()
        for turn in turns:
            like = turn.slot.product_id, turn.groups
            if like in exhausted and not turn.opens:
                continue
            turn.nobody_left = False
            await deed(turn)
            if turn.nobody_left:
                exhausted.add(like)

    async def _slots(self, offered: Iterable[int]) -> list[Slot]:
        """Read the slots with something to offer, and those that have open offers."""
        found = await places.first_doses(
            self.connection, self.centre_id, self.now + NOTICE, self.now + NEAR
        )
        slots = {slot.slot_id: slot for slot in found if places_to_offer(slot, self.now)}
        for slot_id in sorted(set(offered) - slots.keys()):
            slot = await places.read_slot(self.connection, self.centre_id, slot_id)
            if slot is not None:
                slots[slot_id] = slot
        return sorted(slots.values(), key=lambda slot: (slot.starts_at, slot.slot_id))

    async def _groups_for(self, slot: Slot) -> Groups:
        """Tell who may have a first dose in a slot, quotas included."""
        key = slot.product_id, slot.day
        if key not in self._groups:
            rules = self.catalogue.rules
            classes = tuple(
                class_id
                for class_id in sorted(self.catalogue.class_ids.values())
                if rules.allows(slot.product_id, class_id, 1, slot.day)
            )
            rooms = await places.rooms(
                self.connection, self.centre_id, slot.product_id, week_of(slot.day), self.now
            )
            left = None if rooms is None else tuple(g for g, n in sorted(rooms.items()) if n > 0)
            self._groups[key] = Groups(classes, left)
        return self._groups[key]

    def _interval(self, slot: Slot) -> tuple[date, date] | None:
        """Give the days of the second dose after a first one; None when no rule allows one."""
        days = self.catalogue.rules.interval(slot.product_id, slot.day)
        if days is None:
            return None
        return slot.day + timedelta(days=days[0]), slot.day + timedelta(days=days[1])

    async def _read_seconds(self, slots: Iterable[Slot]) -> None:
        """Read the slots of second doses once a product: the slots of a turn share them."""
        spans: dict[int, list[date]] = defaultdict(list)
        for slot in slots:
            if self.catalogue.product(slot.product_id).doses_needed > 1:
                spans[slot.product_id] += self._interval(slot) or ()
        for product_id, days in spans.items():
            self._seconds[product_id] = (
                await places.second_doses(
                    self.connection, self.centre_id, product_id, min(days), max(days)
                )
                if days
                else []
            )

    def _seconds_for(self, slot: Slot) -> list[Slot] | None:
        """Slots for the second dose of a first one in this slot; None where one is enough."""
        if self.catalogue.product(slot.product_id).doses_needed == 1:
            return None
        interval = self._interval(slot)
        if interval is None:
            return []
        fewest, most = interval
        return [s for s in self._seconds[slot.product_id] if fewest <= s.day <= most]
