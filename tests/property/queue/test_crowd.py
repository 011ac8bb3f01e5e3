"""Crowds of all kinds, second by second: order, pace, and the shown wait against the lived one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from api.queue.crowd import CALM_S, FULL, SETTLED, Bucket, Crowd, Load, paced, step
from api.queue.lot import PLACES, Lot
from api.queue.notice import Notice, marks_of, microseconds
from api.queue.ticket import Ticket
from tests.campaign import NOW

SECOND = timedelta(seconds=1)
IDLE = Load(0, 0, 0)


@dataclass
class Evening:
    """A room through which people go by the second, as many as the queues bear."""

    crowd: Crowd
    arrivals: list[int]
    now: object = NOW
    buckets: list[Bucket] = field(default_factory=list)
    admitted: list[float] = field(default_factory=list)
    waiting: float = 0.0

    def second(self, load):
        """Let a second pass: people come, then the room moves on."""
        came = self.arrivals.pop(0) if self.arrivals else 0
        self.buckets.append(Bucket(self.now, came))
        self.now += SECOND
        known = [bucket for bucket in self.buckets if bucket.begins_at + SECOND <= self.now]
        after = step(self.crowd, known, load, self.now, 1.0)
        self.admitted.append(after.admitted)
        self.crowd, self.waiting = after.crowd, after.waiting

    def notice(self, rate):
        """Give what everybody reads."""
        crowd = self.crowd
        return Notice(crowd.is_open, rate, microseconds(crowd.admitted_until), crowd.early,
                      crowd.early_place, marks_of(crowd, self.buckets))  # fmt: skip


def opened(rate, **more):
    """Make a room that is open."""
    return Crowd(True, rate, NOW, **more)


@settings(max_examples=150, deadline=None)
@given(
    arrivals=st.lists(st.integers(0, 400), min_size=1, max_size=60),
    rate=st.floats(5, 300),
    pressure=st.sampled_from([0.1, 0.3, 0.7]),
)
def test_nobody_is_lost_overtakes_or_has_their_turn_twice(arrivals, rate, pressure):
    """Those let in and those who wait are those who came; the turn never goes back."""
    evening = Evening(opened(rate), list(arrivals))
    turns = []
    for _ in arrivals:
        before = evening.crowd.rate
        evening.second(Load(rate, rate, pressure))
        if not evening.crowd.is_open:
            return
        turns.append(evening.crowd.admitted_until)
        assert evening.admitted[-1] <= max(before, evening.crowd.rate) + 1e-3
        assert evening.crowd.admitted_until <= evening.now - SETTLED or turns[0] == turns[-1]
        came = sum(arrivals[: len(evening.buckets)])
        assert abs(sum(evening.admitted) + evening.waiting - came) < 1e-3 * max(1, came)
    assert turns == sorted(turns)


@settings(max_examples=60, deadline=None)
@given(
    early=st.integers(1, 100_000),
    arrivals=st.lists(st.integers(0, 400), min_size=5, max_size=30),
    rate=st.floats(50, 2000),
)
def test_those_of_the_list_go_before_all_others(early, arrivals, rate):
    """No arrival has its turn while somebody of the list waits."""
    evening = Evening(opened(rate, early=early, early_place=0), list(arrivals))
    places = []
    for _ in arrivals:
        waited = evening.crowd.early_waiting
        evening.second(Load(rate, rate, 0.3))
        places.append(evening.crowd.early_place)
        if waited > rate + 1:
            assert evening.crowd.admitted_until == NOW
            assert abs(evening.admitted[-1] - rate) < 1e-3
    assert places == sorted(places)
    assert places[-1] <= PLACES


@settings(max_examples=40, deadline=None)
@given(
    arrivals=st.lists(st.integers(150, 800), min_size=20, max_size=60),
    rate=st.floats(40, 120),
    second=st.integers(5, 19),
    early=st.integers(0, 3000),
)
def test_the_shown_wait_is_the_lived_one(arrivals, rate, second, early):
    """Within a fifth, for whoever comes in the middle of a crowd, at a steady pace."""
    start = opened(rate, early=early, early_place=0 if early else PLACES)
    evening = Evening(start, list(arrivals))
    steady = Load(rate, rate, 0.3)
    for _ in range(second + 1):
        evening.second(steady)
    ticket = Ticket(b"t" * 16, NOW + second * SECOND + SECOND / 2, 12)
    asked_at = evening.now
    shown_s = evening.notice(rate).ahead(ticket) / rate
    for _ in range(20_000):
        if evening.crowd.admitted_until >= ticket.arrived_at:
            break
        evening.second(steady)
    lived_s = (evening.now - asked_at).total_seconds()
    assert abs(shown_s - lived_s) <= max(3.0, 0.2 * lived_s)


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(500, 3000))
def test_a_lot_spreads_its_tickets_evenly(secret, number):
    """So that a place tells how many are before it, within what chance allows."""
    lot = Lot(secret, secret[::-1])
    places = sorted(lot.place(n.to_bytes(16, "big")) for n in range(number))
    notice = Notice(True, 1, 0, number, 0, [])
    for rank in range(0, number, 50):
        shown = notice.ahead(Ticket(b"", NOW, 12, 1), places[rank])
        assert abs(shown - rank) < 3 * number**0.5 + 1


def test_the_room_opens_by_itself_and_closes_when_nobody_waits():
    """Open when more ask than are borne, or the queues fill; closed after ten calm seconds."""
    shut = Crowd(False, 100.0, NOW)
    assert not step(shut, [], Load(90, 90, 0.3), NOW, 1).crowd.is_open
    assert step(shut, [], Load(120, 100, 0.3), NOW, 1).crowd.is_open
    assert step(shut, [], Load(50, 50, FULL), NOW, 1).crowd.is_open
    evening = Evening(replace(shut, is_open=True, admitted_until=NOW), [300])
    seconds = 0
    while evening.crowd.is_open:
        evening.second(Load(0, 0, 0.3))
        seconds += 1
    assert 3 + CALM_S <= seconds <= 6 + CALM_S
    assert abs(sum(evening.admitted) - 300) < 1


def test_the_pace_follows_what_the_queues_bear():
    """Full: below what was served. Easy and needed: a little faster. Otherwise as it is."""
    assert paced(200, Load(500, 150, 0.9), waited_for=True) == 135
    assert paced(100, Load(500, 150, 0.9), waited_for=True) == 100
    assert paced(200, Load(200, 200, 0.1), waited_for=True) == 210
    assert paced(200, Load(10, 10, 0.1), waited_for=False) == 200
    assert paced(200, Load(500, 200, 0.3), waited_for=True) == 200
    assert paced(200, Load(0, 0, 1.0), waited_for=True) >= 0.9


def test_the_pace_finds_a_capacity_it_was_not_told():
    """From far below or far above, to within a quarter, and it stays there."""
    for first in (20.0, 2000.0):
        crowd, backlog, capacity = Crowd(True, first, NOW), 0.0, 300.0
        buckets = [Bucket(NOW - timedelta(seconds=5), 10**7)]
        crowd = replace(crowd, admitted_until=NOW - timedelta(seconds=5))
        rates = []
        for second in range(400):
            backlog += crowd.rate
            served = min(backlog, capacity)
            backlog -= served
            load = Load(crowd.rate, served, min(1.0, backlog / 256))
            after = step(crowd, buckets, load, NOW + second * SECOND, 1.0)
            crowd = replace(after.crowd, admitted_until=crowd.admitted_until)
            rates.append(served)
        assert 0.75 * capacity < sum(rates[200:]) / 200 <= capacity
