"""A whole installation of a bench's own: `creneau serve` on a free port, stopped in the end."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

from loadtests.address import Address
from loadtests.command import CRENEAU

READY_S = 180.0
STOP_S = 60.0
LOG = "serve.log"
"""What `serve` says, below its home."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running service.

    pid
        Of its first process, the parent of the others.
    """

    address: Address
    pid: int

    def is_ready(self) -> bool:
        """Tell whether a worker answers that everything it needs is there."""
        connection = HTTPConnection(*self.address, timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def served(
    home: Path,
    *,
    url: str | None = None,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """Serve a database until everything is ready, and then as long as it is wanted.

    Parameters
    ----------
    home
        Folder of the files, of the log, and of the embedded database.
    url
        Of another database than the embedded one.
    environment
        Settings of its own, beside ours.

    Raises
    ------
    RuntimeError
        When it does not start, or does not stop when it is told to.
    """
    home.mkdir(parents=True, exist_ok=True)
    database = [] if url is None else ["--database", url]
    with (home / LOG).open("ab") as log:
        process = subprocess.Popen(
            [
                CRENEAU, "serve", "--json", "--home", home, "--workers", str(workers),
                "--port", "0", *database,
            ],
            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
    try:
        yield _ready(process, home)
        process.terminate()
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"creneau serve does not stop: see {home / LOG}") from None
    finally:
        process.kill()
        process.wait()


def _ready(process: subprocess.Popen[bytes], home: Path) -> Stack:
    """Wait until it says where it listens, and then until its files are written."""
    timer = Timer(READY_S, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        with process.stdout, suppress(ValueError):
            url = urlsplit(json.loads(process.stdout.readline())["address"])
            stack = Stack(Address(url.hostname or "", url.port or 0), process.pid)
            while process.poll() is None:
                if stack.is_ready():
                    return stack
                time.sleep(0.1)
    finally:
        timer.cancel()
    raise RuntimeError(f"creneau serve does not start: see {home / LOG}")
