"""A whole installation of a bench's own: `creneau serve` on a free port, stopped in the end."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from loadtests.address import Address
from loadtests.command import CRENEAU

READY_S = 120.0
STOP_S = 30.0
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


@contextmanager
def served(url: str, home: Path, *, workers: int) -> Iterator[Stack]:
    """Serve a database, and wait until the publisher has written its files.

    Raises
    ------
    RuntimeError
        When it does not start, or does not stop when it is told to.
    """
    address = Address("127.0.0.1", free_port())
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOG).open("ab") as log:
        process = subprocess.Popen(
            [
                CRENEAU, "serve", "--database", url, "--home", home, "--workers", str(workers),
                "--port", str(address.port),
            ],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        _wait_until_ready(process, address, home)
        yield Stack(address, process.pid)
        process.terminate()
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"creneau serve does not stop: see {home / LOG}") from None
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], address: Address, home: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        if _answers(address):
            return
        time.sleep(0.1)
    raise RuntimeError(f"creneau serve does not start: see {home / LOG}")


def _answers(address: Address) -> bool:
    connection = HTTPConnection(*address, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
