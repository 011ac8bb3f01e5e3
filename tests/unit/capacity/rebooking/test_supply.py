"""Free places of a centre."""

from __future__ import annotations

from tests.unit.capacity.rebooking.people import at, free, on, place, supply


def near(places, wish, rank=1):
    """Days in the order they are offered."""
    return [(day - on(0)).days for day in places.days_near(rank, on(wish))]


def test_days_come_nearest_first_and_the_earlier_of_two_equally_near():
    """Each rank has days of its own."""
    places = supply(free(1, 0), free(1, 2), free(1, 4), free(1, 9), free(2, 3))
    assert near(places, 3) == [2, 4, 0, 9]
    assert near(places, -5) == [0, 2, 4, 9]
    assert near(places, 20) == [9, 4, 2, 0]
    assert near(places, 0, rank=2) == [3]


def test_a_day_whose_last_place_is_taken_is_offered_no_more():
    """The others are."""
    places = supply(free(1, 0, 2), free(1, 1))
    places.take(1, place(0))
    assert near(places, 0) == [0, 1]
    places.take(1, place(0))
    assert near(places, 0) == [1]


def test_slots_without_a_free_place_are_no_supply():
    """They are not even days."""
    assert near(supply(free(1, 0, 0)), 0) == []


def test_the_place_of_a_day_is_the_nearest_in_time_of_day():
    """Whatever the day of the wish is; at the same distance, the earlier one."""
    places = supply(free(1, 3, slot=1, hour=8), free(1, 3, slot=2, hour=12))
    assert places.place_on(1, on(3), at(0, 11)).slot_id == 2
    assert places.place_on(1, on(3), at(0, 10)).slot_id == 1
