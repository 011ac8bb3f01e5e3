"""How many doses each slot shall hold, given those that are taken: nothing booked is lost sight of.

A slot shall hold the bookings the plan counted and the plan's own doses. Whatever else is taken
came since the plan was made and uses the plan's doses: where it stands in a slot that shall hold
less, the difference comes off free places nearby. A day set by hand makes up for itself alone; a
plan's week for itself, the other dose rank of the product included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from api.capacity.publication import product_of
from api.capacity.share import share_out
from api.capacity.slots import Bools, Ints, Slots, monday_of

Key = tuple[int, int]
"""Schedule (or product) and Monday, in days since 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Over:
    """Bookings of a day (or week) and schedule that must leave, whichever of its slots they are in.

    rows
        The slots with bookings that can be moved.
    doses
        How many must leave.
    """

    rows: Ints
    doses: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Capacity of each slot, never below what is taken, and what that is too much.

    over
        Bookings that must leave; whoever goes takes the capacity along.
    standing
        Bookings that stand although there is no dose for them, by product and Monday.
    """

    capacity: Ints
    over: tuple[Over, ...]
    standing: dict[Key, int]


def counted_in_slots(slots: Slots, counted: Mapping[Key, int]) -> Ints:
    """Taken doses of each slot that the plan had counted: its week's number, shared out."""
    known = np.zeros_like(slots.taken)
    if not counted or not slots.taken.any():
        return known
    week = monday_of(slots.day)
    for key, rows in _groups(slots.schedule_id, week, slots.taken > 0):
        people = min(counted.get(key, 0), int(slots.taken[rows].sum()))
        known[rows] = share_out(people, slots.taken[rows])
    return known


def settle(slots: Slots, wanted: Ints, movable: Bools, *, days_bind: bool) -> Settled:
    """Fit what is wanted to what is taken.

    Parameters
    ----------
    wanted
        Doses each slot shall hold.
    movable
        Slots whose bookings may be moved.
    days_bind
        See `Publication`.
    """
    surplus = np.maximum(slots.taken - wanted, 0)
    free = np.maximum(wanted - slots.taken, 0)
    week = monday_of(slots.day)
    schedule, product = slots.schedule_id, product_of(slots.schedule_id)
    _make_up(surplus, free, schedule, slots.day)
    if not days_bind:
        _make_up(surplus, free, schedule, week)
        _make_up(surplus, free, product, week)
    over = []
    for _, rows in _groups(schedule, slots.day if days_bind else week, surplus > 0):
        those = rows[movable[rows] & (slots.taken[rows] > 0)]
        doses = min(int(surplus[rows].sum()), int(slots.taken[those].sum()))
        if doses:
            over.append(Over(those, doses))
            surplus[rows] -= share_out(doses, surplus[rows])
    standing = {key: int(surplus[rows].sum()) for key, rows in _groups(product, week, surplus > 0)}
    # Their doses come from elsewhere, but whoever gives them has no time for another one.
    _make_up(surplus, free, np.zeros_like(schedule), slots.day if days_bind else week)
    return Settled(slots.taken + free, tuple(over), standing)


def _make_up(surplus: Ints, free: Ints, what: Ints, period: Ints) -> None:
    """Take what is too much off the free places of the same thing and period, in place."""
    for _, rows in _groups(what, period, surplus > 0):
        covered = min(int(surplus[rows].sum()), int(free[rows].sum()))
        free[rows] -= share_out(covered, free[rows])
        surplus[rows] -= share_out(covered, surplus[rows])


def _groups(what: Ints, period: Ints, concerned: Bools) -> Iterator[tuple[Key, Ints]]:
    """Rows of each thing and period in which some row is concerned."""
    if not concerned.any():
        return
    width = int(what.max()) + 1
    code = period * width + what
    for one in np.unique(code[concerned]):
        yield (int(one % width), int(one // width)), np.flatnonzero(code == one)
