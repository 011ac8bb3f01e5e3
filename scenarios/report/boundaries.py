"""Outlines of the départements, when the folder of official files has them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from allocator.errors import InputError
from allocator.instance import Floats

MAINLAND = "departements-version-simplifiee.geojson.gz"
WITH_OVERSEAS = "departements-avec-outre-mer.geojson.gz"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Outlines by département: closed rings, n x 2 degrees (longitude, latitude); and names."""

    rings: Mapping[str, tuple[Floats, ...]]
    names: Mapping[str, str]

    def label(self, code: str) -> str:
        """Name a département for a reader: `Nord (59)`, or its code alone."""
        name = self.names.get(code)
        return code if name is None else f"{name} ({code})"


def read_boundaries(folder: Path | None, names: Mapping[str, str]) -> Boundaries:
    """Read the outlines of these départements; those no file holds are left out.

    Parameters
    ----------
    folder
        Official files; None, or a folder without the outlines, gives no boundaries.
    names
        Names of the instance's départements, by code.

    Raises
    ------
    InputError
        When a file is there and is not GeoJSON of départements.
    """
    rings: dict[str, tuple[Floats, ...]] = {}
    for file in (MAINLAND, WITH_OVERSEAS):
        path = None if folder is None else folder / file
        missing = names.keys() - rings.keys()
        if path is None or not path.is_file() or not missing:
            continue
        rings.update((code, outline) for code, outline in _features(path) if code in missing)
    return Boundaries(rings, names)


def _features(path: Path) -> Iterator[tuple[str, tuple[Floats, ...]]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as source:
            for feature in json.load(source)["features"]:
                yield str(feature["properties"]["code"]), tuple(_rings(feature["geometry"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(path.name, f"not GeoJSON of départements: {error}") from None


def _rings(geometry: dict[str, Any]) -> Iterator[Floats]:
    single = geometry["type"] == "Polygon"
    for polygon in [geometry["coordinates"]] if single else geometry["coordinates"]:
        for ring in polygon:
            yield np.asarray(ring, dtype=np.float64)[:, :2]
