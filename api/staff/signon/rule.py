"""A rule: what a provider must say of somebody for them to have a role and a scope here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.staff.grants import Grant


@dataclass(frozen=True, slots=True)
class Rule:
    """Somebody of whom `provider` says that `claim` is `value` has a grant.

    claim
        Name of a claim; dots lead into objects, lists are looked through.
    """

    rule_id: UUID
    provider: str
    claim: str
    value: str
    grant: Grant
    label: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it gives anything at this time."""
        return self.revoked_at is None and now < self.ends_at

    def fits(self, claims: Mapping[str, object]) -> bool:
        """Whether the claims say what it asks for: the same text, to the letter."""
        return self.value in _said(claims, self.claim.split("."))


def _said(content: object, path: list[str]) -> Iterator[str]:
    if isinstance(content, list):
        for one in content:
            yield from _said(one, path)
    elif path and isinstance(content, Mapping):
        yield from _said(content.get(path[0]), path[1:])
    elif not path and isinstance(content, str):
        yield content
