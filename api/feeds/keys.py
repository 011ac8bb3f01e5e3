"""Files of keys: the signed campaign, and what there is to seal to at each centre."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection

from api.feeds.documents import CentreKeys
from api.feeds.names import CAMPAIGN_KEYS, centre_keys_name
from api.feeds.reference import Place
from api.feeds.shelf import Effort, Shelf
from api.feeds.store.keys import read_campaign, read_keys


def write_campaign(connection: Connection[Any], shelf: Shelf) -> None:
    """Write the campaign as it was signed, byte for byte."""
    found = read_campaign(connection)
    if found is not None:
        document, installed_at = found
        shelf.put_plain(CAMPAIGN_KEYS, document, installed_at, effort=Effort.GOOD)


def write_keys(
    connection: Connection[Any], shelf: Shelf, places: Mapping[int, Place],
    centre_ids: Collection[int], now: datetime,
) -> None:  # fmt: skip
    """Write the keys of some centres; one that never had a key has no file."""
    for id_, (signed, changed_at) in read_keys(connection, centre_ids).items():
        code = places[id_].code
        content = msgspec.json.encode(CentreKeys(code, [msgspec.Raw(key) for key in signed]))
        shelf.put(centre_keys_name(code), content, changed_at, now=now, effort=Effort.GOOD)
