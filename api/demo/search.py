"""What a citizen's browser does with the public files: find a pair of doses that can be booked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from api.demo.client import Client
from api.feeds.documents import (
    CentreCounts,
    CentreFile,
    Counts,
    DepartmentFile,
    IndexFile,
    ProductEntry,
)
from api.feeds.names import INDEX, centre_name, department_name


@dataclass(frozen=True, slots=True)
class Window:
    """A slot with places left."""

    slot: int
    product: str
    dose_rank: int
    day: date
    free: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Both doses at one centre, for somebody of a département and class."""

    centre: str
    department: str
    class_: str
    product: str
    first: Window
    second: Window


def pairs(client: Client, code: str, at: str) -> Iterator[Pair]:
    """Find pairs at one centre of a département, the first days first; no two share a slot."""
    index = client.read(INDEX, IndexFile)
    products = {entry.product: entry for entry in index.products}
    shown = client.read(department_name(code), DepartmentFile)
    for centre in shown.centres:
        if centre.centre == at:
            windows = list(windows_of(client.read(centre_name(centre.centre), CentreFile)))
            yield from _pairs_at(centre, windows, products, code)


def windows_of(file: CentreFile) -> Iterator[Window]:
    """Read the windows of a centre's file."""
    for entry in file.windows:
        days = [day for day, n in zip(entry.days, entry.per_day, strict=True) for _ in range(n)]
        slot = 0
        for day, step, free in zip(days, entry.slots, entry.free, strict=True):
            slot += step
            yield Window(slot, entry.product, entry.dose_rank, date.fromisoformat(day), free)


def _pairs_at(
    centre: CentreCounts, windows: list[Window], products: dict[str, ProductEntry], code: str
) -> Iterator[Pair]:
    seconds = [window for window in windows if window.dose_rank == 2]
    for first in windows:
        if first.dose_rank != 1 or products[first.product].doses_needed == 1:
            continue
        class_ = _class_for(centre, first, code)
        second = _second(seconds, first, products[first.product])
        if class_ is not None and second is not None:
            seconds.remove(second)
            yield Pair(centre.centre, code, class_, first.product, first, second)


def _second(seconds: list[Window], first: Window, product: ProductEntry) -> Window | None:
    intervals = [i for i in product.intervals if i.from_date <= first.day]
    if not intervals:
        return None
    shortest = first.day + timedelta(days=intervals[-1].min_days)
    longest = first.day + timedelta(days=intervals[-1].max_days)
    for window in seconds:
        if window.product == first.product and shortest <= window.day <= longest:
            return window
    return None


def _class_for(centre: CentreCounts, first: Window, code: str) -> str | None:
    """Name a class of this département that the centre still has a dose for on that day."""
    classes = [c for counts in centre.counts for c in _classes_on(counts, first)]
    monday = first.day - timedelta(days=first.day.weekday())
    for quota in centre.quotas:
        if (quota.product, quota.week) == (first.product, monday):
            kept = {c for department, c, room in quota.rooms if department == code and room}
            classes = [c for c in classes if c in kept]
    return classes[0] if classes else None


def _classes_on(counts: Counts, first: Window) -> tuple[str, ...]:
    offset = (first.day - date.fromisoformat(counts.first_day)).days
    if (counts.product, counts.dose_rank) != (first.product, 1) or not counts.classes:
        return ()
    return counts.classes if 0 <= offset < len(counts.free) else ()
