"""People of an age range, from the five broad age bands that INSEE gives by département."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.errors import InputError

BANDS = {0: 19, 20: 39, 40: 59, 60: 74, 75: 120}
"""Youngest and oldest age of each band; the last one is open."""


def people_of(ages: tuple[int, int], by_band: Mapping[int, float]) -> float:
    """People of an age range, ages being spread evenly inside a band.

    Raises
    ------
    InputError
        When the range would cut the open band of 75 and over.
    """
    youngest, oldest = ages
    if youngest > 75 or 75 <= oldest < 100:
        rule = f"ages {youngest}-{oldest} cut the band of 75 and over, which has no single ages"
        raise InputError("scenario", rule)
    people = 0.0
    for low, high in BANDS.items():
        shared = min(oldest, high) - max(youngest, low) + 1
        if shared > 0:
            people += by_band[low] * (1.0 if low == 75 else shared / (high - low + 1))
    return people
