"""A centre's own changes, as publications: a table of days, a closed day, lines, a cut product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from api.capacity.publication import Publication, Session, Shares
from api.capacity.store import OfferedDay


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand, at which centre, on which days; the shares stay as they were published."""

    centre_id: int
    source: str
    from_day: date
    to_day: date | None
    shares: Shares

    def offer(
        self, sessions: Iterable[Session], product_ids: frozenset[int] | None = None
    ) -> Publication:
        """Offer exactly this on these days, and re-book whoever has no place in it."""
        return Publication(
            centre_id=self.centre_id, source=self.source, from_day=self.from_day,
            to_day=self.to_day, sessions=tuple(sessions), product_ids=product_ids,
            shares=self.shares, days_bind=True, rebook=True,
        )  # fmt: skip

    def scale(self, days: Sequence[OfferedDay], lines: int, new_lines: int) -> Publication:
        """Offer as much more or less as there are lines; parts of a dose are not offered."""
        return self.offer(_scaled(days, Fraction(new_lines, lines)))

    def cut(self, days: Sequence[OfferedDay], product_id: int, keep: Fraction) -> Publication:
        """Offer only a part of what was offered of a product, 0 to 1."""
        mine = [day for day in days if day.product_id == product_id]
        return self.offer(_scaled(mine, keep), frozenset({product_id}))


def _scaled(days: Iterable[OfferedDay], factor: Fraction) -> list[Session]:
    return [Session(d.day, d.product_id, d.dose_rank, int(d.slots * factor)) for d in days]
