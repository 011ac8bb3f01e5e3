"""One slot at a time: places are held for the first in order, others are told to stand by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.booking.catalogue import Catalogue
from api.booking.problems import NotEligible, QuotaExhausted
from api.booking.requests import Choice, HoldRequest
from api.booking.service import BookingDesk
from api.booking.slot import Slot
from api.problems import Problem
from api.waiting.acceptance import AcceptanceCurve, more_offers
from api.waiting.outcomes import close, closed
from api.waiting.people import Entry, Groups, Kind, Offer
from api.waiting.rules import MOST_STANDBY, places_to_offer, window
from api.waiting.store import entries, offers

Held: TypeAlias = Literal["held", "not-them", "nobody"]
"""Whether a place was held for somebody, cannot be for them, or cannot be for anybody now."""
SPARE = 20
"""Candidates read beyond the places there are: some may have gone when their turn comes."""


@dataclass(slots=True)
class SlotTurn:
    """Making the offers of one slot.

    opens
        Its open offers.
    free
        Places to offer; fewer as they are held.
    groups
        Who may have its product on its day.
    seconds
        Slots of second doses in the interval, by time; None where one dose is enough.
    made
        Offers made, by kind.
    nobody_left
        Whether the last step reached everybody who waits for the like.
    """

    connection: AsyncConnection
    desk: BookingDesk
    catalogue: Catalogue
    curve: AcceptanceCurve
    slot: Slot
    opens: list[Offer]
    groups: Groups
    seconds: list[Slot] | None
    now: datetime
    free: int = 0
    made: Counter[Kind] = field(default_factory=Counter)
    nobody_left: bool = False

    async def hold(self) -> None:
        """Hold what is free: for who stands by and said yes, then for the first in order."""
        self.free = places_to_offer(self.slot, self.now)
        if self.free:
            await self._hold_for(await self._who_said_yes())
        if self.free:
            await self._hold_for(await self._candidates({"waiting", "standby"}, self.free + SPARE))
        self.nobody_left = self.free > 0

    async def have_stand_by(self) -> None:
        """Have as many stand by as it takes, or send them away when nothing is left."""
        in_play = self.free + sum(offer.kind == "reserved" for offer in self.opens)
        if in_play:
            await self._ask_more(in_play)
        else:
            await self._send_away()

    async def _who_said_yes(self) -> list[UUID]:
        """Find who stands by for this slot and said yes, in order."""
        found = [
            await entries.read(self.connection, offer.entry_id)
            for offer in self.opens
            if offer.wants
        ]
        return [entry.entry_id for entry in sorted(filter(None, found), key=lambda e: e.turn)]

    async def _candidates(self, states: Collection[str], most: int) -> list[UUID]:
        return await entries.candidates(
            self.connection, self.slot.centre_id, states, self.slot.product_id, self.groups,
            self.now, most,
        )  # fmt: skip

    # Places that are held

    async def _hold_for(self, people: list[UUID]) -> None:
        for entry_id in people:
            if self.free == 0:
                return
            outcome = await self._hold_for_one(entry_id)
            if outcome == "held":
                self.free -= 1
            elif outcome == "nobody":
                self.free = 0

    async def _hold_for_one(self, entry_id: UUID) -> Held:
        entry = await entries.read(self.connection, entry_id)
        if entry is None or entry.state not in {"waiting", "standby"}:
            return "not-them"
        request = self._request(entry)
        if request is None:
            return "nobody"
        offer_id, held_for = uuid4(), window(self.slot.starts_at, self.now)
        try:
            held = await self.desk.hold(offer_id, entry.secret_hash, request, "standby", held_for)
        except (QuotaExhausted, NotEligible):
            return "not-them"
        except Problem:
            return "nobody"
        ends_at = held.expires_at or self.now + held_for
        offer = self._offer(offer_id, entry_id, "reserved", ends_at)
        if await self._write(offer, {"waiting", "standby"}):
            return "held"
        # Somebody else was faster with this person: the place is for the next one.
        await self.desk.release(offer_id, entry.secret_hash)
        return "not-them"

    def _request(self, entry: Entry) -> HoldRequest | None:
        """Ask for a whole vaccination that begins in this slot; None when there is no second."""
        chosen = [self.slot]
        if self.seconds is not None:
            second = next((s for s in self.seconds if s.free("standby", self.now) > 0), None)
            if second is None:
                return None
            second.take("standby", self.now)
            chosen.append(second)
        classes = {class_id: code for code, class_id in self.catalogue.class_ids.items()}
        choices = [Choice(self.catalogue.centre_code(s.centre_id), s.slot_id) for s in chosen]
        return HoldRequest(entry.department, classes[entry.class_id], choices)

    # Standing by

    async def _ask_more(self, in_play: int) -> None:
        """Make as many offers more as let all places in play be expected to be accepted."""
        standing = sum(offer.kind == "standby" for offer in self.opens)
        for_min = _minutes(window(self.slot.starts_at, self.now))
        missing = more_offers(in_play, self._expected(), self.curve.chance(for_min))
        most = min(missing, MOST_STANDBY - standing)
        if most <= 0:
            return
        ends_at = self.now + window(self.slot.starts_at, self.now)
        found = await self._candidates({"waiting"}, most)
        self.nobody_left = len(found) < most
        for entry_id in found:
            await self._write(self._offer(uuid4(), entry_id, "standby", ends_at), {"waiting"})

    def _expected(self) -> float:
        """Add up the acceptances to expect of the open offers; whoever said yes counts as one."""
        return sum(
            1.0 if offer.wants else self.curve.chance_left(
                _minutes(self.now - offer.made_at), _minutes(offer.ends_at - offer.made_at)
            )
            for offer in self.opens
        )  # fmt: skip

    async def _send_away(self) -> None:
        """End the standing by for a slot in which nothing is left to stand by for."""
        for offer in [offer for offer in self.opens if offer.kind == "standby"]:
            await close(self.connection, offer, "ended", self.now, offer.answered_at)
            self.opens.remove(offer)

    # Writing

    def _offer(self, offer_id: UUID, entry_id: UUID, kind: Kind, ends_at: datetime) -> Offer:
        booking_id = offer_id if kind == "reserved" else None
        return Offer(self.slot.centre_id, offer_id, entry_id, booking_id, self.slot.slot_id, "open",
                     kind, self.now, ends_at, None)  # fmt: skip

    async def _write(self, offer: Offer, states: Collection[str]) -> bool:
        """Make an offer to somebody who is still in one of these states; false when not."""
        async with self.connection.transaction():
            entry = await entries.read(self.connection, offer.entry_id, lock=True)
            if entry is None or entry.state not in states:
                return False
            if entry.state == "standby":
                await self._end_standing_by(entry, offer)
            await offers.add(self.connection, offer)
            is_reserved = offer.kind == "reserved"
            after = replace(
                entry,
                state="offered" if is_reserved else "standby",
                offers_made=entry.offers_made + is_reserved,
                offer_centre_id=offer.centre_id,
                offer_id=offer.offer_id,
                changed_at=self.now,
            )
            await entries.change(self.connection, after)
        self.opens.append(offer)
        self.made[offer.kind] += 1
        return True

    async def _end_standing_by(self, entry: Entry, better: Offer) -> None:
        """Close the standby offer of somebody who gets a better one: taken, if it led to it."""
        assert entry.offer_centre_id is not None
        assert entry.offer_id is not None
        old = await offers.read(self.connection, entry.offer_centre_id, entry.offer_id, lock=True)
        if old is None or old.state != "open":
            return
        led_to_it = old.wants and old.slot_id == better.slot_id
        over = closed(old, "taken" if led_to_it else "ended", self.now, old.answered_at)
        await offers.change(self.connection, over)
        self.opens[:] = [offer for offer in self.opens if offer.offer_id != old.offer_id]


def _minutes(time: timedelta) -> float:
    return time.total_seconds() / 60
