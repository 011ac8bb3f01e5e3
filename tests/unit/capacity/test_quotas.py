"""Quotas of a new plan over those that are there."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from api.capacity.publication import Counted, Publication, QuotaPart
from api.capacity.quotas import Quota, merge_quotas
from api.capacity.windows import instant

MONDAY = date(2021, 5, 31)
PARIS = ZoneInfo("Europe/Paris")
OPEN_AT = instant(date(2021, 5, 28), time(8), PARIS)
PFIZER = 1


def plan(*parts, counted=()):
    """Return a publication with quotas for class 1 of some départements."""
    quotas = tuple(QuotaPart(PFIZER, MONDAY, department, 1, n) for department, n in parts)
    return Publication(1, "plan", MONDAY, (), quotas=quotas, counted=counted)


def there(department, slots, taken=0):
    """Return a quota row."""
    return Quota((PFIZER, MONDAY, department, 1), slots, taken, OPEN_AT)


def test_a_first_plan_adds_its_quotas():
    """Each opens to all three days before its week."""
    changes = merge_quotas(plan(("22", 5), ("35", 2)), [], PARIS)
    assert changes.written == (there("22", 5), there("35", 2))
    assert changes.counts == {"added": 2}


def test_the_same_plan_again_changes_nothing():
    """Also when somebody has booked."""
    changes = merge_quotas(plan(("22", 5)), [there("22", 5, taken=3)], PARIS)
    assert (changes.written, changes.removed, changes.counts) == ((), (), {})


def test_doses_come_on_top_of_the_bookings_the_plan_counted():
    """Three were counted and one came since: of five new doses, four are left."""
    counted = (Counted(PFIZER, MONDAY, 1, "22", 1, 3), Counted(PFIZER, MONDAY, 2, "22", 1, 9))
    (row,) = merge_quotas(plan(("22", 5), counted=counted), [there("22", 6, 4)], PARIS).written
    assert row.slots == 8
    assert row.slots - row.taken == 4


def test_a_quota_the_plan_does_not_know_goes_unless_it_was_used():
    """What is booked under it stands, and it sells no more."""
    changes = merge_quotas(plan(), [there("22", 5), there("35", 5, taken=1)], PARIS)
    assert changes.removed == ((PFIZER, MONDAY, "22", 1),)
    assert changes.written == (there("35", 1, taken=1),)
    assert changes.counts == {"removed": 1, "lowered": 1}


def test_raised_and_lowered_quotas_are_told_apart():
    """As for slots."""
    changes = merge_quotas(plan(("22", 7), ("35", 1)), [there("22", 5), there("35", 2)], PARIS)
    assert changes.counts == {"raised": 1, "lowered": 1}
