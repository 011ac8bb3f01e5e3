"""The signed campaign, and the public keys of centres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from psycopg import Connection

_CAMPAIGN = "SELECT document, installed_at FROM signed_campaign"
_KEYS = """SELECT centre_id, CASE WHEN destroyed_at IS NULL THEN signed END, changed_at
FROM centre_key WHERE centre_id = ANY(%s) ORDER BY first_day DESC, key_id"""


def read_campaign(connection: Connection[Any]) -> tuple[bytes, datetime] | None:
    """Read the signed campaign, and when it was installed; None when there is none."""
    return connection.execute(_CAMPAIGN).fetchone()


def read_keys(
    connection: Connection[Any], centre_ids: Collection[int]
) -> dict[int, tuple[list[bytes], datetime]]:
    """Read the signed keys of centres, newest first, and when those of a centre last changed.

    A centre that never had a key is left out; one whose keys were all destroyed has none.
    """
    keys: dict[int, list[bytes]] = defaultdict(list)
    changes: dict[int, datetime] = {}
    for centre_id, signed, changed_at in connection.execute(_KEYS, (list(centre_ids),)):
        changes[centre_id] = max(changed_at, changes.get(centre_id, changed_at))
        if signed is not None:
            keys[centre_id].append(signed)
    return {centre_id: (keys[centre_id], changed_at) for centre_id, changed_at in changes.items()}
