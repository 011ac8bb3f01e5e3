"""What a plan is compared with in its report: what a rule of 2021 would have done."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.baselines import pro_rata
from allocator.instance import Instance
from scenarios.report.tally import Tally, tally_of

PRO_RATA = "répartition au prorata"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A plan to compare with: its name for a reader (lower case, no article), and its sums."""

    label: str
    tally: Tally


def pro_rata_coverage(instance: Instance) -> Baseline:
    """Plan by the rule of 2021, a share for each département by its people, and add it up."""
    return Baseline(PRO_RATA, tally_of(instance, pro_rata(instance)))
