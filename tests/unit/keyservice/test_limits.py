"""Counting without keeping: who asks how much in a day, and that nothing tells who it was."""

from __future__ import annotations

import datetime as dt

from api.keyservice.limits import DailyCounts, neighbourhood

NOON = dt.datetime(2021, 5, 31, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        """Give the time."""
        return self.now


def test_as_much_as_is_allowed_and_no_more():
    """The last point that fits is counted; what does not fit is not counted at all."""
    counts = DailyCounts(Clock())
    assert counts.take("ana", 3, most=5)
    assert not counts.take("ana", 3, most=5)
    assert counts.take("ana", 2, most=5)
    assert not counts.take("ana", 1, most=5)


def test_others_are_counted_apart():
    """What one asks for is not taken from another."""
    counts = DailyCounts(Clock())
    assert counts.take("ana", 5, most=5)
    assert all(counts.take(f"other {i}", 5, most=5) for i in range(200))


def test_counters_are_shared_only_when_both_coincide():
    """With few counters people share them: the count is then too high, never too low."""
    counts = DailyCounts(Clock(), counters=4)
    taken = sum(counts.take(f"somebody {i}", 1, most=1) for i in range(500))
    assert 1 <= taken <= 4 * 4


def test_a_new_day_begins_at_nought_with_another_salt():
    """Counts and salt of the day before are gone."""
    clock = Clock()
    counts = DailyCounts(clock)
    assert counts.take("ana", 5, most=5)
    salt = counts._salt
    clock.now += dt.timedelta(hours=11, minutes=59)
    assert not counts.take("ana", 1, most=5)
    clock.now += dt.timedelta(minutes=2)
    assert counts.take("ana", 5, most=5)
    assert counts._salt != salt


def test_the_end_of_the_day_is_told():
    """Twelve hours from noon, and never nought."""
    clock = Clock()
    assert DailyCounts(clock).seconds_left() == 12 * 3600
    clock.now = NOON.replace(hour=23, minute=59, second=59, microsecond=999_999)
    assert DailyCounts(clock).seconds_left() == 1


def test_nothing_that_is_kept_holds_an_address():
    """Only numbers and a salt are kept, however many have asked."""
    counts = DailyCounts(Clock(), counters=64)
    for i in range(100):
        counts.take(f"address 192.0.2.{i}", 1, most=10)
    kept = b"".join(row.tobytes() for row in counts._rows) + repr(vars(counts)).encode()
    assert b"192.0.2" not in kept
    assert sum(counts._rows[0]) == 100  # they were counted all the same


def test_neighbours_of_a_network_count_as_one():
    """An IPv6 household has a /64; an IPv4 address in IPv6 clothes is itself."""
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2:ffff::1")
    assert neighbourhood("2001:db8:1:3::4") != neighbourhood("2001:db8:1:2::4")
    assert neighbourhood("::ffff:192.0.2.1") == neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("testclient") == "testclient"
