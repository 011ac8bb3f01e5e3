"""The audit as a chain: each entry's digest covers the digest before it.

`digest = SHA-256(previous digest, then [number, instant, actor, action, subject, detail] as JSON)`;
the first entry has number 1 and 32 zero bytes before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest

import msgspec

GENESIS = bytes(32)
"""What the first entry has before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the audit; `detail` is JSON as the database writes it."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    previous: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """An entry as somebody wrote it down: if it is still there, so is everything before it."""

    number: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying a chain found.

    entries
        Entries that hold, from the first.
    head
        The last of them; None for an empty chain.
    broken_at
        Number of the first entry that does not hold; None when all do.
    rule
        The rule it breaks, or empty.
    """

    entries: int
    head: Head | None
    broken_at: int | None = None
    rule: str = ""


def digest_of(
    number: int, at: datetime, actor: str, action: str, subject: str, detail: str, previous: bytes
) -> bytes:
    """Digest of an entry and, through `previous`, of all before it."""
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = msgspec.json.encode([number, instant, actor, action, subject, detail])
    return sha256(previous + said).digest()


def verify(entries: Iterable[Entry], witness: Head | None = None) -> Verdict:
    """Follow a chain from its first entry to where it breaks.

    Parameters
    ----------
    entries
        By number.
    witness
        An entry that is known to have been there: entries cut off at the end, or a chain written
        anew as a whole, are found by nothing else.
    """
    count, head, before = 0, None, GENESIS
    for entry in entries:
        if rule := _broken_rule(entry, count + 1, before, witness):
            return Verdict(count, head, min(entry.number, count + 1), rule)
        count, before = count + 1, entry.digest
        head = Head(entry.number, entry.digest)
    if witness is not None and witness.number > count:
        rule = f"is missing, though entry {witness.number} was witnessed"
        return Verdict(count, head, count + 1, rule)
    return Verdict(count, head)


def _broken_rule(entry: Entry, number: int, before: bytes, witness: Head | None) -> str:
    if entry.number != number:
        return "is missing" if entry.number > number else "comes before the first entry"
    if not compare_digest(entry.previous, before):
        return "does not follow the entry before it"
    found = digest_of(
        entry.number, entry.at, entry.actor, entry.action, entry.subject, entry.detail, before
    )
    if not compare_digest(found, entry.digest):
        return "is not what was written"
    if witness is not None and witness.number == number and witness.digest != entry.digest:
        return "is not the entry that was witnessed"
    return ""
