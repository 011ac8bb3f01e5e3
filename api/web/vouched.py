"""Who vouches for the campaign of this installation: what its pages are made with."""

from __future__ import annotations

from typing import TypeAlias

from psycopg_pool import AsyncConnectionPool

from api.database.hot import HotConnection
from api.keyring.store import keys
from api.protocol.documents import SignedCampaign

Pool: TypeAlias = AsyncConnectionPool[HotConnection]
Vouched: TypeAlias = tuple[bytes, tuple[str, ...]]
"""Public key of the authority, and addresses of the key services; empty before there is one."""


async def vouched_for(pool: Pool) -> Vouched:
    """Ask the database."""
    async with pool.connection() as connection:
        installed = await keys.installed(connection)
    if installed is None:
        return b"", ()
    campaign = SignedCampaign.from_json(installed.document).campaign
    return installed.authority, tuple(service.url for service in campaign.services)
