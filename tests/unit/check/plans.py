"""A small campaign with a plan counted by hand, and the means to spoil it.

Two zones, two centres open on Mondays only, a two-dose product (vials of 6, 3 to 4 weeks) and a
one-dose product (vials of 5), four weeks and a tail of four. The hand count is in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from allocator.certificate import no_prices, to_table
from allocator.check.verdict import Verdict, judge
from allocator.instance import Instance
from allocator.plan import COLUMNS, Plan
from allocator.read import read_instance
from tests.factories import write_instance
from tests.instances import (
    allowed,
    centre,
    class_,
    delivery,
    one_dose,
    people,
    two_doses,
    weekly,
    zone,
)

SETTINGS = {"weeks": 4, "fairness": {"checkpoints": [1]}}
TABLES: Mapping[str, Sequence[Mapping[str, object]]] = {
    "zones": [zone("a", "22"), zone("b", "29", lon=1)],
    "classes": [class_("75", weight=4), class_("18", weight=1)],
    "demand": [people("a", "75", 10), people("a", "18", 20), people("b", "75", 8)],
    "centres": [
        {**centre("x", "22"), "open_days": "1"},
        {**centre("y", "29", lon=1), "open_days": "1"},
    ],
    "capacity": [*weekly("x", 15, 15, 15, 15), *weekly("y", 10, 10, 10, 10)],
    "products": [two_doses("pfizer", 6), one_dose("janssen", 5)],
    "eligibility": [
        allowed("pfizer", "75"),
        allowed("janssen", "18"),
        allowed("pfizer", "*", rank=2),
    ],
    "deliveries": [
        delivery(0, "pfizer", 24),
        delivery(1, "pfizer", 12),
        delivery(3, "pfizer", 24),
        delivery(0, "janssen", 10),
        delivery(0, "janssen", 3, "y"),
    ],
    "travel": [
        {"zone": "a", "centre": "x", "km": 2},
        {"zone": "a", "centre": "y", "km": 12},
        {"zone": "b", "centre": "x", "km": 30},
        {"zone": "b", "centre": "y", "km": 5},
    ],
}

ROWS: Mapping[str, list[tuple]] = {
    "flows": [("a", "75", "x", 10), ("a", "18", "x", 8), ("a", "18", "y", 2), ("b", "75", "y", 5)],
    "first_doses": [
        ("22", "75", "x", "pfizer", 0, 10),
        ("22", "18", "x", "janssen", 1, 8),
        ("22", "18", "y", "janssen", 0, 2),
        ("29", "75", "y", "pfizer", 1, 5),
    ],
    "second_doses": [
        ("x", "pfizer", 0, 3, 6),
        ("x", "pfizer", 0, 4, 4),
        ("y", "pfizer", 1, 4, 5),
    ],
    "shipments": [
        ("x", "pfizer", 0, 2),
        ("x", "pfizer", 3, 1),
        ("x", "pfizer", 4, 1),
        ("y", "pfizer", 1, 1),
        ("y", "pfizer", 4, 1),
        ("x", "janssen", 1, 2),
    ],
    "sessions": [
        ("x", "2021-05-31", "pfizer", 1, 10),
        ("x", "2021-06-07", "janssen", 1, 8),
        ("y", "2021-05-31", "janssen", 1, 2),
        ("y", "2021-06-07", "pfizer", 1, 5),
        ("x", "2021-06-21", "pfizer", 2, 6),
        ("x", "2021-06-28", "pfizer", 2, 4),
        ("y", "2021-06-28", "pfizer", 2, 5),
    ],
    "quotas": [
        ("x", "pfizer", 0, "22", "75", 10),
        ("x", "janssen", 1, "22", "18", 8),
        ("y", "janssen", 0, "22", "18", 2),
        ("y", "pfizer", 1, "29", "75", 5),
    ],
}


def campaign(folder: Path, *, settings: Mapping[str, object] | None = None, **tables) -> Instance:
    """Write and read the campaign, some tables replaced."""
    merged = {**SETTINGS, **(settings or {})}
    return read_instance(write_instance(folder, settings=merged, **{**TABLES, **tables}))


def plan_of(**rows: Sequence[tuple] | pd.DataFrame) -> Plan:
    """Build the hand-made plan, some tables replaced by rows (or a whole table)."""
    tables = {}
    for name, columns in COLUMNS.items():
        cells = rows.get(name, ROWS.get(name, []))
        given = isinstance(cells, pd.DataFrame)
        tables[name] = cells if given else pd.DataFrame(cells, columns=list(columns))
    return Plan(tables)


def changed(name: str, before: tuple, *after: tuple) -> dict[str, list[tuple]]:
    """Return one table of the hand-made plan with one row replaced by others."""
    rows = list(ROWS[name])
    at = rows.index(before)
    return {name: [*rows[:at], *after, *rows[at + 1 :]]}


def priced_at_zero(instance: Instance) -> pd.DataFrame:
    """Return the certificate that proves no more than a bound of 0."""
    return to_table(instance, no_prices(instance))


def broken(verdict: Verdict) -> set[str]:
    """Return the rules a verdict finds broken."""
    return {violation.rule for violation in verdict.violations}


def found(instance: Instance, rule: str, **rows: Sequence[tuple]) -> list[tuple[str, int]]:
    """Judge the plan with these tables; places and amounts of one rule's violations."""
    verdict = judge(instance, plan_of(**rows))
    return [(v.where, v.amount) for v in verdict.violations if v.rule == rule]
