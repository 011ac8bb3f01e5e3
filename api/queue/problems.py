"""What can go wrong in front of the waiting room."""

from __future__ import annotations

from api.problems import Problem


class WaitingRoomOpen(Problem):
    """More people come than can be served; no ticket of this installation was shown."""

    status = 429
    slug = "waiting-room"
    title = "Many people come at this moment: take a ticket and wait for its turn"


class NotYourTurn(Problem):
    """The ticket is good, others came before."""

    status = 429
    slug = "not-your-turn"
    title = "The turn of this ticket has not come"


class WrongProof(Problem):
    """The proof of work of the ticket is missing or is none."""

    status = 403
    slug = "wrong-proof"
    title = "The proof of work of this ticket is missing or wrong"


class TicketSpent(Problem):
    """The ticket let its holder in, and their visit is over."""

    status = 410
    slug = "ticket-spent"
    title = "This ticket was used; take a new one"
