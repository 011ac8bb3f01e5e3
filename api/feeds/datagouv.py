"""The weekly files of data.gouv.fr: doses and appointments by centre, in the official columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import timedelta
from io import StringIO
from typing import TypeAlias

import numpy as np

from api.feeds.board import Centre
from api.feeds.calendar import EPOCH, Ints, Rules
from api.feeds.reference import Department
from api.feeds.slots import CentreSlots, Numbers

Row: TypeAlias = tuple[str | int, ...]

ALLOCATIONS = "opendata/allocations-vs-rdv.csv"
ALLOCATION_COLUMNS = (
    "id_centre", "date_debut_semaine", "code_region", "nom_region", "code_departement",
    "nom_departement", "commune_insee", "nom_centre", "nombre_ucd", "doses_allouees", "rdv_pris",
)  # fmt: skip
APPOINTMENTS = "opendata/prise-rdv-par-centre.csv"
APPOINTMENT_COLUMNS = (
    "code_region", "region", "departement", "id_centre", "nom_centre", "rang_vaccinal",
    "date_debut_semaine", "nb", "nb_rdv_cnam", "nb_rdv_rappel",
)  # fmt: skip
REGIONS = {
    "01": "GUA", "02": "MTQ", "03": "GUY", "04": "REU", "06": "MAY", "11": "IDF", "24": "CVL",
    "27": "BFC", "28": "NOR", "32": "HDF", "44": "GES", "52": "PDL", "53": "BRE", "75": "NAQ",
    "76": "OCC", "84": "ARA", "93": "PAC", "94": "COR",
}  # fmt: skip
"""Short names of the regions in these files; a region known by its name keeps it."""


def weekly(slots: CentreSlots, rules: Rules) -> Iterator[tuple[str, Ints, Ints]]:
    """Sum places and what is taken of them, by Monday (an ISO date) and schedule."""
    if not len(slots):
        return
    schedule = np.empty(len(slots), dtype=np.int64)
    for entry in slots.entries:
        schedule[entry.first : entry.after] = entry.schedule
    schedule = schedule[slots.groups]
    monday = slots.days - (slots.days + 3) % 7  # 1970-01-01 was a Thursday
    weeks, row = np.unique(monday, return_inverse=True)
    capacity, taken = (
        _table(np.add.reduceat(column, slots.groups), row, schedule, len(weeks), rules)
        for column in (slots.capacity, slots.taken)
    )
    for i, week in enumerate(weeks.tolist()):
        yield (EPOCH + timedelta(days=week)).isoformat(), capacity[i], taken[i]


def _table(sums: Numbers, row: Ints, schedule: Ints, n_weeks: int, rules: Rules) -> Ints:
    table = np.zeros((n_weeks, len(rules.schedules)), dtype=np.int64)
    np.add.at(table, (row, schedule), sums)
    return table


def allocation_rows(centre: Centre, department: Department, rules: Rules) -> Iterator[Row]:
    """Give doses allocated (places published), the vials they take, and appointments, by week.

    `commune_insee` stays empty: the commune of a centre is not known here.
    """
    place = centre.place
    for week, capacity, taken in weekly(centre.slots, rules):
        doses = dict.fromkeys((s.product for s in rules.schedules), 0)
        for kind, count in zip(rules.schedules, capacity.tolist(), strict=True):
            doses[kind.product] += count
        vials = sum(-(-count // product.doses_per_vial) for product, count in doses.items())
        yield (
            place.code, week, department.region, _region(department), department.code,
            department.name, "", place.name, vials, sum(doses.values()), int(taken.sum()),
        )  # fmt: skip


def appointment_rows(centre: Centre, department: Department, rules: Rules) -> Iterator[Row]:
    """Give appointments by dose rank and week.

    Those made by the health insurance's callers and boosters are not told apart here: their two
    columns are 0.
    """
    place = centre.place
    for week, _, taken in weekly(centre.slots, rules):
        for rank in (1, 2):
            of_rank = [kind.dose_rank == rank for kind in rules.schedules]
            if count := int(taken[of_rank].sum()):
                yield (
                    department.region, _region(department), department.code, place.code,
                    place.name, rank, week, count, 0, 0,
                )  # fmt: skip


def _region(department: Department) -> str:
    return REGIONS.get(department.region, department.region)


def lines(rows: Iterable[Row]) -> bytes:
    """Encode rows as CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
