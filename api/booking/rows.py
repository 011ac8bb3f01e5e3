"""A booking and its doses, as their rows say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from api.booking.quota import QuotaKey
from api.booking.slot import Channel, Share

BookingState: TypeAlias = Literal["held", "booked", "cancelled"]
DoseState: TypeAlias = Literal[
    "held", "booked", "displaced", "arrived", "fulfilled", "noshow", "cancelled"
]
"""`displaced` lost its slot to a supply cut and waits for another."""


class GuardKey(NamedTuple):
    """A row of `person_guard`, in the order they are locked in."""

    tag: bytes
    dose_rank: int
    flagged: bool


@dataclass(frozen=True, slots=True)
class Booking:
    """A row of `booking`: what is booked, where its doses are, and its state."""

    centre_id: int
    booking_id: UUID
    state: BookingState
    channel: Channel
    product_id: int
    department: str
    class_id: int
    quota_week: date | None
    first_elsewhere_on: date | None
    first_centre_id: int | None
    first_slot_id: int | None
    second_centre_id: int | None
    second_slot_id: int | None
    created_at: datetime
    expires_at: datetime | None
    changed_at: datetime
    secret_hash: bytes
    hold_print: bytes
    confirm_print: bytes | None
    tag: bytes | None
    flagged: bool
    takes_capacity: bool
    version: int

    @property
    def doses(self) -> dict[int, tuple[int, int]]:
        """Centre and slot of each dose, by rank."""
        places = {
            1: (self.first_centre_id, self.first_slot_id),
            2: (self.second_centre_id, self.second_slot_id),
        }
        return {
            rank: (centre, slot)
            for rank, (centre, slot) in places.items()
            if centre is not None and slot is not None
        }

    @property
    def appointments(self) -> set[tuple[int, UUID]]:
        """Where its doses' rows lie: centre and booking."""
        return {(centre, self.booking_id) for centre, _ in self.doses.values()}

    def is_over(self, now: datetime) -> bool:
        """Tell whether it is a hold whose time is over."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def quota_key(self) -> QuotaKey | None:
        """The quota this booking uses."""
        if self.quota_week is None or self.first_centre_id is None:
            return None
        return QuotaKey(
            self.first_centre_id, self.product_id, self.quota_week, self.department, self.class_id
        )


@dataclass(frozen=True, slots=True)
class Appointment:
    """A row of `appointment`, one dose, without the sealed identity.

    `sealed` and `key_id` are only there on their way in.
    """

    centre_id: int
    booking_id: UUID
    dose_rank: int
    slot_id: int
    home_centre_id: int
    state: DoseState
    day: date
    starts_at: datetime
    ends_at: datetime
    to_seal_again: bool
    takes_capacity: bool
    share: Share | None
    key_id: str | None = None
    sealed: bytes | None = None
