"""An instance moved in time: every date by the same days, so that it begins on another Monday."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path

from allocator.read import SETTINGS
from scenarios.folder import write_csv

DATES = {
    "classes.csv": ("opens_on",),
    "centres.csv": ("opens_on", "closes_on"),
    "eligibility.csv": ("from_date", "to_date"),
}
"""Columns with dates; weeks are counted from the start and stay as they are."""
_START = re.compile(r'^start = "?([0-9-]+)"?$', re.MULTILINE)


def begin_on(folder: Path, monday: date) -> None:
    """Rewrite a folder that was built here; it is not whole in between.

    Raises
    ------
    ValueError
        Unless the day is a Monday.
    """
    if monday.weekday() != 0:
        raise ValueError("Must begin on a Monday.")
    settings = folder / SETTINGS
    text = settings.read_text(encoding="utf-8")
    start = _START.search(text)
    assert start is not None
    by = monday - date.fromisoformat(start[1])
    settings.write_text(_START.sub(f"start = {monday.isoformat()}", text), encoding="utf-8")
    for name, columns in DATES.items():
        _shift(folder / name, columns, by)


def _shift(path: Path, columns: tuple[str, ...], by: timedelta) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows)
        dated = [header.index(column) for column in columns]
        moved = [
            [_later(cell, by) if i in dated else cell for i, cell in enumerate(row)] for row in rows
        ]
    write_csv(path, header, moved)


def _later(cell: str, by: timedelta) -> str:
    return (date.fromisoformat(cell) + by).isoformat() if cell else cell
