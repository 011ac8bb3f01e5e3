"""Instance folders for tests: one written by hand, and random ones that exercise every rule.

`write_instance` writes a small valid folder whose tables can be replaced one by one;
`random_instance` draws a folder from a seeded generator. Both return the folder.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from allocator.horizon import horizon_of
from allocator.instance import Ints
from allocator.read import OPTIONAL_TABLES, TABLES, read_instance

START = date(2021, 5, 31)

Row = Mapping[str, object]
Content = Sequence[Row] | str | bytes | None
"""A table as rows, as raw text, as raw bytes, or None for a file that is not there."""

SETTINGS = {
    "name": "tiny",
    "start": START.isoformat(),
    "weeks": 4,
    "seed": 7,
    "objective": {"unserved": 100, "week": 1, "km": 0.2},
    "fairness": {"floor": 0.95, "price": 20, "checkpoints": [4]},
}
ROWS: dict[str, Sequence[Row]] = {
    "zones": [
        {"zone": "22001", "name": "Allineuc", "department": "22", "region": "53",
         "lat": 48.31, "lon": -2.87, "population": 60},
        {"zone": "2A004", "name": "Ajaccio", "department": "2A", "region": "94",
         "lat": 41.93, "lon": 8.74, "population": 70},
    ],
    "classes": [
        {"class": "75", "label": "75 ans et plus", "weight": 4, "opens_on": "2021-01-18"},
        {"class": "18", "label": "18 à 49 ans", "weight": 1, "opens_on": "2021-06-07"},
    ],
    "demand": [
        {"zone": "22001", "class": "75", "people": 10},
        {"zone": "22001", "class": "18", "people": 20},
        {"zone": "2A004", "class": "75", "people": 12},
    ],
    "centres": [
        {"centre": "1", "name": "Salle des fêtes", "department": "22", "lat": 48.31,
         "lon": -2.87, "opens_on": "2021-01-18", "closes_on": ""},
        {"centre": "2", "name": "Palais des congrès", "department": "2A", "lat": 41.92,
         "lon": 8.73, "opens_on": "2021-06-07", "closes_on": "2021-12-31"},
    ],
    "capacity": [
        {"centre": c, "week": w, "injections": 15} for c in ("1", "2") for w in range(4)
    ],
    "products": [
        {"product": "pfizer", "label": "Comirnaty", "doses_per_vial": 6, "doses_needed": 2,
         "interval_min_days": 21, "interval_max_days": 49},
        {"product": "janssen", "label": "Janssen", "doses_per_vial": 5, "doses_needed": 1,
         "interval_min_days": "", "interval_max_days": ""},
    ],
    "eligibility": [
        {"product": "pfizer", "class": "75", "dose_rank": 1, "from_date": "2021-01-18",
         "to_date": ""},
        {"product": "pfizer", "class": "18", "dose_rank": 1, "from_date": "2021-01-18",
         "to_date": ""},
        {"product": "pfizer", "class": "*", "dose_rank": 2, "from_date": "2021-01-18",
         "to_date": ""},
        {"product": "janssen", "class": "75", "dose_rank": 1, "from_date": "2021-04-24",
         "to_date": "2021-06-20"},
    ],
    "deliveries": [
        {"week": w, "product": p, "doses": n, "centre": ""}
        for w in range(4)
        for p, n in (("pfizer", 12), ("janssen", 5))
    ],
}  # fmt: skip


def write_instance(
    folder: Path, *, settings: Mapping[str, object] | str | bytes | None = None, **tables: Content
) -> Path:
    """Write a valid instance folder, with the given tables in place of its own.

    Parameters
    ----------
    folder
        Created when it is not there.
    settings
        Values laid over `SETTINGS` (`objective` and `fairness` are merged key by key; the value
        None leaves a key out), or the whole text of `instance.toml`.
    tables
        By file stem (`zones=[{...}]`); `booked` and `travel` are left out unless given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "instance.toml", _settings_text(settings))
    for name in (*TABLES, *OPTIONAL_TABLES):
        stem = name.removesuffix(".csv")
        content = tables.pop(stem, ROWS.get(stem))
        if content is not None:
            _write(folder / name, content)
    if tables:
        raise ValueError(f"No instance file is called {', '.join(tables)}.")
    return folder


def table_text(name: str, rows: Sequence[Row]) -> str:
    """CSV text of rows; the columns are those of the file and any further key of a row."""
    file = f"{name}.csv"
    columns = list((TABLES | OPTIONAL_TABLES)[file])
    columns += [key for row in rows[:1] for key in row if key not in columns]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _write(path: Path, content: Content) -> None:
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, encoding="utf-8", newline="")
    elif content is not None:
        path.write_text(table_text(path.stem, content), encoding="utf-8", newline="")


def _settings_text(settings: Mapping[str, object] | str | bytes | None) -> str | bytes:
    if isinstance(settings, str | bytes):
        return settings
    merged: dict[str, object] = dict(SETTINGS)
    for key, value in (settings or {}).items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, Mapping)
        merged[key] = {**known, **value} if both else value
    lines = [f"{k} = {_toml(v)}" for k, v in merged.items() if not isinstance(v, dict | None)]
    for key, section in merged.items():
        if isinstance(section, dict):
            lines += [f"[{key}]"] + [
                f"{k} = {_toml(v)}" for k, v in section.items() if v is not None
            ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def random_instance(
    rng: np.random.Generator,
    folder: Path,
    *,
    departments: int = 3,
    zones: int = 8,
    classes: int = 3,
    centres: int = 5,
    products: int = 3,
    weeks: int = 6,
    people: int = 300,
    two_doses: bool = True,
    earmarks: bool = True,
    booked: bool = True,
    travel: bool = True,
    fairness: bool = True,
    closures: bool = True,
) -> Path:
    """Write a random tiny instance within these limits (the largest sizes; what may occur).

    People booked always fit capacity and stock, so that a feasible plan exists.
    """
    draw = _Draw(rng)
    n_weeks = draw.whole(min(2, weeks), weeks)
    tables: dict[str, list[dict[str, object]]] = {}
    deps = [f"{d:02d}" for d in range(1, draw.whole(1, departments) + 1)]
    tables["zones"] = draw.zones(draw.whole(min(2, zones), zones), deps)
    tables["classes"] = draw.classes(draw.whole(1, classes), n_weeks)
    tables["demand"] = draw.demand(tables["zones"], tables["classes"], people)
    tables["centres"] = draw.centres(draw.whole(1, centres), deps, n_weeks, closures)
    tables["capacity"] = draw.capacity(tables["centres"], n_weeks, people)
    tables["products"] = draw.products(draw.whole(1, products), two_doses)
    tables["eligibility"] = draw.eligibility(tables["products"], tables["classes"], n_weeks)
    tables["deliveries"] = draw.deliveries(
        tables["products"], tables["centres"], n_weeks, people, earmarks
    )
    if travel and draw.chance(0.4):
        tables["travel"] = draw.travel(tables["zones"], tables["centres"])
    settings = draw.settings(n_weeks, fairness)
    write_instance(folder, settings=settings, **tables)
    if booked and draw.chance(0.5):
        injections = horizon_of(read_instance(folder)).injections
        draw.booked(tables, injections, n_weeks, earmarks)
        write_instance(folder, settings=settings, **tables)
    return folder


class _Draw:
    """Draws one table after the other; each method reads like the column list of its file."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, items):
        return items[self.whole(0, len(items) - 1)]

    def day(self, first_week: int, last_week: int) -> str:
        """Draw a date between two weeks of the plan, any weekday."""
        days = 7 * self.whole(first_week, last_week) + self.whole(0, 6)
        return (START + timedelta(days=days)).isoformat()

    def place(self) -> dict[str, object]:
        return {
            "lat": round(48 + float(self.rng.random()), 4),
            "lon": round(-3 + float(self.rng.random()), 4),
        }

    def settings(self, weeks: int, fairness: bool) -> dict[str, object]:
        count = self.whole(0, 2) if fairness else 0
        checkpoints = sorted({self.whole(1, weeks) for _ in range(count)})
        objective = {
            "unserved": self.pick([0, 20, 100]),
            "week": self.pick([0, 1, 1, 3]),
            "km": self.pick([0, 0.05, 0.2, 1]),
        }
        floor = {"floor": self.pick([0, 0.5, 0.95, 1]), "price": self.pick([0, 5, 20])}
        return {
            "weeks": weeks,
            "seed": self.whole(0, 99),
            "objective": objective,
            "fairness": {**floor, "checkpoints": checkpoints},
        }

    def zones(self, count: int, deps: list[str]) -> list[dict[str, object]]:
        return [
            {"zone": f"{self.pick(deps)}{i:03d}", "name": f"Commune {i}",
             "department": self.pick(deps), "region": "53", **self.place(),
             "population": self.whole(0, 500)}
            for i in range(count)
        ]  # fmt: skip

    def classes(self, count: int, weeks: int) -> list[dict[str, object]]:
        return [
            {"class": f"k{i}", "label": f"Classe {i}", "weight": self.pick([1, 1.5, 2, 4]),
             "opens_on": self.day(-3, 0) if i == 0 else self.day(-2, weeks - 1)}
            for i in range(count)
        ]  # fmt: skip

    def demand(self, zones, classes, people: int) -> list[dict[str, object]]:
        most = max(1, people // (len(zones) * len(classes)))
        rows = [
            {"zone": z["zone"], "class": k["class"], "people": self.whole(0, most)}
            for z in zones
            for k in classes
            if self.chance(0.8)
        ]
        if not any(row["people"] for row in rows):
            first = {"zone": zones[0]["zone"], "class": classes[0]["class"]}
            rows = [row for row in rows if (row["zone"], row["class"]) != tuple(first.values())]
            rows.append({**first, "people": most})
        return rows

    def centres(self, count: int, deps, weeks: int, closures: bool) -> list[dict[str, object]]:
        rows = []
        for i in range(count):
            odd = closures and i > 0
            rows.append(
                {"centre": f"c{i}", "name": f"Centre {i}", "department": self.pick(deps),
                 **self.place(),
                 "opens_on": self.day(0, weeks) if odd and self.chance(0.3) else "2021-01-18",
                 "closes_on": self.day(0, weeks + 6) if odd and self.chance(0.3) else "",
                 "open_days": self.pick(["", "1-6", "1-5", "1,3,5", "2-7", "6"])}
            )  # fmt: skip
        return rows

    def capacity(self, centres, weeks: int, people: int) -> list[dict[str, object]]:
        most = max(2, 2 * people // (len(centres) * weeks))
        rows = [{"centre": centres[0]["centre"], "week": 0, "injections": self.whole(1, most)}]
        for i, centre in enumerate(centres):
            if i > 0 and self.chance(0.15):
                continue  # no row at all: never usable
            rows += [
                {"centre": centre["centre"], "week": w, "injections": self.whole(0, most)}
                for w in range(1 if i == 0 else 0, weeks)
                if self.chance(0.9)
            ]
        return rows

    def products(self, count: int, two_doses: bool) -> list[dict[str, object]]:
        rows = []
        for i in range(count):
            row = {"product": f"p{i}", "label": f"Vaccin {i}", "doses_per_vial": self.whole(1, 10)}
            if two_doses and self.chance(0.7):
                low = self.whole(0, 3)
                high = 7 * (low + self.whole(0, 2)) + self.whole(0, 6)
                shift = 0 if low == 0 else self.whole(0, 6)
                row |= {"doses_needed": 2, "interval_min_days": 7 * low - shift,
                        "interval_max_days": high}  # fmt: skip
            else:
                row |= {"doses_needed": 1, "interval_min_days": "", "interval_max_days": ""}
            rows.append(row)
        return rows

    def eligibility(self, products, classes, weeks: int) -> list[dict[str, object]]:
        rows = []
        for product in products:
            pairs = [(k["class"], 1) for k in classes if self.chance(0.85)]
            if product["doses_needed"] == 2:
                pairs.append(("*", 2))
            for class_, rank in pairs:
                late = self.chance(0.2)
                ends = rank == 1 and self.chance(0.2)
                rows.append(
                    {"product": product["product"], "class": class_, "dose_rank": rank,
                     "from_date": self.day(0, weeks - 1) if late else "2021-01-04",
                     "to_date": self.day(0, weeks) if ends else ""}
                )  # fmt: skip
        fallback = {"product": products[0]["product"], "class": classes[0]["class"]}
        return rows or [{**fallback, "dose_rank": 1, "from_date": "2021-01-04", "to_date": ""}]

    def deliveries(self, products, centres, weeks: int, people: int, earmarks: bool):
        most = max(4, 3 * people // (weeks * len(products)))
        rows = []
        for week in range(weeks):
            for product in products:
                row = {"week": week, "product": product["product"]}
                if self.chance(0.8):
                    rows.append({**row, "doses": self.whole(0, most), "centre": ""})
                if earmarks and self.chance(0.3):
                    centre = self.pick(centres)["centre"]
                    rows.append({**row, "doses": self.whole(0, most // 2), "centre": centre})
        first = {"week": 0, "product": products[0]["product"], "doses": 5, "centre": ""}
        return rows or [first]

    def travel(self, zones, centres) -> list[dict[str, object]]:
        return [
            {"zone": z["zone"], "centre": c["centre"], "km": self.whole(0, 80)}
            for z in zones
            for c in centres
            if self.chance(0.3)
        ]

    def booked(self, tables, injections: Ints, weeks: int, earmarks: bool) -> None:
        """Add bookings that fit the weeks of their centre, and the whole vials they need."""
        free = injections.copy()
        rows: dict[tuple[object, ...], dict[str, object]] = {}
        for _ in range(self.whole(1, 4)):
            j, w = self.whole(0, free.shape[0] - 1), self.whole(0, free.shape[1] - 1)
            if free[j, w] == 0:
                continue
            product = self.pick(tables["products"])
            ranks = [1, 2] if product["doses_needed"] == 2 else [1]
            rank = ranks[-1] if w >= weeks else self.pick(ranks)
            named = self.chance(0.5)
            row = {
                "centre": tables["centres"][j]["centre"], "week": w,
                "product": product["product"], "dose_rank": rank,
                "department": tables["zones"][0]["department"] if named else "",
                "class": tables["classes"][0]["class"] if named else "",
            }  # fmt: skip
            key = tuple(row.values())
            if key in rows:
                continue
            people = self.whole(1, int(free[j, w]))
            free[j, w] -= people
            rows[key] = {**row, "people": people}
            vial = int(product["doses_per_vial"])
            doses = -(-people // vial) * vial
            centre = row["centre"] if earmarks and self.chance(0.3) else ""
            self._deliver(tables["deliveries"], min(w, weeks - 1), row["product"], doses, centre)
        tables["booked"] = list(rows.values())

    @staticmethod
    def _deliver(rows, week: int, product, doses: int, centre) -> None:
        """Add doses to a delivery, which exists once for its key."""
        key = (week, product, centre)
        for i, row in enumerate(rows):
            if (row["week"], row["product"], row["centre"]) == key:
                rows[i] = {**row, "doses": row["doses"] + doses}
                return
        rows.append({"week": week, "product": product, "doses": doses, "centre": centre})
