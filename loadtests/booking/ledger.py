"""What was asked and how it was answered: what the database is held against afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from loadtests.booking.wishes import Wish


@dataclass(slots=True)
class Ledger:
    """Wishes by their end.

    confirmed
        Acknowledged by the service.
    refused
        Refused for good: no booking may exist.
    unknown
        Without an answer: either is right.
    reasons
        How often each refusal was given, by its problem or status.
    """

    confirmed: list[Wish] = field(default_factory=list)
    refused: list[Wish] = field(default_factory=list)
    unknown: list[Wish] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """Wishes that have come to an end."""
        return len(self.confirmed) + len(self.refused) + len(self.unknown)

    def add(self, other: Ledger) -> None:
        """Take over what another has noted."""
        self.confirmed += other.confirmed
        self.refused += other.refused
        self.unknown += other.unknown
        self.reasons += other.reasons
