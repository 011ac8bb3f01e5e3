"""The plan's tables with ids turned into positions; what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from allocator.check.calendar import Calendar
from allocator.check.violation import Violation, listed
from allocator.errors import InputError
from allocator.instance import Bools, Instance, Ints
from allocator.plan import COLUMNS, Plan

Columns = Mapping[str, Ints]
"""Columns of one table, all of the same length, named as in `allocator.plan.COLUMNS`."""

COUNTED = ("flows", "first_doses", "second_doses", "shipments", "sessions", "quotas")
"""Tables that are recounted; `prices` is for readers and `certificate` is read elsewhere."""


@dataclass(frozen=True, slots=True)
class Located:
    """The counted tables of a plan; `day` is in days after `start`.

    Rows outside the weeks of the model are left out and reported in `outside`.
    """

    flows: Columns
    first_doses: Columns
    second_doses: Columns
    shipments: Columns
    sessions: Columns
    quotas: Columns
    outside: tuple[Violation, ...]


def locate(instance: Instance, calendar: Calendar, plan: Plan, suffix: str = ".csv") -> Located:
    """Turn the ids of a plan into positions.

    Raises
    ------
    InputError
        For an unknown id, a day that is no date, or a count that is not whole and at least 0;
        named by file (table and `suffix`) and line.
    """
    tables: dict[str, Columns] = {}
    outside: list[Violation] = []
    ids = _ids(instance)
    for name in COUNTED:
        columns = {
            column: _column(f"{name}{suffix}", column, plan[name][column], ids, instance.start)
            for column in COLUMNS[name]
        }
        inside = _inside(columns, calendar)
        outside += listed("horizon", (~inside).astype(np.int64), lambda r, n=name: f"{n}:{r + 2}")
        tables[name] = {column: values[inside] for column, values in columns.items()}
    return Located(**tables, outside=tuple(outside))


def _ids(instance: Instance) -> dict[str, dict[Any, int]]:
    known: dict[str, Sequence[str]] = {
        "zone": instance.zones.ids,
        "class": instance.classes.ids,
        "centre": instance.centres.ids,
        "product": instance.products.ids,
        "department": instance.departments,
    }
    return {column: {name: i for i, name in enumerate(ids)} for column, ids in known.items()}


def _column(
    file: str, column: str, cells: pd.Series[Any], ids: dict[str, dict[Any, int]], start: date
) -> Ints:
    if column in ids:
        return _places(file, column, cells, ids[column])
    if column == "day":
        return _days(file, cells, start)
    return _counts(file, column, cells)


def _places(file: str, column: str, cells: pd.Series[Any], ids: dict[Any, int]) -> Ints:
    codes, found = pd.factorize(cells)
    known = np.array([ids.get(name, -1) for name in found] + [-1], dtype=np.int64)
    places = known[codes]
    _refuse_first(places < 0, file, lambda r: f"unknown {column}: {cells.tolist()[r]!r}")
    return places


def _days(file: str, cells: pd.Series[Any], start: date) -> Ints:
    codes, found = pd.factorize(cells)
    offsets = np.zeros(len(found) + 1, dtype=np.int64)
    wrong = np.ones(len(found) + 1, dtype=bool)
    for i, cell in enumerate(found):
        try:
            offsets[i] = (date.fromisoformat(str(cell)) - start).days
            wrong[i] = len(str(cell)) != len("2021-05-31")
        except ValueError:
            continue
    rule = "day is not a date like 2021-05-31"
    _refuse_first(wrong[codes], file, lambda r: f"{rule}: {cells.tolist()[r]!r}")
    return offsets[codes]


def _counts(file: str, column: str, cells: pd.Series[Any]) -> Ints:
    if cells.empty:
        return np.zeros(0, dtype=np.int64)
    if not pd.api.types.is_integer_dtype(cells.dtype) or cells.isna().any():
        raise InputError(file, f"{column} must hold whole numbers, not {cells.dtype}")
    values = cells.to_numpy(dtype=np.int64)
    _refuse_first(values < 0, file, lambda r: f"{column} is negative: {values[r]}")
    if column == "dose_rank":
        _refuse_first(
            (values != 1) & (values != 2), file, lambda r: f"dose_rank is not 1 or 2: {values[r]}"
        )
    return values


def _refuse_first(wrong: Bools, file: str, rule: Any) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise InputError(file, rule(int(rows[0])), int(rows[0]) + 2)


def _inside(columns: Columns, calendar: Calendar) -> Bools:
    """Rows whose weeks lie in 0..W-1 (first weeks in 0..T-1) and days within those weeks."""
    inside = np.ones(len(next(iter(columns.values()))), dtype=bool)
    if "week" in columns:
        inside &= columns["week"] < calendar.weeks
    if "first_week" in columns:
        inside &= columns["first_week"] < calendar.first_weeks
    if "day" in columns:
        inside &= (columns["day"] >= 0) & (columns["day"] < 7 * calendar.weeks)
    return inside
