"""Doses for bookings beyond the plan: withheld from what other centres still have free.

Somebody who booked after the export of the bookings, where the new plan has nothing any more,
stands; the dose has to come from elsewhere, and must not be sold there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from api.capacity import store
from api.capacity.distance import nearest
from api.capacity.publication import Shares
from api.capacity.retry import in_transaction


@dataclass(frozen=True, slots=True)
class Missing:
    """Doses of a product booked at a centre in a week (its Monday) and not planned there."""

    centre_id: int
    product_id: int
    week: date
    doses: int


@dataclass(frozen=True, slots=True)
class Withholding:
    """One publication's search for missing doses, from its first day on."""

    connection: AsyncConnection
    from_day: date
    publication_id: UUID
    source: str
    now: datetime

    async def make_up(self, missing: Sequence[Missing]) -> int:
        """Withhold the doses, one centre after the other; return how many were found nowhere.

        They are taken from the same week or earlier ones, so that no week has given more by its
        end than the plan had for it.
        """
        if not missing:
            return 0
        positions = await store.positions(self.connection)
        left_in_all = 0
        for one in sorted(missing, key=lambda m: (m.week, m.product_id, m.centre_id)):
            left = one.doses
            for centre_id in nearest(positions, one.centre_id):
                if left == 0:
                    break
                left -= await self._withhold(centre_id, one, left)
            left_in_all += left
        return left_in_all

    async def _withhold(self, centre_id: int, missing: Missing, doses: int) -> int:
        """Withhold up to some doses at a centre, in a transaction; return how many."""

        async def work() -> int:
            last = missing.week + timedelta(days=6)
            free = await store.lock_free_slots(
                self.connection, centre_id, missing.product_id, self.from_day, last, self.now
            )
            taken: dict[int, int] = {}
            left = doses
            for slot_id, places in free:
                if left and places:
                    taken[slot_id] = min(left, places)
                    left -= taken[slot_id]
            if not taken:
                return 0
            await store.lower_slots(self.connection, centre_id, taken)
            before = await store.latest(self.connection, centre_id)
            await store.add_publication(
                self.connection, centre_id, before.number + 1, self.publication_id, self.now,
                self.source, self._changes(missing, doses - left), before.shares or Shares(),
            )  # fmt: skip
            await store.tell_publisher(self.connection, centre_id, uuid4(), self.now, sorted(taken))
            return doses - left

        return await in_transaction(self.connection, work)

    @staticmethod
    def _changes(missing: Missing, doses: int) -> dict[str, object]:
        return {
            "withheld": {
                "doses": doses, "product_id": missing.product_id,
                "week": missing.week.isoformat(), "for_centre_id": missing.centre_id,
            }
        }  # fmt: skip
