"""Bookings as booked.csv of the next instance: constants of its plan."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg

from allocator.errors import InputError
from allocator.read import OPTIONAL_TABLES
from api.planning import booked_store
from api.planning.booked_store import Period

COLUMNS = OPTIONAL_TABLES["booked.csv"]


@dataclass(frozen=True, slots=True)
class Horizon:
    """Weeks of the next instance: those planned and the tail."""

    start: date
    weeks: int
    tail: int

    @property
    def end(self) -> date:
        """First day after the tail."""
        return self.start + timedelta(weeks=self.weeks + self.tail)


def export_booked(url: str, out: Path, start: date | None, weeks: int | None) -> dict[str, object]:
    """Write the doses that are booked, a first and its second as two, added up by week.

    Doses before the start are past for the next plan, and those after its tail out of its sight:
    both are left out, and counted in what is returned. So are displaced doses, which wait for a
    place and are in no week.

    Parameters
    ----------
    start
        Monday of week 0; the published campaign's start when None.
    weeks
        Planned weeks; the published campaign's when None.

    Raises
    ------
    InputError
        When nothing was published yet, the start is no Monday, or the file cannot be written.
    """
    if start is not None and start.weekday() != 0:
        raise InputError("--start", f"{start} is not a Monday")
    with psycopg.connect(url) as connection:
        campaign = booked_store.campaign(connection)
        if campaign is None:
            raise InputError("database", "nothing was published in it yet")
        horizon = Horizon(
            start or campaign.start, weeks or campaign.weeks, booked_store.tail_weeks(connection)
        )
        period = Period(horizon.start, horizon.end)
        people = booked_store.people(connection, period)
        left_out = booked_store.left_out(connection, period)
    _write(out, people)
    return {
        "file": str(out), "start": horizon.start.isoformat(), "weeks": horizon.weeks,
        "tail_weeks": horizon.tail, "rows": len(people), "people": people.total(), **left_out,
    }  # fmt: skip


def _write(out: Path, people: Counter[booked_store.Row]) -> None:
    draft = out.with_name(f".{out.name}.new")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows((*row, n) for row, n in sorted(people.items()))
        draft.replace(out)
    except OSError as error:
        raise InputError(out, f"cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
