"""Roles of the staff, where each may act, and the tokens that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args
from uuid import UUID

Role: TypeAlias = Literal["planner", "centre", "agent", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
NATIONAL = "national"
SCOPE_OF = {
    "planner": "the code of a region, or national",
    "centre": "the code of a centre",
    "agent": "the code of a département",
    "auditor": "national",
}
"""What a scope is, by role."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and its scope.

    scope
        `national`, or the code of a region (planner), centre (centre) or département (agent).

    Raises
    ------
    ValueError
        When the role has no such scope; whether the code exists is for the database to say.
    """

    role: Role
    scope: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role is one of {', '.join(ROLES)}")
        national = self.scope == NATIONAL
        fits = {"planner": True, "auditor": national, "centre": not national, "agent": not national}
        if not self.scope or not fits[self.role]:
            raise ValueError(f"scope of {self.role} is {SCOPE_OF[self.role]}")

    def __str__(self) -> str:
        return f"{self.role} {self.scope}"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token: everything but the token.

    label
        Where it is used ("front desk"); not a person's name.
    """

    token_id: UUID
    grant: Grant
    label: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None

    def lets_in(self, now: datetime) -> bool:
        """Whether it opens anything at this time."""
        return self.revoked_at is None and now < self.ends_at

    @property
    def actor_name(self) -> str:
        """How records call whoever uses it."""
        return f"{self.grant} {self.token_id}"
