"""First-dose slots without a second, and the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from allocator.days.pairing import Pairing
from allocator.instance import Bools, Instance, Ints

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True)
class Unpaired:
    """First-dose slots of a product left over by a largest matching at one centre.

    `centre` and `product` are positions in the instance; `reason` is a sentence for the planner, in
    French.
    """

    centre: int
    product: int
    slots: int
    reason: str


def unpaired_slots(instance: Instance, pairing: Pairing, opened: Bools) -> tuple[Unpaired, ...]:
    """List what the pairing leaves over; `opened` tells the days used, J x 7W."""
    return tuple(
        Unpaired(
            int(j),
            int(p),
            int(pairing.unpaired[j, p]),
            _reason(instance, pairing.loose[:, j, p], opened[j], int(p), pairing.is_proven[j]),
        )
        for j, p in np.argwhere(pairing.unpaired)
    )


def _reason(instance: Instance, loose: Ints, opened: Bools, p: int, is_proven: bool) -> str:
    low, high = instance.products.interval_min_days[p], instance.products.interval_max_days[p]
    apart = f"{low}" if low == high else f"{low} à {high}"
    firsts, seconds = (_by_week(instance.start, loose[rank], opened) for rank in (0, 1))
    if not seconds:
        return f"aucune seconde dose n’est prévue pour les premières doses : {firsts}"
    proof = (
        "aucune autre répartition n’en laisse moins"
        if is_proven
        else "la recherche d’une meilleure répartition a été écourtée"
    )
    return (
        f"premières doses ({firsts}) sans seconde dose {apart} jours plus tard, "
        f"celles qui restent étant trop loin ({seconds}) ; {proof}"
    )


def _by_week(start: date, loose: Ints, opened: Bools) -> str:
    """Name the weeks of leftovers and their open days: `semaine du 31/05/2021, samedi seul`."""
    weeks = np.flatnonzero(loose.reshape(-1, 7).any(axis=1)).tolist()
    return " ; ".join(
        f"semaine du {start + timedelta(weeks=week):%d/%m/%Y}, "
        f"{_days_named(opened[7 * week : 7 * week + 7])}"
        for week in weeks
    )


def _days_named(opened: Bools) -> str:
    days = np.flatnonzero(opened).tolist()
    if len(days) == 1:
        return f"{_WEEKDAYS[days[0]]} seul"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_WEEKDAYS[days[0]]} à {_WEEKDAYS[days[-1]]}"
    return " et ".join(_WEEKDAYS[day] for day in days)
