"""A session: somebody signed on, by a rule that holds, until they leave or fall silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from api.clock import Clock
from api.staff.actor import Actor
from api.staff.grants import Grant

Way: TypeAlias = Literal["provider", "passkey"]


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of a session: everything but its secret.

    provider
        Who knows the person.
    ends_at
        When it ends whatever happens: its own end, or that of the rule it rests on.
    """

    session_id: UUID
    person_id: UUID
    provider: str
    way: Way
    rule_id: UUID
    grant: Grant
    made_at: datetime
    seen_at: datetime
    ends_at: datetime

    def lets_in(self, now: datetime, idle: timedelta) -> bool:
        """Whether it opens anything at this time."""
        return now < self.ends_at and now - self.seen_at < idle

    def actor(self, clock: Clock) -> Actor:
        """Whoever acts in it; records name the person by a number of this installation."""
        return Actor(f"{self.grant} {self.person_id}", self.grant, self.ends_at, clock)
