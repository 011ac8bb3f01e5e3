"""Bodies of sign-on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from api.staff.signon.rule import Rule
from api.staff.signon.session import Session, Way


class ProviderShown(msgspec.Struct, frozen=True):
    """A provider a page can offer."""

    name: str
    title: str


class SignOnWays(msgspec.Struct, frozen=True):
    """How the staff of this installation signs on."""

    providers: list[ProviderShown]
    passkeys: bool


class GrantShown(msgspec.Struct, frozen=True):
    """A role somebody may take in their session."""

    rule: UUID
    role: str
    scope: str

    @classmethod
    def of(cls, rule: Rule) -> GrantShown:
        """Show a rule."""
        return cls(rule.rule_id, rule.grant.role, rule.grant.scope)


class PasskeyShown(msgspec.Struct, frozen=True):
    """A passkey of whoever asks."""

    id: UUID
    label: str
    made_at: datetime
    used_at: datetime | None


class SessionShown(msgspec.Struct, frozen=True):
    """A session, for whoever is in it; `grants` are all they may take, `rule` the one they have."""

    id: UUID
    person: UUID
    way: Way
    rule: UUID
    role: str
    scope: str
    ends_at: datetime
    idle_s: int
    grants: list[GrantShown]
    passkeys: list[PasskeyShown]

    @classmethod
    def of(
        cls, session: Session, idle_s: int, rules: list[Rule], passkeys: list[PasskeyShown]
    ) -> SessionShown:
        """Show a session."""
        grant = session.grant
        return cls(
            session.session_id, session.person_id, session.way, session.rule_id, grant.role,
            grant.scope, session.ends_at, idle_s, [GrantShown.of(rule) for rule in rules], passkeys,
        )  # fmt: skip


class RuleChoice(msgspec.Struct, frozen=True):
    """Which of their grants somebody takes."""

    rule: UUID


class CeremonyOptions(msgspec.Struct, frozen=True):
    """What `navigator.credentials` is asked; made for one answer within ten minutes."""

    public_key: dict[str, Any]


class NewPasskey(msgspec.Struct, frozen=True):
    """What `navigator.credentials.create` gave, as JSON, and where it is kept."""

    credential: dict[str, Any]
    label: Annotated[str, msgspec.Meta(max_length=60)] = ""


class PasskeyAnswer(msgspec.Struct, frozen=True):
    """What `navigator.credentials.get` gave, as JSON."""

    credential: dict[str, Any]
