"""Slots as PostgreSQL's binary COPY takes them: millions of rows without a loop over them."""

from __future__ import annotations

import numpy as np

from api.capacity.publication import product_of, rank_of
from api.capacity.slots import Ints, Slots

COLUMNS = (
    "centre_id", "slot_id", "schedule_id", "product_id", "dose_rank", "day", "starts_at",
    "ends_at", "capacity", "taken", "phone_kept", "standby_kept", "open_at",
)  # fmt: skip
_SIZES = dict(zip(COLUMNS, (4, 4, 4, 2, 2, 4, 8, 8, 4, 4, 4, 4, 8), strict=True))
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_POSTGRES_DAY = 10_957
"""PostgreSQL counts from 2000-01-01."""
_POSTGRES_S = _POSTGRES_DAY * 86_400


def copy_bytes(centre_id: int, slots: Slots) -> bytes:
    """Give the whole stream of a `COPY slot (...) FROM STDIN (FORMAT BINARY)`."""
    rows = np.zeros(len(slots), dtype=_row_type())
    rows["cells"] = len(COLUMNS)
    for name, size in _SIZES.items():
        rows[f"{name}_size"] = size
        rows[name] = _cells(name, centre_id, slots)
    return _HEADER + rows.tobytes() + _TRAILER


def _row_type() -> np.dtype[np.void]:
    """Lay out a row: the number of cells, then each after its length, all big-endian."""
    parts = [("cells", ">i2")]
    for name, size in _SIZES.items():
        parts += [(f"{name}_size", ">i4"), (name, f">i{size}")]
    return np.dtype(parts)


def _cells(name: str, centre_id: int, slots: Slots) -> Ints | int:
    if name == "centre_id":
        return centre_id
    if name == "product_id":
        return product_of(slots.schedule_id)
    if name == "dose_rank":
        return rank_of(slots.schedule_id)
    cells: Ints = getattr(slots, name)
    if name == "day":
        return cells - _POSTGRES_DAY
    if name.endswith("_at"):
        return (cells - _POSTGRES_S) * 1_000_000
    return cells
