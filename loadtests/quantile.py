"""Quantiles of measured times."""

from __future__ import annotations

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed.

    Raises
    ------
    ValueError
        When there are no values.
    """
    if not values:
        raise ValueError("Must have a value.")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
