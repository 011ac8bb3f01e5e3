"""The waiting room, from outside: the place is found as its own lines find it, the work is done."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random

import pytest

from api.queue import lot, notice, proof
from api.queue import ticket as tickets
from loadtests.journeys import door
from loadtests.journeys.visitor import Answer, Visitor
from loadtests.record import Record
from tests.unit.loadtests.test_journeys import Hands

ID = bytes(range(16))
SECRET, DIGEST = b"s" * 32, b"d" * 32


def at(us):
    """Give an instant by its microseconds."""
    return datetime.fromtimestamp(us / 1e6, UTC)


def given(arrived_us=2_500_000, early=False, difficulty=10):
    """Give a ticket as the service gives it."""
    return door.Ticket("signed", ID.hex(), arrived_us, early, difficulty)


def said(**changes):
    """Give a notice as it is read."""
    about = {"open": True, "rate_per_s": 10.0, "admitted_until_us": 1_000_000, "early": 40,
             "early_place": 1 << 51, "marks": [(2_000_000, 30), (3_000_000, 90)]}  # fmt: skip
    return door.Notice(**{**about, **changes})


@pytest.mark.parametrize("difficulty", [1, 8, 12])
def test_the_work_is_what_the_service_checks(difficulty):
    """By its own check."""
    assert proof.proves(ID, door.solve(given(difficulty=difficulty)), difficulty)


@pytest.mark.parametrize("arrived_us", [500_000, 1_500_000, 2_000_000, 2_500_000, 9_000_000])
def test_who_is_before_is_counted_as_the_service_counts(arrived_us):
    """By its own lines, before, between and behind the marks."""
    here = said()
    marks = [notice.Mark(*mark) for mark in here.marks]
    theirs = notice.Notice(True, 10.0, 1_000_000, 40, 1 << 51, marks)
    expected = theirs.ahead(tickets.Ticket(ID, at(arrived_us), 10))
    assert door.standing(here, given(arrived_us)).ahead == pytest.approx(expected)


def test_the_lot_is_drawn_as_the_service_draws_it():
    """And the turn comes by it."""
    place = lot.Lot(SECRET, DIGEST).place(ID)
    drawn = said(opening=door.Opening(SECRET.hex(), DIGEST.hex()), early_place=place)
    stands = door.standing(drawn, given(early=True))
    assert (stands.rank, stands.is_in) == (place, False)
    later = said(opening=drawn.opening, early_place=place + 1)
    assert door.standing(later, given(early=True)).is_in
    closed = door.standing(said(opening=door.Opening()), given(early=True))
    assert not closed.is_in


class Room:
    """A waiting room that lets somebody in after some looks."""

    def __init__(self, looks):
        self.looks = looks
        self.asked = []

    def ask(self, method, path, headers, body):
        """Answer."""
        self.asked.append(path)
        if path != door.STATE:
            body = {"ticket": "signed", "id": ID.hex(), "arrived_us": 2_000_000, "early": False,
                    "difficulty": 4}  # fmt: skip
            return Answer(201, {}, json.dumps(body).encode())
        self.looks -= 1
        until = 1_000_000 if self.looks else 3_000_000
        body = {"open": True, "rate_per_s": 10.0, "admitted_until_us": until, "early": 0,
                "early_place": 0, "marks": [[2_000_000, 30]]}  # fmt: skip
        return Answer(200, {}, json.dumps(body).encode())


def test_somebody_waits_for_the_turn_and_the_wait_is_noted():
    """What was shown first, and what it was."""
    room, clock = Room(5), Hands()
    visitor = Visitor(room, clock, Record(), Random(1), clock.seconds, door.waiting_room)
    headers = door.waiting_room(visitor)
    assert headers["Queue-Ticket"] == "signed"
    assert proof.proves(ID, int(headers["Queue-Proof"]), 4)
    [wait] = visitor.record.waits
    assert wait.shown_s == pytest.approx(3.0)
    assert wait.lived_s == pytest.approx(clock.seconds - 1000.0)
    assert wait.lived_s > 0
    assert room.asked.count(door.STATE) == 5


CLOSED = {"open": False, "rate_per_s": 1.0, "admitted_until_us": 0, "early": 0, "early_place": 0,
          "marks": []}  # fmt: skip


@pytest.mark.parametrize(
    "answer", [Answer(404, {}, b""), Answer(200, {}, json.dumps(CLOSED).encode())]
)
def test_a_closed_room_or_none_is_walked_past(answer):
    """Only its notice is read."""
    room, clock = Room(1), Hands()
    room.ask = lambda *_: answer
    visitor = Visitor(room, clock, Record(), Random(1), clock.seconds, door.waiting_room)
    assert door.waiting_room(visitor) == {}
    assert visitor.record.waits == []
