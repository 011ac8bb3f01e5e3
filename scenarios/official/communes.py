"""The official commune table as a geography."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.figures import Dropped
from scenarios.geography.builtin import Geography
from scenarios.official.cells import counts_or_zero, numbers
from scenarios.official.files import Source

COMMUNE, DISTRICT = "commune-actuelle", "arrondissement-municipal"
CITY_OF_DISTRICT = {"751": "75056", "693": "69123", "132": "13055"}
"""Paris, Lyon and Marseille, by the first digits of their arrondissements."""
Floats = NDArray[np.float64]


def communes(source: Source, fallback: Geography) -> tuple[Geography, tuple[Dropped, ...]]:
    """Every commune once: three cities give way to their arrondissements.

    Communes without coordinates take those of `fallback`. Collectivities have no département in
    this table and get the first three digits of their code, as `fallback` has it.
    """
    table = source.table
    table.refuse_repeats("code_insee")
    codes, kinds = table.text("code_insee"), table.text("type")
    for row, kind in enumerate(kinds):
        if kind not in {COMMUNE, DISTRICT}:
            raise table.refuse(row, f"type is not {COMMUNE} or {DISTRICT}: {kind!r}")
    population = counts_or_zero(table, "population_municipale")
    districts = {CITY_OF_DISTRICT.get(c[:3]) for c, k in zip(codes, kinds, strict=True)
                 if k == DISTRICT}  # fmt: skip
    double = np.array([code in districts for code in codes])
    lat, lon, borrowed = _points(source, fallback)
    nowhere = np.isnan(lat)
    rules = {
        "city given by its arrondissements too": double,
        "no coordinates: those of the built-in geography are taken": borrowed,
        "no coordinates anywhere": nowhere,
    }
    dropped = [
        Dropped(source.name, rule, int(rows.sum()), int(population[rows].sum()))
        for rule, rows in rules.items()
    ]
    columns = zip(codes, table.columns["departement"], table.columns["region"], strict=True)
    named = [(d or code[:3], r or code[:3]) for code, d, r in columns]
    whole = Geography(
        code=tuple(codes),
        name=tuple(table.text("nom")),
        department=np.array([department for department, _ in named]),
        region=np.array([region for _, region in named]),
        population=population,
        lat=lat,
        lon=lon,
    )
    return whole.where(~double & ~nowhere), (*source.dropped, *dropped)


def _points(source: Source, fallback: Geography) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Latitudes, longitudes (NaN where unknown) and the rows that borrowed theirs."""
    lat = numbers(source.table, "latitude", -90, 90)
    lon = numbers(source.table, "longitude", -180, 180)
    lat[np.isnan(lon)] = np.nan
    at = {code: i for i, code in enumerate(fallback.code)}
    codes = source.table.columns["code_insee"]
    missing = np.flatnonzero(np.isnan(lat))
    rows = [row for row in missing if codes[row] in at]
    own = [at[codes[row]] for row in rows]
    lat[rows], lon[rows] = fallback.lat[own], fallback.lon[own]
    borrowed = np.zeros(len(codes), dtype=bool)
    borrowed[rows] = True
    return lat, lon, borrowed
