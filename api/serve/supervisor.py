"""The parent: starts everything in order, starts again what dies, stops everything in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from api.processes import environment_of
from api.serve.child import Child
from api.serve.database import EmbeddedDatabase
from api.settings import Settings

WATCH_S = 0.2
API_STOP_S, WORKER_STOP_S, PUBLISHER_STOP_S = 20.0, 20.0, 10.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Options:
    """What is served, and where.

    port
        A port that is kept for the workers.
    metrics_port
        Port of the first worker's metrics, on the loopback address; those of the others follow. 0
        for free ones, None for no metrics.
    """

    host: str
    port: int
    workers: int = 1
    with_worker: bool = False
    metrics_port: int | None = None


class Supervisor:
    """Keeps an installation running.

    Parameters
    ----------
    settings
        With `database_url` set.
    database
        The embedded PostgreSQL, if that is the database.
    """

    def __init__(
        self, settings: Settings, options: Options, database: EmbeddedDatabase | None
    ) -> None:
        self._database = database
        self._stop = asyncio.Event()
        environment = environment_of(settings)

        def child(name: str, kind: str, *arguments: str) -> Child:
            return Child(name, (kind, "--name", name, *arguments), environment)

        place = ("--host", options.host, "--port", str(options.port))
        self.api = [
            child(f"api-{n}", "api", *place, *_metrics(options, n)) for n in range(options.workers)
        ]
        self.publisher = child("publisher", "publisher")
        self.worker = (
            child("worker", "worker", *_metrics(options, options.workers))
            if options.with_worker
            else None
        )

    @property
    def children(self) -> list[Child]:
        """Every process but the database."""
        return [*self.api, self.publisher, *([self.worker] if self.worker else [])]

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until told to stop by a signal; a second one is not waited for.

        Raises
        ------
        NeverReadyError
            When a process cannot be started.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_stop)
        keeping = [asyncio.create_task(child.keep()) for child in self.children]
        watching = asyncio.create_task(self._watch_database())
        announcing = asyncio.create_task(self._announce(ready))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([stopping, *keeping], return_when=asyncio.FIRST_COMPLETED)
            for task in keeping:
                if task.done():
                    task.result()
        finally:
            stopping.cancel()
            announcing.cancel()
            await self._stop_all()
            watching.cancel()
            await asyncio.gather(stopping, announcing, watching, *keeping, return_exceptions=True)

    def _told_to_stop(self) -> None:
        if self._stop.is_set():
            for child in self.children:
                child.kill()
        self._stop.set()

    async def _announce(self, ready: Callable[[], None]) -> None:
        await asyncio.gather(*(child.ready.wait() for child in self.children))
        ready()

    async def _stop_all(self) -> None:
        """Let the API finish first; the publisher shows what it did, before it stops, too."""
        log.info("stopping")
        await _stop(self.api, API_STOP_S)
        if self.worker is not None:
            await _stop([self.worker], WORKER_STOP_S)
        await _stop([self.publisher], PUBLISHER_STOP_S)

    async def _watch_database(self) -> None:
        """Start the embedded database again when it has died."""
        database = self._database
        if database is None:
            return
        while True:
            await asyncio.sleep(WATCH_S)
            if database.is_alive():
                continue
            log.warning("database-died")
            if await asyncio.to_thread(database.revive):
                log.info("database-revived", pid=database.pid)


async def _stop(children: Iterable[Child], within_s: float) -> None:
    await asyncio.gather(*(child.stop(within_s) for child in children))


def _metrics(options: Options, number: int) -> tuple[str, ...]:
    if options.metrics_port is None:
        return ()
    port = options.metrics_port and options.metrics_port + number
    return ("--metrics-port", str(port))
