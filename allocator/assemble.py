"""Positions -> the tables of a plan folder, with the instance's own ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from allocator.certificate import Prices, to_table
from allocator.days import Days, quotas
from allocator.decisions import Decisions
from allocator.instance import Instance, Ints
from allocator.plan import COLUMNS, Plan
from allocator.shadow import shadow_prices


def plan_of(instance: Instance, decisions: Decisions, days: Days, prices: Prices | None) -> Plan:
    """Assemble the plan's tables; without prices the certificate is empty."""
    named = {
        "flows": decisions.flows,
        "first_doses": decisions.first_doses,
        "second_doses": decisions.second_doses,
        "shipments": decisions.shipments,
        "sessions": days.sessions,
        "quotas": quotas(decisions),
    }
    tables = {name: _table(instance, COLUMNS[name], rows) for name, rows in named.items()}
    certificate = to_table(instance, prices)
    return Plan({
        **tables,
        "prices": shadow_prices(instance, prices),
        "certificate": certificate,
    })  # fmt: skip


def _table(instance: Instance, columns: tuple[str, ...], rows: Ints) -> pd.DataFrame:
    ids: dict[str, Sequence[str]] = {
        "zone": instance.zones.ids,
        "class": instance.classes.ids,
        "centre": instance.centres.ids,
        "product": instance.products.ids,
        "department": instance.departments,
    }
    frame: dict[str, object] = {}
    for i, column in enumerate(columns):
        if column in ids:
            frame[column] = pd.array(list(ids[column]), dtype="str").take(rows[:, i])
        elif column == "day":
            days = np.datetime64(instance.start, "D") + rows[:, i]
            frame[column] = pd.array(np.datetime_as_string(days).astype(object), dtype="str")
        else:
            frame[column] = rows[:, i]
    return pd.DataFrame(frame, columns=list(columns))
