"""Outlines of the départements, when the folder of official files has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from allocator.errors import InputError
from allocator.instance import Floats
from scenarios.official.catalogue import OUTLINES, OUTLINES_OVERSEAS
from scenarios.official.files import OfficialFile, copies, read_json


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
    for dataset in (OUTLINES, OUTLINES_OVERSEAS):
        missing = names.keys() - rings.keys()
        if folder is None or not missing:
            break
        for file in copies(folder, dataset):
            found = _features(file)
            rings.update((code, outline) for code, outline in found if code in missing)
    return Boundaries(rings, names)


def _features(file: OfficialFile) -> Iterator[tuple[str, tuple[Floats, ...]]]:
    content = read_json(file)
    try:
        for feature in content["features"]:
            yield str(feature["properties"]["code"]), tuple(_rings(feature["geometry"]))
    except (LookupError, ValueError, TypeError) as error:
        raise InputError(file.name, f"not GeoJSON of départements: {error}") from None


def _rings(geometry: dict[str, Any]) -> Iterator[Floats]:
    single = geometry["type"] == "Polygon"
    for polygon in [geometry["coordinates"]] if single else geometry["coordinates"]:
        for ring in polygon:
            yield np.asarray(ring, dtype=np.float64)[:, :2]
