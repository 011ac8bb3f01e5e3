"""Where the database is: a server that is named, or the one that comes with the package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from allocator.errors import InputError
from api.database.embedded import embedded
from api.database.migrate import current, newest, upgrade
from api.settings import Settings

PATIENCE_S = 10


@contextmanager
def reachable_database(settings: Settings) -> Iterator[str]:
    """Give the address of a database that answers; an embedded one runs meanwhile.

    Raises
    ------
    InputError
        When it does not answer.
    """
    if settings.database_url is None:
        with embedded(settings.postgres_folder) as url:
            yield url
        return
    try:
        psycopg.connect(settings.database_url, connect_timeout=PATIENCE_S).close()
    except psycopg.Error as error:
        what = " ".join(str(error).split())
        raise InputError("database", f"no database answers there: {what}") from None
    yield settings.database_url


@contextmanager
def ready_database(settings: Settings) -> Iterator[str]:
    """Give the address of a database with the newest schema; the embedded one is brought to it.

    Raises
    ------
    InputError
        When it does not answer, or its schema is not the newest.
    """
    with reachable_database(settings) as url:
        if settings.database_url is None:
            upgrade(url)
        elif (found := current(url)) != newest():
            stands = f"stands at schema {found}" if found else "is empty"
            raise InputError("database", f"{stands}; run `creneau db upgrade` first")
        yield url
