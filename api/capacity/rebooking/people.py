"""Bookings that lose a dose's slot, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of a booking, where it stands; `starts_at` in seconds of UTC."""

    dose_rank: int
    centre_id: int
    slot_id: int
    day: date
    starts_at: int
    state: str
    share: str | None

    @property
    def takes_a_place(self) -> bool:
        """Whether its slot counts it; `fixed` ones were given, or somebody stands at the desk."""
        return self.state != "displaced"

    @property
    def is_fixed(self) -> bool:
        """Whether it can no longer be moved."""
        return self.state not in {"held", "booked", "displaced"}


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it was read; `version` tells whether somebody changed it since."""

    booking_id: UUID
    home_centre_id: int
    version: int
    state: str
    product_id: int
    department: str
    class_id: int
    quota_week: date | None
    first_elsewhere_on: date | None
    created_at: datetime
    doses: tuple[Dose, ...]

    def dose(self, dose_rank: int) -> Dose | None:
        """Return the dose of a rank, if the booking has it."""
        return next((d for d in self.doses if d.dose_rank == dose_rank), None)


@dataclass(frozen=True, slots=True)
class Loss:
    """A booking and the ranks that lose their slot."""

    booking: Booking
    ranks: frozenset[int]


@dataclass(frozen=True, slots=True)
class Place:
    """A free place in a slot; instants in seconds of UTC."""

    centre_id: int
    slot_id: int
    day: date
    starts_at: int
    ends_at: int


class Outcome(StrEnum):
    """What became of a booking."""

    MOVED = "moved"
    DISPLACED = "displaced"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a booking.

    places
        New places by rank, of the doses that get one.
    freed
        Ranks that give up their slot: those with a new place, and those left without one.
    """

    booking: Booking
    outcome: Outcome
    places: dict[int, Place]
    freed: frozenset[int]
