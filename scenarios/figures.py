"""What a scenario needs to know about a territory, whatever it was learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.geography.builtin import Geography
from scenarios.sites import Site

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows of a source that were left out, repaired or counted, and why."""

    source: str
    rule: str
    rows: int
    people: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Sources turned into the model's terms.

    `wanted` has the people of every class by département; `injections` is centres x weeks;
    `deliveries` is products x weeks, doses, the stock on hand being part of week 0; `due` is
    products x weeks and tail weeks, people whose second dose falls due, and `due_share` the part
    of these people by département.
    """

    geography: Geography
    sites: tuple[Site, ...]
    injections: Ints
    wanted: Mapping[str, Ints]
    deliveries: Ints
    due: Ints
    due_share: Mapping[str, float]
    dropped: tuple[Dropped, ...]
