"""Whole shares of a whole total: largest remainders, ties to the first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]


def apportion(total: int, weights: ArrayLike) -> Ints:
    """Split `total` in proportion to `weights`, exactly.

    Returns
    -------
    Whole numbers of the length of `weights` that sum to `total`; all zero when no weight is
    positive.
    """
    share = np.asarray(weights, dtype=np.float64)
    if total <= 0 or not share.sum() > 0:
        return np.zeros(len(share), dtype=np.int64)
    exact = share * (total / share.sum())
    whole: Ints = np.floor(exact).astype(np.int64)
    rest = total - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:rest]] += 1
    return whole


def apportion_within(total: int, weights: ArrayLike, room: Ints) -> Ints:
    """Split like `apportion`, but nobody takes more than their room; what fits nowhere is left."""
    taken = np.zeros(len(room), dtype=np.int64)
    share = np.asarray(weights, dtype=np.float64)
    left = min(int(total), int(room[share > 0].sum()))
    while left > 0:
        free = room - taken
        offer = np.minimum(apportion(left, np.where(free > 0, share, 0.0)), free)
        taken += offer
        left -= int(offer.sum())
    return taken
