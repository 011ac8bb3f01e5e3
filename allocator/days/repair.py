"""The exact split of one centre: as few first doses without a second as its days allow.

Used for the few centres where the even split leaves some, most often because a centre opens or
closes inside a week. It looks at pairing only; open vials are tidied afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from allocator.instance import Bools, Ints

MAX_NODES = 500
"""Branch-and-bound nodes for one centre; the relaxation is nearly always whole already."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """Slots of one centre, 2 x P x X by rank; `loose` of them find no pair."""

    slots: Ints
    loose: Ints
    is_proven: bool


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows `lower <= sum of value * column <= upper` under construction."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, plus: Iterable[int], minus: Iterable[int], lower: float, upper: float) -> None:
        """Append one row; columns below 0 stand for the constant 0."""
        for columns, value in ((plus, 1), (minus, -1)):
            for column in columns:
                if column >= 0:
                    self.row.append(len(self.lower))
                    self.column.append(int(column))
                    self.value.append(value)
        self.lower.append(lower)
        self.upper.append(upper)

    def constraint(self, columns: int) -> LinearConstraint:
        shape = (len(self.lower), columns)
        matrix = csr_array((self.value, (self.row, self.column)), shape=shape)
        return LinearConstraint(matrix, self.lower, self.upper)


def repair_centre(
    weekly: Ints, limit: Ints, two_dose: Bools, low: Ints, high: Ints
) -> Repaired | None:
    """Split one centre's weeks into days with the largest matching of firsts to seconds.

    Parameters
    ----------
    weekly
        2 x P x W doses by rank.
    limit
        X slots a day.
    two_dose, low, high
        P, whether a second dose is needed and the days apart.

    Returns
    -------
    None when the search was cut before it found any split.
    """
    cells = np.repeat(weekly > 0, 7, axis=2) & (limit > 0)
    paired = _numbers(cells, 0)
    loose = _numbers(cells & two_dose[:, None], int(paired.max()) + 1)
    whole = int(max(paired.max(), loose.max())) + 1
    running = _numbers(cells & two_dose[:, None], whole)
    columns = int(max(whole - 1, running.max())) + 1
    rows = _Rows()
    _weekly_sums(rows, weekly, paired, loose)
    _day_limits(rows, limit, paired, loose)
    _pairing(rows, paired, running, low, high)
    cost = np.zeros(columns)
    cost[loose[0][loose[0] >= 0]] = 1
    solved = milp(
        cost,
        integrality=np.arange(columns) < whole,
        constraints=rows.constraint(columns),
        # Presolve takes half the time here, and on some programs never ends (`allocator.lp.highs`).
        options={"node_limit": MAX_NODES, "presolve": False},
    )
    if solved.x is None:
        return None
    values = np.append(np.rint(solved.x).astype(np.int64), 0)
    return Repaired(values[paired] + values[loose], values[loose], bool(solved.status == 0))


def _numbers(wanted: Bools, start: int) -> Ints:
    """Column numbers from `start` in the wanted cells, -1 elsewhere."""
    numbers = np.full(wanted.shape, -1, dtype=np.int64)
    numbers[wanted] = start + np.arange(np.count_nonzero(wanted))
    return numbers


def _weekly_sums(rows: _Rows, weekly: Ints, paired: Ints, loose: Ints) -> None:
    """State for each rank, product and week: the sum over its days is the week's doses."""
    for rank, p, week in np.argwhere(weekly > 0):
        days = slice(7 * week, 7 * week + 7)
        doses = float(weekly[rank, p, week])
        rows.add([*paired[rank, p, days], *loose[rank, p, days]], [], doses, doses)


def _day_limits(rows: _Rows, limit: Ints, paired: Ints, loose: Ints) -> None:
    """State for each day: all slots <= the day's limit."""
    for x in np.flatnonzero((paired >= 0).any(axis=(0, 1))):
        rows.add([*paired[..., x].flat, *loose[..., x].flat], [], 0, float(limit[x]))


def _pairing(rows: _Rows, paired: Ints, running: Ints, low: Ints, high: Ints) -> None:
    """State A(x - high) <= B(x) <= A(x - low) for the cumulative paired firsts A and seconds B."""
    _, P, X = running.shape
    upto = np.full((2, P, X + 1), -1, dtype=np.int64)
    for x in range(X):
        upto[..., x + 1] = np.where(running[..., x] >= 0, running[..., x], upto[..., x])
    for rank, p, x in np.argwhere(running >= 0):
        now, before = running[rank, p, x], upto[rank, p, x]
        rows.add([now], [before, paired[rank, p, x]], 0, 0)
        bound = upto[0, p, max(x - low[p] + 1, 0)] if rank else upto[1, p, min(x + high[p] + 1, X)]
        rows.add([now], [bound], -np.inf, 0)
