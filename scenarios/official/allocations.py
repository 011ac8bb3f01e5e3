"""Doses allocated and appointments taken: what each centre is known to give in a week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.figures import Dropped
from scenarios.official.cells import days
from scenarios.official.files import Source

DEPOT_DOSES = 20_000
"""An allocation above this is a depot or a standing entry, not what one centre gives in a week."""
DOSES_PER_APPOINTMENT = 2
"""Doses beyond this many times the appointments taken are stock that lies there."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Weekly injections of the centres that the file knows, by `gid`."""

    injections: Mapping[str, float]
    dropped: tuple[Dropped, ...]


def measured(source: Source) -> Measured:
    """Take a centre's best week: its appointments, or its doses where those are more.

    Appointments are what a centre did, doses what it was expected to do; doses count up to twice
    the appointments, and not at all above `DEPOT_DOSES`.
    """
    table = source.table
    days(table, "date_debut_semaine")
    table.refuse_repeats("id_centre", "date_debut_semaine")
    ids = table.text("id_centre")
    taken, doses = table.counts("rdv_pris"), table.counts("doses_allouees")
    depot = doses > DEPOT_DOSES
    credible = np.where(depot, 0, np.minimum(doses, DOSES_PER_APPOINTMENT * taken))
    best: dict[str, float] = {}
    for id_, week in zip(ids, np.maximum(taken, credible).tolist(), strict=True):
        best[id_] = max(best.get(id_, 0.0), float(week))
    beyond = ~depot & (doses > DOSES_PER_APPOINTMENT * taken)
    rules = {
        f"over {DEPOT_DOSES:,} doses, a depot: appointments count alone": int(depot.sum()),
        "no dose allocated: appointments count alone": int((doses == 0).sum()),
        "doses over twice the appointments: counted up to that": int(beyond.sum()),
    }
    dropped = [Dropped(source.name, rule, rows) for rule, rows in rules.items()]
    known = {id_: week for id_, week in best.items() if week > 0}
    return Measured(known, (*source.dropped, *dropped))
