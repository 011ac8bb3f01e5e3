"""A whole installation in a test: `creneau serve`, its processes, and its embedded database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psutil

from loadtests.command import CRENEAU
from tests.campaign import Campaign

T = TypeVar("T")
START_S, STOP_S, RECOVERY_S = 180.0, 60.0, 60.0
"""On a machine that may be busy."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """Read it as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Installation:
    """A running `creneau serve`.

    said
        What it printed when everything ran.
    seen
        Every process of it that was looked at.
    """

    home: Path
    process: subprocess.Popen[str]
    said: dict[str, Any]
    seen: list[psutil.Process] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request on a connection of its own."""
        connection = HTTPConnection(urlsplit(self.said["address"]).netloc, timeout=30)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Connection": "close", **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()

    def pid_of(self, name: str) -> int | None:
        """Find the process of this name (`api-0`, `publisher`, `worker`); None while it is away."""
        for child in psutil.Process(self.process.pid).children():
            try:
                words = child.cmdline()
            except psutil.Error:
                continue
            if "--name" in words and words[words.index("--name") + 1] == name:
                self.seen.append(child)
                return child.pid
        return None

    @property
    def postgres_pid(self) -> int:
        """First process of the database."""
        return int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])

    @property
    def campaign(self) -> Campaign:
        """Its database, for looking and filling."""
        return Campaign(f"postgresql://postgres:@/postgres?host={self._socket_folder}")

    @property
    def _socket_folder(self) -> str:
        return (self.home / "postgres" / "postmaster.pid").read_text().splitlines()[4]

    def is_ready(self) -> bool:
        """Whether whichever worker is asked has everything it needs."""
        try:
            return self.ask("GET", "/ready").status == 200
        except OSError:
            return False

    def log(self) -> list[dict[str, Any]]:
        """Read what it logged so far."""
        text = (self.home / "serve.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def stop(self) -> int:
        """Tell it to stop, and give its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)


def wait_for(look: Callable[[], T], *, within_s: float = RECOVERY_S) -> T:
    """Look until what is found is true."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {within_s} s")


def start(home: Path, *words: str) -> Installation:
    """Start an installation in a folder, and wait until everything runs."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [CRENEAU, "serve", "--home", home, "--port", "0", "--json", *words],
            stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
    if not line:
        raise AssertionError((home / "serve.log").read_text(encoding="utf-8")[-4000:])
    installation = Installation(home, process, json.loads(line))
    wait_for(installation.is_ready)
    return installation


def left_of(installation: Installation) -> list[psutil.Process]:
    """List the processes of an installation that still live."""
    home = str(installation.home)
    found = []
    for process in psutil.process_iter():
        try:
            about = " ".join(process.cmdline()) + process.environ().get("CRENEAU_HOME", "")
            if home in about and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.pid != os.getpid()]


@contextmanager
def installed(*words: str) -> Iterator[Installation]:
    """Run an installation in a folder of its own; nothing of it is left in the end."""
    # Not in pytest's own folder: see tests/postgres.py.
    with TemporaryDirectory(prefix="creneau-tests-") as folder:
        installation = start(Path(folder) / "home", *words)
        try:
            yield installation
            if installation.process.poll() is None:
                assert installation.stop() == 0
            wait_for(lambda: not left_of(installation), within_s=10)
        finally:
            installation.process.kill()
            installation.process.wait()
            for process in left_of(installation):
                process.kill()
