"""Booking in plain Python, one thing after the other: what the database must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.booking import Place

HOLD = timedelta(minutes=10)
INTERVAL = (21, 49)


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as it was published."""

    product: str
    rank: int
    day: date
    starts_at: datetime
    capacity: int
    phone_kept: int
    open_at: datetime

    @property
    def week(self) -> date:
        """Monday of its week."""
        return self.day - timedelta(days=self.day.weekday())


@dataclass(slots=True)
class Booked:
    """A booking; `shares` are the ranks taken from the telephone's share."""

    places: dict[int, Place]
    department: str
    expires_at: datetime | None
    shares: set[int]
    quota: tuple[int, date, str] | None
    elsewhere: date | None
    tag: str = ""
    state: str = "held"
    flagged: bool = False
    takes: bool = True
    version: int = 1
    was_booked: bool = False


@dataclass(slots=True)
class Model:
    """All slots, quotas and bookings; methods give the slug of the refusal, or None when done."""

    policy: str
    slots: Mapping[Place, Slot]
    quotas: Mapping[tuple[int, date, str], int]
    quotas_open_at: datetime
    now: datetime
    bookings: dict[int, Booked] = field(default_factory=dict)

    def live(self) -> Iterator[Booked]:
        """Bookings that take places."""
        return (b for b in self.bookings.values() if b.state != "cancelled" and b.takes)

    def left(self, place: Place) -> int:
        """Places nobody has taken."""
        taken = sum(place in booking.places.values() for booking in self.live())
        return self.slots[place].capacity - taken

    def free(self, place: Place, channel: str) -> int:
        """Places left for a channel."""
        slot = self.slots[place]
        if channel == "phone" or self.now >= slot.open_at:
            return self.left(place)
        return self.left(place) - self.kept(place)

    def quota_left(self, key: tuple[int, date, str]) -> int:
        """First doses left in a quota."""
        return self.quotas[key] - sum(booking.quota == key for booking in self.live())

    def quota_of(self, place: Place, department: str) -> tuple[int, date, str] | str | None:
        """Quota a first dose would use, None when none binds, or a refusal."""
        slot = self.slots[place]
        week = (place[0], slot.week)
        if self.now >= self.quotas_open_at or week not in {key[:2] for key in self.quotas}:
            return None
        key = (*week, department)
        return key if key in self.quotas else "quota-exhausted"

    def kept(self, place: Place) -> int:
        """Places still kept for the telephone."""
        used = sum(b.places.get(r) == place for b in self.live() for r in b.shares)
        return self.slots[place].phone_kept - used

    def not_whole(self, places: list[Place], elsewhere: date | None) -> str | None:
        """Refuse what is no whole vaccination."""
        slots = [self.slots[place] for place in places]
        if any(slot.starts_at <= self.now for slot in slots):
            return "slot-gone"
        if [slot.rank for slot in slots] != ([2] if elsewhere else [1, 2]):
            return "wrong-doses"
        first = elsewhere or slots[0].day
        fits = INTERVAL[0] <= (slots[-1].day - first).days <= INTERVAL[1]
        return None if fits else "wrong-interval"

    def hold(
        self,
        key: int,
        places: list[Place],
        department: str,
        channel: str,
        elsewhere: date | None = None,
    ) -> str | None:
        """Hold a pair, or a second dose after a first elsewhere."""
        if refusal := self.not_whole(places, elsewhere):
            return refusal
        if any(self.free(place, channel) < 1 for place in places):
            return "slot-full"
        quota = None if elsewhere else self.quota_of(places[0], department)
        if isinstance(quota, str):
            return quota
        if quota is not None and self.quota_left(quota) < 1:
            return "quota-exhausted"
        by_rank = {self.slots[place].rank: place for place in places}
        shares = {rank for rank, place in by_rank.items() if self.takes_share(place, channel)}
        until = self.now + HOLD
        self.bookings[key] = Booked(by_rank, department, until, shares, quota, elsewhere)
        return None

    def takes_share(self, place: Place, channel: str) -> bool:
        """Tell whether a place comes from the telephone's share."""
        return channel == "phone" and self.now < self.slots[place].open_at and self.kept(place) > 0

    def is_over(self, booking: Booked) -> bool:
        """Tell whether a hold's time is over."""
        return booking.expires_at is not None and booking.expires_at <= self.now

    def confirm(self, key: int, tag: str) -> str | None:
        """Confirm for a person."""
        booking = self.bookings[key]
        if booking.was_booked:
            return None if tag == booking.tag else "idempotency-key-reused"
        if booking.state != "held" or self.is_over(booking):
            return "hold-expired"
        same = [b for b in self.live() if b.tag == tag and b.places.keys() & booking.places.keys()]
        if any(not other.flagged for other in same):
            if self.policy == "reject":
                return "already-booked"
            booking.takes = not any(other.flagged for other in same)
            booking.flagged = booking.takes
            if not booking.takes:
                booking.quota, booking.shares = None, set()
        booking.tag, booking.state, booking.expires_at = tag, "booked", None
        booking.was_booked = True
        booking.version += 1
        return None

    def release(self, key: int) -> str | None:
        """End a hold."""
        booking = self.bookings[key]
        if booking.state == "booked":
            return "already-confirmed"
        if booking.state == "held":
            self.end(booking)
        return None

    def expire(self) -> int:
        """End the holds that are over."""
        over = [b for b in self.bookings.values() if b.state == "held" and self.is_over(b)]
        for booking in over:
            self.end(booking)
        return len(over)

    def cancel(self, key: int) -> str | None:
        """Cancel a booking."""
        booking = self.bookings[key]
        if not booking.was_booked:
            return "booking-not-live"
        if booking.state == "booked":
            self.end(booking)
        return None

    def erase(self, key: int) -> str | None:
        """Forget a booking; a hold is released instead."""
        if self.bookings[key].state == "held":
            return "booking-not-live"
        del self.bookings[key]
        return None

    def end(self, booking: Booked) -> None:
        """Free what a booking took."""
        booking.state, booking.expires_at, booking.quota = "cancelled", None, None
        booking.version += 1

    def move(self, key: int, places: list[Place]) -> str | None:
        """Move to other places of the same ranks, by the web, all sealed anew."""
        booking = self.bookings[key]
        if booking.state != "booked":
            return "booking-not-live"
        new = {self.slots[place].rank: place for place in places}
        new = {rank: place for rank, place in new.items() if place != booking.places[rank]}
        if refusal := self.no_move(booking, places, new):
            return refusal
        quota = booking.quota
        if 1 in new:
            quota = self.quota_of(new[1], booking.department)
            if isinstance(quota, str):
                return quota
            keeps = quota is None or self.keeps_quota(booking, quota)
            if quota is not None and not keeps and self.quota_left(quota) < 1:
                return "quota-exhausted"
        booking.quota = quota if booking.takes else None
        booking.places |= new
        booking.shares -= set(new)
        booking.version += 1
        return None

    def no_move(self, booking: Booked, places: list[Place], new: dict[int, Place]) -> str | None:
        """Refuse a move that breaks a rule or finds no room."""
        if any(self.slots[place].starts_at <= self.now for place in new.values()):
            return "slot-gone"
        first = booking.elsewhere or self.slots[places[0]].day
        if not INTERVAL[0] <= (self.slots[places[-1]].day - first).days <= INTERVAL[1]:
            return "wrong-interval"
        return "slot-full" if any(self.free(p, "web") < 1 for p in new.values()) else None

    def keeps_quota(self, booking: Booked, quota: tuple[int, date, str]) -> bool:
        """Tell whether the first dose stays in its quota, or would if the booking took places."""
        centre, slot = booking.places[1][0], self.slots[booking.places[1]]
        stays = (centre, slot.week) == quota[:2]
        return stays and (booking.quota is not None or not booking.takes)
