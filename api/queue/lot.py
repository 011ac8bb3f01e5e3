"""The order of those who came before an announced opening: by lot, and anybody can check it.

A secret is drawn when the opening is announced, and its SHA-256 is published. When the list of
tickets is closed, its digest and the secret are published; the order is that of
SHA-256(secret, digest of the list, ticket). Whoever waits cannot know the secret, and whoever
knows it cannot know the list before it is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

PLACES = 1 << 52
"""Places are numbers below this: exact in every language's floating point."""


@dataclass(frozen=True, slots=True)
class Lot:
    """What the places of an opening are drawn by, from when its list is closed."""

    secret: bytes
    list_digest: bytes

    def place(self, ticket_id: bytes) -> int:
        """Give the place of a ticket: smaller ones come first."""
        drawn = sha256(b"creneau/queue/lot" + self.secret + self.list_digest + ticket_id).digest()
        return int.from_bytes(drawn[:8], "big") >> 12


def commitment(secret: bytes) -> bytes:
    """Digest of a secret, published before the list is closed."""
    return sha256(b"creneau/queue/secret" + secret).digest()


def digest_of_list(ticket_ids: Iterable[bytes]) -> bytes:
    """Digest of a closed list: the tickets in the order of their bytes."""
    digest = sha256(b"creneau/queue/list")
    for ticket_id in sorted(ticket_ids):
        digest.update(ticket_id)
    return digest.digest()
