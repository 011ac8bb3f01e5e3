"""People of an age range, from the five broad age bands that INSEE gives by département."""

from __future__ import annotations

from collections.abc import Mapping

BANDS = {0: 19, 20: 39, 40: 59, 60: 74, 75: 120}
"""Youngest and oldest age of each band; the last one is open."""


def cuts_open_band(ages: tuple[int, int]) -> bool:
    """Whether an age range splits the band of 75 and over, of which no single ages are known."""
    youngest, oldest = ages
    return youngest > 75 or 75 <= oldest < 100


def people_of(ages: tuple[int, int], by_band: Mapping[int, float]) -> float:
    """People of an age range that splits no open band, ages being spread evenly inside a band."""
    if cuts_open_band(ages):
        raise ValueError(f"ages {ages} cut the band of 75 and over")
    youngest, oldest = ages
    people = 0.0
    for low, high in BANDS.items():
        shared = min(oldest, high) - max(youngest, low) + 1
        if shared > 0:
            people += by_band[low] * (1.0 if low == 75 else shared / (high - low + 1))
    return people
