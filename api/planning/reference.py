"""An instance as the rows of the reference tables, with the codes that people know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import numpy as np

from allocator.instance import ANY, Instance
from allocator.tables import Table, read_table
from api.planning.timezones import timezone_of
from scenarios.report.departments import department_names

OPENS_AT, CLOSES_AT, LINES = "09:00", "18:00", "1"
"""Taken where centres.csv does not say."""
_TEXT = ("address", "postcode", "city", "phone")
_OPTIONAL = (*_TEXT, "opens_at", "closes_at", "lines")


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre as the public knows it."""

    code: str
    name: str
    department: str
    lat: float
    lon: float
    address: str
    postcode: str
    city: str
    phone: str
    opens_on: date
    closes_on: date | None
    open_days: str
    opens_at: time
    closes_at: time
    lines: int


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product; `interval` are the fewest and most days between both doses, if it has two."""

    code: str
    label: str
    doses_per_vial: int
    doses_needed: int
    interval: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class EligibilityRow:
    """A dated rule; `class_` is None for rank 2, which is pooled over classes."""

    product: str
    class_: str | None
    dose_rank: int
    from_date: date
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Reference:
    """The campaign's places and dated rules.

    departments
        Code, name, region and time zone.
    classes
        Code, label and opening.
    """

    name: str
    start: date
    weeks: int
    departments: Sequence[tuple[str, str, str, str]]
    centres: Sequence[CentreRow]
    products: Sequence[ProductRow]
    classes: Sequence[tuple[str, str, date]]
    eligibility: Sequence[EligibilityRow]


def reference_of(instance: Instance, folder: Path) -> Reference:
    """Build the reference rows of an instance and its folder.

    Raises
    ------
    InputError
        For opening hours or lines that are none.
    """
    return Reference(
        name=instance.name,
        start=instance.start,
        weeks=instance.weeks,
        departments=_departments(instance),
        centres=_centres(instance, folder),
        products=_products(instance),
        classes=[
            (code, label, _date(opens))
            for code, label, opens in zip(
                instance.classes.ids, instance.classes.labels, instance.classes.opens_on,
                strict=True,
            )
        ],
        eligibility=_eligibility(instance),
    )  # fmt: skip


def _date(day: np.datetime64) -> date:
    found = day.astype("datetime64[D]").item()
    assert isinstance(found, date)
    return found


def _date_or_none(day: np.datetime64) -> date | None:
    return None if np.isnat(day) else _date(day)


def _departments(instance: Instance) -> list[tuple[str, str, str, str]]:
    """Name them where they are known; the region is that of their communes."""
    names: Mapping[str, str] = department_names(instance)
    regions = dict(zip(instance.zones.department.tolist(), instance.zones.regions, strict=True))
    return [
        (code, names.get(code, code), regions.get(d, ""), timezone_of(code))
        for d, code in enumerate(instance.departments)
    ]


def _centres(instance: Instance, folder: Path) -> list[CentreRow]:
    table = read_table(folder / "centres.csv", ("centre",), _OPTIONAL)
    cells = {name: _cells(table, name) for name in _OPTIONAL}
    centres = instance.centres
    rows: list[CentreRow] = []
    for j, code in enumerate(centres.ids):
        opens_at, closes_at = _hours(table, j, cells["opens_at"][j], cells["closes_at"][j])
        rows.append(
            CentreRow(
                code=code,
                name=centres.names[j],
                department=instance.departments[centres.department[j]],
                lat=float(centres.lat[j]),
                lon=float(centres.lon[j]),
                **{name: cells[name][j] for name in _TEXT},
                opens_on=_date(centres.opens_on[j]),
                closes_on=_date_or_none(centres.closes_on[j]),
                open_days="".join(str(d + 1) for d in np.flatnonzero(centres.open_days[j])),
                opens_at=opens_at,
                closes_at=closes_at,
                lines=_lines(table, j, cells["lines"][j]),
            )
        )
    return rows


def _cells(table: Table, column: str) -> list[str]:
    return [c.strip() for c in table.columns.get(column, [""] * len(table))]


def _hours(table: Table, row: int, opens: str, closes: str) -> tuple[time, time]:
    """Read opening hours; 24:00 and 00:00 close at midnight."""
    read = []
    for column, cell in (("opens_at", opens or OPENS_AT), ("closes_at", closes or CLOSES_AT)):
        try:
            read.append(time.fromisoformat("00:00" if cell == "24:00" else cell))
        except ValueError:
            raise table.refuse(row, f"{column} is not a time like 09:30: {cell!r}") from None
        if read[-1].tzinfo is not None:
            raise table.refuse(row, f"{column} is not a local time like 09:30: {cell!r}")
    opens_at, closes_at = read
    if closes_at != time(0) and closes_at <= opens_at:
        raise table.refuse(
            row, f"closes_at {closes_at:%H:%M} is not after opens_at {opens_at:%H:%M}"
        )
    return opens_at, closes_at


def _lines(table: Table, row: int, cell: str) -> int:
    text = cell or LINES
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1000):
        raise table.refuse(row, f"lines is not a whole number from 1 to 1000: {cell!r}")
    return int(text)


def _products(instance: Instance) -> list[ProductRow]:
    products = instance.products
    rows: list[ProductRow] = []
    for p, code in enumerate(products.ids):
        needed = int(products.doses_needed[p])
        interval = int(products.interval_min_days[p]), int(products.interval_max_days[p])
        vial = int(products.doses_per_vial[p])
        rows.append(
            ProductRow(code, products.labels[p], vial, needed, interval if needed == 2 else None)
        )
    return rows


def _eligibility(instance: Instance) -> list[EligibilityRow]:
    rules = instance.eligibility
    return [
        EligibilityRow(
            instance.products.ids[rules.product[i]],
            None if rules.class_[i] == ANY else instance.classes.ids[rules.class_[i]],
            int(rules.dose_rank[i]),
            _date(rules.from_date[i]),
            _date_or_none(rules.to_date[i]),
        )
        for i in range(len(rules.product))
    ]
