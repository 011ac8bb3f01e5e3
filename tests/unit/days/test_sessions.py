"""The whole split: pairs, vials, reasons and the shape of what is returned."""

import os
import subprocess
import sys

import numpy as np

from allocator.days import split_into_days
from tests.unit.days.campaign import (
    ALL_WEEK,
    JANSSEN,
    PFIZER,
    by_day,
    by_week,
    campaign,
    doses,
    doses_wasted,
)
from tests.unit.days.oracle import all_unpaired

SATURDAY = 5


def test_a_product_fills_whole_vials_where_it_can():
    """60 doses in vials of 6 leave nothing open; ten a day would waste 12."""
    instance = campaign([[72]], [(6, 1, 0, 0)])
    slots = by_day(instance, split_into_days(instance, doses((0, 0, 0, None, 60))))
    assert doses_wasted(instance, slots) == 0
    even = np.full((2, 1, 1, 6), 5)
    assert doses_wasted(instance, even) == 12


def test_two_products_exchange_days_when_every_day_is_full():
    """30 doses in vials of 5 and 30 in vials of 6 on six full days of ten: hardly a vial open."""
    instance = campaign([[60]], [JANSSEN, (6, 1, 0, 0)])
    plan = doses((0, 0, 0, None, 30), (0, 1, 0, None, 30))
    slots = by_day(instance, split_into_days(instance, plan))
    assert (slots.sum(axis=(0, 1, 2))[:6] == 10).all()
    assert doses_wasted(instance, slots) <= 15  # 6 days x (10 - 9) at least, even split: 36


def test_one_open_vial_a_week_is_the_least_and_is_reached_with_room_to_spare():
    """Seven days with room: 31 doses in vials of 10 end with one vial holding nine more."""
    instance = campaign([[200]], [(10, 1, 0, 0)], open_days=[ALL_WEEK])
    slots = by_day(instance, split_into_days(instance, doses((0, 0, 0, None, 31))))
    assert doses_wasted(instance, slots) == 9


def test_a_saturday_three_weeks_before_a_monday_is_counted_with_its_reason():
    """Only Saturday is open in week 0 and only Monday in week 3: 16 days, not 21."""
    instance = campaign([[9, 9, 9, 9]], opens_on=["2021-06-05"], closes_on=["2021-06-21"])
    days = split_into_days(instance, doses((0, 0, 0, 3, 8)))
    (left,) = days.unpaired
    assert (left.centre, left.product, left.slots) == (0, 0, 8)
    assert left.reason == (
        "premières doses (semaine du 31/05/2021, samedi seul) sans seconde dose 21 à 49 jours "
        "plus tard, celles qui restent étant trop loin (semaine du 21/06/2021, lundi seul) ; "
        "aucune autre répartition n’en laisse moins"
    )
    assert all_unpaired(instance, by_day(instance, days)) == {(0, 0): 8}


def test_the_same_weeks_pair_when_the_centre_stays_open_to_saturday():
    """The control of the test above: with Saturday of week 3 open, nothing is left over."""
    instance = campaign([[9, 9, 9, 9]], opens_on=["2021-06-05"], closes_on=["2021-06-26"])
    plan = doses((0, 0, 0, 3, 2))
    days = split_into_days(instance, plan)
    assert days.unpaired == ()
    assert by_day(instance, days)[1, 0, 0, 21 + SATURDAY] == 2


def test_a_centre_that_closes_inside_a_week_gives_its_last_firsts_early():
    """Second doses end on a Tuesday, so first doses three weeks before are given by then."""
    instance = campaign([[30, 30, 30, 30]], closes_on=["2021-06-22"])
    days = split_into_days(instance, doses((0, 0, 0, 3, 10)))
    assert days.unpaired == ()
    assert by_day(instance, days)[0, 0, 0, :7].tolist()[2:] == [0] * 5


def test_first_doses_without_any_second_are_counted_as_such():
    """A baseline plan may promise first doses only; the reason says that none is planned."""
    instance = campaign([[30, 30, 30, 30]])
    (left,) = split_into_days(instance, doses((0, 0, 0, None, 7))).unpaired
    assert left.slots == 7
    assert left.reason == (
        "aucune seconde dose n’est prévue pour les premières doses : semaine du 31/05/2021, "
        "lundi à samedi"
    )


def test_both_doses_may_share_a_week():
    """An interval that starts at 0 days pairs within the week, even on its only open day."""
    instance = campaign([[20]], [(6, 2, 0, 6)], open_days=[[SATURDAY]])
    days = split_into_days(instance, doses((0, 0, 0, 0, 10)))
    assert days.unpaired == ()
    assert days.sessions.tolist() == [[0, 5, 0, 1, 10], [0, 5, 0, 2, 10]]


def test_sessions_are_sorted_and_never_empty():
    """Rows come by centre, day, product and rank, each with a slot at least."""
    instance = campaign([[60] * 5, [40] * 5], [PFIZER, JANSSEN])
    plan = doses((1, 0, 0, 3, 20), (0, 0, 1, 4, 9), (0, 1, 1, None, 31), (0, 0, 1, 5, 2))
    sessions = split_into_days(instance, plan).sessions
    keys = sessions[:, :4].tolist()
    assert keys == sorted(keys)
    assert len({tuple(key) for key in keys}) == len(keys)
    assert (sessions[:, 4] > 0).all()


def test_an_empty_plan_has_no_sessions():
    """Nothing decided, nothing split."""
    days = split_into_days(campaign([[10]]), doses())
    assert days.sessions.shape == (0, 5)
    assert days.unpaired == ()


def test_the_split_is_the_same_as_plain_python():
    """Compiled and interpreted kernels agree, so the code can be read, and debugged, as it is."""
    script = (
        "from tests.unit.days.test_sessions import busy_plan\n"
        "from allocator.days import split_into_days\n"
        "print(split_into_days(*busy_plan()).sessions.tolist())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == str(split_into_days(*busy_plan()).sessions.tolist())


def busy_plan():
    """Two centres, three products, tight weeks, one centre closing inside a week."""
    products = [PFIZER, JANSSEN, (10, 2, 28, 28)]
    instance = campaign([[50] * 5, [35] * 5], products, closes_on=["", "2021-06-30"])
    rows = [(0, 0, 0, 3, 20), (0, 2, 0, 4, 15), (0, 1, 0, None, 15), (0, 0, 1, 4, 30),
            (1, 0, 0, 3, 17), (1, 0, 1, 4, 11), (1, 1, 1, None, 8), (1, 2, 0, 4, 7)]  # fmt: skip
    plan = doses(*rows)
    assert by_week(instance, plan).sum() == 20 * 2 + 15 * 2 + 15 + 30 * 2 + 34 + 22 + 8 + 14
    return instance, plan
