"""What callers want, understood: codes turned into ids, secrets and requests into digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from api.booking.rules import FirstElsewhere
from api.booking.slot import Channel

Place = tuple[int, int]
"""Centre and slot."""


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """Block the slots, in the order of their ranks; `print` is the digest of the request.

    hold_for
        How long; None for as long as everybody.
    """

    booking_id: UUID
    secret_hash: bytes
    print: bytes
    channel: Channel
    department: str
    class_id: int
    places: tuple[Place, ...]
    first_elsewhere: FirstElsewhere | None
    hold_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """An identity sealed to the key of a centre."""

    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ConfirmOrder:
    """Book what is held, with the sealed identity of each dose by rank."""

    booking_id: UUID
    secret_hash: bytes
    print: bytes
    tag: bytes
    seals: dict[int, Seal]


@dataclass(frozen=True, slots=True)
class SealOrder:
    """Seal doses anew, by rank, to the keys of the centres they are at now."""

    booking_id: UUID
    secret_hash: bytes
    seals: dict[int, Seal]


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Do something with a booking once; `key` is this request's own."""

    booking_id: UUID
    secret_hash: bytes
    key: UUID
    print: bytes


@dataclass(frozen=True, slots=True)
class MoveOrder(ChangeOrder):
    """Move the doses to these places, in the order of their ranks."""

    channel: Channel
    places: tuple[Place, ...]
    seals: tuple[Seal | None, ...]
