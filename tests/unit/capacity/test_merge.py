"""A publication laid over slots that are there, some of them booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.capacity.merge import NEW, merge
from api.capacity.publication import Counted, Publication, Session, Shares, schedule_id
from api.capacity.slots import Slots
from api.capacity.windows import Opening, day_number, instant

MONDAY, TUESDAY = date(2021, 5, 31), date(2021, 6, 1)
PARIS = ZoneInfo("Europe/Paris")
MORNING = Opening(time(9), time(11), PARIS)
"""Four windows."""
PFIZER, MODERNA = 1, 2
VIALS = {PFIZER: 6, MODERNA: 10}
NOTHING = Slots.of_rows([])
NO_SHARES = Shares(0, 0, 3)
BEFORE = instant(MONDAY, time(0), PARIS) - 86_400


def day(slots, on=MONDAY, product=PFIZER, rank=1):
    """Return a session."""
    return Session(on, product, rank, slots)


def plan(*sessions, **about):
    """Return a publication of one week, without shares unless told."""
    return Publication(1, "plan", MONDAY, sessions, **({"shares": NO_SHARES} | about))


def laid(publication, existing=NOTHING, *, now=BEFORE, opening=MORNING, **how):
    """Merge at a centre that is open in the morning."""
    return merge(publication, existing, opening, VIALS, now=now, **how)


def published(publication, opening=MORNING):
    """Slots of a first publication, numbered."""
    slots = laid(publication, opening=opening).slots
    return replace(slots, slot_id=np.arange(1, len(slots) + 1))


def with_taken(slots, *taken):
    """Return the same slots with bookings in them, in order of time."""
    return replace(slots, taken=np.array(taken, dtype=np.int64))


def capacities(merged):
    """Capacity in order of time."""
    return merged.slots.capacity.tolist()


def must_leave(merged):
    """Return the rows that are cut together, and how many must leave each."""
    return [(over.rows.tolist(), over.doses) for over in merged.over]


def test_a_first_publication_adds_every_slot():
    """With the plan's doses and no bookings."""
    merged = laid(plan(day(8)))
    assert capacities(merged) == [2, 2, 2, 2]
    assert (merged.slots.slot_id == NEW).all()
    assert merged.new.all()
    assert merged.changed.all()


def test_the_same_plan_again_changes_nothing_whoever_has_booked():
    """Bookings use the plan's doses; the numbers stay."""
    slots = with_taken(published(plan(day(8))), 2, 0, 1, 2)
    merged = laid(plan(day(8)), slots)
    assert not merged.changed.any()
    assert merged.over == ()


def test_a_new_plan_comes_on_top_of_the_bookings_it_counted():
    """Its sessions are what is free; its windows bear the same with the bookings in them."""
    slots = with_taken(published(plan(day(8))), 2, 2, 0, 0)
    counted = (Counted(PFIZER, MONDAY, 1, "22", 1, 4),)
    merged = laid(plan(day(4), counted=counted), slots)
    assert capacities(merged) == [2, 2, 2, 2]
    assert (merged.slots.capacity - merged.slots.taken).sum() == 4


def test_bookings_made_since_come_off_the_new_plan():
    """Three were counted, two more came: of six doses, four are left."""
    slots = with_taken(published(plan(day(8))), 2, 2, 1, 0)
    counted = (Counted(PFIZER, MONDAY, 1, "22", 1, 3),)
    merged = laid(plan(day(6), counted=counted), slots)
    assert merged.slots.capacity.sum() == 9
    assert (merged.slots.capacity - merged.slots.taken).sum() == 4
    assert (merged.slots.capacity >= merged.slots.taken).all()


def test_a_booking_on_a_day_the_plan_left_comes_off_another_day_of_the_week():
    """Stock is a matter of weeks: Monday's booking stands, Tuesday offers one less."""
    slots = with_taken(published(plan(day(8))), 1, 0, 0, 0)
    merged = laid(plan(day(8, TUESDAY)), slots)
    monday = merged.slots.day == day_number(MONDAY)
    assert merged.slots.capacity[monday].tolist() == [1, 0, 0, 0]
    assert merged.slots.capacity[~monday].sum() == 7


def test_a_booking_of_another_week_is_no_matter_of_this_one():
    """It stands, and is told to be beyond the plan."""
    slots = with_taken(published(plan(day(8))), 1, 0, 0, 0)
    merged = laid(plan(day(8, MONDAY + timedelta(days=7))), slots)
    assert merged.slots.capacity.sum() == 9
    assert merged.standing == {(PFIZER, day_number(MONDAY)): 1}
    assert merged.over == ()


def test_a_plan_never_moves_anybody_unless_it_is_asked_to():
    """Without a dose for them, bookings stand, or are over."""
    slots = with_taken(published(plan(day(8))), 2, 2, 0, 1)
    stands = laid(plan(), slots)
    assert capacities(stands) == [2, 2, 0, 1]
    assert stands.standing == {(PFIZER, day_number(MONDAY)): 5}
    assert stands.over == ()
    moves = laid(plan(rebook=True), slots)
    assert moves.standing == {}
    assert must_leave(moves) == [([0, 1, 3], 5)]


def test_nobody_is_moved_out_of_a_slot_that_has_begun():
    """They are there already."""
    slots = with_taken(published(plan(day(8))), 2, 2, 0, 1)
    half_past_nine = instant(MONDAY, time(9, 30), PARIS)
    merged = laid(plan(rebook=True), slots, now=half_past_nine)
    assert must_leave(merged) == [([3], 1)]
    assert merged.standing == {(PFIZER, day_number(MONDAY)): 4}


def test_a_day_set_by_hand_binds_by_itself():
    """Tuesday's free places do not make up for Monday's cut."""
    slots = with_taken(published(plan(day(4), day(4, TUESDAY))), 1, 1, 1, 1, 0, 0, 0, 0)
    by_hand = plan(day(2), day(4, TUESDAY), days_bind=True, rebook=True)
    merged = laid(by_hand, slots)
    assert must_leave(merged) == [([0, 1, 2, 3], 2)]
    assert merged.slots.capacity.sum() - 2 == 6


def test_a_day_that_holds_as_many_as_before_moves_nobody():
    """However its bookings lie over the windows: free places of the day make up for full ones."""
    slots = with_taken(published(plan(day(8, rank=1), day(8, rank=2))), *[2, 1, 2, 1, 0, 0, 0, 0])
    firsts = int(slots.taken[slots.schedule_id == schedule_id(PFIZER, 1)].sum())
    merged = laid(plan(day(firsts), day(8, rank=2), days_bind=True, rebook=True), slots)
    assert merged.over == ()


def test_the_same_day_makes_up_before_the_week_does():
    """Tuesday keeps all it has while Monday has something left."""
    slots = with_taken(published(plan(day(8))), 2, 2, 0, 0)
    merged = laid(plan(day(4), day(8, TUESDAY)), slots)
    tuesday = merged.slots.day == day_number(TUESDAY)
    assert merged.slots.capacity[tuesday].sum() == 8
    assert merged.slots.capacity[~tuesday].tolist() == [2, 2, 0, 0]


def test_other_hours_leave_bookings_where_they_are():
    """The old windows hold what is booked in them, the new ones the rest."""
    slots = with_taken(published(plan(day(8))), 1, 0, 0, 0)
    merged = laid(plan(day(8)), slots, opening=Opening(time(14), time(16), PARIS))
    morning = merged.slots.starts_at < instant(MONDAY, time(12), PARIS)
    assert merged.slots.capacity[morning].tolist() == [1, 0, 0, 0]
    assert merged.slots.capacity[~morning].sum() == 7


def test_a_product_cut_by_hand_leaves_the_others_as_they_are():
    """Not even their windows change."""
    slots = published(plan(day(8), day(8, product=MODERNA)))
    cut = plan(day(2, product=MODERNA), product_ids=frozenset({MODERNA}), days_bind=True)
    merged = laid(cut, slots)
    assert set(merged.slots.schedule_id.tolist()) == {schedule_id(MODERNA, 1)}
    assert merged.slots.capacity.sum() == 2


def test_shares_are_kept_out_of_what_is_free():
    """Fifteen and five in a hundred over the whole run, however small the slots."""
    week = [day(18, MONDAY + timedelta(days=d)) for d in range(5)]
    slots = laid(plan(*week, shares=Shares(0.15, 0.05, 3))).slots
    assert slots.phone_kept.sum() == 13
    assert slots.standby_kept.sum() == 5
    assert (slots.phone_kept + slots.standby_kept <= slots.capacity).all()
    opens = instant(MONDAY - timedelta(days=3), time(8), PARIS)
    assert slots.open_at[0] == opens


def test_slots_that_stay_keep_what_the_telephone_has_left():
    """Unless the shares themselves are new."""
    old = published(plan(day(8), shares=Shares(0.5, 0, 3)))
    used = replace(old, phone_kept=np.zeros_like(old.phone_kept), taken=old.phone_kept)
    same = plan(day(8), shares=Shares(0.5, 0, 3))
    assert laid(same, used).slots.phone_kept.sum() == 0
    fresh = laid(same, used, new_shares=True)
    assert fresh.slots.phone_kept.sum() == 2
    assert fresh.changed.any()


@pytest.mark.parametrize("seed", range(60))
def test_no_booking_is_ever_without_a_place_and_no_week_holds_more_than_its_doses(seed):
    """Whatever was booked, and whatever the new plan says."""
    rng = np.random.default_rng(seed)
    days = [MONDAY + timedelta(days=d) for d in range(14)]

    def some_plan(**about):
        sessions = [day(int(rng.integers(0, 12)), on, p, rank) for on in days for p in VIALS
                    for rank in (1, 2) if rng.random() < 0.4]  # fmt: skip
        return plan(*sessions, **about)

    slots = published(some_plan())
    slots = replace(slots, taken=rng.integers(0, slots.capacity + 1))
    new = some_plan(rebook=bool(seed % 2), days_bind=bool(seed % 3))
    merged = laid(new, slots)
    assert (merged.free >= 0).all()
    leaving = sum(n for _, n in must_leave(merged))
    assert all(n <= merged.slots.taken[rows].sum() for rows, n in must_leave(merged))
    assert (leaving == 0) | new.rebook
    doses, holds = sum(s.slots for s in new.sessions), merged.slots.capacity.sum() - leaving
    assert doses <= holds <= doses + sum(merged.standing.values())
    assert merged.standing == {} or not new.rebook


def test_a_booking_beyond_the_plan_takes_the_time_of_another_dose():
    """The week holds no more injections than planned, though one dose must come from elsewhere."""
    slots = with_taken(published(plan(day(4))), 1, 0, 0, 0)
    merged = laid(plan(day(4, product=MODERNA)), slots)
    assert merged.slots.capacity.sum() == 4
    assert merged.standing == {(PFIZER, day_number(MONDAY)): 1}


def test_the_other_dose_rank_of_a_product_makes_up_for_a_booking():
    """Doses of the same vials: nothing has to come from elsewhere."""
    slots = with_taken(published(plan(day(4))), 1, 0, 0, 0)
    merged = laid(plan(day(4, rank=2)), slots)
    assert merged.slots.capacity.sum() == 4
    assert merged.standing == {}
