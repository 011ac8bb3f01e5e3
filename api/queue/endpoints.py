"""Taking a ticket."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.exchange import answer
from api.openapi import operation
from api.problems import Unavailable
from api.queue import problems
from api.queue.gate import clerk_of

router = APIRouter(tags=["queue"])


class TicketGiven(msgspec.Struct, frozen=True):
    """A ticket, and what its holder's page needs to find its place and its proof of work."""

    ticket: str
    id: str
    arrived_us: int
    early: bool
    difficulty: int


STRUCTS = (TicketGiven,)
"""Bodies of this room, for the OpenAPI document."""


@router.post(
    "/api/queue/tickets",
    **operation(
        status=201, gives=TicketGiven, problems=(problems.WaitingRoomOpen, Unavailable)
    ),
)  # fmt: skip
async def take(request: Request) -> Response:
    """Take a ticket: a place in the waiting room, whether it is open or not yet."""
    ticket, signed = await clerk_of(request).ticket()
    given = TicketGiven(signed, ticket.ticket_id.hex(), ticket.arrived_us, ticket.early,
                        ticket.difficulty)  # fmt: skip
    return answer(given, status=201)
