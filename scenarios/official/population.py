"""INSEE's five age bands by département."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.official.files import Source

COLUMNS = {0: "pop_0_19", 20: "pop_20_39", 40: "pop_40_59", 60: "pop_60_74", 75: "pop_75_plus"}
"""Column of each band of `scenarios.ages.BANDS`, by its youngest age."""


def people_by_department(source: Source) -> Mapping[str, Mapping[int, int]]:
    """People of every band, by département.

    Raises
    ------
    InputError
        Also when the bands of a département do not add up to its total.
    """
    table = source.table
    table.refuse_repeats("departement")
    bands = {low: table.counts(column) for low, column in COLUMNS.items()}
    total = table.counts("pop_total")
    added = np.sum(list(bands.values()), axis=0)
    table.refuse_first(
        added != total, lambda r: f"the bands add up to {added[r]}, pop_total is {total[r]}"
    )
    return {
        department: {low: int(people[row]) for low, people in bands.items()}
        for row, department in enumerate(table.text("departement"))
    }
