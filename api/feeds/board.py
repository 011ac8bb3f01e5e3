"""All that the publisher keeps in memory, and what follows from a change of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from api.feeds.calendar import Bools, Calendar, Rules, day_number, rules_of
from api.feeds.counts import Teller, pieces
from api.feeds.free import Seconds, free_of, next_change
from api.feeds.pairing import alone, shown
from api.feeds.quotas import CentreQuotas, no_quotas
from api.feeds.reference import Department, Place, Reference
from api.feeds.slots import CentreSlots, Numbers, no_slots

NEVER: Seconds = 1 << 60
MOST_LEAD_S = 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Centre:
    """One centre.

    by_cell
        Places free by cell, shown or not.
    fragment
        Its part of the département's file, encoded.
    due
        When its free places next change by themselves, or `NEVER`.
    """

    place: Place
    slots: CentreSlots
    quotas: CentreQuotas
    by_cell: NDArray[np.int32]
    changed_at: datetime = LONG_AGO
    fragment: bytes = b""
    due: Seconds = NEVER

    @property
    def lead_s(self) -> Seconds:
        """How long before its beginning a slot is shown for the last time.

        Slots begin at the same minute everywhere; a minute to take them off spreads the work.
        """
        return 1 + self.place.centre_id * 37 % MOST_LEAD_S


@dataclass(slots=True)
class Neighbourhood:
    """The centres of one département.

    offering
        How many of them have a free place, by cell.
    shown
        By cell, whether a free place can be part of something bookable here.
    version
        Counts how often its centres were written.
    """

    department: Department
    offering: NDArray[np.int32]
    shown: Bools
    centre_ids: list[int] = field(default_factory=list)
    changed_at: datetime = LONG_AGO
    version: int = 0


class Board:
    """Centres and départements under one reference and calendar; nothing here is stored.

    Parameters
    ----------
    today
        Local day, for second doses that are booked alone.
    """

    def __init__(self, reference: Reference, calendar: Calendar, today: date) -> None:
        self.reference = reference
        self.rules: Rules = rules_of(reference, calendar)
        self.centres: dict[int, Centre] = {}
        self.neighbourhoods: dict[str, Neighbourhood] = {}
        self.turn_day(today)
        self.settle_in(reference)

    def settle_in(self, reference: Reference) -> None:
        """Take over départements and places, new ones with nothing to book yet."""
        self.reference = reference
        n_cells = self.rules.n_cells
        for code, department in reference.departments.items():
            if code not in self.neighbourhoods:
                self.neighbourhoods[code] = Neighbourhood(
                    department, np.zeros(n_cells, np.int32), np.zeros(n_cells, np.bool_)
                )
            self.neighbourhoods[code].department = department
        for centre_id, place in reference.places.items():
            if centre_id not in self.centres:
                self.centres[centre_id] = Centre(
                    place, no_slots(), no_quotas(), np.zeros(n_cells, np.int32)
                )
                self.neighbourhoods[place.department].centre_ids.append(centre_id)
            self.centres[centre_id].place = place

    def turn_day(self, today: date) -> None:
        """Begin a day; every centre is to be counted again, little by little."""
        self.today = today
        self.alone = alone(self.reference, self.rules, today)
        classes = {c.class_id: c.code for c in self.reference.classes}
        self.teller = Teller(self.rules, pieces(self.rules, self.alone), classes)
        for centre in self.centres.values():
            centre.due = 0

    def neighbourhood(self, centre: Centre) -> Neighbourhood:
        """Find the département of a centre."""
        return self.neighbourhoods[centre.place.department]

    def due(self, now: Seconds) -> list[int]:
        """Centres whose free places have changed by themselves, the longest due first."""
        late = [(c.due, id_) for id_, c in self.centres.items() if c.due <= now]
        return [id_ for _, id_ in sorted(late)]

    def recount(self, centre_ids: Iterable[int], now: Seconds) -> dict[int, Numbers]:
        """Count centres again, and those of their départements whose pairs came or went.

        Returns
        -------
        Free places by slot of every centre whose files are to be written.
        """
        free = {id_: self._count(self.centres[id_], now) for id_ in centre_ids}
        departments = {self.centres[id_].place.department for id_ in free}
        for code in departments:
            neighbourhood = self.neighbourhoods[code]
            while len(changed := self._show(neighbourhood)):
                for id_ in neighbourhood.centre_ids:
                    if id_ not in free and self.centres[id_].by_cell[changed].any():
                        free[id_] = self._count(self.centres[id_], now)
        return free

    def _count(self, centre: Centre, now: Seconds) -> Numbers:
        free = free_of(centre.slots, centre.quotas, self.rules, now, centre.lead_s)
        offering = self.neighbourhood(centre).offering
        offering += free.by_cell > 0
        offering -= centre.by_cell > 0
        centre.by_cell = free.by_cell.astype(np.int32)
        due = next_change(centre.slots, centre.quotas, free, now, centre.lead_s)
        centre.due = NEVER if due is None else due
        return free.by_slot

    def _show(self, neighbourhood: Neighbourhood) -> NDArray[np.intp]:
        """Decide again what is shown; give the cells that are not as before."""
        offered = (neighbourhood.offering > 0).reshape(len(self.rules.schedules), -1)
        cells = shown(self.rules, offered, self.alone).ravel()
        changed = np.flatnonzero(cells != neighbourhood.shown)
        neighbourhood.shown = cells
        return changed


def calendar_for(today: date, last_day: date | None) -> Calendar:
    """Days from yesterday on, with room for what will be published in the coming months."""
    first = day_number(today) - 1
    last = day_number(last_day or today)
    return Calendar(first, max(last - first, 180) + 30)


def same_rules(before: Reference, after: Reference) -> bool:
    """Tell whether places were only added, or described anew: nothing needs to be counted again."""
    rules = [(r.products, r.classes, r.intervals, r.periods) for r in (before, after)]
    zones = [{d.code: d.timezone for d in r.departments.values()} for r in (before, after)]
    homes = [{p.centre_id: p.department for p in r.places.values()} for r in (before, after)]
    return (
        rules[0] == rules[1]
        and zones[0].items() <= zones[1].items()
        and homes[0].items() <= homes[1].items()
    )
