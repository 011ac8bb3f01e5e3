"""A price is what the cost falls by for one unit more: solved again by a model of its own.

The witness writes the whole relaxation in plain loops (`tests.unit.check.reference`); one unit
more or less is a change of its right-hand sides, so nothing here goes through the product's own
way of solving again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.instance import Instance
from allocator.read import read_instance
from allocator.solve import solve
from tests.factories import random_instance
from tests.unit.check.reference import Lp, Witness, relaxation

TINY = {"zones": 4, "classes": 2, "centres": 3, "products": 2, "weeks": 4, "people": 60}
LOOKED_AT = 6
"""Rows of each random instance whose price is solved again."""

Row = tuple[object, ...]


def drawn(seed: int) -> Instance:
    """Read a random instance."""
    with tempfile.TemporaryDirectory() as scratch:
        return read_instance(random_instance(np.random.default_rng(seed), Path(scratch), **TINY))


def rows_of(instance: Instance, price: dict) -> list[Row]:
    """Rows of the witness that a price stands for: with later weeks where doses are cumulative."""
    ids = instance.centres.ids, instance.products.ids, instance.departments
    centres, products, departments = ({name: i for i, name in enumerate(names)} for names in ids)
    week, where = int(price["week"]), price["where"]
    later = range(week, Witness(instance).W)
    if price["what"] == "capacity":
        return [("capacity", centres[where], week)]
    if price["what"] == "fairness":
        return [("fairness", week, departments[where])]
    if price["what"] == "pool":
        return [("pool", products[where], w) for w in later]
    centre, product = where.split(" ")
    return [("stock", centres[centre], products[product], w) for w in later]


def cost_with(lp: Lp, rows: list[Row], unit: int) -> float | None:
    """Least cost with `unit` more on the right of these rows; None when nothing is feasible."""
    for row in rows:
        lp.limit[row] += unit
    try:
        return lp.solve()[0]
    except AssertionError:
        return None
    finally:
        for row in rows:
            lp.limit[row] -= unit


def differences(instance: Instance, prices: list[dict]) -> list[tuple[float, float, float | None]]:
    """Value, gain of one unit more, and loss of one unit less (None: no plan) of each price."""
    lp = relaxation(instance)
    base, _ = lp.solve()
    found = []
    for price in prices:
        rows = rows_of(instance, price)
        more, less = cost_with(lp, rows, 1), cost_with(lp, rows, -1)
        found.append((price["value"], base - more, None if less is None else less - base))
    return found


@given(seed=st.integers(0, 100_000))
@settings(deadline=None, max_examples=20)
def test_a_price_lies_between_the_two_differences(seed):
    """One unit more saves at most the price, one unit less costs at least it."""
    instance = drawn(seed)
    rng = np.random.default_rng(seed)
    prices = solve(instance, time_limit=1).plan["prices"]
    some = prices.sample(min(LOOKED_AT, len(prices)), random_state=rng).to_dict("records")
    for value, more, less in differences(instance, some):
        slack = 1e-6 * max(1.0, value)
        assert -slack <= more <= value + slack
        assert less is None or less >= value - slack


def test_most_prices_are_both_differences(tmp_path):
    """The control: over some seeds most prices are no wide interval but the difference itself."""
    found = []
    for seed in range(12):
        instance = drawn(seed)
        prices = solve(instance, time_limit=1).plan["prices"].head(LOOKED_AT).to_dict("records")
        found += [row for row in differences(instance, prices) if row[2] is not None]
    alike = [abs(more - less) <= 1e-6 * max(1.0, value) for value, more, less in found]
    assert len(found) >= 20
    assert np.mean(alike) > 0.5


@given(seed=st.integers(0, 100_000))
@settings(deadline=None, max_examples=15)
def test_what_has_no_price_is_worth_nothing(seed):
    """A week with slots left by bookings that the table leaves out gains nothing from one more.

    Where no slot is left there is nothing to price: nobody could come whatever it costs.
    """
    instance = drawn(seed)
    prices = solve(instance, time_limit=1).plan["prices"]
    priced = prices[prices["what"] == "capacity"][["where", "week"]]
    listed = {tuple(row) for row in priced.to_numpy().tolist()}
    lp, it = relaxation(instance), Witness(instance)
    base, _ = lp.solve()
    rng = np.random.default_rng(seed)
    for _ in range(LOOKED_AT):
        j, week = int(rng.integers(len(instance.centres.ids))), int(rng.integers(it.W))
        if lp.limit["capacity", j, week] > 0 and (instance.centres.ids[j], week) not in listed:
            more = cost_with(lp, [("capacity", j, week)], 1)
            assert more >= base - 1e-6 * max(1.0, base)
