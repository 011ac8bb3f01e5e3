"""What callers get: never the sealed identity, never whether a booking is flagged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from api.booking.catalogue import Catalogue
from api.booking.rows import Appointment, Booking, BookingState, DoseState

Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class DoseReceipt(msgspec.Struct, frozen=True):
    """One dose; `day` is the centre's local day, instants are in UTC."""

    dose_rank: int
    centre: str
    slot: int
    product: str
    day: dt.date
    starts_at: Instant
    ends_at: Instant
    state: DoseState
    to_seal_again: bool


class HoldReceipt(msgspec.Struct, frozen=True):
    """What is blocked, and until when."""

    booking: UUID
    state: Literal["held", "booked"]
    expires_at: Instant | None
    doses: list[DoseReceipt]


class Receipt(msgspec.Struct, frozen=True):
    """A booking as it stands; `version` counts its changes."""

    booking: UUID
    state: BookingState
    version: int
    doses: list[DoseReceipt]


def hold_receipt(
    catalogue: Catalogue, booking: Booking, doses: Iterable[Appointment]
) -> HoldReceipt:
    """Receipt of a hold."""
    assert booking.state != "cancelled"
    return HoldReceipt(
        booking.booking_id, booking.state, booking.expires_at, _doses(catalogue, booking, doses)
    )


def receipt(catalogue: Catalogue, booking: Booking, doses: Iterable[Appointment]) -> Receipt:
    """Receipt of a booking."""
    return Receipt(
        booking.booking_id, booking.state, booking.version, _doses(catalogue, booking, doses)
    )


def _doses(
    catalogue: Catalogue, booking: Booking, doses: Iterable[Appointment]
) -> list[DoseReceipt]:
    product = catalogue.product(booking.product_id).code
    return [
        DoseReceipt(
            dose.dose_rank,
            catalogue.centre_code(dose.centre_id),
            dose.slot_id,
            product,
            dose.day,
            dose.starts_at,
            dose.ends_at,
            dose.state,
            dose.to_seal_again,
        )
        for dose in sorted(doses, key=lambda dose: dose.dose_rank)
    ]
