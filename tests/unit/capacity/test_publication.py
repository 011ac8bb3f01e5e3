"""What a publication must be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.capacity.publication import (
    Publication,
    QuotaPart,
    Session,
    Shares,
    product_of,
    rank_of,
    schedule_id,
)

MONDAY = date(2021, 5, 31)


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda: Session(MONDAY, 1, 3, 1), "dose_rank 1 or 2"),
        (lambda: Session(MONDAY, 1, 1, -1), "slots >= 0"),
        (lambda: QuotaPart(1, MONDAY + timedelta(days=1), "22", 1, 1), "Monday"),
        (lambda: QuotaPart(1, MONDAY, "22", 1, -1), "slots >= 0"),
        (lambda: Shares(0.9, 0.2), "sum to 1"),
        (lambda: Shares(-0.1, 0.2), "shares >= 0"),
        (lambda: Shares(release_days=-1), "release_days"),
        (lambda: publication(Session(MONDAY, 1, 1, 1), Session(MONDAY, 1, 1, 2)), "one session"),
        (lambda: publication(Session(MONDAY - timedelta(days=1), 1, 1, 1)), "between from_day"),
        (lambda: publication(Session(MONDAY, 1, 1, 1), product_ids=frozenset({2})), "products"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_the_rule(make, rule):
    """Before anything comes near the database."""
    with pytest.raises(ValueError, match=rule):
        make()


def publication(*sessions, **about):
    """Return a publication of one day."""
    return Publication(1, "plan", MONDAY, sessions, to_day=MONDAY, **about)


def test_a_schedule_s_number_tells_product_and_rank():
    """At every centre alike."""
    pairs = [(product, rank) for product in (1, 2, 30) for rank in (1, 2)]
    numbers = [schedule_id(*pair) for pair in pairs]
    assert len(set(numbers)) == len(pairs)
    assert [(product_of(n), rank_of(n)) for n in numbers] == pairs
