"""What the staff reads and does over HTTP: the centre's day, and the audit."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from api.booking.endpoints import BookingId
from api.booking.problems import AlreadyBooked, Unavailable
from api.capacity.store import Centre, find_centre
from api.context import ContextHere
from api.exchange import answer, body_of, path_id
from api.openapi import Fragment, operation
from api.problems import MalformedRequest, NotFound, TryAgain
from api.staff.access import BEARER, StaffHere
from api.staff.day import DayList, DaySlots, day_list, day_slots
from api.staff.doses import Mark, MarkedDose, Marking, TooEarly, WrongDoseState
from api.staff.reading import AuditPage, Me, read_page

CentreCode = Annotated[str, Path()]
Day = Annotated[str, Path(json_schema_extra={"format": "date"})]
DoseRank = Annotated[str, Path(json_schema_extra={"enum": ["1", "2"]})]

router = APIRouter(tags=["staff"], dependencies=[BEARER])

STRUCTS = (Me, AuditPage, DayList, DaySlots, Mark, MarkedDose)
"""Bodies of this room, for the OpenAPI document."""

AFTER: Fragment = {
    "name": "after", "in": "query", "required": False,
    "schema": {"type": "integer", "minimum": 0, "default": 0},
}  # fmt: skip
_ALWAYS = (NotFound, Unavailable)


@router.get("/api/staff/me", **operation(status=200, gives=Me, problems=_ALWAYS))
async def me(actor: StaffHere) -> Response:
    """Tell the caller their role, their scope, and when their access ends."""
    return answer(Me(actor.grant.role, actor.grant.scope, actor.ends_at))


@router.get(
    "/api/audit",
    **operation(
        status=200, gives=AuditPage, parameters=(AFTER,), problems=(*_ALWAYS, MalformedRequest)
    ),
)
async def audit(request: Request, context: ContextHere, actor: StaffHere) -> Response:
    """Read what the staff did, for auditors."""
    if not actor.reads_audit:
        raise NotFound
    after = request.query_params.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise MalformedRequest("after: a number of an entry")
    async with context.hot.connection() as connection:
        return answer(await read_page(connection, int(after)))


@router.get(
    "/api/centres/{centre}/days/{day}",
    **operation(status=200, gives=DayList, problems=_ALWAYS),
)
async def read_day(
    context: ContextHere, actor: StaffHere, centre: CentreCode, day: Day
) -> Response:
    """Read who comes on a day, sealed, for the centre's own staff; reading is in the audit."""
    wanted = path_day(day)
    async with context.hot.connection() as connection:
        place = await centre_of(connection, centre)
        if not actor.works_at(place):
            raise NotFound
        await actor.record(connection, "day.read", f"{place.code} {wanted}", {})
        return answer(await day_list(connection, place, wanted))


@router.get(
    "/api/centres/{centre}/days/{day}/slots",
    **operation(status=200, gives=DaySlots, problems=_ALWAYS),
)
async def read_slots(
    context: ContextHere, actor: StaffHere, centre: CentreCode, day: Day
) -> Response:
    """Read what the caller may still book on a day: by telephone, or at the centre's desk."""
    wanted = path_day(day)
    async with context.hot.connection() as connection:
        place = await centre_of(connection, centre)
        channel = actor.channel_at(place)
        if channel is None:
            raise NotFound
        return answer(await day_slots(connection, place, wanted, channel, context.clock()))


@router.put(
    "/api/centres/{centre}/doses/{booking}/{dose_rank}",
    **operation(
        status=200,
        takes=Mark,
        gives=MarkedDose,
        problems=(
            *_ALWAYS, MalformedRequest, TryAgain, WrongDoseState, TooEarly, AlreadyBooked,
        ),
    ),
)  # fmt: skip
async def mark(
    request: Request, context: ContextHere, actor: StaffHere, centre: CentreCode,
    booking: BookingId, dose_rank: DoseRank,
) -> Response:  # fmt: skip
    """Say that somebody arrived, was vaccinated, or did not come; the lot is in the sealed part."""
    wanted, booking_id = await body_of(request, Mark), path_id(booking)
    async with context.hot.connection() as connection:
        place = await centre_of(connection, centre)
        if not actor.works_at(place) or dose_rank not in {"1", "2"}:
            raise NotFound
        marking = Marking(
            connection, actor, place, booking_id, int(dose_rank), wanted.state, context.clock()
        )
        return answer(await marking.carry_out())


async def centre_of(connection: AsyncConnection, code: str) -> Centre:
    """Find the centre of an address.

    Raises
    ------
    NotFound
        When the campaign has no such centre.
    """
    centre = await find_centre(connection, code)
    if centre is None:
        raise NotFound
    return centre


def path_day(text: str) -> date:
    """Read the day of an address.

    Raises
    ------
    NotFound
        When it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
