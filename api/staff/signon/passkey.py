"""A passkey: the public half of a key that an authenticator keeps for one person and this site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is known of a passkey.

    sign_count
        Signatures the authenticator told of; one that does not count says 0 each time.
    label
        Where it is kept ("desk 2"); no person's name.
    """

    passkey_id: UUID
    credential_id: bytes
    person_id: UUID
    public_key: bytes
    sign_count: int
    label: str
    made_at: datetime
    used_at: datetime | None = None
