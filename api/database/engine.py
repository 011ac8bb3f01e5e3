"""Connections: an engine for ordinary statements, a pool of plain ones for the hot path."""

from __future__ import annotations

from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from api.database.hot import HotConnection

ENGINE_CONNECTIONS = 5
HOT_CONNECTIONS = 4
BY_INDEX = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
"""Every row of the hot path is found by its key. Left alone, PostgreSQL reads a table that was
empty when its plan was made from end to end, on the very evening when it fills."""
CONNECTION_S = 3.0
"""Nobody waits longer for a connection: the database is away."""


def _sqlalchemy_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _options(lock_timeout_ms: int, application: str) -> str:
    # A wait for a lock ends in an error the caller can retry, never in a pile of stuck requests.
    return f"-c lock_timeout={lock_timeout_ms} -c timezone=UTC -c application_name={application}"


def open_engine(url: str, *, lock_timeout_ms: int, application: str) -> AsyncEngine:
    """Engine of one process at READ COMMITTED; the caller disposes of it."""
    return create_async_engine(
        _sqlalchemy_url(url),
        pool_size=ENGINE_CONNECTIONS,
        max_overflow=ENGINE_CONNECTIONS,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"options": _options(lock_timeout_ms, application)},
    )


def open_sync_engine(url: str, *, application: str) -> Engine:
    """Engine for commands and migrations; the caller disposes of it."""
    return create_engine(
        _sqlalchemy_url(url), connect_args={"options": f"-c application_name={application}"}
    )


def hot_pool(
    url: str, *, lock_timeout_ms: int, application: str, size: int = HOT_CONNECTIONS
) -> AsyncConnectionPool[HotConnection]:
    """Pool of connections for pipelined transactions; not yet open.

    Statements are prepared on first use: PgBouncer in front must be 1.21 or newer, or pool by
    session.
    """
    return AsyncConnectionPool(
        url,
        connection_class=HotConnection,
        min_size=1,
        max_size=size,
        open=False,
        timeout=CONNECTION_S,
        kwargs={
            "options": f"{_options(lock_timeout_ms, application)} {BY_INDEX}",
            "autocommit": True,
            # After a rollback psycopg drops all that is prepared on a connection, ours included,
            # if it ever prepared anything there itself.
            "prepare_threshold": None,
        },
    )
