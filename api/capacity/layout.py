"""The doses of a day over its windows: even load, and the doses of one vial beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from api.capacity.publication import Session, schedule_id
from api.capacity.share import fill_evenly
from api.capacity.slots import Ints
from api.capacity.windows import Windows, day_number


def lay_out(
    sessions: Sequence[Session],
    doses_per_vial: Mapping[int, int],
    windows: Windows,
    load: Ints,
) -> tuple[Ints, Ints, Ints]:
    """Give every dose a window.

    The vials of a day follow each other, those of several products taking turns, and the doses of
    both ranks take turns inside a vial; that row of doses is cut into windows so that all windows
    bear the same, bookings that stand there included.

    Parameters
    ----------
    doses_per_vial
        By product.
    windows
        Of all days of the sessions.
    load
        Doses already standing in each window.

    Returns
    -------
    Window, schedule and doses, one row a pair that has any.

    Raises
    ------
    ValueError
        When a day with doses has no window.
    """
    day, product, rank, row_key = _row_of_doses(sessions, doses_per_vial)
    order = np.lexsort((product, row_key, day))
    window = _windows_of_doses(day[order], windows, load)
    schedule = schedule_id(product, rank)[order]
    width = int(schedule.max(initial=0)) + 1
    cells, doses = np.unique(window * width + schedule, return_counts=True)
    return cells // width, cells % width, doses.astype(np.int64)


def _row_of_doses(
    sessions: Sequence[Session], doses_per_vial: Mapping[int, int]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Day, product, rank, and place in the day's row, of every single dose."""
    table = np.array(
        [(day_number(s.day), s.product_id, s.dose_rank, s.slots) for s in sessions], dtype=np.int64
    ).reshape(-1, 4)
    keys, group = np.unique(table[:, :2], axis=0, return_inverse=True)
    counts = np.zeros((len(keys), 2), dtype=np.int64)
    np.add.at(counts, (group, table[:, 2] - 1), table[:, 3])
    both = counts.sum(axis=1)
    of_group = np.repeat(np.arange(len(keys)), both)
    number = np.arange(len(of_group)) - np.repeat(np.cumsum(both) - both, both)
    seconds, n = counts[of_group, 1], both[of_group]
    rank = 1 + (number + 1) * seconds // n - number * seconds // n
    vial = np.array([doses_per_vial[int(p)] for p in keys[:, 1]], dtype=np.int64)[of_group]
    vials = -(-n // vial)
    # A vial's place among those of its product, in a common measure that orders all products.
    place = (2 * (number // vial) + 1) * 1_000_000 // (2 * vials)
    return keys[of_group, 0], keys[of_group, 1], rank, place


def _windows_of_doses(day: Ints, windows: Windows, load: Ints) -> Ints:
    """Window of each dose of a row that is sorted by day."""
    room = np.zeros(len(windows.day), dtype=np.int64)
    days, doses = np.unique(day, return_counts=True)
    first = np.searchsorted(windows.day, days, side="left")
    after = np.searchsorted(windows.day, days, side="right")
    for begin, end, n in zip(first, after, doses, strict=True):
        if begin == end:
            raise ValueError("Must have a window on every day with doses.")
        room[begin:end] = fill_evenly(load[begin:end], int(n))
    return np.repeat(np.arange(len(room)), room)
