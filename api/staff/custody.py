"""What a centre does with somebody's booking: cancel it, or make a new receipt for a lost one.

Who stands before the desk is for the centre to check, in its page, against what it unsealed.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.booking.endpoints import BookingId, desk_of
from api.booking.problems import NotLive
from api.booking.receipts import Receipt
from api.capacity.retry import in_transaction
from api.context import ContextHere
from api.exchange import answer, body_of, path_id
from api.openapi import operation
from api.problems import MalformedRequest, NotFound, TooManyRequests, TryAgain, Unavailable
from api.staff.access import BEARER, StaffHere
from api.staff.endpoints import CentreCode, centre_of
from api.staff.store import custody as store

router = APIRouter(
    prefix="/api/centres/{centre}/bookings/{booking}", tags=["staff"], dependencies=[BEARER]
)
_ALWAYS = (NotFound, Unavailable, TryAgain)


class NewSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """SHA-256 of the new secret, which the centre's page made and prints."""

    secret_hash: Annotated[
        str,
        msgspec.Meta(pattern="^[A-Za-z0-9_-]{43}$", description="32 bytes, base64url"),
    ]


STRUCTS = (NewSecret,)
"""Bodies of this module, for the OpenAPI document."""


@router.post(
    "/cancel",
    **operation(status=200, gives=Receipt, problems=(*_ALWAYS, TooManyRequests, NotLive)),
)
async def cancel(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode,
    booking: BookingId,
) -> Response:  # fmt: skip
    """Cancel the doses of a booking that are still to come; again, it changes nothing.

    The entry of the audit is committed before: one may stand for what was refused, but nothing is
    cancelled without its entry.
    """
    booking_id = path_id(booking)
    async with context.hot.connection() as connection:
        place = await centre_of(connection, centre)
        if not actor.works_at(place):
            raise NotFound
        await actor.record(connection, "booking.cancel", f"{place.code} {booking_id}", {})
    return answer(await desk_of(request).cancel_here(booking_id, place.centre_id))


@router.post(
    "/secret",
    **operation(status=204, takes=NewSecret, problems=(*_ALWAYS, MalformedRequest, NotLive)),
)
async def renew_secret(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode,
    booking: BookingId,
) -> Response:  # fmt: skip
    """Give a booking another secret, for a receipt that was lost; the old one opens nothing."""
    booking_id, wanted = path_id(booking), await body_of(request, NewSecret)
    secret_hash = urlsafe_b64decode(wanted.secret_hash + "=")
    async with context.hot.connection() as connection:
        place = await centre_of(connection, centre)
        if not actor.works_at(place):
            raise NotFound

        async def renew() -> None:
            home = await store.home_of(connection, place.centre_id, booking_id)
            if home is None:
                raise NotFound
            now = context.clock()
            if not await store.write_secret(connection, home, booking_id, secret_hash, now):
                raise NotLive
            await actor.record(connection, "booking.secret", f"{place.code} {booking_id}", {})

        await in_transaction(connection, renew)
    return Response(status_code=204)
