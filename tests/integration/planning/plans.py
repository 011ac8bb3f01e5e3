"""A small campaign as instance folders, week after week, with the codes of tests/campaign.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from tests.campaign import MONDAY
from tests.factories import write_instance
from tests.instances import allowed, class_, one_dose, people, two_doses, weekly, zone

WEEKS = 6
INJECTIONS = 24
"""Of each centre and week."""
PFIZER, JANSSEN = 40, 6
"""Doses delivered every week."""
CENTRES = {"paris": "75", "bobigny": "93"}
DEMAND = {("75", "75"): 70, ("75", "50"): 40, ("93", "75"): 50, ("93", "50"): 40}
"""People by département and class."""


def write_week(
    folder: Path,
    week: int = 0,
    *,
    served: Mapping[tuple[str, str], int] | None = None,
    used: Mapping[str, int] | None = None,
    booked: str | None = None,
    **tables: object,
) -> Path:
    """Write the instance of a week of the campaign.

    Parameters
    ----------
    served
        People who have a first dose or a booking for one, by département and class.
    used
        Doses by product given before this week.
    booked
        Content of booked.csv.
    """
    served, used = served or {}, used or {}
    delivered = {"pfizer": PFIZER, "janssen": JANSSEN}
    stock = {p: (week + 1) * n - used.get(p, 0) for p, n in delivered.items()}
    content = {
        "zones": [zone("a", "75"), zone("b", "93", 0.2)],
        "classes": [class_("75", 4), class_("50")],
        "demand": [
            people("a" if where == "75" else "b", k, max(0, n - served.get((where, k), 0)))
            for (where, k), n in DEMAND.items()
        ],
        "centres": [
            {"centre": code, "name": f"Centre {code}", "department": department, "lat": 0,
             "lon": 0.2 * i, "opens_on": "2021-01-18", "closes_on": "", "opens_at": "09:00",
             "closes_at": "12:00", "lines": 2}
            for i, (code, department) in enumerate(CENTRES.items())
        ],
        "capacity": [row for code in CENTRES for row in weekly(code, *[INJECTIONS] * WEEKS)],
        "products": [two_doses(days=(21, 28)), one_dose()],
        "eligibility": [
            *(allowed(p, k) for p in ("pfizer", "janssen") for k in ("75", "50")),
            allowed("pfizer", "*", rank=2),
        ],
        "deliveries": [
            {"week": w, "product": p, "doses": stock[p] if w == 0 else n, "centre": ""}
            for w in range(WEEKS) for p, n in delivered.items()
        ],
    }  # fmt: skip
    settings = {
        "name": "boucle", "start": (MONDAY + timedelta(weeks=week)).isoformat(), "weeks": WEEKS,
        "fairness": {"checkpoints": []},
    }  # fmt: skip
    return write_instance(folder, settings=settings, **(content | {"booked": booked} | tables))


def session_sums(plan) -> Counter:
    """Slots of a plan by centre, day, product and dose rank."""
    return Counter({
        (row.centre, row.day, row.product, row.dose_rank): row.slots
        for row in plan["sessions"].itertuples()
    })  # fmt: skip
