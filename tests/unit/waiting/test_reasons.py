"""Why there is no offer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.capacity.rebooking.rules import Period, Rules
from api.waiting.reasons import MOST_COUNTED, Offered, Situation, reasons
from tests.campaign import NOW

TODAY = NOW.date()
ALWAYS = [Period(date(2021, 1, 1), None)]
RULES = Rules(
    intervals={},
    eligible={(1, 1, 1): ALWAYS, (1, 2, 1): ALWAYS, (2, 1, 1): ALWAYS},
    opens_on={1: date(2021, 1, 1), 2: TODAY + timedelta(days=10)},
)


def told(*, class_id=1, products=(1,), offered=None, before=0, ready_at=NOW):
    """Explain a situation."""
    known = {1: Offered(100, 0)} if offered is None else offered
    situation = Situation(class_id, products, known, before, ready_at)
    return reasons(situation, RULES, TODAY, NOW)


def codes(**situation):
    """Give the codes of the reasons."""
    return [reason.reason for reason in told(**situation)]


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        ({}, ["all-taken", "next"]),
        ({"before": 12}, ["all-taken", "people-before"]),
        ({"offered": {1: Offered(100, 3)}}, ["bookable", "next"]),
        ({"offered": {}}, ["no-dose", "next"]),
        ({"products": (2,)}, ["no-dose", "next"]),
        ({"class_id": 2}, ["class-not-open", "all-taken", "next"]),
        ({"class_id": 2, "products": (2,)},
         ["class-not-open", "no-product-allowed", "no-dose", "next"]),
        ({"class_id": 9}, ["class-not-open", "no-product-allowed", "all-taken", "next"]),
        ({"ready_at": NOW + timedelta(hours=1)}, ["all-taken", "after-an-offer", "next"]),
    ],
)  # fmt: skip
def test_every_situation_has_its_reasons(situation, expected):
    """The hardest first; there is always at least one."""
    assert codes(**situation) == expected


def test_people_before_are_counted_in_words():
    """One person waits, two wait; very many are at least so many."""
    assert told(before=1)[-1].sentence == "1 personne attend avant vous dans ces centres."
    twelve = told(before=12)[-1]
    assert twelve.sentence == "12 personnes attendent avant vous dans ces centres."
    assert (twelve.people, twelve.at_least) == (12, False)
    many = told(before=MOST_COUNTED)[-1]
    assert (many.people, many.at_least) == (MOST_COUNTED, True)
    assert many.sentence.startswith("Au moins 500 personnes")


def test_a_class_that_opens_later_is_told_the_day():
    """As a date for programs and in the sentence for people."""
    first = told(class_id=2)[0]
    assert first.on == TODAY + timedelta(days=10)
    assert f"{first.on:%d/%m/%Y}" in first.sentence
