"""What callers send, as they send it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
"""A code of the campaign: of a centre, département, class or product."""
SlotNumber = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Tag = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}$", description="32 bytes, base64url")]
"""Who, in a form nobody can read: 32 opaque bytes."""
KeyId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.:-]{1,64}$")]
Sealed = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9_-]*$",
        min_length=1,
        max_length=8192,
        description="the identity sealed to the centre's key, base64url without padding",
    ),
]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slot of a centre."""

    centre: Code
    slot: SlotNumber


class FirstDose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A first dose somebody had without us: what, and on which day."""

    product: Code
    on: dt.date


class HoldRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Block these slots for ten minutes, for somebody of this département and class."""

    department: Code
    class_: Code = msgspec.field(name="class")
    doses: Annotated[list[Choice], msgspec.Meta(min_length=1, max_length=2)]
    first_elsewhere: FirstDose | None = None


class Sealing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The identity for one dose, sealed to the key of its centre."""

    dose_rank: Annotated[int, msgspec.Meta(ge=1, le=2)]
    key_id: KeyId
    sealed: Sealed


class ConfirmRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Book what is held, for one person."""

    tag: Tag
    doses: Annotated[list[Sealing], msgspec.Meta(min_length=1, max_length=2)]


class SealRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Identities sealed anew, for doses whose centre is another now."""

    doses: Annotated[list[Sealing], msgspec.Meta(min_length=1, max_length=2)]


class NewChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slot a dose keeps or moves to; sealed anew where the centre is another."""

    centre: Code
    slot: SlotNumber
    key_id: KeyId | None = None
    sealed: Sealed | None = None


class MoveRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All doses of a booking, those that stay with the slot they have."""

    doses: Annotated[list[NewChoice], msgspec.Meta(min_length=1, max_length=2)]
