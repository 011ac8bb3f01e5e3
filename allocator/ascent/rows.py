"""The ascent's prices as duals of the model's rows, as the certificate wants them."""

from __future__ import annotations

import numpy as np

from allocator import certificate
from allocator.ascent.model import BLOCKED, Model, Prices
from allocator.instance import Floats


def row_prices(model: Model, prices: Prices) -> certificate.Prices:
    """Row duals: a weekly price falls by what the cumulative row of that week is worth."""
    rows, products = np.nonzero(model.stock_row >= 0)
    return certificate.Prices(
        capacity=np.where(prices.capacity >= BLOCKED, 0.0, prices.capacity),
        pool=_falls(prices.pool),
        stock={
            (int(j), int(p)): _falls(prices.stock[model.stock_row[j, p]])
            for j, p in zip(rows, products, strict=True)
        },
        fairness=prices.fairness,
    )


def ascent_prices(model: Model, rows: certificate.Prices) -> Prices:
    """Inverse of `row_prices`: prices of use, from row duals."""
    stock = np.zeros_like(model.stock_net)
    for (j, p), row in rows.stock.items():
        stock[model.stock_row[j, p]] = price_of_use(row)
    capacity = np.where(model.room > 0, rows.capacity, BLOCKED)
    return Prices(capacity, price_of_use(rows.pool), stock, rows.fairness.copy())


def _falls(values: Floats) -> Floats:
    following = np.concatenate([values[..., 1:], 0 * values[..., :1]], axis=-1)
    falls: Floats = np.maximum(values - following, 0.0)
    return falls


def price_of_use(rows: Floats) -> Floats:
    """Price of one unit used in a week: it is missing in the rows of that week and of all later."""
    return np.ascontiguousarray(np.cumsum(rows[..., ::-1], axis=-1)[..., ::-1])
