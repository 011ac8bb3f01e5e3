"""From the database to the board: everything at a start, later only what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from api.feeds.board import Board, calendar_for
from api.feeds.calendar import Ints
from api.feeds.quotas import no_quotas, quotas_of, replaced
from api.feeds.reference import Reference
from api.feeds.slots import UnknownSlotError, no_slots, slots_of
from api.feeds.store.outbox import Change
from api.feeds.store.slots import (
    SlotRows,
    last_day,
    read_changed_quotas,
    read_changed_slots,
    read_quotas,
    read_slots,
)

CENTRES_AT_ONCE = 50
"""Centres read whole in one statement: some 150,000 slots."""
Weeks = set[tuple[int, int]]
"""Products and Mondays (days since 1970-01-01)."""


def read_board(connection: Connection[Any], reference: Reference, today: date) -> Board:
    """Read every slot and quota."""
    board = Board(reference, calendar_for(today, last_day(connection)), today)
    read_whole(connection, board, board.centres.keys())
    return board


def read_whole(connection: Connection[Any], board: Board, centre_ids: Collection[int]) -> None:
    """Read all slots and quotas of some centres.

    Raises
    ------
    CalendarEndsError
        When the board's calendar is too short for them.
    """
    for some in _batches(centre_ids):
        slots = dict(read_slots(connection, some))
        quotas = dict(read_quotas(connection, some))
        for id_ in some:
            centre = board.centres[id_]
            zone = ZoneInfo(board.neighbourhood(centre).department.timezone)
            rows, kept = slots.get(id_), quotas.get(id_)
            centre.slots = slots_of(rows, board.rules, zone) if rows else no_slots()
            centre.quotas = quotas_of(kept) if kept else no_quotas()


def _batches(centre_ids: Collection[int]) -> Iterator[list[int]]:
    ids = sorted(centre_ids)
    for first in range(0, len(ids), CENTRES_AT_ONCE):
        yield ids[first : first + CENTRES_AT_ONCE]


def read_changes(connection: Connection[Any], board: Board, changes: Mapping[int, Change]) -> None:
    """Read again what changed, all of a centre where a slot is not known.

    Raises
    ------
    CalendarEndsError
        When the board's calendar is too short.
    """
    slots = {id_: change.slots for id_, change in changes.items() if not change.whole}
    whole = changes.keys() - slots.keys()
    found = dict(read_changed_slots(connection, slots)) if slots else {}
    weeks: dict[int, Weeks] = {}
    for id_, numbers in slots.items():
        rows = found.get(id_)
        if rows is None or len(rows.slot_id) != len(numbers) or not _changed(board, id_, rows):
            whole |= {id_}
        elif len(board.centres[id_].quotas):
            weeks[id_] = _weeks_of(rows)
    _read_weeks(connection, board, weeks)
    read_whole(connection, board, whole)
    for id_, change in changes.items():
        centre = board.centres[id_]
        centre.changed_at = max(centre.changed_at, change.changed_at)


def _changed(board: Board, centre_id: int, rows: SlotRows) -> bool:
    try:
        board.centres[centre_id].slots.change(rows)
    except UnknownSlotError:
        return False
    return True


def _weeks_of(rows: SlotRows) -> Weeks:
    """Products and weeks of the first doses, the only ones that quotas are for."""
    firsts = rows.dose_rank == 1
    days: Ints = rows.day[firsts]
    mondays = days - (days + 3) % 7  # 1970-01-01 was a Thursday
    return set(zip(rows.product_id[firsts].tolist(), mondays.tolist(), strict=True))


def _read_weeks(connection: Connection[Any], board: Board, weeks: Mapping[int, Weeks]) -> None:
    found = dict(read_changed_quotas(connection, weeks)) if weeks else {}
    for id_, again in weeks.items():
        centre = board.centres[id_]
        centre.quotas = replaced(centre.quotas, again, found.get(id_))
