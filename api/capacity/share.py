"""Whole numbers shared out exactly, in the two ways that publishing needs."""

from __future__ import annotations

import numpy as np

from api.capacity.slots import Ints


def share_out(total: int, room: Ints) -> Ints:
    """Split a total in proportion to room, nobody over it: largest remainders, ties to the first.

    Raises
    ------
    ValueError
        When the total is negative or over all the room.
    """
    all_room = int(room.sum())
    if not 0 <= total <= all_room:
        raise ValueError("Must have 0 <= total <= all room.")
    if total == 0:
        return np.zeros_like(room)
    parts, rest = np.divmod(room * total, all_room)
    missing = total - int(parts.sum())
    parts[np.argsort(-rest, kind="stable")[:missing]] += 1
    return parts


def fill_evenly(load: Ints, doses: int) -> Ints:
    """Add doses to places that already bear a load, so that the fullest is as low as can be.

    What does not divide evenly is spread over the places, not put at their beginning; but fewer
    doses than places stay together, as those of a vial must.
    """
    if doses == 0:
        return np.zeros_like(load)
    ranked = np.sort(load)
    # Doses that raise the i + 1 lowest places to the level of the next one.
    steps = np.arange(1, len(ranked)) * np.diff(ranked)
    raised = int(np.searchsorted(np.cumsum(steps), doses, side="left")) + 1
    level, rest = divmod(doses + int(ranked[:raised].sum()), raised)
    added = np.maximum(level - load, 0)
    lowest = np.flatnonzero(load <= level)[:raised] if rest else np.empty(0, dtype=np.int64)
    rest = doses - int(added.sum())
    added[lowest[_spread(rest, len(lowest))] if added.any() else lowest[:rest]] += 1
    return added


def _spread(chosen: int, places: int) -> Ints:
    """Positions of some among many places, evenly apart."""
    return ((2 * np.arange(chosen, dtype=np.int64) + 1) * places) // max(1, 2 * chosen)


def parts_along(share: float, amount: Ints) -> Ints:
    """Keep a share of amounts that follow each other, whole and right in every running total."""
    running = np.floor(np.cumsum(amount) * share + 1e-9).astype(np.int64)
    parts: Ints = np.diff(running, prepend=0)
    return parts
