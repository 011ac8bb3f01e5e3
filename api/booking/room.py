"""Whether there is room for a dose: in its slot, and in the quota it would use."""

from __future__ import annotations

from datetime import datetime

from api.booking.problems import QuotaExhausted, SlotFull, SlotGone
from api.booking.quota import Quota, QuotaKey, week_of
from api.booking.slot import Channel, Slot
from api.booking.world import World


def offered(world: World, place: tuple[int, int], nth: int) -> Slot:
    """Give a slot that was asked for.

    Raises
    ------
    SlotGone
        When there is none, or it has begun; `nth` tells which dose of the request.
    """
    slot = world.slots.get(place)
    if slot is None or slot.starts_at <= world.now:
        raise SlotGone(f"dose {nth}")
    return slot


def check_free(slot: Slot, channel: Channel, now: datetime) -> None:
    """Refuse a slot in which nothing is left for the channel.

    Raises
    ------
    SlotFull
        With the rank of the dose.
    """
    if slot.free(channel, now) < 1:
        raise SlotFull(f"dose {slot.dose_rank}")


def quota_of(world: World, slot: Slot, department: str, class_id: int) -> Quota | None:
    """Give the quota that a first dose in this slot would use; None when none binds it.

    Raises
    ------
    QuotaExhausted
        When the week has quotas and none of them is for this département and class.
    """
    if not slot.quotas_bind:
        return None
    key = QuotaKey(slot.centre_id, slot.product_id, week_of(slot.day), department, class_id)
    quota = world.quotas.get(key)
    if quota is None:
        raise QuotaExhausted("this week is kept for others")
    return None if world.now >= quota.open_at else quota


def check_quota(quota: Quota) -> None:
    """Refuse a quota that is used up.

    Raises
    ------
    QuotaExhausted
        When as many are taken as there are.
    """
    if quota.taken >= quota.slots:
        raise QuotaExhausted
