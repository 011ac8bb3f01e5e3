"""Where the places of the official list are, and what had to be repaired to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.tables import Table
from scenarios.geography.builtin import Geography
from scenarios.official.cells import numbers
from scenarios.sites import distances_km

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
FAR_KM = 20.0
"""A point this far from its commune's middle is believed only if it was geocoded precisely."""
TOO_FAR_KM = 100.0
"""No commune reaches this far from its middle."""
PRECISE = 0.9
"""Score of a precise geocoding, of 1."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Points of rows in degrees (NaN when nothing tells) and the communes they lie in."""

    lat: Floats
    lon: Floats
    commune: NDArray[np.int64]
    repaired: Mapping[str, Bools]


def positions(table: Table, geography: Geography) -> Positions:
    """Locate every row: by its coordinates, else by its commune.

    Parameters
    ----------
    geography
        Every commune, those that no scenario serves included: a place far away must not be
        moved to the nearest commune that is served.
    """
    at = {code: i for i, code in enumerate(geography.code)}
    commune = np.array([at.get(code, -1) for code in table.columns["com_insee"]], dtype=np.int64)
    lat, lon = numbers(table, "lat_coor1", -90, 90), numbers(table, "long_coor1", -180, 180)
    no_point = np.isnan(lat) | np.isnan(lon) | ((abs(lat) < 1) & (abs(lon) < 1))
    unknown = commune < 0
    for row in np.flatnonzero(unknown & ~no_point):
        km = distances_km(lat[[row]], lon[[row]], geography.lat, geography.lon)
        commune[row] = int(np.argmin(km))
    km_away = np.zeros(len(table))
    for row in np.flatnonzero(~no_point):
        middle = geography.lat[commune[[row]]], geography.lon[commune[[row]]]
        km_away[row] = distances_km(lat[[row]], lon[[row]], *middle).item()
    precise = np.nan_to_num(numbers(table, "xy_precis", 0, 1)) >= PRECISE
    wrong = ~unknown & ((km_away > TOO_FAR_KM) | ((km_away > FAR_KM) & ~precise))
    moved = wrong | (no_point & ~unknown)
    lat[moved], lon[moved] = geography.lat[commune[moved]], geography.lon[commune[moved]]
    lat[no_point & unknown] = np.nan
    repaired = {
        "no coordinates: put in the middle of its commune": no_point & ~unknown,
        "coordinates far from its commune: put in the middle of it": wrong,
        "unknown commune: the nearest one is taken": unknown & ~no_point,
    }
    return Positions(lat, lon, commune, repaired)
