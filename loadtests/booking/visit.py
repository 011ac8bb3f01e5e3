"""One visitor: holds a pair, then confirms it."""

from __future__ import annotations

import json

from loadtests.booking.ledger import Ledger
from loadtests.booking.wishes import Wish, confirm_request, hold_request
from loadtests.connection import Answer, Connection

CREATED = 201


async def book(connection: Connection, wish: Wish, ledger: Ledger) -> bool:
    """Hold and confirm once, and note how it ended; tell whether it is booked.

    Raises
    ------
    LostError
        When an answer did not come; the ledger has it as unknown.
    """
    ledger.unknown.append(wish)
    for request in (hold_request(wish), confirm_request(wish)):
        answer = await connection.exchange(request)
        if answer.status != CREATED:
            ledger.unknown.remove(wish)
            ledger.refused.append(wish)
            ledger.reasons[reason_of(answer)] += 1
            return False
    ledger.unknown.remove(wish)
    ledger.confirmed.append(wish)
    return True


def reason_of(answer: Answer) -> str:
    """Name a refusal by its problem."""
    try:
        return str(json.loads(answer.body)["type"]).rpartition("/")[2]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status}"
