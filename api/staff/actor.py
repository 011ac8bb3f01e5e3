"""Somebody of the staff behind a request, and what they may do where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from psycopg import AsyncConnection

from api.booking.slot import Channel
from api.clock import Clock
from api.staff import audit
from api.staff.grants import NATIONAL, Grant


class Place(Protocol):
    """What decides whose a centre is."""

    @property
    def code(self) -> str:
        """Its own code."""

    @property
    def department(self) -> str:
        """Code of its département."""

    @property
    def region(self) -> str:
        """Code of its region."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of the staff.

    name
        How records call them: role, scope and token, never a person's name.
    ends_at
        When their access ends.
    clock
        Dates the entries of the audit.
    """

    name: str
    grant: Grant
    ends_at: datetime
    clock: Clock

    def may(self, deed: Literal["read", "change"], centre: Place) -> bool:
        """Whether they may read or change the capacity of a centre."""
        role, scope = self.grant.role, self.grant.scope
        if role == "planner":
            return scope in {NATIONAL, centre.region}
        if role == "centre":
            return scope == centre.code
        return role == "auditor" and deed == "read"

    def works_at(self, centre: Place) -> bool:
        """Whether they see who comes to a centre: its own staff alone."""
        return self.grant.role == "centre" and self.grant.scope == centre.code

    def channel_at(self, centre: Place) -> Channel | None:
        """How they book at a centre; None when they may not."""
        if self.works_at(centre):
            return "centre"
        if self.grant.role == "agent" and self.grant.scope == centre.department:
            return "phone"
        return None

    @property
    def publishes_plans(self) -> bool:
        """Whether they may publish a plan for the whole campaign."""
        return self.grant.role == "planner" and self.grant.scope == NATIONAL

    @property
    def reads_audit(self) -> bool:
        """Whether they may read what the staff did."""
        return self.grant.role == "auditor"

    async def record(
        self, connection: AsyncConnection, action: str, subject: str, detail: dict[str, object]
    ) -> None:
        """Write an entry of the audit; the last thing a transaction does before its commit."""
        deed = audit.Deed(self.clock(), self.name, action, subject, detail)
        await audit.append(connection, deed)
