"""The waiting room as a page goes through it: a ticket, its work, the wait, and in (docs/queue.md).

While the room is closed nothing is asked but its notice, which is a file.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256
from itertools import count
from typing import NamedTuple

import msgspec

from loadtests.journeys.visitor import Headers, Visitor
from loadtests.record import Wait

STATE = "/queue/state.json"
LOOK_S = 1.0
"""Mean seconds between two looks at the notice, which is written once a second."""
PLACES = 1 << 52
LONGEST_S = 1800.0
"""How long somebody stays in the room."""


class Opening(msgspec.Struct, frozen=True):
    """An announced opening, its secret in hexadecimal once its list is closed."""

    secret: str | None = None
    list_digest: str | None = None


class Notice(msgspec.Struct, frozen=True):
    """How the room stands."""

    open: bool
    rate_per_s: float
    admitted_until_us: int
    early: int
    early_place: int
    marks: list[tuple[int, int]]
    opening: Opening | None = None


class Ticket(msgspec.Struct, frozen=True):
    """A place in the room."""

    ticket: str
    id: str
    arrived_us: int
    early: bool
    difficulty: int


class Standing(NamedTuple):
    """Where a ticket is: its turn has come, or so many are before it; its rank in the order."""

    is_in: bool
    ahead: float
    rank: int


def waiting_room(visitor: Visitor) -> Headers:
    """Go through the room, if it is open, and give the headers that let in."""
    notice = look(visitor)
    return enter(visitor) if notice is not None and notice.open else {}


def enter(visitor: Visitor) -> Headers:
    """Take a ticket, do its work, wait for the turn."""
    answer = visitor.ask("ticket", "POST", "/api/queue/tickets")
    visitor.expect(answer.status == 201, f"ticket: {answer.problem}")
    if answer.status != 201:
        return {}
    ticket = msgspec.json.decode(answer.body, type=Ticket)
    headers = {"Queue-Ticket": ticket.ticket, "Queue-Proof": str(solve(ticket))}
    began, shown_s = visitor.clock.now(), None
    told_to_wait = began
    while visitor.clock.now() < began + LONGEST_S:
        notice = look(visitor)
        stands = (
            standing(notice, ticket) if notice is not None else Standing(True, 0, _rank(ticket))
        )
        if shown_s is None and notice is not None:
            shown_s = stands.ahead / notice.rate_per_s if notice.rate_per_s else 0.0
        if stands.is_in:
            break
        told_to_wait = visitor.clock.now()
        visitor.think(LOOK_S)
    now = visitor.clock.now()
    visitor.record.waits.append(
        Wait(stands.rank, shown_s or 0.0, now - began, now, told_to_wait, ticket.difficulty)
    )
    return headers


def look(visitor: Visitor) -> Notice | None:
    """Read the notice; None where there is no room."""
    answer = visitor.ask("read-queue", "GET", STATE, {"Accept-Encoding": "gzip, br"})
    return msgspec.json.decode(answer.body, type=Notice) if answer.status == 200 else None


def standing(notice: Notice, ticket: Ticket) -> Standing:
    """Find a ticket's place in the notice, as its holder's page does."""
    unit = notice.early / PLACES
    if ticket.early:
        place = _place(notice.opening, ticket)
        if place is None:
            return Standing(False, notice.early, PLACES)
        return Standing(
            place < notice.early_place, max(0, place - notice.early_place) * unit, place
        )
    early = (PLACES - notice.early_place) * unit
    is_in = not notice.open or ticket.arrived_us < notice.admitted_until_us
    return Standing(is_in, early + _between(notice, ticket.arrived_us), _rank(ticket))


def solve(ticket: Ticket) -> int:
    """Find the number whose hash with the ticket begins with so many zero bits."""
    begun = sha256(b"creneau/queue/proof" + bytes.fromhex(ticket.id))
    limit = 1 << (256 - ticket.difficulty)
    for number in count():
        tried = begun.copy()
        tried.update(number.to_bytes(8, "big"))
        if int.from_bytes(tried.digest(), "big") < limit:
            return number
    raise AssertionError


def _rank(ticket: Ticket) -> int:
    """Give the order of those who are on no list: behind all who are, by arrival."""
    return PLACES + ticket.arrived_us


def _place(opening: Opening | None, ticket: Ticket) -> int | None:
    if opening is None or opening.secret is None or opening.list_digest is None:
        return None
    drawn = sha256(
        b"creneau/queue/lot" + bytes.fromhex(opening.secret) + bytes.fromhex(opening.list_digest)
        + bytes.fromhex(ticket.id)
    ).digest()  # fmt: skip
    return int.from_bytes(drawn, "big") >> (256 - 52)


def _between(notice: Notice, arrived_us: int) -> float:
    """Count those who came before an instant, between two marks in proportion."""
    at = bisect_left([until for until, _ in notice.marks], arrived_us)
    if at == len(notice.marks):
        return float(notice.marks[-1][1]) if notice.marks else 0.0
    before_us, before = notice.marks[at - 1] if at else (notice.admitted_until_us, 0)
    until_us, waiting = notice.marks[at]
    part = max(0, arrived_us - before_us) / max(1, until_us - before_us)
    return before + part * (waiting - before)
