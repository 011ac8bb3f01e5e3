"""The waiting room in the page and on the server: one proof, one lot, one count of those before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from api.queue.lot import PLACES, Lot
from api.queue.notice import Mark, Notice, OpeningNotice
from api.queue.proof import proves
from api.queue.ticket import Ticket
from tests.campaign import NOW

START_US = Ticket(b"", NOW, 0).arrived_us
IDS = st.binary(min_size=16, max_size=16)


@st.composite
def notices(draw):
    """How the room stands: a queue by arrival, and a closed list before it."""
    steps = draw(st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 500)), max_size=8))
    marks, until, waiting = [], START_US, 0
    for longer, more in steps:
        until, waiting = until + longer, waiting + more
        marks.append(Mark(until, waiting))
    early = draw(st.integers(0, 10**6))
    place = draw(st.integers(0, PLACES)) if early else PLACES
    opening = OpeningNotice(1, NOW, "", "5a" * 32, "a5" * 32, early) if early else None
    return Notice(True, 12.5, START_US, early, place, marks, opening)


@given(ticket_id=IDS, difficulty=st.integers(0, 10))
@settings(max_examples=30, deadline=None)
def test_what_the_page_computes_the_server_takes(twin, ticket_id, difficulty):
    number = twin("room", "prove", ticket_id, difficulty)
    assert proves(ticket_id, number, difficulty)
    assert not any(proves(ticket_id, less, difficulty) for less in range(number))


@given(notice=notices(), ticket_id=IDS, later_us=st.integers(0, 10**8))
@settings(max_examples=100, deadline=None)
def test_both_count_those_before_alike(twin, notice, ticket_id, later_us):
    """Those of the list by lot, everybody else by arrival; and both know whose turn it is."""
    ticket = Ticket(ticket_id, NOW, 0)
    sent = json.loads(msgspec.json.encode(notice))
    lot = Lot(bytes.fromhex("5a" * 32), bytes.fromhex("a5" * 32))
    early = notice.opening is not None
    own = {"id": ticket_id.hex(), "early": early, "arrived_us": START_US + later_us}
    place = lot.place(ticket_id) if early else None
    assert twin("room", "placeOf", own, sent) == place
    came = replace(ticket, arrived_at=ticket.arrived_at + timedelta(microseconds=later_us))
    expected = notice.ahead(came, place)
    assert abs(twin("room", "ahead", own, sent) - expected) < 1e-6 * max(1, expected)
    turn = place < notice.early_place if early else False
    assert twin("room", "hasTurn", own, sent) == turn
