"""How far the built-in coordinates are from the official ones, weighted by people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allocator.errors import InputError

PROMISED_KM = 5.0
PROMISED_SHARE = 0.95
CITIES_WITH_DISTRICTS = {"75056", "69123", "13055"}
"""Paris, Lyon and Marseille: their municipal arrondissements stand in for them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Communes in both tables, and the people living within some distances of their point."""

    communes: int
    missing: int
    people: int
    share_within_5_km: float
    median_km: float
    worst_km: float
    worst_commune: str


def compare(builtin: Path, official: Path) -> Comparison:
    """Compare both tables on the communes that both give coordinates for."""
    import pandas as pd  # noqa: PLC0415

    if not official.is_file():
        raise InputError(official, "the official commune table is missing")
    ours = pd.read_csv(builtin, dtype={"code": str}, keep_default_na=False)
    theirs = pd.read_csv(official, dtype={"code_insee": str}).dropna(subset=["latitude"])
    both = ours.merge(theirs, left_on="code", right_on="code_insee")
    missing = set(theirs["code_insee"]) - set(ours["code"]) - CITIES_WITH_DISTRICTS
    lat, lon, to_lat, to_lon = np.radians(
        both[["lat", "lon", "latitude", "longitude"]].to_numpy()
    ).T
    half = np.sin((to_lat - lat) / 2) ** 2
    half += np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    km = 2 * 6371.0088 * np.arcsin(np.sqrt(half))
    people = both["population"].to_numpy()
    order = np.argsort(km)
    half_way = np.searchsorted(people[order].cumsum(), people.sum() / 2)
    worst = int(np.argmax(km * (people > 0)))
    return Comparison(
        communes=len(both),
        missing=len(missing),
        people=int(people.sum()),
        share_within_5_km=float(people[km <= PROMISED_KM].sum() / people.sum()),
        median_km=float(km[order][half_way]),
        worst_km=float(km[worst]),
        worst_commune=f"{both['name'][worst]} ({both['code'][worst]})",
    )


def summary(found: Comparison) -> str:
    """One sentence for a person."""
    return (
        f"{found.share_within_5_km:.2%} of {found.people:,} people within {PROMISED_KM:g} km "
        f"({found.communes:,} communes compared, {found.missing} missing; median "
        f"{found.median_km:.2f} km; worst {found.worst_commune}, {found.worst_km:.1f} km)"
    )
