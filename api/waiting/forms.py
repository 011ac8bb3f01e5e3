"""What the waiting list takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

import msgspec

from api.booking.requests import Code
from api.waiting.people import EntryState, Kind
from api.waiting.reasons import Reason

MOST_CENTRES = 50
Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class JoinRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wait for a first dose of one of these products at one of these centres."""

    department: Code
    class_: Code = msgspec.field(name="class")
    centres: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=MOST_CENTRES)]
    products: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=20)]


class OfferedSlot(msgspec.Struct, frozen=True):
    """The first dose of an offer."""

    centre: str
    slot: int
    product: str
    starts_at: Instant
    ends_at: Instant


class HeldDose(msgspec.Struct, frozen=True):
    """A dose that an offer holds."""

    dose_rank: int
    centre: str
    product: str
    slot: int
    day: dt.date
    starts_at: Instant
    ends_at: Instant


class OfferNow(msgspec.Struct, frozen=True):
    """The offer somebody has.

    kind
        `reserved`: the doses are held, confirm the booking `booking` before `ends_at`; `standby`:
        nothing is held, say yes and come next if a place is left.
    wanted
        Whether a standby offer was answered yes.
    doses
        What is held; empty for a standby offer.
    """

    offer: UUID
    kind: Kind
    first: OfferedSlot
    ends_at: Instant
    wanted: bool
    booking: UUID | None
    doses: list[HeldDose]


class WaitingStatus(msgspec.Struct, frozen=True):
    """An entry as it stands.

    booking
        The booking an offer became, once it is served.
    reasons
        Why there is no offer that holds a place; empty when there is one.
    poll_after_s
        When to ask again.
    """

    entry: UUID
    state: EntryState
    joined_at: Instant
    offers_made: int
    offer: OfferNow | None
    booking: UUID | None
    reasons: list[Reason]
    poll_after_s: int


class LeftoverRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Doses of opened vials that must be used today, by people who come until `until`."""

    product: Code
    doses: Annotated[int, msgspec.Meta(ge=1, le=200)]
    until: Instant


class Leftovers(msgspec.Struct, frozen=True):
    """Doses that are offered to the waiting list now.

    waiting
        How many wait for this product here.
    second_doses
        Places left for second doses of it in the interval; null where one dose is enough.
    """

    centre: str
    slot: int
    product: str
    doses: int
    until: Instant
    waiting: int
    second_doses: int | None
