"""Slots of one centre as columns of whole numbers, the form in which they are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Slots:
    """Columns of one length; days count from 1970-01-01, instants are seconds since then, UTC."""

    slot_id: Ints
    schedule_id: Ints
    day: Ints
    starts_at: Ints
    ends_at: Ints
    capacity: Ints
    taken: Ints
    phone_kept: Ints
    standby_kept: Ints
    open_at: Ints

    def __len__(self) -> int:
        return len(self.slot_id)

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[int, ...]]) -> Slots:
        """Columns of rows whose cells stand in the order of the fields."""
        names = [field.name for field in fields(cls)]
        table = np.array(list(rows), dtype=np.int64).reshape(-1, len(names))
        return cls(**{name: table[:, i] for i, name in enumerate(names)})

    def at(self, rows: Bools | Ints) -> Slots:
        """Take some of the rows."""
        return Slots(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def monday_of(day: Ints) -> Ints:
    """Monday of the week of each day (1970-01-01 was a Thursday)."""
    return day - (day + 3) % 7
