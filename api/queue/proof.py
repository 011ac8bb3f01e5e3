"""Proof of work: a price for asking that honest phones pay once and crowds of robots each time.

SHA-256 over the ticket and a number the client finds begins with `difficulty` zero bits. Making
the task costs the server nothing (the ticket is the task), checking it one hash.
"""

from __future__ import annotations

import math
from hashlib import sha256
from itertools import count

LEAST_BITS = 12
MOST_BITS = 20
"""About a million hashes: a second or two on a phone."""
NUMBER_BYTES = 8
_LABEL = b"creneau/queue/proof"


def proves(ticket_id: bytes, number: int, difficulty: int) -> bool:
    """Whether a number is the proof of work of a ticket."""
    if not 0 <= number < 1 << 8 * NUMBER_BYTES:
        return False
    digest = sha256(_LABEL + ticket_id + number.to_bytes(NUMBER_BYTES, "big")).digest()
    return int.from_bytes(digest, "big") >> (256 - difficulty) == 0


def solve(ticket_id: bytes, difficulty: int) -> int:
    """Find the proof of work of a ticket: 2 ** difficulty hashes on average."""
    return next(number for number in count() if proves(ticket_id, number, difficulty))


def difficulty_for(asked_per_s: float, rate_per_s: float) -> int:
    """Bits for the tickets of this moment: one more each time the demand doubles."""
    if asked_per_s <= rate_per_s:
        return LEAST_BITS
    more = math.ceil(math.log2(asked_per_s / max(rate_per_s, 1.0)))
    return min(MOST_BITS, LEAST_BITS + more)
