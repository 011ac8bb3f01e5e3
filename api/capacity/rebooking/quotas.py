"""Quotas of those who move: the old row gets its dose back, the new one gives one if it has any.

Somebody who lost a slot does not lose it to a quota as well: without room they book outside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from psycopg import AsyncConnection

from api.capacity.quotas import Key
from api.capacity.rebooking import store
from api.capacity.rebooking.people import Booking, Verdict

QuotaKey = tuple[int, Key]
"""Centre and key of a quota row."""


async def shift_quotas(
    connection: AsyncConnection, verdicts: Iterable[Verdict], locked: Mapping[QuotaKey, int]
) -> dict[UUID, date | None]:
    """Give doses back to the quotas and take others.

    Parameters
    ----------
    locked
        Doses left in each quota concerned, by key; they are locked.

    Returns
    -------
    The new quota week of each booking for which it changes; None when it uses no quota.
    """
    left = Counter(locked)
    change: Counter[QuotaKey] = Counter()
    weeks: dict[UUID, date | None] = {}
    moving = [v for v in verdicts if 1 in v.freed]
    for verdict in moving:
        if (old := old_quota(verdict.booking)) is not None:
            change[old] -= 1
            left[old] += 1
    for verdict in moving:
        new = _new_quota(verdict)
        granted = new is not None and new in locked and left[new] > 0
        if granted and new is not None:
            change[new] += 1
            left[new] -= 1
        weeks[verdict.booking.booking_id] = new[1][1] if granted and new is not None else None
    await store.count_quotas(connection, {key: n for key, n in change.items() if n})
    return weeks


def quotas_concerned(verdicts: Iterable[Verdict]) -> dict[int, list[Key]]:
    """Keys of quotas that may change, sorted, by centre."""
    keys: dict[int, set[Key]] = defaultdict(set)
    for verdict in verdicts:
        if 1 in verdict.freed:
            for quota in (old_quota(verdict.booking), _new_quota(verdict)):
                if quota is not None:
                    keys[quota[0]].add(quota[1])
    return {centre_id: sorted(found) for centre_id, found in sorted(keys.items())}


def old_quota(booking: Booking) -> QuotaKey | None:
    """Return the quota a booking uses, if it uses one."""
    first = booking.dose(1)
    if first is None or booking.quota_week is None:
        return None
    return first.centre_id, _key(booking, booking.quota_week)


def _new_quota(verdict: Verdict) -> QuotaKey | None:
    place = verdict.places.get(1)
    if place is None:
        return None
    monday = place.day - timedelta(days=place.day.weekday())
    return place.centre_id, _key(verdict.booking, monday)


def _key(booking: Booking, week: date) -> Key:
    return booking.product_id, week, booking.department, booking.class_id
