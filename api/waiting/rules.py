"""What is offered, for how long, and when again: the numbers of docs/waiting-list.md."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.booking.slot import Slot

NOTICE = timedelta(minutes=20)
"""A place that begins sooner is not offered: nobody would come in time."""
NEAR = timedelta(hours=48)
"""Within this time before it begins, any place that is free is offered."""
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(minutes=60)
PAUSE = timedelta(hours=2)
"""After an offer that held a place in vain, others come first for so long."""
MOST_STANDBY = 50
"""Of one slot at a time."""


def window(starts_at: datetime, now: datetime) -> timedelta:
    """Tell how long an offer is open: a quarter of the time to the slot, 10 to 60 minutes."""
    return max(SHORTEST, min(LONGEST, (starts_at - now) / 4))


def places_to_offer(slot: Slot, now: datetime) -> int:
    """Count the places of a slot that are for the waiting list now.

    Until the release, those of the standby share; near its time, whatever is free. A free place
    that is further away is for everybody.
    """
    if slot.starts_at < now + NOTICE:
        return 0
    free = max(0, slot.free("standby", now))
    if slot.starts_at <= now + NEAR:
        return free
    return min(free, slot.standby_kept) if now < slot.open_at else 0
