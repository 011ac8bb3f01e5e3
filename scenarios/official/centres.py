"""Vaccination centres out of the official list: where they are and when they open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from allocator.tables import Table
from scenarios.figures import Dropped
from scenarios.geography.builtin import Geography
from scenarios.official.catalogue import DAYS
from scenarios.official.cells import days
from scenarios.official.hours import USUAL_WEEK, OpenWeek, week_of
from scenarios.official.places import LARGE
from scenarios.official.positions import Positions, positions
from scenarios.sites import OPEN_SINCE, Site


@dataclass(frozen=True, slots=True)
class Centre:
    """One centre with what its capacity is estimated from.

    `hours` are those its list says it opens in a week, or None when it says nothing readable.
    """

    site: Site
    town_people: int
    is_large: bool
    hours: float | None


def centres(
    table: Table, geography: Geography, at_work: Collection[str]
) -> tuple[list[Centre], tuple[Dropped, ...]]:
    """Turn rows of open places into centres.

    Parameters
    ----------
    geography
        Every commune; see `positions`.
    at_work
        Places known to give doses, though the list may say that they are closed all week.
    """
    where = positions(table, geography)
    said = [week_of(cells) for cells in zip(*(table.columns[d] for d in DAYS), strict=True)]
    never = np.array([week is not None and not week.open_days for week in said], dtype=bool)
    weeks = [week if week and week.open_days else None for week in said]
    busy = np.isin(table.columns["gid"], list(at_work))
    opens = days(table, "date_ouverture", may_be_empty=True)
    closes = days(table, "date_fermeture", may_be_empty=True)
    nowhere = np.isnan(where.lat)
    kept = ~nowhere & (~never | busy)
    counted = {
        "no coordinates and no known commune": nowhere,
        "closed on all seven days, and no dose known": ~nowhere & never & ~busy,
        **{rule: rows & kept for rule, rows in where.repaired.items()},
        "no opening date: open since the campaign began": np.isnat(opens) & kept,
        "no readable opening hours: the usual ones are taken": kept
        & np.array([week is None for week in weeks], dtype=bool),
    }
    found = []
    for row in np.flatnonzero(kept).tolist():
        opens_on = OPEN_SINCE if np.isnat(opens[row]) else opens[row].item()
        closes_on = None if np.isnat(closes[row]) else closes[row].item()
        found.append(_centre(table, row, where, geography, (opens_on, closes_on), weeks[row]))
    dropped = (Dropped(table.file, rule, int(rows.sum())) for rule, rows in counted.items())
    return found, tuple(dropped)


def _centre(
    table: Table,
    row: int,
    where: Positions,
    geography: Geography,
    life: tuple[date, date | None],
    week: OpenWeek | None,
) -> Centre:
    cell = {name: " ".join(cells[row].split()) for name, cells in table.columns.items()}
    commune = int(where.commune[row])
    site = Site(
        id=cell["gid"],
        name=cell["nom"] or f"Centre {cell['gid']}",
        department=str(geography.department[commune]),
        region=str(geography.region[commune]),
        lat=round(float(where.lat[row]), 5),
        lon=round(float(where.lon[row]), 5),
        opens_on=life[0],
        closes_on=life[1],
        commune=geography.code[commune],
        address=f"{cell['adr_num']} {cell['adr_voie']}".strip(),
        postcode=cell["com_cp"],
        city=cell["com_nom"],
        phone=cell["rdv_tel"],
        **asdict(week or USUAL_WEEK),
    )
    large = LARGE in cell.get("centre_type", "")
    return Centre(site, int(geography.population[commune]), large, week.hours if week else None)
