"""Cells as official files write them: two forms of dates, and numbers that may be missing."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError
from allocator.tables import Table

_FRENCH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def days(table: Table, column: str, *, may_be_empty: bool = False) -> NDArray[np.datetime64]:
    """Dates written 2021-05-31 or 31/05/2021; NaT where empty and allowed."""
    cells = [_FRENCH_DATE.sub(r"\3-\2-\1", cell) for cell in table.columns[column]]
    return Table(table.file, {column: cells}, table.lines).dates(column, may_be_empty=may_be_empty)


def numbers(table: Table, column: str, low: float, high: float) -> NDArray[np.float64]:
    """Numbers between both limits; NaN where the cell is empty."""
    cells = table.columns[column]
    empty = np.array([not cell.strip() for cell in cells], dtype=bool)
    filled = [cell.strip() or f"{low}" for cell in cells]
    values = Table(table.file, {column: filled}, table.lines).numbers(column, low, high)
    return np.where(empty, np.nan, values)


def counts_or_zero(table: Table, column: str) -> NDArray[np.int64]:
    """Whole numbers; an empty cell counts as none."""
    filled = [cell.strip() or "0" for cell in table.columns[column]]
    return Table(table.file, {column: filled}, table.lines).counts(column)


def refuse_end_before(file: str, when: NDArray[np.datetime64], day: date) -> None:
    """Raise when the days of a file do not reach the one asked for."""
    if when.max() < np.datetime64(day, "D"):
        raise InputError(file, f"ends on {when.max()}, before {day}, which the scenario needs")
