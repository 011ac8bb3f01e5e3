"""The publisher as a process of its own: turn after turn until it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
import structlog
from psycopg import Connection

from api.clock import Clock, now
from api.feeds.passes import Feeds
from api.feeds.publisher import Publisher
from api.feeds.shelf import Shelf
from api.feeds.store.outbox import try_to_be_alone
from api.queue.conductor import Conductor
from api.settings import Settings

TURN_S = 0.6
"""Seconds between the beginnings of two turns: with the work of one, less than a second."""
FEEDS_UNTIL_S = 0.5
"""Until when in a turn the open feeds may begin another step."""
FEEDS_AT_LEAST_S = 0.03
"""What the open feeds get of a turn, however long it took."""
RETRY_S = 0.5
log = structlog.get_logger()


class Stop(Protocol):
    """What tells to stop: an event of threads or of processes."""

    def is_set(self) -> bool:
        """Tell whether to stop."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told to stop, or so long."""


def run_publisher(settings: Settings, stop: Stop, *, clock: Clock = now) -> None:
    """Keep the public folder as the database says until `stop` is set.

    A database that goes away is waited for. A second publisher of the same database waits until
    the first one has gone.

    Parameters
    ----------
    settings
        With `database_url` set.
    """
    shelf = Shelf(settings.public_folder)
    shelf.root.mkdir(parents=True, exist_ok=True)
    while not stop.is_set():
        try:
            with _connected(settings, stop) as connection:
                publisher = Publisher(connection, shelf, clock)
                conductor = Conductor(connection, clock, settings.queue_rate, shelf.notice)
                feeds = Feeds(publisher, settings.public_url, settings.record_folder)
                _publish(publisher, feeds, conductor, stop)
        except psycopg.OperationalError as error:
            log.warning("publisher-lost-database", error=type(error).__name__)
            stop.wait(RETRY_S)


@contextmanager
def _connected(settings: Settings, stop: Stop) -> Iterator[Connection[Any]]:
    """Connect, and wait until nobody else publishes from this database.

    What is taken out of the outbox may come back after a crash, so no turn waits for the disk.
    """
    assert settings.database_url is not None, "whoever starts the publisher says where to read"
    with psycopg.connect(
        settings.database_url, autocommit=True, application_name="creneau-publisher",
        options="-c timezone=UTC -c synchronous_commit=off",
    ) as connection:  # fmt: skip
        while not try_to_be_alone(connection) and not stop.wait(RETRY_S):
            pass
        yield connection


def _publish(publisher: Publisher, feeds: Feeds, conductor: Conductor, stop: Stop) -> None:
    if stop.is_set():
        return
    publisher.start()
    steps = feeds.steps()
    while not stop.is_set():
        began = time.monotonic()
        publisher.turn()
        conductor.turn()
        until = max(began + FEEDS_UNTIL_S, time.monotonic() + FEEDS_AT_LEAST_S)
        while time.monotonic() < until and next(steps):
            pass
        stop.wait(max(0.0, began + TURN_S - time.monotonic()))
