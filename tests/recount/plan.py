"""A plan folder against its instance folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.recount.campaign import Campaign
from tests.recount.figures import cost_parts, kpis
from tests.recount.rules import broken
from tests.recount.tables import Tables


@dataclass(frozen=True)
class Recount:
    """What was found: amounts by broken rule, the parts of the cost, the key figures."""

    broken: dict[str, int]
    cost_parts: dict[str, float]
    kpis: dict[str, float | int | None]


def recount(instance: Path, plan: Path) -> Recount:
    """Recount a plan folder (CSV) against its instance folder."""
    campaign = Campaign(instance)
    tables = Tables(campaign, plan)
    amounts: Counter[str] = Counter()
    for rule, amount in broken(campaign, tables):
        amounts[rule] += amount
    return Recount(
        {rule: amount for rule, amount in amounts.items() if amount},
        cost_parts(campaign, tables),
        kpis(campaign, tables),
    )
