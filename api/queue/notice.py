"""The notice everybody reads: how the room stands, and where a ticket is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from api.queue.crowd import Bucket, Crowd
from api.queue.ticket import Ticket

MOST_MARKS = 120


class Mark(msgspec.Struct, array_like=True, frozen=True):
    """How many wait who came before an instant."""

    until_us: int
    waiting: int


class OpeningNotice(msgspec.Struct, frozen=True):
    """An announced opening; `secret`, `list_digest` and `tickets` once its list is closed."""

    opening: int
    opens_at: datetime
    commitment: str
    secret: str | None = None
    list_digest: str | None = None
    tickets: int | None = None


class Notice(msgspec.Struct, frozen=True):
    """How the room stands.

    open
        Whether a ticket is needed.
    rate_per_s
        People who had their turn a second, as observed over the last minute.
    admitted_until_us
        Who came before it, in microseconds from 1970, has their turn.
    early_place
        Whose place in the lot is below it has their turn.
    early
        Tickets on the closed list.
    marks
        The queue by arrival, coarsely.
    """

    open: bool
    rate_per_s: float
    admitted_until_us: int
    early: int
    early_place: int
    marks: list[Mark]
    opening: OpeningNotice | None = None

    def ahead(self, ticket: Ticket, place: int | None = None) -> float:
        """Count those before a ticket, as its holder's page does.

        Parameters
        ----------
        place
            Its place in the lot, of an early ticket.
        """
        unit = self.early / (1 << 52)
        if place is not None:
            return max(0.0, (place - self.early_place) * unit)
        early = ((1 << 52) - self.early_place) * unit
        before, count = self.admitted_until_us, 0
        for mark in self.marks:
            if ticket.arrived_us <= mark.until_us:
                part = max(0, ticket.arrived_us - before) / max(1, mark.until_us - before)
                return early + count + part * (mark.waiting - count)
            before, count = mark.until_us, mark.waiting
        return early + count


def marks_of(crowd: Crowd, buckets: Sequence[Bucket]) -> list[Mark]:
    """Sum the queue up by arrival, in few marks."""
    found: list[Mark] = []
    count = 0.0
    for bucket in buckets:
        ends = bucket.begins_at + bucket.width
        if ends <= crowd.admitted_until:
            continue
        gone = max(timedelta(), crowd.admitted_until - bucket.begins_at) / bucket.width
        count += bucket.tickets * (1 - gone)
        found.append(Mark(microseconds(ends), round(count)))
    every = -(-len(found) // MOST_MARKS) or 1
    return found[::-1][::every][::-1]


def microseconds(instant: datetime) -> int:
    """Microseconds from 1970."""
    return Ticket(b"", instant, 0).arrived_us
