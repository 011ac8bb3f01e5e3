"""Names of the French départements, for those of an instance that are where France has them."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np

from allocator.instance import Floats, Instance

NEAR_DEGREES = 2.0
"""A département of an instance bears the name when its places lie so near the official town."""


def department_names(instance: Instance) -> dict[str, str]:
    """Names by code; a made-up département that borrows a French code gets none.

    The table is the official geographical code of INSEE of 2021 (and the collectivities overseas),
    with the place of the main town.
    """
    table = files("scenarios.report").joinpath("departments.csv").read_text(encoding="utf-8")
    official = {row["code"]: row for row in csv.DictReader(table.splitlines())}
    names = {}
    for code, points in zip(instance.departments, places_by_department(instance), strict=True):
        row = official.get(code)
        if row is None:
            continue
        apart = np.median(points, axis=0) - (float(row["lon"]), float(row["lat"]))
        if np.abs(apart).max() <= NEAR_DEGREES:
            names[code] = row["name"]
    return names


def places_by_department(instance: Instance) -> list[Floats]:
    """Communes and centres of each département, n x 2 degrees (longitude, latitude)."""
    zones, centres = instance.zones, instance.centres
    department = np.concatenate([zones.department, centres.department])
    points = np.column_stack(
        [np.concatenate([zones.lon, centres.lon]), np.concatenate([zones.lat, centres.lat])]
    )
    return [points[department == d] for d in range(len(instance.departments))]
