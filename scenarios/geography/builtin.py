"""The built-in geography: every commune of France, from a table that comes with the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError

COMMUNES = Path(__file__).with_name("communes.csv.gz")
COLUMNS = ("code", "name", "department", "region", "population", "lat", "lon", "origin")
REGIONS = (
    "01", "02", "03", "04", "06", "11", "24", "27", "28", "32", "44", "52", "53", "75", "76",
    "84", "93", "94", "975", "977", "978", "986", "987", "988",
)  # fmt: skip
"""Codes of the regions, and of the collectivities overseas that belong to none."""


@dataclass(frozen=True, slots=True)
class Geography:
    """Communes as columns of equal length; latitudes and longitudes in degrees."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    department: NDArray[np.str_]
    region: NDArray[np.str_]
    population: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    def __post_init__(self) -> None:
        if len(set(self.code)) != len(self.code):
            raise ValueError("a commune appears twice")

    def __len__(self) -> int:
        return len(self.code)

    def where(self, keep: NDArray[np.bool_]) -> Geography:
        """Only the communes marked true."""
        chosen = np.flatnonzero(keep)
        return Geography(
            code=tuple(self.code[i] for i in chosen),
            name=tuple(self.name[i] for i in chosen),
            department=self.department[chosen],
            region=self.region[chosen],
            population=self.population[chosen],
            lat=self.lat[chosen],
            lon=self.lon[chosen],
        )


def read_builtin(path: Path = COMMUNES) -> Geography:
    """Read the table of the package.

    Raises
    ------
    InputError
        When the installation lacks the table or another file stands in its place.
    """
    import pandas as pd  # noqa: PLC0415 - the command's help must not wait for pandas

    if not path.is_file():
        raise InputError(path, "the built-in geography is missing: reinstall the package")
    table = pd.read_csv(path, dtype=dict.fromkeys(COLUMNS[:4], str), keep_default_na=False)
    if tuple(table.columns) != COLUMNS:
        raise InputError(path, f"columns are not {', '.join(COLUMNS)}", 1)
    return Geography(
        code=tuple(table["code"]),
        name=tuple(table["name"]),
        department=table["department"].to_numpy(dtype=str),
        region=table["region"].to_numpy(dtype=str),
        population=table["population"].to_numpy(dtype=np.int64),
        lat=table["lat"].to_numpy(dtype=np.float64),
        lon=table["lon"].to_numpy(dtype=np.float64),
    )
