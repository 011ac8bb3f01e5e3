"""The demo's installation: a new database in a folder of its own, a plan in it, tokens for it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg

from allocator.errors import InputError
from allocator.read import SETTINGS
from allocator.settings import Settings as InstanceSettings
from api.clock import now
from api.database.address import ready_database
from api.database.embedded import embedded
from api.demo.ring import FOLDER, HOLDER, Ring, make_ring
from api.keyring.installing import Given, install
from api.planning.orders import Options
from api.planning.publishing import publish_folders
from api.planning.scenario_folders import shelve
from api.protocol.encoding import to_base64url
from api.settings import Settings
from api.staff.grants import Grant, Role
from api.staff.tokens import issue

FILES = frozenset({"postgres", "public", "state", "plans", FOLDER})
"""What an installation leaves in its home."""
DAYS = 7
MOST_DOSES = """SELECT centre.code, department FROM centre JOIN slot USING (centre_id)
WHERE dose_rank = 1 GROUP BY 1, 2 ORDER BY sum(capacity - taken) DESC, 1"""
CENTRES = "SELECT code FROM centre ORDER BY code"


@dataclass(frozen=True, slots=True)
class Published:
    """A plan that can be booked.

    centre, department
        Where most first doses are; tokens of its staff are among those that were made.
    neighbour
        Where most are after it, in the same département if there is another centre.
    tokens
        By role and scope, as people read it.
    ring
        Its keys.
    """

    settings: Settings
    centre: str
    neighbour: str
    department: str
    tokens: dict[str, str]
    ring: Ring

    @property
    def keys(self) -> dict[str, str]:
        """What opens what is sealed, and what the pages verify it by."""
        ring = self.ring
        return {
            "key_service": ring.service.url, "centre": self.centre, "holder": HOLDER,
            "passphrase": ring.passphrase, "authority": to_base64url(ring.authority.public_key),
        }  # fmt: skip

    def token_of(self, centre: str) -> str:
        """Token of a centre's own staff."""
        return self.tokens[f"centre {centre}"]


def publish(home: Path, instance: Path, plan: Path) -> Published:
    """Publish a plan into a new database; what an earlier demo left is removed.

    Raises
    ------
    InputError
        When the home holds anything else, or a demo runs there.
    """
    _clear(home)
    # Whatever the environment says: the demo never writes into another database.
    settings = Settings(database_url=None, home=home, log_level="error")
    with ready_database(settings) as url:
        publish_folders(url, instance, plan, Options(), uuid4(), now())
        shelve(settings, InstanceSettings.read(instance / SETTINGS).name, instance, plan)
        with psycopg.connect(url) as connection:
            (centre, department), *others = connection.execute(MOST_DOSES).fetchall()
            codes = [code for (code,) in connection.execute(CENTRES)]
        neighbour = next((code for code, there in others if there == department),
                         others[0][0] if others else centre)  # fmt: skip
        ring, documents, authority = make_ring(home, codes, (centre, neighbour), now().date())
        asyncio.run(_install(url, documents, authority))
        tokens = asyncio.run(_tokens(url, (centre, neighbour), department))
        return Published(settings, centre, neighbour, department, tokens, ring)


def _clear(home: Path) -> None:
    if not home.exists():
        return
    strangers = sorted(path.name for path in home.iterdir() if path.name not in FILES)
    if strangers:
        raise InputError(home, f"holds {strangers[0]!r}: this is not the demo's, so it stays")
    database = home / "postgres"
    if _runs(database):
        with embedded(database):
            pass  # whoever comes last stops it: after a demo that was killed, that is us
    if _runs(database):
        raise InputError(home, "a demo runs here: end it with Ctrl-C, or name another folder")
    shutil.rmtree(home)


def _runs(database: Path) -> bool:
    """Tell whether the database of a folder runs."""
    try:
        text = (database / "postmaster.pid").read_text(encoding="utf-8")
        name = psutil.Process(int(text.split()[0])).name()
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return False
    return "postgres" in name


async def _install(url: str, documents: list[Given], authority: Given) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await install(connection, documents, authority, now())


async def _tokens(url: str, centres: Sequence[str], department: str) -> dict[str, str]:
    grants: list[tuple[Role, str]] = [
        ("planner", "national"), *(("centre", code) for code in dict.fromkeys(centres)),
        ("agent", department), ("auditor", "national"),
    ]  # fmt: skip
    made: dict[str, str] = {}
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for role, scope in grants:
            _, secret = await issue(connection, Grant(role, scope), "demo", DAYS, now())
            made[f"{role} {scope}"] = secret
    return made
