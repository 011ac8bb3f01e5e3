"""The requests of docs/waiting-list.md: parse, call the list, answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.booking.problems import AlreadyConfirmed, Unavailable
from api.context import ContextHere
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
from api.staff.access import BEARER, StaffHere
from api.staff.endpoints import CentreCode, centre_of
from api.waiting.forms import JoinRequest, LeftoverRequest, Leftovers, WaitingStatus
from api.waiting.leftovers import Posting
from api.waiting.problems import OfferOver, TooLate
from api.waiting.service import WaitingList

EntryId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]
OfferId = Annotated[str, Path(json_schema_extra={"format": "uuid"})]

router = APIRouter(tags=["waiting list"])
staff_router = APIRouter(tags=["staff"], dependencies=[BEARER])

STRUCTS = (JoinRequest, WaitingStatus, LeftoverRequest, Leftovers)
"""Bodies of this room, for the OpenAPI document."""

_ALWAYS = (MalformedRequest, TryAgain, TooManyRequests, Unavailable)


@router.post(
    "/api/waiting",
    **operation(
        status=201,
        takes=JoinRequest,
        gives=WaitingStatus,
        parameters=(IDEMPOTENCY_KEY, MANAGE_SECRET),
        problems=(*_ALWAYS, MissingIdempotencyKey, KeyReused),
    ),
)
async def join(request: Request) -> Response:
    """Join the list, under an id and a secret the caller makes."""
    key, secret = idempotency_key(request), secret_hash(request)
    status = await list_of(request).join(key, secret, await body_of(request, JoinRequest))
    return answer(status, status=201)


@router.get(
    "/api/waiting/{entry}",
    **operation(
        status=200,
        gives=WaitingStatus,
        parameters=(MANAGE_SECRET, IF_NONE_MATCH),
        problems=(*_ALWAYS, NotFound),
        others={304: "the caller has it already"},
    ),
)
async def status(request: Request, entry: EntryId) -> Response:
    """Tell how an entry stands: its offer, or why there is none."""
    secret = secret_hash(request)
    return tagged_answer(request, await list_of(request).status(path_id(entry), secret))


@router.delete(
    "/api/waiting/{entry}",
    **operation(
        status=204,
        parameters=(MANAGE_SECRET,),
        problems=(*_ALWAYS, NotFound, AlreadyConfirmed),
    ),
)
async def leave(request: Request, entry: EntryId) -> Response:
    """Leave the list; leaving again changes nothing."""
    await list_of(request).leave(path_id(entry), secret_hash(request))
    return Response(status_code=204)


@router.post(
    "/api/waiting/{entry}/offers/{offer}/claim",
    **operation(
        status=200,
        gives=WaitingStatus,
        parameters=(MANAGE_SECRET,),
        problems=(*_ALWAYS, NotFound, OfferOver),
    ),
)
async def claim(request: Request, entry: EntryId, offer: OfferId) -> Response:
    """Say yes to a standby offer; a reserved one is taken by confirming its booking."""
    secret = secret_hash(request)
    return answer(await list_of(request).claim(path_id(entry), path_id(offer), secret))


@router.post(
    "/api/waiting/{entry}/offers/{offer}/refuse",
    **operation(
        status=200,
        gives=WaitingStatus,
        parameters=(MANAGE_SECRET,),
        problems=(*_ALWAYS, NotFound, OfferOver, AlreadyConfirmed),
    ),
)
async def refuse(request: Request, entry: EntryId, offer: OfferId) -> Response:
    """Say no to an offer and go on waiting."""
    secret = secret_hash(request)
    return answer(await list_of(request).refuse(path_id(entry), path_id(offer), secret))


@staff_router.post(
    "/api/centres/{centre}/leftovers",
    **operation(
        status=201,
        takes=LeftoverRequest,
        gives=Leftovers,
        parameters=(IDEMPOTENCY_KEY,),
        problems=(
            MalformedRequest,
            MissingIdempotencyKey,
            KeyReused,
            NotFound,
            TryAgain,
            Unavailable,
            TooLate,
        ),
    ),
)
async def post_leftovers(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode
) -> Response:
    """Offer the doses of opened vials to the waiting list, for the rest of the day."""
    key, wanted = idempotency_key(request), await body_of(request, LeftoverRequest)
    catalogue = await list_of(request).catalogue()
    async with context.hot.connection() as connection:
        place = await centre_of(connection, centre)
        if not actor.works_at(place):
            raise NotFound
        posting = Posting(connection, actor, catalogue, place, key, wanted, context.clock())
        return answer(await posting.carry_out(), status=201)


def list_of(request: Request) -> WaitingList:
    """Give the waiting list of the worker that has the request."""
    waiting = request.app.state.waiting
    assert isinstance(waiting, WaitingList)
    return waiting
