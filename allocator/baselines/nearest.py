"""The centres a person looks at: the nearest usable ones, in order of distance."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from allocator.instance import Bools, Floats, Instance, Ints
from allocator.travel import Distances, km_of_chord2

LOOKED_AT = 50
"""Nobody calls more centres than this before waiting for the next week."""

_CHUNK = 512


def nearest_centres(instance: Instance, usable: Bools) -> tuple[Ints, Floats]:
    """Nearest usable centres of every zone, nearest first, and their kilometres.

    Returns
    -------
    centres, km
        Z x N, N the smaller of `LOOKED_AT` and the number of usable centres; ties go to the
        centre listed first.
    """
    distances = Distances(instance)
    candidates = np.flatnonzero(usable)
    count = min(LOOKED_AT, len(candidates))
    tree = KDTree(distances.centres[candidates])
    chord, found = tree.query(distances.zones, k=np.arange(1, count + 1))
    centres, km = _ordered(candidates[found], km_of_chord2(np.square(chord)))
    own_rows = np.flatnonzero(np.diff(distances.override_start))
    for first in range(0, len(own_rows), _CHUNK):
        zones = own_rows[first : first + _CHUNK]
        everywhere = distances.rows(zones)[:, candidates]
        all_centres = np.broadcast_to(candidates, everywhere.shape)
        nearest = _ordered(all_centres, everywhere)
        centres[zones], km[zones] = (part[:, :count] for part in nearest)
    return centres, km


def _ordered(centres: Ints, km: Floats) -> tuple[Ints, Floats]:
    order = np.lexsort((centres, km), axis=1)
    return np.take_along_axis(centres, order, 1), np.take_along_axis(km, order, 1)
