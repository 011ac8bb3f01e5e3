"""The second half of `creneau demo`: the plan served, for a walk or for as long as it is wanted."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlsplit

import psutil

from allocator.errors import InputError
from api.demo.client import Client, UnexpectedAnswerError
from api.demo.key_service import key_service
from api.demo.service import Published
from api.demo.visit import Visit
from api.serve.installation import serve_installation
from api.serve.supervisor import Options
from scenarios.steps import StepFailedError, Steps

OPTIONS = Options("127.0.0.1", 0, workers=1, with_worker=True)
STOP_S = 90.0


def stay(published: Published, announce: Callable[[str], None]) -> None:
    """Serve until told to stop; `announce` is given the address.

    Raises
    ------
    InputError
        When a process does not start.
    """
    with key_service(published.ring):
        serve_installation(
            published.settings, OPTIONS, lambda facts: announce(str(facts["address"]))
        )


def walk(published: Published, steps: Steps) -> None:
    """Serve while somebody walks through everything, and stop.

    Raises
    ------
    StepFailedError
        When a promise is not kept.
    """
    walker = _Walker(published, steps)
    thread = Thread(target=walker.walk, name="walker")
    thread.start()
    try:
        with key_service(published.ring):
            serve_installation(published.settings, OPTIONS, walker.arrive)
    except InputError as error:
        walker.failure = StepFailedError(str(error))
    finally:
        walker.ended.set()
        walker.arrived.set()
        thread.join()
    if walker.failure is not None:
        raise walker.failure


@dataclass(slots=True)
class _Walker:
    """Walks in a thread of its own, beside the one that serves.

    address
        Where the service is; empty until it says so.
    arrived, ended
        The service runs, or never will; it has stopped.
    """

    published: Published
    steps: Steps
    address: str = ""
    arrived: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    failure: StepFailedError | None = None

    def arrive(self, facts: dict[str, object]) -> None:
        """Hear that the service runs."""
        self.address = str(facts["address"])
        self.arrived.set()

    def walk(self) -> None:
        """Take every step; whatever happens, the service is told to stop."""
        try:
            port = self.steps.take("serve", self._port)
            visit = Visit(Client(port), self.published)
            for name, step in visit.steps():
                self.steps.take(name, step)
            self.steps.take("stop", self._stop)
        except (StepFailedError, UnexpectedAnswerError, OSError) as error:
            self.failure = self.failure or StepFailedError(str(error))
        finally:
            if self.address and not self.ended.is_set():
                os.kill(os.getpid(), signal.SIGTERM)

    def _port(self) -> int:
        self.arrived.wait()
        port = urlsplit(self.address).port
        if port is None:
            raise StepFailedError("the service does not start")
        return port

    def _stop(self) -> None:
        """Stop everything, and leave nothing behind."""
        os.kill(os.getpid(), signal.SIGTERM)
        if not self.ended.wait(STOP_S):
            raise StepFailedError(f"the service does not stop within {STOP_S:g} s")
        if left := list(_living_children()):
            raise StepFailedError(f"processes are left: {', '.join(left)}")


def _living_children() -> Iterator[str]:
    """Name the processes below this one; one that has ended and was not asked how is none."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE:
                yield child.name()
