"""One turn of the publisher: what changed is read again, and what follows is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from api.clock import Clock
from api.feeds.board import Board, same_rules
from api.feeds.keys import write_campaign, write_keys
from api.feeds.reader import read_board, read_changes
from api.feeds.shelf import Effort, Shelf
from api.feeds.slots import CalendarEndsError
from api.feeds.store.outbox import take_changes
from api.feeds.store.reference import read_reference
from api.feeds.writer import write_centres, write_department, write_index, write_own

CENTRES_A_TURN = 300
"""Centres counted again in one turn; those that merely wait for time come after the others."""
REFERENCE_S = 2
"""Seconds between two looks at the reference tables."""
ZONE = ZoneInfo("Europe/Paris")
"""Where a new day begins for second doses that are booked alone."""


@dataclass(slots=True)
class Publisher:
    """The board, kept as the database says, and the availability files that show it.

    connection
        In autocommit, of its own.
    stopped
        Open feeds that are not written, and why.
    starts
        How often everything was read.
    """

    connection: Connection[Any]
    shelf: Shelf
    clock: Clock
    board: Board = field(init=False)
    stopped: dict[str, str] = field(default_factory=dict)
    starts: int = 0
    _unwritten: set[int] = field(default_factory=set)
    _looked_at: datetime = field(init=False)

    def start(self) -> None:
        """Read everything and write every file, whatever was there before."""
        now = self.clock()
        with self.connection.transaction():
            take_changes(self.connection)
            self._start_over(now)
            self._write_keys(self.board.centres, now)
            self._write(now)

    def turn(self) -> None:
        """Take what changed out of the outbox, read it again, and write what follows from it.

        The outbox forgets only when this ends well: whatever happens before that, the changes
        come again, and reading and writing them again does no harm.
        """
        now = self.clock()
        with self.connection.transaction():
            changes = take_changes(self.connection)
            self._look_at_reference(now, changes.keys())
            self._unwritten |= changes.keys()
            try:
                read_changes(self.connection, self.board, changes)
            except CalendarEndsError:
                self._start_over(now)
            self._write_keys([id_ for id_, change in changes.items() if change.whole], now)
            self._write(now)

    def _start_over(self, now: datetime) -> None:
        self._looked_at = now
        self.starts += 1
        self.board = read_board(self.connection, read_reference(self.connection), _today(now))
        self._unwritten = set(self.board.centres)
        for neighbourhood in self.board.neighbourhoods.values():
            neighbourhood.changed_at = now
        for centre in self.board.centres.values():
            centre.changed_at = now
        self._write_reference(now)

    def _look_at_reference(self, now: datetime, centre_ids: Collection[int]) -> None:
        is_known = self.board.centres.keys() >= set(centre_ids)
        if is_known and (now - self._looked_at).total_seconds() < REFERENCE_S:
            return
        self._looked_at = now
        before, after = self.board.reference, read_reference(self.connection)
        if after == before:
            return
        if not same_rules(before, after):
            self._start_over(now)
            return
        self.board.settle_in(after)
        places = after.places.items()
        self._unwritten |= {id_ for id_, place in places if before.places.get(id_) != place}
        self._write_reference(now)

    def _write_reference(self, now: datetime) -> None:
        write_index(self.board, self.shelf, now, now)
        for neighbourhood in self.board.neighbourhoods.values():
            if not neighbourhood.centre_ids:
                write_department(self.board, self.shelf, neighbourhood, now, Effort.GOOD)

    def _write_keys(self, centre_ids: Collection[int], now: datetime) -> None:
        write_campaign(self.connection, self.shelf)
        if centre_ids:
            write_keys(self.connection, self.shelf, self.board.reference.places, centre_ids, now)

    def _write(self, now: datetime) -> None:
        if _today(now) != self.board.today:
            self.board.turn_day(_today(now))
        room = max(0, CENTRES_A_TURN - len(self._unwritten))
        for id_ in self.board.due(int(now.timestamp()))[:room]:
            self.board.centres[id_].changed_at = now
            self._unwritten.add(id_)
        free = self.board.recount(self._unwritten, int(now.timestamp()))
        self._unwritten |= free.keys()
        write_centres(self.board, self.shelf, free, now)
        self._unwritten = set()
        write_own(self.shelf, now, self.stopped, now)


def _today(now: datetime) -> date:
    return now.astimezone(ZONE).date()
