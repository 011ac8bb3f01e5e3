"""Bookings the staff makes for somebody: by telephone, or at the centre's own desk.

A hold is asked for here, with the token that says who asks; confirming, reading and cancelling it
are the ordinary requests, with the id and the secret of the booking.
"""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.booking import problems
from api.booking.endpoints import BookingId, desk_of
from api.booking.receipts import HoldReceipt, Receipt
from api.booking.requests import Choice, HoldRequest, MoveRequest, NewChoice
from api.booking.slot import Channel
from api.capacity.store import find_centre
from api.context import Context, ContextHere
from api.exchange import answer, body_of, idempotency_key, path_id, secret_hash
from api.openapi import IDEMPOTENCY_KEY, MANAGE_SECRET, operation
from api.problems import (
    KeyReused,
    MalformedRequest,
    MissingIdempotencyKey,
    NotFound,
    TooManyRequests,
    TryAgain,
)
from api.staff.access import BEARER, StaffHere
from api.staff.actor import Actor

router = APIRouter(prefix="/api/staff", tags=["staff"], dependencies=[BEARER])

_PROBLEMS = (
    MalformedRequest, MissingIdempotencyKey, KeyReused, NotFound, TryAgain, TooManyRequests,
    problems.Unavailable, problems.SlotGone, problems.SlotFull, problems.QuotaExhausted,
    problems.WrongDoses, problems.WrongInterval, problems.NotEligible,
)  # fmt: skip


@router.post(
    "/holds",
    **operation(
        status=201,
        takes=HoldRequest,
        gives=HoldReceipt,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET),
        problems=(*_PROBLEMS, problems.HoldExpired),
    ),
)
async def hold(request: Request, context: ContextHere, actor: StaffHere) -> Response:
    """Block slots of the caller's centres, from the share kept for the way they book."""
    key, secret = idempotency_key(request), secret_hash(request)
    wanted = await body_of(request, HoldRequest)
    channel = await _begun(context, actor, "hold", str(key), wanted.doses)
    return answer(await desk_of(request).hold(key, secret, wanted, channel), status=201)


@router.post(
    "/bookings/{booking}/move",
    **operation(
        status=200,
        takes=MoveRequest,
        gives=Receipt,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET),
        problems=(*_PROBLEMS, problems.NotLive, problems.DoseSettled),
    ),
)
async def move(
    request: Request, context: ContextHere, actor: StaffHere, booking: BookingId
) -> Response:
    """Move doses to slots of the caller's centres."""
    key, secret, booking_id = idempotency_key(request), secret_hash(request), path_id(booking)
    wanted = await body_of(request, MoveRequest)
    channel = await _begun(context, actor, "move", str(booking_id), wanted.doses)
    return answer(await desk_of(request).move(booking_id, secret, key, wanted, channel))


async def _begun(
    context: Context, actor: Actor, action: str, subject: str, doses: Iterable[Choice | NewChoice]
) -> Channel:
    """Write in the audit that a booking is asked for, and give the channel it is made through.

    The entry is committed before the booking: one may stand for a booking that was refused, but no
    booking is without its entry.

    Raises
    ------
    NotFound
        When a centre is not there or not the caller's.
    """
    codes = sorted({dose.centre for dose in doses})
    async with context.hot.connection() as connection:
        channels: set[Channel | None] = set()
        for code in codes:
            centre = await find_centre(connection, code)
            channels.add(None if centre is None else actor.channel_at(centre))
        channel = channels.pop()
        if channel is None or channels:
            raise NotFound
        detail: dict[str, object] = {"channel": channel, "centres": codes}
        await actor.record(connection, f"booking.{action}", subject, detail)
    return channel
