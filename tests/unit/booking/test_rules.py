"""Which doses make a whole vaccination, and how far apart they must be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.booking.catalogue import Catalogue, Product
from api.booking.problems import NotEligible, WrongDoses, WrongInterval
from api.booking.rules import Dose, FirstElsewhere, check_eligible, check_whole
from api.capacity.rebooking.rules import Period, Rules

DAY = date(2021, 5, 31)
TWO, ONE, BARE = 1, 2, 3
"""A product of two doses, one of one, and one of two without any interval."""
CATALOGUE = Catalogue(
    centre_ids={},
    centre_codes={},
    departments=frozenset(),
    product_ids={"two": TWO, "one": ONE, "bare": BARE},
    products={
        TWO: Product(TWO, "two", 2), ONE: Product(ONE, "one", 1), BARE: Product(BARE, "bare", 2),
    },
    class_ids={},
    rules=Rules(
        intervals={TWO: [(date(2021, 1, 1), 21, 28), (date(2021, 6, 7), 35, 42)]},
        eligible={(TWO, 1, 1): [Period(DAY, DAY)], (TWO, 0, 2): [Period(DAY, None)]},
        opens_on={1: date(2021, 1, 1), 2: date(2021, 1, 1)},
    ),
)  # fmt: skip


def pair(days, product=TWO, first=DAY):
    """Make a first dose and a second some days later."""
    return [Dose(product, 1, first), Dose(product, 2, first + timedelta(days))]


@pytest.mark.parametrize(("days", "fits"), [(20, False), (21, True), (28, True), (29, False)])
def test_both_ends_of_the_interval_belong_to_it(days, fits):
    """Twenty-one to twenty-eight days."""
    if fits:
        check_whole(CATALOGUE, pair(days), None)
    else:
        with pytest.raises(WrongInterval, match="21 to 28"):
            check_whole(CATALOGUE, pair(days), None)


def test_the_newest_interval_before_the_first_dose_counts():
    """The day it begins on included."""
    check_whole(CATALOGUE, pair(35, first=date(2021, 6, 7)), None)
    with pytest.raises(WrongInterval, match="35 to 42"):
        check_whole(CATALOGUE, pair(28, first=date(2021, 6, 7)), None)
    check_whole(CATALOGUE, pair(28, first=date(2021, 6, 6)), None)


@pytest.mark.parametrize("doses", [pair(21, BARE), pair(21, first=date(2020, 12, 1))])
def test_a_pair_without_any_interval_in_force_is_refused(doses):
    """No row at all, or none yet: nobody said when the second is due."""
    with pytest.raises(WrongInterval, match="no interval"):
        check_whole(CATALOGUE, doses, None)


def test_one_dose_is_whole_where_one_is_needed():
    """And only there."""
    check_whole(CATALOGUE, [Dose(ONE, 1, DAY)], None)
    with pytest.raises(WrongDoses):
        check_whole(CATALOGUE, [Dose(TWO, 1, DAY)], None)
    with pytest.raises(WrongDoses):
        check_whole(CATALOGUE, pair(21, ONE), None)


def test_a_second_dose_alone_needs_a_first_elsewhere_of_its_product():
    """In the interval after it, and no first dose of ours beside it."""
    second = [Dose(TWO, 2, DAY)]
    check_whole(CATALOGUE, second, FirstElsewhere(TWO, DAY - timedelta(21)))
    for doses, elsewhere in [
        (second, None),
        (second, FirstElsewhere(BARE, DAY - timedelta(21))),
        (pair(21), FirstElsewhere(TWO, DAY - timedelta(21))),
        ([Dose(ONE, 1, DAY)], FirstElsewhere(ONE, DAY - timedelta(21))),
    ]:
        with pytest.raises(WrongDoses):
            check_whole(CATALOGUE, doses, elsewhere)
    with pytest.raises(WrongInterval):
        check_whole(CATALOGUE, second, FirstElsewhere(TWO, DAY - timedelta(20)))


def test_two_products_or_two_doses_of_a_rank_are_no_vaccination():
    """However far apart."""
    for doses in (
        [Dose(TWO, 1, DAY), Dose(BARE, 2, DAY + timedelta(21))],
        [Dose(TWO, 1, DAY), Dose(TWO, 1, DAY + timedelta(21))],
        [],
    ):
        with pytest.raises(WrongDoses):
            check_whole(CATALOGUE, doses, None)


def test_a_first_dose_is_for_its_class_and_a_second_for_whoever_has_begun():
    """By the periods of class and rank."""
    check_eligible(CATALOGUE, 1, Dose(TWO, 1, DAY))
    check_eligible(CATALOGUE, 2, Dose(TWO, 2, DAY + timedelta(21)))
    for class_id, dose in [
        (2, Dose(TWO, 1, DAY)),
        (1, Dose(TWO, 1, DAY + timedelta(1))),
        (1, Dose(TWO, 2, DAY - timedelta(1))),
    ]:
        with pytest.raises(NotEligible, match=f"dose {dose.dose_rank}"):
            check_eligible(CATALOGUE, class_id, dose)
