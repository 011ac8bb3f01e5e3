"""Where a database stands: its schema, its server, and how much is in it."""

from __future__ import annotations

from typing import TypedDict

import psycopg
from psycopg import sql

from api.database.migrate import current, newest
from api.database.tables import metadata


class State(TypedDict):
    """Answer of `creneau db status`."""

    schema: str | None
    newest: str
    server: str
    size_mb: float
    rows: dict[str, int]


def state_of(url: str) -> State:
    """Look at a database; one without a schema has no rows to count."""
    schema = current(url)
    with psycopg.connect(url) as connection:
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        rows: dict[str, int] = {}
        for table in metadata.sorted_tables if schema else ():
            counted = connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
            ).fetchone()
            rows[table.name] = counted[0] if counted else 0
        return State(
            schema=schema,
            newest=newest(),
            server=connection.info.parameter_status("server_version") or "",
            size_mb=round((size[0] if size else 0) / 1e6, 1),
            rows=rows,
        )
