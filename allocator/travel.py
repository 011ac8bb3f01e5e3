"""Distances: great circle x 1.3, or the pair's own row of `travel.csv`."""

from __future__ import annotations

import numpy as np

from allocator.instance import Bools, Floats, Instance, Ints

EARTH_RADIUS_KM = 6371.0088
DETOUR = 1.3


def unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere, n x 3, from degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def km_of_chord2(chord2: Floats) -> Floats:
    """Road kilometres from squared chords of the unit sphere."""
    half = np.minimum(1.0, 0.5 * np.sqrt(chord2))
    return DETOUR * 2.0 * EARTH_RADIUS_KM * np.arcsin(half)


class Distances:
    """Kilometres between zones and centres, computed row by row: the matrix is never held."""

    def __init__(self, instance: Instance) -> None:
        self.zones = unit_vectors(instance.zones.lat, instance.zones.lon)
        self.centres = unit_vectors(instance.centres.lat, instance.centres.lon)
        order = np.argsort(instance.travel.zone, kind="stable")
        self.override_start = np.searchsorted(
            instance.travel.zone[order], np.arange(len(self.zones) + 1)
        )
        self.override_centre = instance.travel.centre[order]
        self.override_km = instance.travel.km[order]

    def rows(self, zones: Ints) -> Floats:
        """Kilometres from these zones to every centre, len(zones) x J."""
        chord2 = np.zeros((len(zones), len(self.centres)))
        for axis in range(3):
            chord2 += (self.zones[zones, axis][:, None] - self.centres[None, :, axis]) ** 2
        km = km_of_chord2(chord2)
        for row, z in enumerate(zones):
            span = slice(self.override_start[z], self.override_start[z + 1])
            km[row, self.override_centre[span]] = self.override_km[span]
        return km

    def pairs(self, zones: Ints, centres: Ints) -> Floats:
        """Kilometres from each of these zones to the centre named beside it."""
        km = km_of_chord2(((self.zones[zones] - self.centres[centres]) ** 2).sum(axis=1))
        if len(self.override_km):
            J = len(self.centres)
            of_zone = np.repeat(np.arange(len(self.zones)), np.diff(self.override_start))
            key = of_zone * J + self.override_centre
            order = np.argsort(key, kind="stable")
            wanted = zones * J + centres
            at = order[np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)]
            km = np.where(key[at] == wanted, self.override_km[at], km)
        return km

    def near(self, usable: Bools, chunk: int = 512) -> Floats:
        """Kilometres from each zone to its nearest usable centre, length Z."""
        nearest = np.empty(len(self.zones))
        for first in range(0, len(nearest), chunk):
            zones = np.arange(first, min(first + chunk, len(nearest)))
            nearest[zones] = self.rows(zones)[:, usable].min(axis=1)
        return nearest
