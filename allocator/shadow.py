"""Shadow prices a planner can read aloud: what one unit more would be worth, and of what.

The value is the dual of the continuous relaxation: it lies between the cost of one unit less and
the gain of one unit more. What it is compared with (people, weeks, kilometres) is an equivalent at
the instance's own prices, not a forecast of who would gain. Sentences are in French, for planners.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd

from allocator.certificate import Prices
from allocator.instance import Floats, Instance
from allocator.plan import COLUMNS

LEAST_VALUE = 1e-6
LEAST_PLURAL = 1.995
"""Shown as 2."""
NARROW = "\u202f"
"""Narrow no-break space, between thousands."""
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_Row = tuple[str, str, int, float, str, str]


def shadow_prices(instance: Instance, prices: Prices | None) -> pd.DataFrame:
    """Return the plan's `prices` table, dearest first; empty without prices.

    `value` of a pool or stock row is that of one dose more delivered in that week, and so at hand
    in every later one; of a capacity row, one injection more; of a fairness row, one person fewer
    required. A week in which a centre has no slot left, once bookings are taken off, has no price:
    nobody could come, whatever it cost.
    """
    rows: list[_Row] = []
    if prices is not None:
        weight = mean_weight(instance)
        rows = [*_capacity(instance, weight, prices), *_pool(instance, weight, prices)]
        rows += [*_stock(instance, weight, prices), *_fairness(instance, weight, prices)]
    rows.sort(key=lambda row: (-row[3], row[0], row[1], row[2]))
    frame = pd.DataFrame(rows, columns=list(COLUMNS["prices"]))
    kinds = {"what": "str", "where": "str", "week": "int64", "value": "float64", "unit": "str"}
    return frame.astype({**kinds, "sentence": "str"})


def later_sum(row_duals: Floats) -> Floats:
    """Value of one unit that arrives in a week: the sum of the duals of that and later rows."""
    return np.cumsum(row_duals[..., ::-1], axis=-1)[..., ::-1]


def _capacity(instance: Instance, weight: float, prices: Prices) -> Iterator[_Row]:
    for j, week in np.argwhere(prices.capacity > LEAST_VALUE).tolist():
        value = float(prices.capacity[j, week])
        what = f"Un créneau de plus au centre « {instance.centres.names[j]} »"
        yield (
            "capacity", instance.centres.ids[j], week, value, "per injection",
            _sentence(instance, weight, what, week, value),
        )  # fmt: skip


def _pool(instance: Instance, weight: float, prices: Prices) -> Iterator[_Row]:
    values = later_sum(prices.pool)
    for p, week in np.argwhere(values > LEAST_VALUE).tolist():
        value = float(values[p, week])
        label = instance.products.labels[p]
        what = f"Une dose de plus du vaccin {label} livrée au niveau national"
        yield (
            "pool", instance.products.ids[p], week, value, "per dose",
            _sentence(instance, weight, what, week, value),
        )  # fmt: skip


def _stock(instance: Instance, weight: float, prices: Prices) -> Iterator[_Row]:
    for (j, p), row in sorted(prices.stock.items()):
        values = later_sum(row)
        centre, product = instance.centres.ids[j], instance.products.ids[p]
        label = instance.products.labels[p]
        name = instance.centres.names[j]
        what = f"Une dose de plus du vaccin {label} livrée au centre « {name} »"
        for week in np.flatnonzero(values > LEAST_VALUE).tolist():
            value = float(values[week])
            yield (
                "stock", f"{centre} {product}", week, value, "per dose",
                _sentence(instance, weight, what, week, value),
            )  # fmt: skip


def _fairness(instance: Instance, weight: float, prices: Prices) -> Iterator[_Row]:
    for c, d in np.argwhere(prices.fairness > LEAST_VALUE).tolist():
        value, week = float(prices.fairness[c, d]), instance.fairness.checkpoints[c]
        code = instance.departments[d]
        what = f"Une personne de moins exigée au plancher d’équité du département {code}, à la fin"
        yield (
            "fairness", code, week, value, "per person",
            _sentence(instance, weight, what, week - 1, value, joined=" de la"),
        )  # fmt: skip


def _sentence(
    instance: Instance, weight: float, what: str, week: int, value: float, joined: str = ","
) -> str:  # fmt: skip
    monday = instance.start + timedelta(weeks=week)
    day = "1er" if monday.day == 1 else str(monday.day)
    when = f"semaine du {day} {MONTHS[monday.month - 1]} {monday.year}"
    tail = " (en prolongation)" if week >= instance.weeks else ""
    points = _count(value, "point", "points")
    return f"{what}{joined} {when}{tail}, vaut {points} : {_equivalent(instance, weight, value)}."


def mean_weight(instance: Instance) -> float:
    """Weight of the mean person who wants a dose."""
    people = instance.demand.sum(axis=0)
    return float((instance.classes.weight * people).sum() / people.sum())


def _equivalent(instance: Instance, weight: float, value: float) -> str:
    """Say what the value buys at the instance's prices: people, weeks of waiting, kilometres.

    `weight` is that of the mean person.
    """
    person, week = weight * instance.objective.unserved, weight * instance.objective.week
    parts = []
    if person > 0 and value >= 0.1 * person:
        one, many = "personne servie", "personnes servies"
        never = "qui ne l’aurait jamais été", "qui ne l’auraient jamais été"
        parts.append(_count(value / person, f"{one} {never[0]}", f"{many} {never[1]}"))
    if week > 0:
        weeks = _count(value / week, "semaine", "semaines")
        parts.append(f"{weeks} d’attente d’une personne")
    if instance.objective.km > 0:
        parts.append(f"{_number(value / instance.objective.km)} km de trajet")
    if not parts:
        return "sans équivalent aux prix de ce scénario"
    return "autant que " + " ou ".join(parts)


def _count(value: float, one: str, many: str) -> str:
    """Count things; French has the plural from two on."""
    return f"{_number(value)} {many if value >= LEAST_PLURAL else one}"


def _number(value: float) -> str:
    """French notation, three significant figures or whole above a hundred."""
    if value < 0.005:
        return "moins de 0,01"
    digits = 0 if value >= 99.5 else 1 if value >= 9.95 else 2
    text = f"{value:,.{digits}f}".replace(",", NARROW).replace(".", ",")
    return text.rstrip("0").rstrip(",") if "," in text else text
