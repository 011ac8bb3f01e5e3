"""Events for tests: each changes the folder of an instance as what happens in a campaign would."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from allocator.plan import Plan
from allocator.read import INSTANCE_FILES
from tests.factories import table_text
from tests.recount.campaign import rows_of
from tests.rewritten import append, rewrite

Event = Callable[[np.random.Generator, Path, Plan], object]


def _scaled(rng: np.random.Generator, folder: Path, name: str, column: str) -> None:
    """Scale some rows' counts by up to a half more or less."""
    rewrite(folder, name, lambda rows: [
        row | {column: str(int(int(row[column]) * rng.uniform(0.5, 1.5)))}
        if rng.random() < 0.5 else row
        for row in rows
    ])  # fmt: skip


def deliveries_change(rng: np.random.Generator, folder: Path, _: Plan) -> None:
    """Cut some deliveries, raise others."""
    _scaled(rng, folder, "deliveries", "doses")


def lines_change(rng: np.random.Generator, folder: Path, _: Plan) -> None:
    """Give some weeks of centres more or fewer injections."""
    _scaled(rng, folder, "capacity", "injections")


def demand_changes(rng: np.random.Generator, folder: Path, _: Plan) -> None:
    """Let more or fewer people want a dose."""
    _scaled(rng, folder, "demand", "people")


def centre_closes(rng: np.random.Generator, folder: Path, _: Plan) -> None:
    """Remove a centre with all that names it, unless it is the only one."""
    rows = rows_of(folder / "centres.csv")
    if len(rows) > 1:
        gone = rows[int(rng.integers(len(rows)))]["centre"]
        for name in ("centres", "capacity", "deliveries", "booked", "travel"):
            path = folder / f"{name}.csv"
            if path.exists() and rows_of(path):
                left = [row for row in rows_of(path) if row["centre"] != gone]
                path.write_text(table_text(name, left), encoding="utf-8")


def centre_opens(_: np.random.Generator, folder: Path, __: Plan) -> None:
    """Open a new centre where the first zone is."""
    zone = rows_of(folder / "zones.csv")[0]
    weeks = {row["week"] for row in rows_of(folder / "capacity.csv")}
    append(folder, "centres", {
        **dict.fromkeys(rows_of(folder / "centres.csv")[0], ""), "centre": "brand new",
        "name": "x", "department": zone["department"], "lat": zone["lat"], "lon": zone["lon"],
        "opens_on": "2021-01-01",
    })  # fmt: skip
    for week in sorted(weeks):
        append(folder, "capacity", {"centre": "brand new", "week": week, "injections": "40"})


def first_doses_stop(rng: np.random.Generator, folder: Path, _: Plan) -> None:
    """Remove a rule of the first doses, unless it is the only one."""
    rows = rows_of(folder / "eligibility.csv")
    first = [i for i, row in enumerate(rows) if row["dose_rank"] == "1"]
    if len(first) > 1:
        gone = first[int(rng.integers(len(first)))]
        rewrite(folder, "eligibility", lambda rows: [r for i, r in enumerate(rows) if i != gone])


def day_of_bookings(rng: np.random.Generator, folder: Path, plan: Plan) -> None:
    """Let some people of the plan book what it offers, both doses, and be demand no more."""
    second = {
        (row.centre, row.product, row.first_week): [row.week, row.people]
        for row in plan["second_doses"].itertuples()
    }
    flows = {
        (row.zone, row[2], row.centre): row.people for row in plan["flows"].itertuples()
    }  # fmt: skip
    department = {row["zone"]: row["department"] for row in rows_of(folder / "zones.csv")}
    booked: Counter[tuple[object, ...]] = Counter()
    gone: Counter[tuple[str, str]] = Counter()
    for row in plan["first_doses"].itertuples():
        class_ = row[2]
        zones = [
            z
            for (z, k, j), n in flows.items()
            if n and k == class_ and j == row.centre and department[z] == row.department
        ]
        due = second.get((row.centre, row.product, row.week))
        if not zones or rng.random() < 0.5 or (due is not None and due[1] == 0):
            continue
        flows[zones[0], class_, row.centre] -= 1
        gone[zones[0], class_] += 1
        booked[row.centre, row.week, row.product, 1, row.department, class_] += 1
        if due is not None:
            due[1] -= 1
            booked[row.centre, due[0], row.product, 2, row.department, class_] += 1
    columns = ("centre", "week", "product", "dose_rank", "department", "class")
    path = folder / "booked.csv"
    for row in rows_of(path) if path.exists() else ():
        booked[tuple(int(row[c]) if c in ("week", "dose_rank") else row[c] for c in columns)] += (
            int(row["people"])
        )
    rows = [{**dict(zip(columns, key, strict=True)), "people": n} for key, n in booked.items()]
    path.write_text(table_text("booked", rows), encoding="utf-8")
    rewrite(folder, "demand", lambda rows: [
        row | {"people": str(int(row["people"]) - gone[row["zone"], row["class"]])} for row in rows
    ])  # fmt: skip


EVENTS: dict[str, Event] = {
    "deliveries change": deliveries_change,
    "lines change": lines_change,
    "demand changes": demand_changes,
    "a centre closes": centre_closes,
    "a centre opens": centre_opens,
    "first doses stop": first_doses_stop,
    "a day of bookings": day_of_bookings,
    "nothing": lambda *_: None,
}


def write_event(
    rng: np.random.Generator, name: str, instance: Path, plan: Plan, scratch: Path
) -> tuple[Path, Path]:
    """Write the event (files that differ only, one where none does) and the instance after it."""
    after, event = scratch / "after", scratch / "event"
    shutil.copytree(instance, after)
    EVENTS[name](rng, after, plan)
    event.mkdir()
    for file in INSTANCE_FILES:
        new, old = after / file, instance / file
        if new.exists() and (not old.exists() or new.read_bytes() != old.read_bytes()):
            shutil.copyfile(new, event / file)
    if not any(event.iterdir()):
        shutil.copyfile(after / "instance.toml", event / "instance.toml")
    return event, after
