"""A whole installation under a magnifying glass: everything it says, writes and keeps is known."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from api.demo.client import Client
from tests.conftest import CHECKOUT
from tests.installed import Installation, wait_for
from tests.integration.keyservice.process import Running, free_port
from tests.privacy.journeys import Centre
from tests.privacy.places import Search, backup, dump, processes_below
from tests.privacy.recorder import Recorder, recording
from tests.stack import stack

CODE, DEPARTMENT = "c2", "02"
"""The centre that everybody goes to."""
OPTIONS = ("--workers", "2", "--with-worker", "--metrics-port", "0")
TALKATIVE = {
    # All that the application tells the database, values included, goes into a file, too.
    "log_statement": "all",
    "log_parameter_max_length": "-1",
    # What is packed page by page could not be searched.
    "wal_compression": "off",
}


@dataclass
class Stand:
    """What runs, and what listens to it.

    site, tags
        What passes between people and the installation, and between people and the key service.
    leaky
        The application with holes, beside the installation, on its database.
    """

    installation: Installation
    service: Running
    site: Recorder
    tags: Recorder
    leaky: Recorder
    leaky_pid: int
    centre: Centre
    folder: Path

    @property
    def client(self) -> Client:
        """Somebody who speaks to the installation."""
        return _speaker(self.site.url)

    @property
    def betrayer(self) -> Client:
        """Somebody who speaks to the application with holes."""
        return _speaker(self.leaky.url)

    @property
    def processes(self) -> list[psutil.Process]:
        """Every process of everybody who serves."""
        return processes_below(
            self.installation.process.pid, self.installation.postgres_pid,
            self.service.process.pid, self.leaky_pid,
        )  # fmt: skip

    def search(self, search: Search) -> None:
        """Search everything: memory first, while it is fresh."""
        url = self.installation.campaign.url
        search.memory(self.processes)
        search.messages("site", self.site.messages)
        search.messages("tags", self.tags.messages)
        search.messages("leaky", self.leaky.messages)
        for address in self.installation.said["metrics"]:
            search.data("metrics", "page", _speaker(address).ask("GET", "/metrics").body)
        search.data("dump", "pg_dump", dump(url))
        backup(url, self.folder / "backup")
        search.folder("backup", self.folder / "backup")
        search.folder("database", self.installation.home / "postgres")
        search.folder("public", self.installation.home / "public")
        for name in ("serve.log", "leaky.log"):
            path = self.installation.home / name
            search.data("logs", name, path.read_bytes())
        search.data("logs", "keyservice.log", self.service.log.read_bytes())
        search.folder("temporary", self.folder / "tmp")


@contextmanager
def standing() -> Iterator[Stand]:
    """Run everything on a small campaign that begins next week."""
    with tempfile.TemporaryDirectory(prefix="creneau-tests-") as name, ExitStack() as running:
        folder = Path(name)
        # The database, when root runs the tests, is another user.
        folder.chmod(0o755)
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o777)
        given = running.enter_context(pytest.MonkeyPatch.context())
        given.setenv("TMPDIR", str(folder / "tmp"))
        given.setenv("CRENEAU_LOG_LEVEL", "debug")
        made = running.enter_context(stack(*OPTIONS))
        make_talkative(made.campaign.url)
        leaky, leaky_pid = running.enter_context(_leaky(made.installation))
        authorization = {"Authorization": f"Bearer {made.tokens['centre', CODE]}"}
        yield Stand(
            made.installation, made.service,
            running.enter_context(recording(made.url)),
            running.enter_context(recording(made.service.url)),
            running.enter_context(recording(leaky)), leaky_pid,
            Centre(CODE, DEPARTMENT, made.keys[CODE], authorization), folder,
        )  # fmt: skip


def make_talkative(url: str) -> None:
    """Let the database write down all that it is told."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in TALKATIVE.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _leaky(installation: Installation) -> Iterator[tuple[str, int]]:
    """Run the application with holes on the database of an installation."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1",
        "--host", "127.0.0.1", "--port", str(port), "--no-ws", "tests.privacy.leaky:application",
    ]  # fmt: skip
    environment = os.environ | {"CRENEAU_DATABASE_URL": installation.campaign.url}
    with (installation.home / "leaky.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=log, stdout=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(lambda: _answers(port))
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _speaker(address: str) -> Client:
    return Client(int(str(urlsplit(address).port)))


def _answers(port: int) -> bool:
    try:
        return Client(port).ask("GET", "/health").status == 200
    except OSError:
        return False
