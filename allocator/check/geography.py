"""Distances as MODEL.md defines them, and exact minima over all centres of every zone.

The minima scan blocks of neighbouring zones. A centre is left out of a block only when the
triangle inequality on the sphere shows that it cannot win for any zone of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.instance import Bools, Floats, Instance, Ints

EARTH_RADIUS_KM = 6371.0088
ROAD_PER_CROW = 1.3
"""Kilometres travelled per kilometre of great circle, unless travel.csv knows better."""

BLOCK_ZONES = 64
_SAFETY_KM = 1e-6
_SAFETY_RELATIVE = 1e-9


def great_circle_km(from_rad: Floats, to_rad: Floats) -> Floats:
    """Great circle x 1.3 between points (..., 2) of latitude and longitude in radians."""
    half = (to_rad - from_rad) / 2
    chord = (
        np.sin(half[..., 0]) ** 2
        + np.cos(from_rad[..., 0]) * np.cos(to_rad[..., 0]) * np.sin(half[..., 1]) ** 2
    )
    angle = 2 * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    km: Floats = ROAD_PER_CROW * EARTH_RADIUS_KM * angle
    return km


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbouring zones of one département, all within `radius_km` of their middle."""

    department: int
    zones: Ints
    radius_km: float
    away_km: Floats
    """From the middle to every centre, J."""
    travel: Ints
    """Rows of travel.csv about these zones."""


@dataclass(frozen=True, slots=True)
class Geography:
    """Points in radians (Z x 2, J x 2), sorted travel rows and the blocks of zones."""

    zones_rad: Floats
    centres_rad: Floats
    travel_zone: Ints
    travel_centre: Ints
    travel_km: Floats
    blocks: tuple[_Block, ...]

    def km(self, zone: Ints, centre: Ints) -> Floats:
        """km(z, j) of pairs, from travel.csv where listed."""
        km = great_circle_km(self.zones_rad[zone], self.centres_rad[centre])
        if len(self.travel_km):
            pair = zone * len(self.centres_rad) + centre
            listed = self.travel_zone * len(self.centres_rad) + self.travel_centre
            at = np.minimum(np.searchsorted(listed, pair), len(listed) - 1)
            km = np.where(listed[at] == pair, self.travel_km[at], km)
        return km

    def nearest_km(self, usable: Bools) -> Floats:
        """near(z): the smallest km(z, j) over the given centres, Z."""
        n_departments = 1 + max(block.department for block in self.blocks)
        addend = np.where(usable, 0.0, np.inf)
        return self.least(1.0, np.broadcast_to(addend, (n_departments, 1, len(usable))))[:, 0]

    def least(self, price: float, addend: Floats) -> Floats:
        """Smallest price * km(z, j) + addend[d(z), k, j] over all centres j, Z x K.

        Infinite addends forbid a centre; the minimum over none is infinite.
        """
        least = np.full((len(self.zones_rad), addend.shape[1]), np.inf)
        position = np.full(len(self.centres_rad), -1, dtype=np.int64)
        for block in self.blocks:
            mine = addend[block.department]
            centres = self._candidates(block, price, mine)
            if not len(centres):
                continue
            km = great_circle_km(self.zones_rad[block.zones, None], self.centres_rad[centres])
            if len(block.travel):
                position[centres] = np.arange(len(centres))
                column = position[self.travel_centre[block.travel]]
                row = np.searchsorted(block.zones, self.travel_zone[block.travel])
                km[row[column >= 0], column[column >= 0]] = self.travel_km[block.travel][
                    column >= 0
                ]
                position[centres] = -1
            km *= price
            for k in range(addend.shape[1]):
                least[block.zones, k] = (km + mine[k, centres]).min(axis=1)
        return least

    def _candidates(self, block: _Block, price: float, addend: Floats) -> Ints:
        """Centres that may win for some class: their lowest value is not above a highest value."""
        lowest = price * np.maximum(block.away_km - block.radius_km, 0.0) + addend
        highest = price * (block.away_km + block.radius_km) + addend
        # A listed distance may be anything, so such centres promise nothing and always stay.
        listed = np.unique(self.travel_centre[block.travel])
        highest[:, listed] = np.inf
        best = highest.min(axis=1, keepdims=True)
        may_win = np.isfinite(lowest) & (lowest <= best + _SAFETY_RELATIVE * np.abs(best))
        may_win[:, listed] = np.isfinite(addend[:, listed])
        return np.flatnonzero(may_win.any(axis=0))


def geography_of(instance: Instance) -> Geography:
    """Lay out the zones in blocks and sort the travel rows."""
    zones_rad = np.radians(np.stack([instance.zones.lat, instance.zones.lon], axis=1))
    centres_rad = np.radians(np.stack([instance.centres.lat, instance.centres.lon], axis=1))
    travel = instance.travel
    order = np.lexsort((travel.centre, travel.zone))
    travel_zone = travel.zone[order]
    return Geography(
        zones_rad=zones_rad,
        centres_rad=centres_rad,
        travel_zone=travel_zone,
        travel_centre=travel.centre[order],
        travel_km=travel.km[order],
        blocks=tuple(_blocks(instance.zones.department, zones_rad, centres_rad, travel_zone)),
    )


def _blocks(
    department: Ints, zones_rad: Floats, centres_rad: Floats, travel_zone: Ints
) -> Iterator[_Block]:
    points = _unit_vectors(zones_rad)
    for d in np.unique(department).tolist():
        for zones in _halves(points, np.flatnonzero(department == d)):
            middle = points[zones].mean(axis=0)
            middle_rad = np.array(
                [np.arctan2(middle[2], np.hypot(middle[0], middle[1])), np.arctan2(*middle[1::-1])]
            )
            reach_km = great_circle_km(middle_rad, zones_rad[zones]).max()
            radius_km = float(reach_km) * (1 + _SAFETY_RELATIVE) + _SAFETY_KM
            first = np.searchsorted(travel_zone, zones, side="left")
            last = np.searchsorted(travel_zone, zones, side="right")
            away_km = great_circle_km(middle_rad, centres_rad)
            yield _Block(d, zones, radius_km, away_km, _ranges(first, last))


def _halves(points: Floats, zones: Ints) -> Iterator[Ints]:
    """Split zones at the median of their widest axis until the parts are small; each sorted."""
    if len(zones) <= BLOCK_ZONES:
        yield np.sort(zones)
        return
    axis = np.ptp(points[zones], axis=0).argmax()
    order = zones[np.argsort(points[zones, axis], kind="stable")]
    yield from _halves(points, order[: len(order) // 2])
    yield from _halves(points, order[len(order) // 2 :])


def _unit_vectors(rad: Floats) -> Floats:
    lat, lon = rad[:, 0], rad[:, 1]
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _ranges(first: NDArray[np.intp], last: NDArray[np.intp]) -> Ints:
    spans = [np.arange(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True) if b > a]
    return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
