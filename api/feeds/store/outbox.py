"""Changes that bookings and publications leave for the publisher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

_TAKE = "DELETE FROM outbox RETURNING centre_id, slots, changed_at"
# One publisher a database: a second one would take rows that the first never sees.
_ALONE = "SELECT pg_try_advisory_lock(hashtext('creneau publisher'))"


@dataclass(slots=True)
class Change:
    """What changed at a centre: these slots, or all of it; `changed_at` is the newest change."""

    slots: set[int]
    whole: bool
    changed_at: datetime


def take_changes(connection: Connection[Any]) -> Mapping[int, Change]:
    """Take every committed change out of the outbox, by centre.

    The rows are gone for good only when the caller commits, after the files are written. Commits
    that come later, in whatever order, leave their rows for the next time: nothing is numbered,
    so nothing can be skipped.
    """
    changes: dict[int, Change] = {}
    for centre_id, slots, changed_at in connection.execute(_TAKE):
        change = changes.setdefault(centre_id, Change(set(), whole=False, changed_at=changed_at))
        change.slots.update(slots)
        change.whole |= not slots
        change.changed_at = max(change.changed_at, changed_at)
    return changes


def try_to_be_alone(connection: Connection[Any]) -> bool:
    """Take the place of the only publisher, for as long as the connection lives."""
    row = connection.execute(_ALONE).fetchone()
    assert row is not None
    return bool(row[0])
