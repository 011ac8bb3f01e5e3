"""From what was sent to what is wanted: codes become ids, requests and secrets digests."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import msgspec

from api.booking.catalogue import Catalogue
from api.booking.orders import (
    ChangeOrder,
    ConfirmOrder,
    HoldOrder,
    MoveOrder,
    Place,
    Seal,
    SealOrder,
)
from api.booking.problems import SlotGone
from api.booking.requests import (
    Choice,
    ConfirmRequest,
    HoldRequest,
    MoveRequest,
    NewChoice,
    Sealing,
    SealRequest,
)
from api.booking.rules import FirstElsewhere
from api.booking.slot import Channel
from api.problems import MalformedRequest


def hold_order(
    catalogue: Catalogue, key: UUID, secret_hash: bytes, request: HoldRequest, channel: Channel
) -> HoldOrder:
    """Understand a hold.

    Raises
    ------
    MalformedRequest
        When the campaign has no such département, class or product.
    SlotGone
        When it has no such centre.
    """
    if request.department not in catalogue.departments:
        raise MalformedRequest("department: this campaign has none with this code")
    if request.class_ not in catalogue.class_ids:
        raise MalformedRequest("class: this campaign has none with this code")
    first = request.first_elsewhere
    if first is not None and first.product not in catalogue.product_ids:
        raise MalformedRequest("first_elsewhere.product: this campaign has none with this code")
    return HoldOrder(
        key,
        secret_hash,
        _print("hold", channel, secret_hash, request),
        channel,
        request.department,
        catalogue.class_ids[request.class_],
        _places(catalogue, request.doses),
        FirstElsewhere(catalogue.product_ids[first.product], first.on) if first else None,
    )


def confirm_order(key: UUID, secret_hash: bytes, request: ConfirmRequest) -> ConfirmOrder:
    """Understand a confirmation.

    Raises
    ------
    MalformedRequest
        When a rank comes twice, or something is not base64url.
    """
    seals = _seals(request.doses)
    tag = decoded("tag", request.tag)
    return ConfirmOrder(key, secret_hash, _print("confirm", "", secret_hash, request), tag, seals)


def seal_order(booking_id: UUID, secret_hash: bytes, request: SealRequest) -> SealOrder:
    """Understand what was sealed anew; refused as a confirmation is."""
    return SealOrder(booking_id, secret_hash, _seals(request.doses))


def cancel_order(booking_id: UUID, secret_hash: bytes, key: UUID) -> ChangeOrder:
    """Understand a cancellation."""
    return ChangeOrder(booking_id, secret_hash, key, _print("cancel", "", booking_id.bytes, None))


def move_order(
    catalogue: Catalogue,
    booking_id: UUID,
    secret_hash: bytes,
    key: UUID,
    request: MoveRequest,
    channel: Channel,
) -> MoveOrder:
    """Understand a move.

    Raises
    ------
    SlotGone
        When the campaign has no such centre.
    MalformedRequest
        When a key comes without something sealed to it, or the other way.
    """
    return MoveOrder(
        booking_id,
        secret_hash,
        key,
        _print("move", channel, booking_id.bytes, request),
        channel,
        _places(catalogue, request.doses),
        tuple(_seal(dose) for dose in request.doses),
    )


def decoded(name: str, text: str) -> bytes:
    """Read base64url, with or without padding.

    Raises
    ------
    MalformedRequest
        When it is something else; `name` tells what.
    """
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise MalformedRequest(f"{name}: not base64url") from None


def _places(catalogue: Catalogue, choices: Sequence[Choice | NewChoice]) -> tuple[Place, ...]:
    places = []
    for nth, choice in enumerate(choices, 1):
        if choice.centre not in catalogue.centre_ids:
            raise SlotGone(f"dose {nth}")
        places.append((catalogue.centre_ids[choice.centre], choice.slot))
    return tuple(places)


def _seals(doses: Sequence[Sealing]) -> dict[int, Seal]:
    seals = {dose.dose_rank: Seal(dose.key_id, decoded("sealed", dose.sealed)) for dose in doses}
    if len(seals) != len(doses):
        raise MalformedRequest("doses: one for each rank")
    return seals


def _seal(dose: NewChoice) -> Seal | None:
    if dose.key_id is None and dose.sealed is None:
        return None
    if dose.key_id is None or dose.sealed is None:
        raise MalformedRequest("doses: key_id and sealed belong together")
    return Seal(dose.key_id, decoded("sealed", dose.sealed))


def _print(route: str, channel: str, whose: bytes, request: msgspec.Struct | None) -> bytes:
    """Digest a request: another content, channel or secret has another digest."""
    return sha256(
        b"\0".join((route.encode(), channel.encode(), whose, msgspec.json.encode(request)))
    ).digest()
