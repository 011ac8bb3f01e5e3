"""A pretix of a bench's own: its shop on a database of ours, behind gunicorn, on a free port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from loadtests.postgres import Postgres

HERE = Path(__file__).parent
DATABASE = "pretix"
EVENT = "/peer/centre"
READY_S = 60.0
CONFIG = """[pretix]
instance_name=peer
url=http://127.0.0.1:{port}
currency=EUR
datadir={folder}
[database]
backend=postgresql
name={database}
user={user}
host={host}
[django]
debug=off
secret=peer
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A running shop.

    url
        Of its event.
    items
        Numbers of the products that are a first and a second dose.
    pid
        Of gunicorn, the parent of the workers.
    """

    url: str
    items: tuple[int, int]
    pid: int


@contextmanager
def opened(python: Path, postgres: Postgres, folder: Path, *, workers: int) -> Iterator[Shop]:
    """Open a shop, and close it in the end.

    Parameters
    ----------
    python
        Interpreter that has `pretix` and `gunicorn`.
    folder
        Of pretix's configuration, files and log.

    Raises
    ------
    RuntimeError
        When pretix is not there, or does not start.
    """
    folder.mkdir(parents=True)
    port = _free_port()
    environment = _configured(folder, postgres, port)
    _run(python, environment, "-m", "pretix", "migrate", "-v0")
    first, second = json.loads(
        _run(python, environment, str(HERE / "open_shop.py")).splitlines()[-1]
    )
    with (folder / "gunicorn.log").open("ab") as log:
        process = subprocess.Popen(
            [
                python, "-m", "gunicorn", "pretix.wsgi", "--workers", str(workers),
                "--bind", f"127.0.0.1:{port}",
            ],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(port, process)
        yield Shop(f"http://127.0.0.1:{port}{EVENT}", (first, second), process.pid)
    finally:
        process.terminate()
        process.wait()


def _configured(folder: Path, postgres: Postgres, port: int) -> Mapping[str, str]:
    """Make the database and write the configuration; give the environment that names both."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    address = make_url(postgres.url)
    config = CONFIG.format(
        port=port, folder=folder, database=DATABASE, user=address.username,
        host=address.query["host"],
    )  # fmt: skip
    (folder / "pretix.cfg").write_text(config, encoding="utf-8")
    return os.environ | {
        "PRETIX_CONFIG_FILE": str(folder / "pretix.cfg"), "PYTHONPATH": str(HERE),
        "DJANGO_SETTINGS_MODULE": "peer_settings",
    }  # fmt: skip


def _run(python: Path, environment: Mapping[str, str], *arguments: str) -> str:
    try:
        done = subprocess.run(
            [python, *arguments], env=environment, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise RuntimeError(f"{python}: {error.strerror}") from None
    if done.returncode:
        raise RuntimeError(f"pretix: {done.stderr.strip()[-1500:]}")
    return done.stdout


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port, timeout=READY_S)
        try:
            connection.request("GET", f"{EVENT}/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise RuntimeError("pretix does not answer: see its log")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
