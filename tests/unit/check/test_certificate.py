"""The certificate's table: every price comes back, every malformed row is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocator.certificate import Prices, decode, encode, from_table, no_prices, to_table
from allocator.errors import InputError
from allocator.instance import Instance
from tests.unit.check.plans import campaign


def drawn(instance: Instance) -> Prices:
    """Draw prices, half of them zero; some stock rows of zeros only."""
    rng = np.random.default_rng(3)
    like = no_prices(instance)

    def some(shape):
        return rng.exponential(5, shape) * (rng.random(shape) < 0.5)

    stock = {(0, 0): some(8), (1, 0): np.zeros(8), (1, 1): some(8)}
    return Prices(
        some(like.capacity.shape), some(like.pool.shape), stock, some(like.fairness.shape)
    )


def table(*rows: tuple) -> pd.DataFrame:
    """Build a certificate from rows."""
    return pd.DataFrame(rows, columns=["row_kind", "keys", "value"])


def test_prices_come_back_from_their_table(instance):
    """Also the stock rows that are all zero, which are not those left out."""
    prices = drawn(instance)
    back = from_table(instance, to_table(instance, prices))
    assert back is not None
    np.testing.assert_array_equal(back.capacity, prices.capacity)
    np.testing.assert_array_equal(back.pool, prices.pool)
    np.testing.assert_array_equal(back.fairness, prices.fairness)
    assert set(back.stock) == set(prices.stock)
    for key, row in prices.stock.items():
        np.testing.assert_array_equal(back.stock[key], row)


def test_the_keys_read_as_documented(instance):
    """The format is a promise: other programs read it."""
    prices = replace(no_prices(instance), stock={(1, 0): np.zeros(8)})
    prices.capacity[0, 3] = 1.5
    prices.pool[1, 7] = 2
    prices.fairness[0, 1] = 20
    assert to_table(instance, prices).values.tolist() == [
        ["capacity", "centre=x;week=3", 1.5],
        ["pool", "product=janssen;week=7", 2.0],
        ["stock", "centre=y;product=pfizer;week=0", 0.0],
        ["fairness", "department=29;week=1", 20.0],
    ]


def test_a_table_without_a_row_holds_no_prices(instance):
    """Baselines write an empty table: no certificate."""
    empty = to_table(instance, None)
    assert empty.empty
    assert from_table(instance, empty) is None


def test_prices_of_zero_are_a_certificate_all_the_same(instance):
    """They prove a bound of 0, so one row is written."""
    back = from_table(instance, to_table(instance, no_prices(instance)))
    assert back is not None
    assert not back.pool.any()


@pytest.mark.parametrize("name", ["a;week=3", "50%", "%3B", "x=y", "%;=%25", "Saint-Étienne"])
def test_an_id_may_hold_any_sign(tmp_path, name):
    """Separators inside ids are encoded, and come back."""
    assert decode(encode(name)) == name
    assert not {";", "="} & set(encode(name))
    centres = [{"centre": name, "name": "n", "department": "22", "lat": 0, "lon": 0,
                "opens_on": "2021-01-18"}]  # fmt: skip
    capacity = [{"centre": name, "week": 0, "injections": 5}]
    deliveries = [{"week": 0, "product": "pfizer", "doses": 24}]
    instance = campaign(
        tmp_path / "i", centres=centres, capacity=capacity, deliveries=deliveries, travel=None
    )
    prices = no_prices(instance)
    prices.capacity[0, 2] = 4
    back = from_table(instance, to_table(instance, prices))
    assert back is not None
    assert back.capacity[0].tolist() == [0, 0, 4, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("capacité", "centre=x;week=0", 1.0), "unknown row_kind: 'capacité'"),
        (("capacity", "centre=w;week=0", 1.0), "unknown centre: 'w'"),
        (("pool", "product=x;week=0", 1.0), "unknown product: 'x'"),
        (("capacity", "centre=x;week=8", 1.0), "unknown week in keys: 'centre=x;week=8'"),
        (("capacity", "centre=x;week=-1", 1.0), "unknown week in keys: 'centre=x;week=-1'"),
        (("fairness", "department=22;week=0", 1.0), "unknown week in keys"),
        (("capacity", "week=0;centre=x", 1.0), "keys must read centre=...;week=..."),
        (("stock", "centre=x;week=0", 1.0), "keys must read centre=...;product=...;week=..."),
        (("capacity", "", 1.0), "keys must read"),
        (("capacity", "centre=x;week=0", float("nan")), "value is not finite: nan"),
        (("capacity", "centre=x;week=0", float("inf")), "value is not finite: inf"),
        (("pool", "product=pfizer;week=0", 1.0), "repeated row"),
    ],
)
def test_a_malformed_row_is_refused_by_its_line(instance, row, rule):
    """The second row, on line 3 of the file, is the wrong one."""
    rows = table(("pool", "product=pfizer;week=0", 2.0), row)
    with pytest.raises(InputError) as error:
        from_table(instance, rows)
    assert (error.value.file, error.value.line) == ("certificate.csv", 3)
    assert rule in error.value.rule


def test_prices_of_different_weeks_are_refused(instance):
    """A programmer's mistake, named as such."""
    prices = no_prices(instance)
    with pytest.raises(ValueError, match="pool must have 8 weeks"):
        replace(prices, pool=prices.pool[:, :7])
    with pytest.raises(ValueError, match="stock row must have 8 weeks"):
        replace(prices, stock={(0, 0): np.zeros(7)})
