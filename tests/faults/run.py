"""A crowd that books while something is killed, and what must be true when it is over."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from urllib.parse import urlsplit

import psutil

from loadtests.address import Address
from loadtests.booking.campaign import Shape
from loadtests.booking.hotspots import tenth_takes_sixty
from loadtests.booking.ledger import Ledger
from loadtests.booking.persistent import Persistent
from loadtests.booking.wishes import Wishes
from loadtests.shown import counts_in_tables
from tests.installed import Installation, wait_for
from tests.integration.feeds.public import cells_of

PATIENCE_S = 300.0
VISITORS = 24
Kill = Callable[[Installation], None]


@dataclass(slots=True)
class Crowd:
    """Visitors of a running installation, who ask for so many pairs.

    killed_at
        When something was killed; several times in a run.
    """

    installation: Installation
    shape: Shape
    pairs: int
    seed: int
    killed_at: list[datetime] = field(default_factory=list)

    def book(self, kill: Kill, at: tuple[float, ...]) -> Ledger:
        """Book, and kill when these shares of the pairs have been asked for."""
        url = urlsplit(self.installation.said["address"])
        wishes = Wishes(self.shape, tenth_takes_sixty(self.shape.centres), Random(self.seed))
        crowd = Persistent(Address(url.hostname, url.port), iter(wishes), PATIENCE_S)

        async def go() -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(crowd.book(self.pairs, visitors=VISITORS))
                group.create_task(asyncio.to_thread(self._kill, kill, at, crowd.ledger))

        asyncio.run(go())
        return crowd.ledger

    def _kill(self, kill: Kill, at: tuple[float, ...], ledger: Ledger) -> None:
        for share in at:
            asked = share * self.pairs
            wait_for(lambda asked=asked: ledger.asked >= asked, within_s=PATIENCE_S)
            kill(self.installation)
            self.killed_at.append(datetime.now(UTC))


def kill_worker(installation: Installation) -> None:
    """Kill an API worker, in the middle of whatever it does."""
    os.kill(wait_for(lambda: installation.pid_of("api-0")), signal.SIGKILL)


def kill_publisher(installation: Installation) -> None:
    """Kill the publisher."""
    os.kill(wait_for(lambda: installation.pid_of("publisher")), signal.SIGKILL)


def kill_postgres(installation: Installation) -> None:
    """Kill every process of the database at once, as a machine that loses power does."""
    first = psutil.Process(installation.postgres_pid)
    for process in [first, *first.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def recovered(installation: Installation, since: datetime) -> bool:
    """Tell whether all is ready, and the files are of a time after the last kill."""
    if not installation.is_ready():
        return False
    said = installation.ask("GET", "/availability/publisher.json").json
    return datetime.fromisoformat(said["checked_at"]) > since


def shown(installation: Installation, shape: Shape) -> dict[str, dict]:
    """Read what the public is shown."""
    found = {}
    for code in map(str, range(1, shape.departments + 1)):
        answer = installation.ask("GET", f"/availability/departments/{code}.json")
        assert answer.status == 200
        if cells := cells_of(answer.json):
            found[code] = cells
    return found


def shows_the_tables(installation: Installation, shape: Shape) -> bool:
    """Tell whether what is shown is what the tables say, counted again in SQL."""
    return shown(installation, shape) == in_tables(installation)


def in_tables(installation: Installation) -> dict[str, dict]:
    """Count what should be shown."""
    return counts_in_tables(installation.campaign.url, datetime.now(UTC))


def seconds_until(condition: Callable[[], bool]) -> float:
    """Wait until something holds; give the seconds it took."""
    began = time.monotonic()
    wait_for(condition)
    return time.monotonic() - began
