"""Ending the holds whose time is over; the worker calls it every few seconds."""

from __future__ import annotations

from functools import partial

from api.booking.ending import expire
from api.booking.queue import MOST_TOGETHER
from api.booking.reference import Reference
from api.booking.store.overdue import overdue_holds
from api.booking.transaction import transact
from api.booking.trying import Trier
from api.context import Context
from api.database.hot import on_some_connection


async def expire_holds(context: Context) -> int:
    """End every hold that is over by the context's clock, and tell how many were ended.

    Several may run at the same time, beside confirmations: whoever locks a booking first decides.

    Raises
    ------
    ConnectionLostError
        When the database cannot be reached.
    """
    trier = Trier(context, Reference(context.hot, context.clock), transact)
    ended = 0
    while True:
        found = await on_some_connection(
            context.hot, partial(overdue_holds, now=context.clock(), most=MOST_TOGETHER)
        )
        if not found:
            return ended
        operations = [expire(booking_id, home) for home, booking_id in found]
        outcomes = await trier.together(operations)
        if outcomes is None:
            outcomes = [await trier.alone(operation) for operation in operations]
        now_ended = sum(outcome is True for outcome in outcomes)
        if now_ended == 0:
            # Others were here, or somebody keeps them locked: the next call comes soon.
            return ended
        ended += now_ended
