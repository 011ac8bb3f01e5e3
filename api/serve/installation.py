"""An installation from the command line: its database first, then its processes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

import uvloop
from prometheus_client import start_http_server

from allocator.errors import InputError
from api.database.address import reachable_database, ready_database
from api.database.migrate import upgrade
from api.logs import configure_logs
from api.serve.child import NeverReadyError
from api.serve.database import EmbeddedDatabase
from api.serve.port import reserve
from api.serve.run import LOOPBACK
from api.serve.supervisor import Options, Supervisor
from api.settings import Settings
from api.worker.run import run_worker

Announce: TypeAlias = Callable[[dict[str, object]], None]


def serve_installation(settings: Settings, options: Options, announce: Announce) -> None:
    """Serve until told to stop.

    Parameters
    ----------
    options
        With port 0 for a free one.
    announce
        Called once, when everything runs, with the address and other facts.

    Raises
    ------
    InputError
        When the port is taken, the database does not answer, or a process does not start.
    """
    configure_logs(settings.log_level, "serve")
    with reserve(options.host, options.port) as kept, _database(settings) as (url, embedded):
        upgrade(url)
        options = replace(options, port=kept.getsockname()[1])
        address = address_of(options)
        said = {"database_url": url}
        if "public_url" not in settings.model_fields_set:
            said["public_url"] = address
        supervised = settings.model_copy(update=said)
        try:
            asyncio.run(_supervise(supervised, options, embedded, announce))
        except NeverReadyError as error:
            raise InputError(str(error), "does not start; the log above says why") from None


async def _supervise(
    settings: Settings, options: Options, embedded: EmbeddedDatabase | None, announce: Announce
) -> None:
    supervisor = Supervisor(settings, options, embedded)

    def ready() -> None:
        pages = [
            f"http://{LOOPBACK}:{child.facts['metrics_port']}/metrics"
            for child in supervisor.children
            if "metrics_port" in child.facts
        ]
        announce(
            {
                "address": address_of(options), "workers": options.workers,
                "with_worker": options.with_worker,
                "database": "embedded" if embedded else "server", "metrics": pages,
            }
        )  # fmt: skip

    await supervisor.run(ready)


def address_of(options: Options) -> str:
    """Give the address people reach an installation by from this machine."""
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{options.port}"


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, EmbeddedDatabase | None]]:
    """Start the embedded PostgreSQL unless another one is named; stop it in the end."""
    if settings.database_url is not None:
        with reachable_database(settings) as url:
            yield url, None
        return
    embedded = EmbeddedDatabase(settings.postgres_folder)
    try:
        yield embedded.url, embedded
    finally:
        embedded.stop()


def work_alone(settings: Settings, metrics_port: int | None, announce: Announce) -> None:
    """Run a worker in this process until told to stop.

    Raises
    ------
    InputError
        When the database does not answer, or its schema is old.
    """
    configure_logs(settings.log_level, "worker")
    with ready_database(settings) as url:
        facts: dict[str, object] = {"working": True}
        if metrics_port is not None:
            server, _ = start_http_server(metrics_port, LOOPBACK)
            facts["metrics"] = f"http://{LOOPBACK}:{server.server_port}/metrics"

        async def until_told() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.set)
            told = settings.model_copy(update={"database_url": url})
            await run_worker(told, stop, ready=lambda: announce(facts))

        uvloop.run(until_told())
