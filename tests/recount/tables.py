"""Sums of the rows of a plan folder."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from tests.recount.campaign import Campaign, rows_of, whole


class Tables:
    """Sums of a plan's rows inside the weeks of the model."""

    def __init__(self, it: Campaign, folder: Path) -> None:
        self.outside = 0
        self.flows = self._sum(it, folder / "flows.csv", ("zone", "class", "centre"))
        self.first = self._sum(
            it, folder / "first_doses.csv", ("department", "class", "centre", "product", "week")
        )
        self.second = self._sum(
            it, folder / "second_doses.csv", ("centre", "product", "first_week", "week")
        )
        self.vials = self._sum(it, folder / "shipments.csv", ("centre", "product", "week"))
        self.sessions = self._sum(
            it, folder / "sessions.csv", ("centre", "product", "dose_rank", "day")
        )
        self.quotas = self._sum(
            it, folder / "quotas.csv", ("department", "class", "centre", "product", "week")
        )

    def _sum(self, it: Campaign, path: Path, keys: tuple[str, ...]) -> Counter[tuple]:
        total: Counter[tuple] = Counter()
        for row in rows_of(path):
            key = tuple(_cell(it, name, row[name]) for name in keys)
            where = dict(zip(keys, key, strict=True))
            inside = 0 <= where.get("week", 0) < it.W and where.get("first_week", 0) < it.T
            if not (inside and 0 <= where.get("day", 0) < 7 * it.W):
                self.outside += 1
                continue
            total[key] += whole(next(row[c] for c in ("people", "vials", "slots") if c in row))
        return total


def _cell(it: Campaign, column: str, cell: str) -> str | int:
    if column == "day":
        return (date.fromisoformat(cell) - it.start).days
    return whole(cell) if column in {"week", "first_week", "dose_rank"} else cell


def summed(rows: Counter[tuple], *places: int) -> Counter[tuple]:
    """Sum over all keys but those at some places."""
    total: Counter[tuple] = Counter()
    for key, amount in rows.items():
        total[tuple(key[i] for i in places)] += amount
    return total
