"""One embedded PostgreSQL for a test run, and in it a new migrated database for whoever asks.

`database_url` is a database of the test's own, `module_database_url` one that a module shares;
`fresh_database(server)` makes one for a part of a test (an example of a property, say).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from api.database.embedded import embedded
from api.database.migrate import upgrade

TEMPLATE = "creneau_template"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """The running server; `admin_url` leads to its database of administration."""

    admin_url: str

    def url_of(self, name: str) -> str:
        """Address of one of its databases."""
        return make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)

    def execute(self, statement: str, *names: str) -> None:
        """Run a statement of administration; `{}` stand for quoted names."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def fresh_database(server: Server, template: str = TEMPLATE) -> Iterator[str]:
    """Give the address of a new database, dropped in the end with whoever is in it.

    It is migrated and empty, or a copy of another that nobody is in.
    """
    name = f"test_{next(_numbers)}"
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield server.url_of(name)
    finally:
        server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start the PostgreSQL that comes with the package, with a migrated database to copy."""
    # Not in pytest's own folder: each run closes that one to other users, and the server, when
    # root runs the tests, is another user.
    with (
        TemporaryDirectory(prefix="creneau-tests-") as folder,
        embedded(Path(folder) / "postgres") as url,
    ):
        server = Server(url)
        # A test never loses power: only the tests that kill servers need what reaches the disk.
        server.execute("ALTER SYSTEM SET fsync = off")
        server.execute("SELECT pg_reload_conf()")
        server.execute("CREATE DATABASE {}", TEMPLATE)
        upgrade(server.url_of(TEMPLATE))
        yield server


@pytest.fixture
def database_url(server: Server) -> Iterator[str]:
    """Address of a migrated, empty database that only this test sees."""
    with fresh_database(server) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(server: Server) -> Iterator[str]:
    """Address of a migrated database that the tests of one module share."""
    with fresh_database(server) as url:
        yield url
