"""What a campaign costs a month, from measured figures: machines for the record, three times over.

Prices of machines change; the one here was published (docs/performance.md) and is an option.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

PAIRS_PER_S = 333.0
READS_PER_S = 30_000.0
"""The evening of 12 July 2021: 20,000 bookings a minute, 30,000 requests a second at 21:07."""
CENTRES = 2_600
INCUMBENT_EUROS = 214.0
"""A centre and month."""
SAFETY = 3.0
SPARE = 1
"""Machines more than are needed: one may fail."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine for rent."""

    euros_a_month: float = 79.0
    cores: int = 6

    def __post_init__(self) -> None:
        if self.euros_a_month <= 0 or self.cores < 1:
            raise ValueError("Must have a price and a core.")


@dataclass(frozen=True, slots=True)
class CostSheet:
    """From what a pair and a read cost in processor time to euros.

    ms_per_pair
        Of the whole service, database included.
    reads_per_core
        Public files that one core gives a second.
    """

    ms_per_pair: float
    reads_per_core: float
    machine: Machine

    def __post_init__(self) -> None:
        if self.ms_per_pair <= 0 or self.reads_per_core <= 0:
            raise ValueError("Must have figures above 0.")

    @property
    def cores(self) -> float:
        """Cores the record keeps busy, as measured."""
        return PAIRS_PER_S * self.ms_per_pair / 1000 + READS_PER_S / self.reads_per_core

    @property
    def machines(self) -> int:
        """Machines to be had: for so many times the record, and spare ones."""
        return ceil(SAFETY * self.cores / self.machine.cores) + SPARE

    @property
    def euros_a_month(self) -> float:
        """Of all machines."""
        return self.machines * self.machine.euros_a_month

    @property
    def euros_per_centre(self) -> float:
        """A centre and month."""
        return self.euros_a_month / CENTRES

    def as_json(self) -> dict[str, float]:
        """Give what `--json` prints."""
        return {
            "cores": self.cores, "safety": SAFETY, "machines": self.machines,
            "euros_a_month": self.euros_a_month, "euros_per_centre": self.euros_per_centre,
            "incumbent_euros_per_centre": INCUMBENT_EUROS,
            "ratio": INCUMBENT_EUROS / self.euros_per_centre,
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """Say it in lines."""
        yield (
            f"the record keeps {self.cores:.2f} cores busy; {SAFETY:g} times that, and {SPARE} "
            f"spare: {self.machines} machines of {self.machine.cores} cores"
        )
        yield (
            f"{self.euros_a_month:,.0f} EUR a month, {self.euros_per_centre:.3f} EUR a centre; "
            f"{INCUMBENT_EUROS:g} EUR were paid: {INCUMBENT_EUROS / self.euros_per_centre:,.0f} "
            "times that"
        )
