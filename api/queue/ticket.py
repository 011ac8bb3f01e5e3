"""Tickets: when somebody came, signed, so that nobody changes their place and nothing is kept.

The place of a ticket follows from the ticket and the state everybody reads, without a look at any
table: those who came before an announced opening by a lot, the others by the instant they came.
"""

from __future__ import annotations

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

VALID = timedelta(hours=24)
ID_BYTES = 16
_FORM = struct.Struct(f">BBBi{ID_BYTES}sQ")
_VERSION = 1
_SEAL_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the waiting room.

    ticket_id
        16 random bytes: what proof of work is about, and what the lot is drawn by.
    opening
        Number of the announced opening whose list it is on; 0 for none.
    difficulty
        Leading zero bits that its proof of work has.
    """

    ticket_id: bytes
    arrived_at: datetime
    difficulty: int
    opening: int = 0

    @property
    def early(self) -> bool:
        """Whether its holder came before an announced opening."""
        return self.opening > 0

    @property
    def arrived_us(self) -> int:
        """Microseconds from 1970 to its arrival."""
        return (self.arrived_at - _EPOCH) // _MICROSECOND

    def signed(self, key: bytes) -> str:
        """Write it as the opaque value its holder keeps."""
        said = _FORM.pack(_VERSION, self.difficulty, 0, self.opening, self.ticket_id,
                          self.arrived_us)  # fmt: skip
        return urlsafe_b64encode(said + _seal(said, key)).rstrip(b"=").decode()

    @classmethod
    def read(cls, text: str, key: bytes, now: datetime) -> Ticket | None:
        """Read such a value; None when it was not written here, was changed, or is too old."""
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            return None
        said, seal = raw[: _FORM.size], raw[_FORM.size :]
        if len(said) != _FORM.size or not hmac.compare_digest(seal, _seal(said, key)):
            return None
        version, difficulty, _, opening, ticket_id, arrived_us = _FORM.unpack(said)
        arrived_at = _EPOCH + arrived_us * _MICROSECOND
        if version != _VERSION or now - arrived_at > VALID:
            return None
        return cls(ticket_id, arrived_at, difficulty, opening)


def _seal(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, said, "sha256")[:_SEAL_BYTES]


def fingerprint(ticket_id: bytes) -> bytes:
    """Name a ticket in tables: what lies there is no ticket."""
    return sha256(b"creneau/queue/ticket" + ticket_id).digest()
