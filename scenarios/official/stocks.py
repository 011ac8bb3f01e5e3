"""Doses in the fridges of the pivot hospitals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from scenarios.official.cells import days
from scenarios.official.files import Source

MAX_AGE = timedelta(days=21)
"""Figures come out two to sixteen days apart; older ones say nothing about the stock on hand."""


def stock_on_hand(source: Source, start: date) -> Mapping[str, int] | None:
    """Doses by product name on the last publication date before `start`, or on it.

    Returns
    -------
    None when nothing was published in the `MAX_AGE` before.
    """
    table = source.table
    day = days(table, "date")
    table.refuse_repeats("date", "code_departement", "libelle_pui", "finess", "type_de_vaccin")
    doses = table.counts("nb_doses")
    known = day[day <= np.datetime64(start, "D")]
    if not len(known) or known.max() < np.datetime64(start - MAX_AGE, "D"):
        return None
    stock: dict[str, int] = {}
    for row in np.flatnonzero(day == known.max()):
        product = table.columns["type_de_vaccin"][row]
        stock[product] = stock.get(product, 0) + int(doses[row])
    return stock
