"""The gate in front of what is scarce: while the waiting room is open, a ticket opens it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.openapi import Fragment
from api.queue import problems
from api.queue.clerk import Clerk

QUEUE_TICKET: Fragment = {
    "name": "Queue-Ticket", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "while the waiting room is open",
}  # fmt: skip
QUEUE_PROOF: Fragment = {
    "name": "Queue-Proof", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "proof of work of the ticket: a number",
}  # fmt: skip
GATE = (problems.WaitingRoomOpen, problems.NotYourTurn, problems.WrongProof, problems.TicketSpent)
"""What the gate answers."""


async def gate(request: Request) -> None:
    """Let a request through whose turn it is, or raise a problem of `GATE`."""
    said = request.headers.get("Queue-Ticket", "")
    await clerk_of(request).admit(said, request.headers.get("Queue-Proof", ""))


Admitted = Annotated[None, Depends(gate)]


def clerk_of(request: Request) -> Clerk:
    """Give the clerk of the worker that has the request."""
    clerk = request.app.state.queue
    assert isinstance(clerk, Clerk)
    return clerk
