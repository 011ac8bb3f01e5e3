"""What is left of a slot, for whom, and what taking a place from it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

Channel: TypeAlias = Literal["web", "phone", "standby", "centre"]
"""Who books: the public pages, the telephone, an offer of the waiting list, the centre's desk."""
Share: TypeAlias = Literal["phone", "standby"]


@dataclass(slots=True)
class Slot:
    """A slot whose row is locked; its three counts change with what is decided.

    quotas_bind
        Whether its centre, product and week have quotas that are still kept.
    """

    centre_id: int
    slot_id: int
    product_id: int
    dose_rank: int
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    phone_kept: int
    standby_kept: int
    open_at: datetime
    quotas_bind: bool

    def free(self, channel: Channel, now: datetime) -> int:
        """Places left for a channel; may be negative when more is kept than is left."""
        left = self.capacity - self.taken
        if now >= self.open_at or channel == "centre":
            return left
        if channel != "phone":
            left -= self.phone_kept
        if channel != "standby":
            left -= self.standby_kept
        return left

    def take(self, channel: Channel, now: datetime) -> Share | None:
        """Take a place; give the kept share it came from."""
        self.taken += 1
        if now >= self.open_at:
            return None
        if channel == "phone" and self.phone_kept > 0:
            self.phone_kept -= 1
            return "phone"
        if channel == "standby" and self.standby_kept > 0:
            self.standby_kept -= 1
            return "standby"
        return None

    def give_back(self, share: Share | None) -> None:
        """Free a place, and return it to the share it came from."""
        self.taken -= 1
        if share == "phone":
            self.phone_kept += 1
        elif share == "standby":
            self.standby_kept += 1

    @property
    def counts(self) -> tuple[int, int, int]:
        """What a booking changes."""
        return self.taken, self.phone_kept, self.standby_kept
