"""The exact split, the bound that spares it, and when it is called."""

import numpy as np
import pytest

from allocator.days import pairing
from allocator.days.bound import least_unpaired
from allocator.days.matching import all_leftovers
from allocator.days.repair import repair_centre
from tests.unit.days.campaign import campaign

TWO_DOSE = np.array([True])


def random_centre(seed: int):
    """Draw weeks of one product at a centre with strange days, and their limits."""
    rng = np.random.default_rng(seed)
    W = 5
    days = rng.random((W, 7)) < 0.4
    days[~days.any(axis=1), int(rng.integers(7))] = True
    firsts = np.array([*rng.integers(0, 12, 3), 0, 0])
    seconds = np.roll(firsts, 2)
    injections = firsts + seconds + rng.integers(0, 4, W)
    limit = (days * -(-injections // days.sum(axis=1))[:, None]).reshape(-1)
    low = int(rng.integers(10, 15))
    high = max(low, 14) + int(rng.integers(0, 4))
    return np.stack([firsts, seconds])[:, None], limit, np.array([low]), np.array([high])


@pytest.mark.parametrize("seed", range(25))
def test_the_exact_split_keeps_sums_and_limits_and_counts_its_leftovers(seed):
    """What it calls loose is what the matching leaves over, and never below the bound."""
    weekly, limit, low, high = random_centre(seed)
    repaired = repair_centre(weekly, limit, TWO_DOSE, low, high)
    assert repaired.is_proven
    assert np.array_equal(repaired.slots.reshape(2, 1, -1, 7).sum(axis=-1), weekly)
    assert (repaired.slots.sum(axis=(0, 1)) <= limit).all()
    first, second = repaired.slots[:, None]
    left = all_leftovers(
        first, second, np.array([1]), low, high, np.zeros_like(first), np.zeros_like(first)
    )
    assert left.sum() == repaired.loose[0].sum()
    assert least_unpaired(weekly, limit, low, high)[0] <= left.sum()


def test_the_bound_sees_a_centre_that_opens_too_late_in_the_week():
    """Firsts on Saturday only, seconds on Monday only, three weeks later: all ten are over."""
    limit = np.zeros(28, dtype=np.int64)
    limit[[5, 21]] = 10
    weekly = np.array([[[10, 0, 0, 0]], [[0, 0, 0, 10]]])
    assert least_unpaired(weekly, limit, np.array([21]), np.array([49])).tolist() == [10]
    assert least_unpaired(weekly, limit, np.array([16]), np.array([49])).tolist() == [0]


def test_the_bound_counts_first_doses_without_a_planned_second():
    """Ten first doses and four second doses leave six over, whatever the days."""
    limit = np.full(28, 10)
    weekly = np.array([[[10, 0, 0, 0]], [[0, 0, 0, 4]]])
    assert least_unpaired(weekly, limit, np.array([21]), np.array([27])).tolist() == [6]


def test_the_exact_split_pairs_what_the_even_one_cannot(monkeypatch):
    """Opening on a Thursday and closing on a Tuesday: the even split alone leaves pairs over."""
    products = campaign([[1]], [(6, 2, 14, 14)]).products
    weekly = np.array([[[[10, 10, 0, 0]]], [[[0, 0, 10, 10]]]])
    limit = np.zeros((1, 28), dtype=np.int64)
    limit[0, 3:23] = 5
    limit[0, [6, 13, 20]] = 0
    repaired = pairing.pair_days(weekly, limit, products)
    assert repaired.unpaired.sum() == 0
    assert repaired.is_proven.all()
    monkeypatch.setattr(pairing, "MAX_REPAIRS", 0)
    even = pairing.pair_days(weekly, limit, products)
    assert even.unpaired.sum() > 0
    assert not even.is_proven.any()
