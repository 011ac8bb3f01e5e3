"""What an instance folder says, week by week."""

from __future__ import annotations

import csv
import math
import tomllib
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

NO_CENTRE = ""


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file by column; none when the file is not there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def whole(cell: str) -> int:
    """Read a count, which may be written `3.0`."""
    return int(float(cell))


def day(cell: str) -> date | None:
    """Read a date; None when the cell is empty."""
    return date.fromisoformat(cell) if cell else None


class Campaign:
    """Sets and derived data of MODEL.md, looked up one by one."""

    def __init__(self, folder: Path) -> None:
        settings = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8-sig"))
        self.objective, self.fairness = settings["objective"], settings["fairness"]
        start = settings["start"]
        self.start = start if isinstance(start, date) else date.fromisoformat(start)
        self.T = settings["weeks"]
        self.zones = {row["zone"]: row for row in rows_of(folder / "zones.csv")}
        self.classes = {row["class"]: row for row in rows_of(folder / "classes.csv")}
        self.centres = {row["centre"]: row for row in rows_of(folder / "centres.csv")}
        self.products = {row["product"]: row for row in rows_of(folder / "products.csv")}
        self.rules = rows_of(folder / "eligibility.csv")
        self.people = Counter(
            {(r["zone"], r["class"]): whole(r["people"]) for r in rows_of(folder / "demand.csv")}
        )
        self.given = {
            (row["centre"], whole(row["week"])): whole(row["injections"])
            for row in rows_of(folder / "capacity.csv")
        }
        self.delivered_rows = Counter()
        for row in rows_of(folder / "deliveries.csv"):
            key = row["product"], row["centre"], whole(row["week"])
            self.delivered_rows[key] += whole(row["doses"])
        self.booked = Counter()
        for row in rows_of(folder / "booked.csv"):
            key = row["centre"], row["product"], whole(row["week"])
            self.booked[key] += whole(row["people"])
        self.travel = {
            (row["zone"], row["centre"]): float(row["km"]) for row in rows_of(folder / "travel.csv")
        }
        self.two = {p for p, row in self.products.items() if whole(row["doses_needed"]) == 2}
        self.W = self.T + max((self.gap(p)[1] for p in self.two), default=0)
        self.last_four = range(max(0, self.T - 4), self.T)

    def gap(self, p: str) -> tuple[int, int]:
        """Least and most whole weeks between the doses of a two-dose product."""
        low, high = self.days_apart(p)
        return math.ceil(low / 7), high // 7

    def days_apart(self, p: str) -> tuple[int, int]:
        """Least and most days between the doses of a two-dose product."""
        row = self.products[p]
        return whole(row["interval_min_days"]), whole(row["interval_max_days"])

    def vial(self, p: str) -> int:
        """Doses in a vial."""
        return whole(self.products[p]["doses_per_vial"])

    def weight(self, k: str) -> float:
        """Weight of a class."""
        return float(self.classes[k]["weight"])

    def monday(self, week: int) -> date:
        """First day of a week."""
        return self.start + timedelta(weeks=week)

    def is_inside(self, j: str, on: date) -> bool:
        """Whether a day lies between the centre's two dates."""
        opens, closes = day(self.centres[j]["opens_on"]), day(self.centres[j]["closes_on"])
        return opens <= on and (closes is None or closes >= on)

    def is_open(self, j: str, week: int) -> bool:
        """Whether it opens by the Sunday and does not close before the Monday."""
        opens, closes = day(self.centres[j]["opens_on"]), day(self.centres[j]["closes_on"])
        monday = self.monday(week)
        return opens <= monday + timedelta(days=6) and (closes is None or closes >= monday)

    @cache  # noqa: B019 - a campaign lives as long as its test
    def injections(self, j: str, week: int) -> int:
        """Injections of a week, the tail included."""
        if not self.is_open(j, week):
            return 0
        if week < self.T:
            return self.given.get((j, week), 0)
        return sum(self.injections(j, w) for w in self.last_four) // len(self.last_four)

    def open_days(self, j: str, week: int) -> list[date]:
        """Open days of a week."""
        if not self.is_open(j, week):
            return []
        wanted = self._weekdays(self.centres[j].get("open_days", ""))
        days = [self.monday(week) + timedelta(days=d) for d in range(7)]
        regular = [on for on in days if on.isoweekday() in wanted and self.is_inside(j, on)]
        return regular or days[:5]

    @staticmethod
    def _weekdays(cell: str) -> set[int]:
        found = set()
        for part in (cell.strip() or "1-6").split(","):
            first, dash, last = part.partition("-")
            found |= set(range(int(first), int(last) + 1)) if dash else set(map(int, part))
        return found

    def delivered(self, p: str, j: str, week: int) -> int:
        """Doses of a week for a centre, or for all (NO_CENTRE), the tail included."""
        if week < self.T:
            return self.delivered_rows[p, j, week]
        return sum(self.delivered_rows[p, j, w] for w in self.last_four) // len(self.last_four)

    def allows(self, p: str, k: str, rank: int, week: int) -> bool:
        """Whether a dose is allowed; `k` is `*` for second doses."""
        if (rank == 1 and week >= self.T) or (rank == 2 and p not in self.two):
            return False
        monday = self.monday(min(week, self.T - 1))
        if rank == 1 and day(self.classes[k]["opens_on"]) > monday:
            return False
        return any(
            (row["product"], row["class"], whole(row["dose_rank"])) == (p, k, rank)
            and day(row["from_date"]) <= monday
            and (day(row["to_date"]) or monday) >= monday
            for row in self.rules
        )

    @cache  # noqa: B019
    def km(self, z: str, j: str) -> float:
        """Kilometres from a zone to a centre."""
        if (z, j) in self.travel:
            return self.travel[z, j]
        zone, centre = self.zones[z], self.centres[j]
        a, b = math.radians(float(zone["lat"])), math.radians(float(centre["lat"]))
        turn = math.radians(float(centre["lon"]) - float(zone["lon"]))
        half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
        return 1.3 * 6371.0088 * 2 * math.asin(min(1.0, math.sqrt(half)))

    @cache  # noqa: B019
    def near(self, z: str) -> float:
        """Kilometres to the nearest usable centre."""
        usable = [j for j in self.centres if any(self.injections(j, t) for t in range(self.T))]
        return min(self.km(z, j) for j in usable)
