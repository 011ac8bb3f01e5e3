"""News of a solve on their way to whoever ordered it, and their wish to stop on its way back."""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

import msgspec
import psycopg

from allocator.watch import Progress
from api.planning import jobs_store
from api.planning.jobs_store import SOLUTIONS
from api.planning.orders import Milestone, SolutionProgress, SolutionState

EVERY_S = 0.5
MOST_MILESTONES = 400
"""Of more, every second one is dropped: a curve needs no more."""


class Reporter:
    """Listens to a solve, and writes down what it heard twice a second, in a thread of its own.

    The solve never waits for the database; a database that does not answer is told later.

    Parameters
    ----------
    url
        Of the database.
    state
        Of the solution that begins.
    """

    def __init__(self, url: str, state: SolutionState) -> None:
        self.state = state
        self._url = url
        self._began = time.monotonic()
        self._milestones: list[Milestone] = []
        self._stop = Event()
        self._over = Event()
        self._thread = Thread(target=self._report, name="reporter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._over.set()
        self._thread.join()

    def hear(self, news: Progress) -> None:
        """Take a sign of life."""
        last = self._milestones[-1] if self._milestones else Milestone(0.0, None, None)
        if (news.bound, news.cost) != (last.bound, last.cost):
            seconds = round(time.monotonic() - self._began, 2)
            self._milestones.append(Milestone(seconds, news.bound, news.cost))
            if len(self._milestones) > MOST_MILESTONES:
                del self._milestones[1:-1:2]
        progress = SolutionProgress(news.phase, news.share, tuple(self._milestones))
        self.state = msgspec.structs.replace(self.state, progress=progress)

    def is_to_stop(self) -> bool:
        """Whether somebody asked for an early end."""
        return self._stop.is_set()

    def _report(self) -> None:
        told = self.state
        while not self._over.wait(EVERY_S):
            with suppress(psycopg.Error), psycopg.connect(self._url, autocommit=True) as connection:
                if jobs_store.is_to_stop(connection, SOLUTIONS, self.state.solution):
                    self._stop.set()
                if self.state is not told:
                    told = self.state
                    jobs_store.keep(connection, SOLUTIONS, told.solution, msgspec.to_builtins(told))
