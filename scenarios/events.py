"""Something happened to an instance: a delivery is late, a centre closes, a little more arrives.

An event changes whole tables of an instance, as `docs/data-formats.md` says of event folders.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from allocator.bookings import refuse_unfit_bookings
from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.read import INSTANCE_FILES, SETTINGS, read_instance
from scenarios.folder import replacing, write_csv

Cells: TypeAlias = dict[str, str]
DELIVERIES, CAPACITY = "deliveries.csv", "capacity.csv"


@dataclass(frozen=True, slots=True)
class Late:
    """Everything delivered of a product in a week comes later; past the last week, never."""

    product: str
    week: int
    by_weeks: int


@dataclass(frozen=True, slots=True)
class MoreDoses:
    """More doses of a product arrive in a week, at a centre or (empty) in the national pool."""

    product: str
    week: int
    doses: int
    centre: str = ""


@dataclass(frozen=True, slots=True)
class MoreInjections:
    """A centre has more injections in a week."""

    centre: str
    week: int
    injections: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A centre gives nothing from a week on, as many weeks as it says."""

    centre: str
    week: int
    weeks: int


Event: TypeAlias = Late | MoreDoses | MoreInjections | Closed


def happen(event: Event, instance: Path, out: Path) -> None:
    """Write the instance as it is after an event, whole or not at all.

    Raises
    ------
    InputError
        When the event names nothing of the instance, or what is booked does not fit it any more.
    """
    before = read_instance(instance)
    week, weeks = event.week, before.weeks
    if not 0 <= week < weeks:
        raise InputError("event", f"week is outside 0..{weeks - 1}: {week}")
    known = (
        ("product", before.products.ids, getattr(event, "product", None)),
        ("centre", before.centres.ids, getattr(event, "centre", None) or None),
    )
    for what, ids, named in known:
        if named is not None and named not in ids:
            raise InputError("event", f"{what} is not in the instance: {named!r}")
    with replacing(out) as folder:
        for name in INSTANCE_FILES:
            if (instance / name).is_file():
                shutil.copyfile(instance / name, folder / name)
        _CHANGES[type(event)](event, folder, weeks)
        after = read_instance(folder)
        refuse_unfit_bookings(after, horizon_of(after))


def name_instance(folder: Path, name: str) -> None:
    """Give a folder that was written here another name for pages."""
    path = folder / SETTINGS
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    named = [f'name = "{quoted}"\n' if line.startswith("name = ") else line for line in lines]
    path.write_text("".join(named), encoding="utf-8")


def _late(event: Event, folder: Path, weeks: int) -> None:
    assert isinstance(event, Late)
    rows = _read(folder / DELIVERIES)
    late = [r for r in rows if (r["product"], int(r["week"])) == (event.product, event.week)]
    if not late:
        raise InputError("event", f"nothing of {event.product} is delivered in week {event.week}")
    for row in late:
        rows.remove(row)
        if event.week + event.by_weeks < weeks:
            _add(rows, row | {"week": str(event.week + event.by_weeks)}, "doses")
    _write(folder / DELIVERIES, rows)


def _more_doses(event: Event, folder: Path, _weeks: int) -> None:
    assert isinstance(event, MoreDoses)
    rows = _read(folder / DELIVERIES)
    _add(rows, {"week": str(event.week), "product": event.product, "doses": str(event.doses),
                "centre": event.centre}, "doses")  # fmt: skip
    _write(folder / DELIVERIES, rows)


def _more_injections(event: Event, folder: Path, _weeks: int) -> None:
    assert isinstance(event, MoreInjections)
    rows = _read(folder / CAPACITY)
    _add(rows, {"centre": event.centre, "week": str(event.week),
                "injections": str(event.injections)}, "injections")  # fmt: skip
    _write(folder / CAPACITY, rows)


def _closed(event: Event, folder: Path, _weeks: int) -> None:
    assert isinstance(event, Closed)
    during = range(event.week, event.week + event.weeks)
    rows = [
        row for row in _read(folder / CAPACITY)
        if not (row["centre"] == event.centre and int(row["week"]) in during)
    ]  # fmt: skip
    _write(folder / CAPACITY, rows)


_CHANGES: dict[type, Callable[[Event, Path, int], None]] = {
    Late: _late, MoreDoses: _more_doses, MoreInjections: _more_injections, Closed: _closed,
}  # fmt: skip


def _read(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _add(rows: list[Cells], new: Cells, counted: str) -> None:
    """Add a row, or its count to the row that has its key."""
    key = {name: cell for name, cell in new.items() if name != counted}
    for row in rows:
        if all(row[name] == cell for name, cell in key.items()):
            row[counted] = str(int(row[counted]) + int(new[counted]))
            return
    rows.append(new)


def _write(path: Path, rows: list[Cells]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader(stream))
    write_csv(path, header, [[row.get(name, "") for name in header] for row in rows])
