"""The certificate: prices a solver suggests, and the table that carries them (format only).

One row is one price, above zero or not written. `row_kind` and `keys` name the coupling row:

=========== ================================== ==============================================
row_kind    keys                               value (cost units)
=========== ================================== ==============================================
`capacity`  `centre=<id>;week=<w>`             per injection of that week
`pool`      `product=<id>;week=<w>`            of the cumulative national row, per dose
`stock`     `centre=<id>;product=<id>;week=<w>` of the cumulative centre row, per dose
`fairness`  `department=<id>;week=<c>`         per person missing at checkpoint week c
=========== ================================== ==============================================

Weeks run over the horizon and its tail. In ids, `%`, `;` and `=` are percent-encoded. A row left
out is worth 0, but a (centre, product) without any stock row takes the prices of the pool; to
price it at 0, at least one row (of value 0) is written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.errors import InputError
from allocator.instance import Floats, Instance
from allocator.read import tail_weeks

KEYS: dict[str, tuple[str, ...]] = {
    "capacity": ("centre", "week"),
    "pool": ("product", "week"),
    "stock": ("centre", "product", "week"),
    "fairness": ("department", "week"),
}
"""Names inside `keys`, in order, by `row_kind`."""

_ESCAPES = (("%", "%25"), (";", "%3B"), ("=", "%3D"))


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of the coupling rows, in cost units; W weeks of horizon and tail.

    capacity
        J x W, per injection.
    pool
        P x W, of the cumulative national rows, per dose.
    stock
        By (centre, product): W prices of the cumulative centre rows, per dose.
    fairness
        C x D, per person missing; rows in the order of `Fairness.checkpoints`.
    """

    capacity: Floats
    pool: Floats
    stock: Mapping[tuple[int, int], Floats]
    fairness: Floats

    def __post_init__(self) -> None:
        weeks = self.capacity.shape[1]
        if self.pool.shape[1] != weeks:
            raise ValueError(f"pool must have {weeks} weeks as capacity, not {self.pool.shape[1]}.")
        if any(row.shape != (weeks,) for row in self.stock.values()):
            raise ValueError(f"each stock row must have {weeks} weeks as capacity.")


def no_prices(instance: Instance) -> Prices:
    """Prices of zero in the shapes of an instance."""
    weeks = instance.weeks + tail_weeks(instance.products)
    return Prices(
        capacity=np.zeros((len(instance.centres.ids), weeks)),
        pool=np.zeros((len(instance.products.ids), weeks)),
        stock={},
        fairness=np.zeros((len(instance.fairness.checkpoints), len(instance.departments))),
    )


def encode(text: str) -> str:
    """Write an id so that it can stand between `=` and `;`."""
    for plain, escape in _ESCAPES:
        text = text.replace(plain, escape)
    return text


def decode(text: str) -> str:
    """Read an id written by :func:`encode`."""
    for plain, escape in reversed(_ESCAPES):
        text = text.replace(escape, plain)
    return text


def to_table(instance: Instance, prices: Prices | None) -> pd.DataFrame:
    """Write prices as the plan's `certificate` table; None, for no certificate, has no row.

    Zero prices are left out, but for one where all are zero: they prove a bound of 0, which is
    more than no certificate.
    """
    rows = [] if prices is None else _rows(instance, prices)
    frame = pd.DataFrame(rows, columns=["row_kind", "keys", "value"])
    return frame.astype({"row_kind": "str", "keys": "str", "value": "float64"})


_Row = tuple[str, str, float]


def _rows(instance: Instance, prices: Prices) -> list[_Row]:
    rows = [*_capacity(instance, prices), *_pool(instance, prices)]
    rows += [*_stock(instance, prices), *_fairness(instance, prices)]
    return rows or [("pool", f"product={encode(instance.products.ids[0])};week=0", 0.0)]


def _capacity(instance: Instance, prices: Prices) -> Iterator[_Row]:
    heads = [f"centre={encode(name)};week=" for name in instance.centres.ids]
    for j, week in np.argwhere(prices.capacity).tolist():
        yield "capacity", f"{heads[j]}{week}", float(prices.capacity[j, week])


def _pool(instance: Instance, prices: Prices) -> Iterator[_Row]:
    heads = [f"product={encode(name)};week=" for name in instance.products.ids]
    for p, week in np.argwhere(prices.pool).tolist():
        yield "pool", f"{heads[p]}{week}", float(prices.pool[p, week])


def _stock(instance: Instance, prices: Prices) -> Iterator[_Row]:
    for (j, p), row in sorted(prices.stock.items()):
        centre, product = instance.centres.ids[j], instance.products.ids[p]
        head = f"centre={encode(centre)};product={encode(product)};week="
        weeks = np.flatnonzero(row).tolist() or [0]
        for week in weeks:
            yield "stock", f"{head}{week}", float(row[week])


def _fairness(instance: Instance, prices: Prices) -> Iterator[_Row]:
    for c, d in np.argwhere(prices.fairness).tolist():
        department = encode(instance.departments[d])
        week = instance.fairness.checkpoints[c]
        yield "fairness", f"department={department};week={week}", float(prices.fairness[c, d])


def from_table(
    instance: Instance, table: pd.DataFrame, file: str = "certificate.csv"
) -> Prices | None:
    """Read a `certificate` table; None when it has no row, as in plans without a bound.

    Raises
    ------
    InputError
        For an unknown kind, id or week, a repeated row, or a value that is not finite.
    """
    if table.empty:
        return None
    return _Parser(instance, file).read(table)


@dataclass(frozen=True, slots=True)
class _Series:
    """The prices of one coupling row over its weeks, and which were given."""

    weeks: Mapping[str, int]
    values: Floats
    given: set[int]


class _Parser:
    """Rows of a certificate -> prices, each malformed row refused by its line."""

    def __init__(self, instance: Instance, file: str) -> None:
        self._file = file
        self._line = 1
        self._prices = no_prices(instance)
        self._stock: dict[tuple[int, int], Floats] = {}
        self._weeks = {str(w): w for w in range(self._prices.capacity.shape[1])}
        checkpoints = (str(c) for c in instance.fairness.checkpoints)
        self._checkpoints = {week: row for row, week in enumerate(checkpoints)}
        self._ids = {
            "centre": _positions(instance.centres.ids),
            "product": _positions(instance.products.ids),
            "department": _positions(instance.departments),
        }

    def read(self, table: pd.DataFrame) -> Prices:
        series: dict[tuple[str, str], _Series] = {}
        kinds, keys = table["row_kind"].tolist(), table["keys"].tolist()
        values = table["value"].to_numpy(dtype=np.float64)
        for row, (kind, key, value) in enumerate(zip(kinds, keys, values.tolist(), strict=True)):
            self._line = row + 2
            if not math.isfinite(value):
                raise self._refuse(f"value is not finite: {value}")
            head, _, cell = str(key).rpartition(";week=")
            target = series.get((kind, head))
            if target is None:
                target = series[kind, head] = self._series(kind, head, key)
            week = target.weeks.get(cell)
            if week is None:
                raise self._refuse(f"unknown week in keys: {key!r}")
            if week in target.given:
                raise self._refuse(f"repeated row ({kind}, {key!r})")
            target.given.add(week)
            target.values[week] = value
        made = self._prices
        return Prices(made.capacity, made.pool, self._stock, made.fairness)

    def _series(self, kind: str, head: str, key: object) -> _Series:
        """Find the array a head such as `centre=<id>` stands for."""
        names = KEYS.get(kind)
        if names is None:
            raise self._refuse(f"unknown row_kind: {kind!r}")
        pairs = [part.partition("=") for part in head.split(";")]
        if tuple(name for name, _, _ in pairs) != names[:-1]:
            wanted = ";".join(f"{name}=..." for name in names)
            raise self._refuse(f"keys must read {wanted}, not {key!r}")
        where = [self._position(name, decode(cell)) for name, _, cell in pairs]
        if kind == "fairness":
            return _Series(self._checkpoints, self._prices.fairness[:, where[0]], set())
        if kind == "stock":
            values = self._stock.setdefault((where[0], where[1]), np.zeros(len(self._weeks)))
            return _Series(self._weeks, values, set())
        target = self._prices.capacity if kind == "capacity" else self._prices.pool
        return _Series(self._weeks, target[where[0]], set())

    def _position(self, name: str, cell: str) -> int:
        position = self._ids[name].get(cell)
        if position is None:
            raise self._refuse(f"unknown {name}: {cell!r}")
        return position

    def _refuse(self, rule: str) -> InputError:
        return InputError(self._file, rule, self._line)


def _positions(ids: Sequence[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(ids)}
