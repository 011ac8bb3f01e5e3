"""The curves say what was reported, and people come as the curves say."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from loadtests.arrivals import compressed
from loadtests.curves import CURVES, Curve, Point

PEAK = CURVES["peak-2021-07-12"]


@pytest.mark.parametrize(
    ("name", "first", "last", "reported"),
    [
        ("peak-2021-07-12", "20:00", "21:00", 700_000),
        ("peak-2021-07-12", "20:00", "24:00", 926_000),
        ("press-2021-11-25", "13:00", "14:30", 350_000),
        ("cowin-2021-04-28", "16:00", "17:00", 3_500_000),
        ("cowin-2021-04-28", "16:00", "19:00", 8_000_000),
    ],
)
def test_a_curve_sums_up_to_what_was_reported(name, first, last, reported):
    """Between its points it is a guess; the sums are not."""
    assert CURVES[name].bookings(first, last) == pytest.approx(reported, rel=0.01)


def test_an_opening_has_its_share_in_the_first_hour():
    """44 % of the first three hours."""
    curve = CURVES["opening-2021-05-27"]
    share = curve.bookings("11:00", "12:00") / curve.bookings("11:00", "14:00")
    assert share == pytest.approx(0.44, abs=0.005)


def test_cowin_is_read_55_000_times_a_second():
    """Registrations at the jump, and the reads of each."""
    curve = CURVES["cowin-2021-04-28"]
    most = max(point.per_min for point in curve.points) / 60
    assert most * curve.searches == pytest.approx(55_000, rel=0.02)


def test_the_plateau_offers_more_than_the_record():
    """1.2 times 20,000 a minute at a scale of 1."""
    load = compressed(PEAK, minutes=1, scale=1)
    assert max(knot.per_s for knot in load.knots) == pytest.approx(400)
    assert min(knot.per_s for knot in load.knots) == pytest.approx(340)
    assert load.plateau == pytest.approx((0, 60))


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("minutes", [0.2, 1, 1.5, 3, 10])
def test_a_replay_takes_its_minutes_and_has_a_whole_one_at_the_top(name, minutes):
    """However short: `pairs_per_s` is the best whole minute."""
    load = compressed(CURVES[name], minutes=minutes, scale=0.1)
    assert load.seconds == pytest.approx(60 * minutes)
    begin, end = load.plateau
    assert end - begin >= min(60, 60 * minutes) - 1e-6
    assert 0 <= begin < end <= load.seconds + 1e-6


def test_in_its_own_time_a_curve_is_whole():
    """Four hours are four hours, tail and all."""
    load = compressed(PEAK, minutes=240, scale=1)
    assert load.expected == pytest.approx(1.2 * PEAK.bookings("20:00", "24:00"))


def test_a_replay_in_less_time_lies_around_the_top():
    """The tail until midnight is cut; the ramp is there."""
    load = compressed(PEAK, minutes=10, scale=1)
    assert load.rate_per_s(0) == pytest.approx(1.2 * 104 / 60)
    begin, end = load.plateau
    assert (end - begin) / load.seconds > 0.3
    assert load.rate_per_s(begin + 1) > 300 < load.rate_per_s(end - 1)


def test_people_come_in_order_and_at_the_rate():
    """As many as expected, within five standard deviations, in every tenth of the run."""
    load = compressed(PEAK, minutes=3, scale=0.5)
    times = list(load.arrivals(Random(7)))
    assert all(0 <= a <= b <= load.seconds for a, b in pairwise(times))
    assert abs(len(times) - load.expected) < 5 * load.expected**0.5
    step = load.seconds / 10
    for tenth in range(10):
        seconds = [tenth * step + (i + 0.5) * step / 200 for i in range(200)]
        expected = sum(map(load.rate_per_s, seconds)) * step / 200
        came = sum(tenth * step <= t < (tenth + 1) * step for t in times)
        assert abs(came - expected) < 5 * max(4, expected) ** 0.5


def test_a_jump_is_a_jump():
    """At 11:00 sharp, not before."""
    load = compressed(CURVES["opening-2021-05-27"], minutes=3, scale=1)
    begin, _ = load.plateau
    assert load.rate_per_s(begin - 1) < 3
    assert load.rate_per_s(begin + 1) > 40


def test_the_same_seed_brings_the_same_people():
    """So that a run can be repeated."""
    load = compressed(PEAK, minutes=1, scale=0.1)
    assert list(load.arrivals(Random(3))) == list(load.arrivals(Random(3)))


@pytest.mark.parametrize(("minutes", "scale"), [(0, 1), (1, 0), (-1, 1), (float("nan"), 1)])
def test_a_replay_of_nothing_is_refused(minutes, scale):
    """The rule is the message."""
    with pytest.raises(ValueError, match="Must have"):
        compressed(PEAK, minutes=minutes, scale=scale)


@pytest.mark.parametrize(
    ("points", "top"),
    [
        ((Point("20:00", 1),), ("20:00", "20:00")),
        ((Point("21:00", 1), Point("20:00", 1)), ("20:00", "21:00")),
        ((Point("20:00", -1), Point("21:00", 1)), ("20:00", "21:00")),
        ((Point("20:00", 1), Point("21:00", 1)), ("20:00", "20:30")),
    ],
)
def test_an_impossible_curve_is_refused(points, top):
    """The rule is the message."""
    with pytest.raises(ValueError, match="Must have"):
        Curve("x", points, top, 1, "nowhere")
