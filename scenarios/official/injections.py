"""VAC-SI by vaccine and day: first doses of the weeks before, and the campaign's largest week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError
from scenarios.official.cells import days, refuse_end_before
from scenarios.official.files import Source

Ints = NDArray[np.int64]
RANKS = ("n_dose1", "n_dose2", "n_dose3", "n_dose4")
ALL_VACCINES = "0"
"""Repeats the figures of all vaccines together."""


@dataclass(frozen=True, slots=True)
class Injections:
    """Doses given by vaccine code and day; `first` are first doses, `all` those of any rank."""

    file: str
    vaccine: NDArray[np.str_]
    day: NDArray[np.datetime64]
    first: Ints
    all: Ints

    def first_doses_before(self, vaccine: str, start: date, weeks: int) -> tuple[int, ...]:
        """First doses of a vaccine in each of the weeks just before `start`."""
        refuse_end_before(self.file, self.day, start - timedelta(days=1))
        return tuple(self._weekly(vaccine, self.first, start - timedelta(weeks=weeks), weeks))

    def before(self, vaccine: str, start: date) -> int:
        """All doses of a vaccine given before `start`."""
        earlier = self.day < np.datetime64(start, "D")
        return int(self.all[self._of(vaccine) & earlier].sum())

    def peak(self, start: date, weeks: int) -> int:
        """Doses of any vaccine and rank in the fullest of the weeks from `start` on."""
        refuse_end_before(self.file, self.day, start + timedelta(days=7 * weeks - 1))
        return max(self._weekly(ALL_VACCINES, self.all, start, weeks))

    def _of(self, vaccine: str) -> NDArray[np.bool_]:
        here: NDArray[np.bool_] = self.vaccine == vaccine
        if not here.any():
            raise InputError(self.file, f"vaccin {vaccine!r} does not appear")
        return here

    def _weekly(self, vaccine: str, doses: Ints, start: date, weeks: int) -> list[int]:
        week = (self.day - np.datetime64(start, "D")).astype(np.int64) // 7
        here = self._of(vaccine) & (week >= 0) & (week < weeks)
        by_week: list[int] = np.bincount(week[here], doses[here], weeks).astype(int).tolist()
        return by_week


def injections(source: Source) -> Injections:
    """Read the table of doses by vaccine and day."""
    table = source.table
    table.refuse_repeats("vaccin", "jour")
    ranks: Mapping[str, Ints] = {rank: table.counts(rank) for rank in RANKS}
    return Injections(
        file=source.name,
        vaccine=np.array(table.text("vaccin")),
        day=days(table, "jour"),
        first=ranks["n_dose1"],
        all=np.sum(list(ranks.values()), axis=0),
    )
