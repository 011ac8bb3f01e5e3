"""The booking requests of docs/booking.md: parse, call the desk, answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.booking import problems
from api.booking.queue import GroupCommit
from api.booking.receipts import HoldReceipt, Receipt
from api.booking.requests import ConfirmRequest, HoldRequest, MoveRequest, SealRequest
from api.booking.service import BookingDesk
from api.exchange import answer, body_of, idempotency_key, path_id, secret_hash, tagged_answer
from api.openapi import IDEMPOTENCY_KEY, IF_NONE_MATCH, MANAGE_SECRET, operation
from api.problems import (
    KeyReused,
    MalformedRequest,
    MissingIdempotencyKey,
    NotFound,
    TooManyRequests,
    TryAgain,
)
from api.queue.gate import GATE, QUEUE_PROOF, QUEUE_TICKET, Admitted

BookingId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]

router = APIRouter(tags=["booking"])

STRUCTS = (HoldRequest, HoldReceipt, ConfirmRequest, MoveRequest, SealRequest, Receipt)
"""Bodies of this room, for the OpenAPI document."""

_ALWAYS = (MalformedRequest, TryAgain, TooManyRequests, problems.Unavailable)
_KEYED = (MissingIdempotencyKey, KeyReused)
_PLACES = (
    problems.SlotGone,
    problems.SlotFull,
    problems.QuotaExhausted,
    problems.WrongDoses,
    problems.WrongInterval,
    problems.NotEligible,
)


@router.post(
    "/api/holds",
    **operation(
        status=201,
        takes=HoldRequest,
        gives=HoldReceipt,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET, QUEUE_TICKET, QUEUE_PROOF),
        problems=(*_ALWAYS, *_KEYED, *_PLACES, *GATE, problems.HoldExpired),
    ),
)
async def hold(request: Request, _admitted: Admitted) -> Response:
    """Block the slots of a whole vaccination while the caller fills in the rest."""
    key, secret = idempotency_key(request), secret_hash(request)
    desk = desk_of(request)
    held = await desk.hold(key, secret, await body_of(request, HoldRequest))
    return answer(held, status=201, headers=_limits("holds", desk.holds))


@router.delete(
    "/api/holds/{booking}",
    **operation(
        status=204,
        parameters=(MANAGE_SECRET,),
        problems=(*_ALWAYS, NotFound, problems.AlreadyConfirmed),
    ),
)
async def release(request: Request, booking: BookingId) -> Response:
    """End a hold; ending it again changes nothing."""
    await desk_of(request).release(path_id(booking), secret_hash(request))
    return Response(status_code=204)


@router.post(
    "/api/bookings",
    **operation(
        status=201,
        takes=ConfirmRequest,
        gives=Receipt,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET),
        problems=(
            *_ALWAYS,
            *_KEYED,
            NotFound,
            problems.AlreadyBooked,
            problems.WrongDoses,
            problems.HoldExpired,
        ),
    ),
)
async def confirm(request: Request) -> Response:
    """Book what is held under this key, for one person."""
    key, secret = idempotency_key(request), secret_hash(request)
    desk = desk_of(request)
    receipt = await desk.confirm(key, secret, await body_of(request, ConfirmRequest))
    return answer(receipt, status=201, headers=_limits("bookings", desk.confirmations))


@router.get(
    "/api/bookings/{booking}",
    **operation(
        status=200,
        gives=Receipt,
        parameters=(MANAGE_SECRET, IF_NONE_MATCH),
        problems=(*_ALWAYS, NotFound),
        others={304: "the caller has it already"},
    ),
)
async def fetch(request: Request, booking: BookingId) -> Response:
    """Read a booking."""
    secret = secret_hash(request)
    return tagged_answer(request, await desk_of(request).fetch(path_id(booking), secret))


@router.post(
    "/api/bookings/{booking}/move",
    **operation(
        status=200,
        takes=MoveRequest,
        gives=Receipt,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET),
        problems=(
            *_ALWAYS,
            *_KEYED,
            *_PLACES,
            NotFound,
            problems.NotLive,
            problems.DoseSettled,
        ),
    ),
)
async def move(request: Request, booking: BookingId) -> Response:
    """Move doses to other slots, all or none."""
    key, secret = idempotency_key(request), secret_hash(request)
    wanted = await body_of(request, MoveRequest)
    receipt = await desk_of(request).move(path_id(booking), secret, key, wanted)
    return answer(receipt)


@router.post(
    "/api/bookings/{booking}/cancel",
    **operation(
        status=200,
        gives=Receipt,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET),
        problems=(*_ALWAYS, *_KEYED, NotFound, problems.NotLive),
    ),
)
async def cancel(request: Request, booking: BookingId) -> Response:
    """Cancel the doses that are still to come."""
    key, secret = idempotency_key(request), secret_hash(request)
    return answer(await desk_of(request).cancel(path_id(booking), secret, key))


@router.put(
    "/api/bookings/{booking}/seals",
    **operation(
        status=200,
        takes=SealRequest,
        gives=Receipt,
        parameters=(MANAGE_SECRET,),
        problems=(*_ALWAYS, NotFound, problems.NotLive),
    ),
)
async def seal_again(request: Request, booking: BookingId) -> Response:
    """Seal doses anew that are marked `to_seal_again`; others stay as they are."""
    secret = secret_hash(request)
    wanted = await body_of(request, SealRequest)
    return answer(await desk_of(request).seal_again(path_id(booking), secret, wanted))


@router.delete(
    "/api/bookings/{booking}",
    **operation(
        status=204,
        parameters=(MANAGE_SECRET,),
        problems=(*_ALWAYS, NotFound, problems.NotLive),
    ),
)
async def erase(request: Request, booking: BookingId) -> Response:
    """Cancel what is still to come, and forget the booking: nothing of it is left."""
    await desk_of(request).erase(path_id(booking), secret_hash(request))
    return Response(status_code=204)


def desk_of(request: Request) -> BookingDesk:
    """Give the desk of the worker that has the request."""
    desk = request.app.state.booking
    assert isinstance(desk, BookingDesk)
    return desk


def _limits(name: str, group: GroupCommit) -> dict[str, str]:
    """RateLimit headers: what the worker takes at once, and how much more just now; advice only."""
    return {
        "RateLimit-Policy": f'"{name}";q={group.limit};qu="concurrent-requests"',
        "RateLimit": f'"{name}";r={max(0, group.places_left)}',
    }
