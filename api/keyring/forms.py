"""What callers send and get; keys themselves travel as documents of the protocol."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

import msgspec

from api.booking.requests import KeyId, Sealed

Instant = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class KeyEntry(msgspec.Struct, frozen=True):
    """A key of the centre.

    signed
        Document `creneau-signed-key/1`; null until the authority signed it.
    key_file
        Document `creneau-key/1`; null where it never was here, or was destroyed.
    version
        Of the key file, to be named in `If-Match`; 0 before the first.
    """

    key_id: str
    signed: msgspec.Raw | None
    key_file: msgspec.Raw | None
    version: int
    destroyed_at: Instant | None


class Keys(msgspec.Struct, frozen=True):
    """Keys of a centre, the newest first."""

    keys: list[KeyEntry]


class KeyVersion(msgspec.Struct, frozen=True):
    """A key, and the version of its file."""

    key_id: str
    version: int


class DoseToSeal(msgspec.Struct, frozen=True):
    """A dose that is sealed to a key of this centre, and is at another centre now."""

    booking: UUID
    dose_rank: int
    tag: str | None
    key_id: str
    sealed: str
    centre: str


class ToSealAgain(msgspec.Struct, frozen=True):
    """Doses that wait to be sealed to the key of the centre they are at now, by day."""

    doses: list[DoseToSeal]


class NewSeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identity, sealed to the key of the centre its dose is at now."""

    key_id: KeyId
    sealed: Sealed
