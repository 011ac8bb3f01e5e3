"""The nearest places for somebody who lost one."""

from __future__ import annotations

import asyncio

import pytest

from api.capacity.rebooking.people import Loss, Outcome
from api.capacity.rebooking.search import settle_loss
from tests.unit.capacity.rebooking.people import RULES, booking, dose, free, on, supply

PAIR = booking(dose(1, 0), dose(2, 21))


def settled(lost, *supplies, who=PAIR):
    """Verdict on a booking that lost the doses of some ranks."""

    async def nearest():
        for one in supplies:
            yield one

    return asyncio.run(settle_loss(Loss(who, frozenset(lost)), nearest(), RULES))


def days(verdict):
    """Return new days by rank, counted from the first Monday, with their centre."""
    return {rank: ((p.day - on(0)).days, p.centre_id) for rank, p in verdict.places.items()}


def test_a_lost_dose_goes_to_the_nearest_day_and_the_other_stays():
    """Two days later is nearer than three days before."""
    verdict = settled({1}, supply(free(1, -3), free(1, 2), free(1, 4)), who=booking(
        dose(1, 0), dose(2, 24)))  # fmt: skip
    assert verdict.outcome is Outcome.MOVED
    assert days(verdict) == {1: (2, 1)}
    assert verdict.freed == {1}


def test_a_day_that_does_not_fit_the_dose_that_stays_is_not_taken():
    """One day later would leave twenty days between both."""
    assert days(settled({1}, supply(free(1, 1), free(1, -2)))) == {1: (-2, 1)}
    assert days(settled({2}, supply(free(2, 20), free(2, 29), free(2, 28)))) == {2: (28, 1)}


def test_both_doses_move_when_the_lost_one_finds_no_day_beside_the_other():
    """The first lost its slot, and all free days are too late for the second as it stands."""
    verdict = settled({1}, supply(free(1, 10), free(2, 31), free(2, 40)))
    assert days(verdict) == {1: (10, 1), 2: (31, 1)}
    assert verdict.freed == {1, 2}


def test_a_pair_is_moved_as_little_as_possible_in_all():
    """A first dose two days off with its second in place beats one day off and ten."""
    lost = settled({1, 2}, supply(free(1, 1), free(1, -2), free(2, 21), free(2, 29)))
    assert days(lost) == {1: (-2, 1), 2: (21, 1)}


def test_the_same_centre_comes_before_nearer_days_elsewhere():
    """Centres are tried one after the other, as they are given: by distance."""
    here, there = supply(free(1, -7)), supply(free(1, 0, centre=2))
    assert days(settled({1}, here, there)) == {1: (-7, 1)}
    assert days(settled({1}, supply(), there)) == {1: (0, 2)}


def test_only_the_lost_dose_goes_elsewhere_if_that_is_enough():
    """The first stays where it is."""
    assert days(settled({2}, supply(), supply(free(1, 0, centre=2), free(2, 22, centre=2)))) == {
        2: (22, 2)
    }


def test_the_hour_stays_as_near_as_the_day_allows():
    """Of one day, the window nearest to the old time."""
    day = supply(
        free(1, 0, slot=1, hour=8), free(1, 0, slot=2, hour=17), free(1, 0, slot=3, hour=11)
    )
    assert settled({1}, day).places[1].slot_id == 1


def test_a_place_is_given_once():
    """Two people, one place: the second finds the next day."""
    one_each = supply(free(1, 0), free(1, -1, slot=2))
    assert days(settled({1}, one_each)) == {1: (0, 1)}
    assert days(settled({1}, one_each)) == {1: (-1, 1)}
    assert settled({1}, one_each).outcome is Outcome.DISPLACED


def test_without_a_place_a_first_dose_takes_its_second_along():
    """A second dose alone is worth nothing; a first dose alone is."""
    assert settled({1}, supply()).freed == {1, 2}
    assert settled({2}, supply()).freed == {2}
    assert settled({2}, supply()).outcome is Outcome.DISPLACED


def test_a_hold_is_released():
    """Nothing was promised: both its places are free again."""
    held = booking(dose(1, 0, state="held"), dose(2, 21, state="held"), state="held")
    verdict = settled({1}, supply(free(1, 1)), who=held)
    assert (verdict.outcome, verdict.freed, verdict.places) == (Outcome.RELEASED, {1, 2}, {})


def test_a_first_dose_that_was_given_stays_and_binds_the_second():
    """Even if a whole new pair were free."""
    half = booking(dose(1, 0, state="fulfilled"), dose(2, 21))
    assert days(settled({2}, supply(free(1, 7), free(2, 30), free(2, 26)), who=half)) == {
        2: (26, 1)
    }
    lost = settled({2}, supply(free(1, 7), free(2, 30)), who=half)
    assert (lost.outcome, lost.freed) == (Outcome.DISPLACED, {2})


def test_a_second_dose_alone_keeps_to_the_first_one_elsewhere():
    """The first dose's day counts, wherever it was."""
    alone = booking(dose(2, 21), first_elsewhere_on=on(0))
    assert days(settled({2}, supply(free(2, 20), free(2, 28)), who=alone)) == {2: (28, 1)}


@pytest.mark.parametrize(("day", "outcome"), [(30, Outcome.MOVED), (31, Outcome.DISPLACED)])
def test_a_rule_that_ends_holds_for_the_new_day(day, outcome):
    """First doses of this product end on the thirtieth of June, which is day 30."""
    lone = booking(dose(1, 0))
    assert settled({1}, supply(free(1, day)), who=lone).outcome is outcome


def test_a_class_that_is_not_open_yet_on_the_new_day_is_not_moved_there():
    """Openings of classes are dated, too."""
    later = booking(dose(1, 0), class_id=2)
    assert settled({1}, supply(free(1, 1)), who=later).outcome is Outcome.DISPLACED
