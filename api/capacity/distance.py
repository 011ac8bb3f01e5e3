"""Centres by how far they are from one of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, inf, radians, sin, sqrt

EARTH_KM = 6371.0088
Position = tuple[float, float]
"""Latitude and longitude, degrees."""


def nearest(positions: Mapping[int, Position], centre_id: int, most_km: float = inf) -> list[int]:
    """Sort the centres within a distance, as the crow flies; the one itself comes first."""
    far = {other: km_between(positions[centre_id], at) for other, at in positions.items()}
    far[centre_id] = -1.0
    return sorted((c for c, km in far.items() if km <= most_km), key=lambda c: (far[c], c))


def km_between(a: Position, b: Position) -> float:
    """Great circle between two positions."""
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
