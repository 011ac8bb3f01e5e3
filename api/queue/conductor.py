"""The conductor: once a second it moves the room on and writes the notice everybody reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection

from api.clock import Clock
from api.queue import notice
from api.queue.crowd import SETTLED, Bucket, Crowd, step
from api.queue.lot import PLACES, commitment, digest_of_list
from api.queue.store import conductor as store

STEP_S = 1.0
OBSERVED = timedelta(seconds=60)
"""The rate that is shown is what was lived so long, in seconds in which somebody had to wait."""
ENOUGH_S = 5.0
"""Of them; before, the rate that is aimed at is shown."""
KEPT = timedelta(hours=25)
FORGET_EVERY = timedelta(minutes=10)
LONGEST_STEP_S = 5.0
"""After a pause nobody is let in for all of it at once."""
NAME = "queue/state.json"
Write = Callable[[str, bytes, datetime], None]


class Lived(NamedTuple):
    """Some seconds, up to an instant, in which so many went in."""

    at: datetime
    seconds: float
    admitted: float


class Conductor:
    """Moves the room of one database on; there is one at a time, as of the publisher.

    Parameters
    ----------
    connection
        In autocommit, of its own.
    first_rate
        People a second that are let through before anything is learned.
    write
        Writes a public file: name, content, instant.
    """

    def __init__(
        self, connection: Connection[Any], clock: Clock, first_rate: float, write: Write
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._write = write
        self._lived: deque[Lived] = deque()
        self._forgot_at: datetime | None = None
        now = clock()
        store.make_room(connection, token_bytes(32), first_rate, PLACES, now)

    def turn(self) -> bool:
        """Move on, if a second has passed; tell whether it had."""
        now = self._clock()
        with self._connection.transaction():
            crowd, stepped_at = store.take_room(self._connection)
            passed_s = (now - stepped_at).total_seconds()
            if passed_s < STEP_S:
                return False
            crowd = self._open_doors(crowd, now)
            buckets = store.read_buckets(self._connection, crowd.admitted_until)
            until = (now - SETTLED).replace(microsecond=0)
            load = store.read_load(self._connection, until - timedelta(seconds=1), until)
            after = step(crowd, buckets, load, now, min(passed_s, LONGEST_STEP_S))
            store.move_on(self._connection, after.crowd, now)
            self._forget(now)
        if after.waiting >= 1:
            # Where nobody has to wait, few go in because few come: that tells no pace.
            self._lived.append(Lived(now, passed_s, after.admitted))
        while self._lived and self._lived[0].at < now - OBSERVED:
            self._lived.popleft()
        self._show(after.crowd, buckets, now)
        return True

    def _open_doors(self, crowd: Crowd, now: datetime) -> Crowd:
        """Close the list of an opening whose time has come, and let people in by its lot."""
        due = store.take_due(self._connection, now)
        if due is None:
            return crowd
        tickets = store.read_list(self._connection, due.opening)
        digest = digest_of_list(tickets)
        store.close_list(self._connection, due.opening, digest, len(tickets), now)
        return replace(crowd, is_open=True, calm_s=0.0, early=len(tickets),
                       early_place=0 if tickets else PLACES,
                       admitted_until=max(crowd.admitted_until, due.opens_at)
                       if crowd.is_open else due.opens_at)  # fmt: skip

    def _forget(self, now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            store.forget(self._connection, now - KEPT)
            self._forgot_at = now

    def _show(self, crowd: Crowd, buckets: list[Bucket], now: datetime) -> None:
        seconds = sum(lived.seconds for lived in self._lived)
        pace = crowd.rate
        if crowd.is_open and seconds >= ENOUGH_S:
            pace = sum(lived.admitted for lived in self._lived) / seconds
        announced = store.read_newest(self._connection)
        said = notice.Notice(
            crowd.is_open,
            round(pace, 3),
            notice.microseconds(crowd.admitted_until) if crowd.is_open else 0,
            crowd.early,
            crowd.early_place,
            notice.marks_of(crowd, buckets) if crowd.is_open else [],
            None if announced is None else _shown(announced),
        )
        self._write(NAME, msgspec.json.encode(said), now)


def _shown(announced: store.Announced) -> notice.OpeningNotice:
    """Tell of an opening; the secret stays one until the list is closed."""
    digest = announced.list_digest
    return notice.OpeningNotice(
        announced.opening,
        announced.opens_at,
        commitment(announced.secret).hex(),
        announced.secret.hex() if digest is not None else None,
        digest.hex() if digest is not None else None,
        announced.tickets,
    )
