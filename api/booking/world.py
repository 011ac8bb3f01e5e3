"""What a transaction has found and locked, and what it is going to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from api.booking.catalogue import Catalogue
from api.booking.quota import Quota, QuotaKey
from api.booking.rows import Appointment, Booking, GuardKey
from api.booking.slot import Slot

DuplicatePolicy = Literal["reject", "neutral"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What decisions depend on beside the rows.

    catalogue
        The reference tables.
    policy
        What becomes of a second booking of one person.
    hold_for
        How long a hold blocks its slots.
    """

    catalogue: Catalogue
    policy: DuplicatePolicy
    hold_for: timedelta


class StoredAnswer(NamedTuple):
    """The answer a key was given on a route, to give again."""

    key: UUID
    route: str
    print: bytes
    status: int
    answer: str


class SealedDose(NamedTuple):
    """A dose that is confirmed with its sealed identity."""

    centre_id: int
    booking_id: UUID
    dose_rank: int
    key_id: str
    sealed: bytes
    takes_capacity: bool


@dataclass(slots=True)
class Changes:
    """Rows to write; slots and quotas are written from their counts."""

    new_bookings: list[Booking] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    gone_bookings: list[Booking] = field(default_factory=list)
    new_appointments: list[Appointment] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    gone_appointments: list[Appointment] = field(default_factory=list)
    sealed: list[SealedDose] = field(default_factory=list)
    gone_guards: dict[GuardKey, UUID] = field(default_factory=dict)
    gone_homes: set[UUID] = field(default_factory=set)
    answers: list[StoredAnswer] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """One transaction's view; a row that was looked for and is not there is None.

    begun
        Whether the transaction has begun.
    made_guards, made_homes
        Rows this transaction made: those of a refused operation go again.
    """

    now: datetime
    setting: Setting
    begun: bool = False
    homes: dict[UUID, int | None] = field(default_factory=dict)
    made_homes: set[UUID] = field(default_factory=set)
    guards: dict[GuardKey, UUID] = field(default_factory=dict)
    made_guards: dict[GuardKey, UUID] = field(default_factory=dict)
    bookings: dict[UUID, Booking | None] = field(default_factory=dict)
    appointments: dict[UUID, dict[int, Appointment]] = field(default_factory=dict)
    slots: dict[tuple[int, int], Slot] = field(default_factory=dict)
    found_slots: dict[tuple[int, int], tuple[int, int, int]] = field(default_factory=dict)
    quotas: dict[QuotaKey, Quota] = field(default_factory=dict)
    found_quotas: dict[QuotaKey, int] = field(default_factory=dict)
    answers: dict[tuple[UUID, str], StoredAnswer] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)

    def find_slot(self, slot: Slot) -> None:
        """Take note of a locked slot."""
        key = (slot.centre_id, slot.slot_id)
        self.slots[key] = slot
        self.found_slots[key] = slot.counts

    def find_quota(self, quota: Quota) -> None:
        """Take note of a locked quota."""
        self.quotas[quota.key] = quota
        self.found_quotas[quota.key] = quota.taken

    def doses(self, booking: Booking) -> list[Appointment]:
        """Doses of a booking, by rank."""
        found = self.appointments.get(booking.booking_id, {})
        return [found[rank] for rank in sorted(found)]

    def owns(self, guards: Mapping[GuardKey, UUID]) -> bool:
        """Tell whether every guard is of the booking it is asked for."""
        return all(self.guards.get(key) == owner for key, owner in guards.items())

    def undo(self, booking_id: UUID) -> None:
        """Let go what was made for an operation that is refused."""
        self.drop_guards(booking_id)
        if booking_id in self.made_homes:
            self.changes.gone_homes.add(booking_id)

    def drop_guards(self, booking_id: UUID) -> None:
        """Let go the guards this transaction made for a booking."""
        mine = [key for key, owner in self.made_guards.items() if owner == booking_id]
        for key in mine:
            self.changes.gone_guards[key] = self.made_guards.pop(key)

    def changed_slots(self) -> Iterator[tuple[tuple[int, int], tuple[int, int, int]]]:
        """Slots whose counts changed, with the differences."""
        for key, found in self.found_slots.items():
            counts = self.slots[key].counts
            if counts != found:
                taken, phone, standby = (b - a for a, b in zip(found, counts, strict=True))
                yield key, (taken, phone, standby)

    def changed_quotas(self) -> Iterator[tuple[QuotaKey, int]]:
        """Quotas whose count changed, with the difference."""
        for key, found in self.found_quotas.items():
            if difference := self.quotas[key].taken - found:
                yield key, difference
