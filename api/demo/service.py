"""The demo's installation: a new database in a folder of its own, a plan in it, tokens for it."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg

from allocator.errors import InputError
from api.clock import now
from api.database.address import ready_database
from api.database.embedded import embedded
from api.planning.orders import Options
from api.planning.publishing import publish_folders
from api.settings import Settings
from api.staff.grants import Grant, Role
from api.staff.tokens import issue

FILES = frozenset({"postgres", "public", "state", "plans"})
"""What an installation leaves in its home."""
DAYS = 7
MOST_DOSES = """SELECT centre.code, department FROM centre JOIN slot USING (centre_id)
WHERE dose_rank = 1 GROUP BY 1, 2 ORDER BY sum(capacity - taken) DESC, 1 LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Published:
    """A plan that can be booked.

    centre, department
        Where most first doses are; tokens of its staff are among those that were made.
    tokens
        By role and scope, as people read it.
    """

    settings: Settings
    centre: str
    department: str
    tokens: dict[str, str]

    @property
    def centre_token(self) -> str:
        """Token of the centre's own staff."""
        return self.tokens[f"centre {self.centre}"]


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
        with psycopg.connect(url) as connection:
            row = connection.execute(MOST_DOSES).fetchone()
        assert row is not None
        centre, department = row
        return Published(
            settings, centre, department, asyncio.run(_tokens(url, centre, department))
        )


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


async def _tokens(url: str, centre: str, department: str) -> dict[str, str]:
    grants: list[tuple[Role, str]] = [
        ("planner", "national"), ("centre", centre), ("agent", department), ("auditor", "national"),
    ]  # fmt: skip
    made: dict[str, str] = {}
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for role, scope in grants:
            _, secret = await issue(connection, Grant(role, scope), "demo", DAYS, now())
            made[f"{role} {scope}"] = secret
    return made
