"""A publication laid over the slots that are there: what must change, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from api.capacity.layout import lay_out
from api.capacity.publication import Publication, Shares, product_of, schedule_id
from api.capacity.settle import Key, Over, Settled, counted_in_slots, settle
from api.capacity.share import parts_along
from api.capacity.slots import Bools, Ints, Slots
from api.capacity.windows import Opening, Windows, date_of, day_number, release, windows_of

NEW = 0
"""`slot_id` of a slot that has no number yet."""
_WIDTH = 1 << 16
"""More than any number of a schedule."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Slots of a centre after a publication.

    slots
        All of them, in order of time; `NEW` ones have no number yet.
    before
        Capacity before.
    changed
        Which of them are to be written.
    new
        Which of those the database does not have.
    free
        Free places of each slot; whoever leaves takes the capacity along.
    over
        Bookings that must leave, by day or week and schedule; `slots` still holds them.
    standing
        Bookings that stand without a dose for them, by product and Monday.
    """

    slots: Slots
    before: Ints
    changed: Bools
    new: Bools
    free: Ints
    over: tuple[Over, ...]
    standing: dict[Key, int]


def merge(
    publication: Publication,
    existing: Slots,
    opening: Opening,
    doses_per_vial: Mapping[int, int],
    *,
    now: int,
    new_shares: bool = False,
) -> Merged:
    """Lay a publication over the existing slots of its days.

    Parameters
    ----------
    existing
        Slots of the centre's days, of all products; other products only weigh on the windows.
    doses_per_vial
        By product.
    now
        Seconds of UTC; bookings of slots that have begun are not moved.
    new_shares
        Whether slots whose capacity stays get their shares anew, too. Otherwise they keep them:
        the telephone may have used some of its part.
    """
    windows = windows_of(opening, sorted({s.day for s in publication.sessions}))
    mine = _spoken_for(publication, existing)
    others, existing = existing.at(~mine), existing.at(mine)
    known = counted_in_slots(existing, _counted(publication))
    load = _load(existing.starts_at, known, windows)
    load += _load(others.starts_at, others.capacity, windows)
    window, schedule, doses = lay_out(publication.sessions, doses_per_vial, windows, load)
    slots, laid, known = _union(existing, known, windows, window, schedule, doses)
    movable = (slots.starts_at > now) & publication.rebook
    settled = settle(slots, known + laid, movable, days_bind=publication.days_bind)
    changed = settled.capacity != slots.capacity
    if new_shares:
        changed |= slots.capacity > slots.taken
    after = _rewritten(slots, settled, changed, publication.shares, opening.zone)
    new = changed & (slots.slot_id == NEW)
    free = settled.capacity - slots.taken
    return Merged(after, slots.capacity, changed, new, free, settled.over, settled.standing)


def _counted(publication: Publication) -> dict[Key, int]:
    counted: Counter[Key] = Counter()
    for row in publication.counted:
        key = schedule_id(row.product_id, row.dose_rank), day_number(row.week)
        counted[key] += row.people
    return counted


def _spoken_for(publication: Publication, existing: Slots) -> Bools:
    if publication.product_ids is None:
        return np.ones(len(existing), dtype=bool)
    return np.isin(product_of(existing.schedule_id), sorted(publication.product_ids))


def _load(starts_at: Ints, doses: Ints, windows: Windows) -> Ints:
    """Count doses by window; those of other hours stand in the window they begin in."""
    load = np.zeros(len(windows.day), dtype=np.int64)
    if len(load) == 0:
        return load
    rows = np.flatnonzero(doses)
    place = np.searchsorted(windows.starts_at, starts_at[rows], side="right") - 1
    inside = (place >= 0) & (starts_at[rows] < windows.ends_at[place])
    np.add.at(load, place[inside], doses[rows[inside]])
    return load


def _union(
    existing: Slots, known: Ints, windows: Windows, window: Ints, schedule: Ints, doses: Ints
) -> tuple[Slots, Ints, Ints]:
    """Existing and laid-out slots in one table, with the doses laid and counted in each."""
    keys_there = existing.starts_at * _WIDTH + existing.schedule_id
    keys_laid = windows.starts_at[window] * _WIDTH + schedule
    keys = np.union1d(keys_there, keys_laid)
    there, laid_at = np.searchsorted(keys, keys_there), np.searchsorted(keys, keys_laid)
    columns = {name: np.zeros(len(keys), dtype=np.int64) for name in Slots.__slots__}
    columns["schedule_id"] = keys % _WIDTH
    columns["starts_at"] = keys // _WIDTH
    columns["day"][laid_at] = windows.day[window]
    columns["ends_at"][laid_at] = windows.ends_at[window]
    for name, column in columns.items():
        column[there] = getattr(existing, name)
    laid, counted = np.zeros_like(keys), np.zeros_like(keys)
    laid[laid_at] = doses
    counted[there] = known
    return Slots(**columns), laid, counted


def _rewritten(
    slots: Slots, settled: Settled, changed: Bools, shares: Shares, zone: ZoneInfo
) -> Slots:
    """Slots with their new capacity; the changed ones keep the shares of what is free in them."""
    phone, standby = _kept(slots.schedule_id, settled.capacity - slots.taken, shares)
    days, place = np.unique(slots.day, return_inverse=True)
    opens = [release(date_of(d), shares.release_days, zone) for d in days]
    open_at = np.array(opens, dtype=np.int64)[place]
    return replace(
        slots,
        capacity=settled.capacity,
        phone_kept=np.where(changed, phone, slots.phone_kept),
        standby_kept=np.where(changed, standby, slots.standby_kept),
        open_at=np.where(changed, open_at, slots.open_at),
    )


def _kept(schedule: Ints, free: Ints, shares: Shares) -> tuple[Ints, Ints]:
    """Doses kept for the telephone and for standby, schedule by schedule along time."""
    both, phone = np.zeros_like(free), np.zeros_like(free)
    share = shares.phone + shares.standby
    for one in np.unique(schedule) if share else ():
        rows = np.flatnonzero(schedule == one)
        both[rows] = parts_along(share, free[rows])
        phone[rows] = parts_along(shares.phone / share, both[rows])
    return phone, both - phone
