"""The certificate is a lower bound whatever the prices, and exact at the best ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allocator.certificate import Prices, from_table, no_prices, to_table
from allocator.check.bound import MAX_PRICE, lower_bound
from allocator.check.verdict import judge
from allocator.instance import Instance, Objective
from allocator.read import read_instance
from tests.factories import random_instance
from tests.instances import (
    NAMED,
    allowed,
    centre,
    delivery,
    one_dose,
    people,
    two_doses,
    weekly,
    zone,
)
from tests.unit.check.plans import campaign, plan_of
from tests.unit.check.reference import prices_of, relaxation

SEEDS = range(25)


def random_priced(rng: np.random.Generator, folder: Path) -> Instance:
    """Draw an instance in which leaving people unserved costs something."""
    instance = read_instance(random_instance(rng, folder))
    return replace(instance, objective=replace(instance.objective, unserved=100.0))


def one_week(folder: Path, **tables) -> Instance:
    """Write the campaign with one week, one class, one one-dose product and no fairness."""
    settings = {"weeks": 1, "fairness": {"checkpoints": []}}
    rules = [allowed("p", "18")]
    return campaign(
        folder, settings=settings, products=[one_dose("p")], eligibility=rules, **tables
    )


def solved(instance: Instance) -> tuple[float, Prices]:
    """Solve the whole relaxation by linprog: its least cost, and the prices of its rows."""
    least, found = relaxation(instance).solve()
    return least, prices_of(instance, found)


def drawn(rng: np.random.Generator, like: Prices, scale: float) -> Prices:
    """Draw prices of any sign."""

    def some(shape):
        return rng.normal(0.3, scale, shape)

    stock = {key: some(row.shape) for key, row in like.stock.items() if rng.random() < 0.5}
    return Prices(
        some(like.capacity.shape), some(like.pool.shape), stock, some(like.fairness.shape)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_at_the_prices_of_the_relaxation_the_bound_is_its_cost(tmp_path, seed):
    """Strong duality: an independent LP over all centres, its row prices, and the bound agree."""
    instance = random_priced(np.random.default_rng(seed), tmp_path / "i")
    least, prices = solved(instance)
    assert lower_bound(instance, prices) == pytest.approx(least, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_prices_lift_the_bound_above_the_relaxation(tmp_path, seed):
    """Weak duality: random prices, good prices disturbed, and absurd ones never exceed the LP."""
    rng = np.random.default_rng(seed)
    instance = random_priced(rng, tmp_path / "i")
    least, best = solved(instance)
    ceiling = least * (1 + 1e-9) + 1e-7
    for scale in (0.1, 3.0, 100.0):
        assert lower_bound(instance, drawn(rng, best, scale)) <= ceiling
    for _ in range(4):
        noise = rng.normal(1, 0.3, best.capacity.shape)
        near = replace(best, capacity=best.capacity * noise, stock={})
        assert lower_bound(instance, near) <= ceiling
    huge = replace(best, capacity=best.capacity * 1e300, pool=best.pool + 1e300)
    assert 0 <= lower_bound(instance, huge) <= ceiling


def test_good_prices_give_a_bound_that_is_not_trivial(tmp_path):
    """The control of the tests above: most bounds at the best prices are well above zero."""
    rng = np.random.default_rng(1)
    bounds = [
        lower_bound(instance, solved(instance)[1])
        for instance in (random_priced(rng, tmp_path / f"{i}") for i in range(8))
    ]
    assert np.median(bounds) > 10


@pytest.mark.parametrize("name", NAMED)
def test_the_bound_of_an_instance_solved_by_hand_is_not_above_its_cost(tmp_path, name):
    """The best whole-number plan costs at least what the relaxation does."""
    known = NAMED[name](tmp_path / name)
    instance = read_instance(known.folder)
    least, prices = solved(instance)
    bound = lower_bound(instance, prices)
    assert bound == pytest.approx(least, rel=1e-6)
    assert bound <= known.cost * (1 + 1e-9)


def test_a_far_centre_counts_although_a_near_one_is_there(tmp_path):
    """All centres are looked at: five people of a, one slot at x (2 km), ten at y (12 km).

    At the price 2 of the slot at x the bound is exact, 4 x 0.2 x 10 = 8. At 50, y still takes
    everybody: 500 - 50 - 5 x 98 is below 0, where x alone would claim 500 - 50 - 5 x 50 = 200.
    """
    instance = one_week(
        tmp_path / "i",
        demand=[people("a", "18", 5)],
        capacity=[*weekly("x", 1), *weekly("y", 10)],
        deliveries=[delivery(0, "p", 99)],
    )
    prices = no_prices(instance)
    prices.capacity[0] = 2
    assert lower_bound(instance, prices) == pytest.approx(8)
    prices.capacity[0] = 50
    assert lower_bound(instance, prices) == 0


def test_prices_of_stock_may_not_exceed_those_of_the_pool(tmp_path):
    """Repair: a stock price above the pool's is cut to it; left alone it would claim too much.

    Five doses for eight people cost 300. At the pool price 50, 800 - 5 x 50 - 8 x 50 = 150 is
    proven; with 500 for a dose at x, nobody would want one and 550 would be claimed.
    """
    instance = one_week(
        tmp_path / "i",
        demand=[people("a", "18", 8)],
        capacity=weekly("x", 50),
        deliveries=[delivery(0, "p", 5)],
    )
    same = replace(no_prices(instance), pool=np.array([[50.0]]))
    dearer = replace(same, stock={(0, 0): np.array([500.0])})
    assert lower_bound(instance, same) == pytest.approx(150)
    assert lower_bound(instance, dearer) == lower_bound(instance, same)


def test_deliveries_of_the_tail_are_paid_for(tmp_path):
    """Twelve doses, all in week 0, are three a week in the tail; second doses come in week 4.

    First doses only in week 0: of ten people, 15 / 2 are served. A dose is worth 50 until then:
    10 x 100 - 50 x (12 + 3).
    """
    rules = [allowed("pfizer", "18", to_date="2021-05-31"), allowed("pfizer", "*", rank=2)]
    instance = campaign(
        tmp_path / "i",
        settings={"fairness": {"checkpoints": []}},
        demand=[people("a", "18", 10)],
        products=[two_doses("pfizer", 1, (28, 28))],
        eligibility=rules,
        deliveries=[delivery(0, "pfizer", 12)],
    )
    prices = no_prices(instance)
    prices.pool[0, 4] = 50
    assert lower_bound(instance, prices) == pytest.approx(250)
    assert solved(instance)[0] == pytest.approx(250)


def test_negative_prices_count_as_zero(tmp_path):
    """Repair: no row pays for being used."""
    instance = campaign(tmp_path / "i")
    prices = no_prices(instance)
    negative = replace(prices, capacity=prices.capacity - 5, pool=prices.pool - 5)
    assert lower_bound(instance, negative) == lower_bound(instance, prices)


def test_fairness_prices_are_cut_at_the_price_of_the_floor(tmp_path):
    """Repair: nobody missing costs more than `fairness.price`."""
    instance = campaign(tmp_path / "i")
    fair = replace(no_prices(instance), fairness=np.array([[0.0, 20.0]]))
    more = replace(no_prices(instance), fairness=np.array([[-3.0, 1e300]]))
    assert lower_bound(instance, more) == lower_bound(instance, fair)


def test_a_week_with_nothing_left_is_priced_infinitely_for_free(tmp_path):
    """A closed slot has no price in the certificate, yet nobody is served there.

    Ten slots at x, none at y: of 18 people, ten can be served: 18 x 100 - 10 x 100.
    """
    instance = one_week(
        tmp_path / "i",
        demand=[people("a", "18", 18)],
        capacity=[*weekly("x", 10), *weekly("y", 0)],
        deliveries=[delivery(0, "p", 99)],
    )
    prices = no_prices(instance)
    prices.capacity[0, 0] = 100
    assert lower_bound(instance, prices) == pytest.approx(800)


def test_earmarked_and_booked_doses_are_paid_at_the_price_of_the_stock(tmp_path):
    """Six doses earmarked to x, one booked: five of eight are served, 8 x 100 - 5 x 100."""
    instance = one_week(
        tmp_path / "i",
        demand=[people("a", "18", 8)],
        capacity=weekly("x", 50),
        deliveries=[delivery(0, "p", 6, "x")],
        booked=[{"centre": "x", "week": 0, "product": "p", "dose_rank": 1, "people": 1}],
    )
    at_100 = replace(no_prices(instance), pool=np.array([[100.0]]))
    assert lower_bound(instance, at_100) == pytest.approx(300)


def test_the_bound_stays_finite_at_any_price(instance):
    """Prices beyond every cost are cut before they overflow."""
    prices = no_prices(instance)
    for field in (prices.capacity, prices.pool, prices.fairness):
        field[:] = 1e308
    assert lower_bound(instance, prices) == 0
    assert MAX_PRICE < 1e300


def test_what_kilometres_lose_by_rounding_does_not_lift_the_bound(tmp_path):
    """Everybody next door is served for nothing, though a kilometre costs 1e5 and a person 1e-6.

    Prices of sums as large as 1e7 are rounded by more than the person is worth.
    """
    rng = np.random.default_rng(1)
    places = rng.uniform(-40, 40, (200, 2)).round(4).tolist()
    rows = [{**zone(f"z{i}"), "lat": lat, "lon": lon} for i, (lat, lon) in enumerate(places)]
    instance = one_week(
        tmp_path / "i",
        zones=rows,
        demand=[people(row["zone"], "18", 9) for row in rows],
        centres=[{**centre("x"), "lat": 1.3, "lon": 2.7}],
        capacity=weekly("x", 10_000),
        deliveries=[delivery(0, "p", 10_000)],
        travel=[],
    )
    dear = replace(instance, objective=Objective(unserved=1e-6, week=0, km=1e5))
    assert lower_bound(dear, no_prices(dear)) == 0


def test_the_verdict_takes_its_bound_from_the_certificate_of_the_plan(instance):
    """Through the table and back, the bound is that of the prices."""
    _, prices = solved(instance)
    table = to_table(instance, prices)
    verdict = judge(instance, plan_of(certificate=table))
    assert from_table(instance, table) is not None
    assert verdict.bound == lower_bound(instance, prices)
    assert 0 < verdict.bound < verdict.cost
    assert verdict.gap == pytest.approx((verdict.cost - verdict.bound) / verdict.cost)
