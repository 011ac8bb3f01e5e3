"""From the board to the availability files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
import numpy as np

from api.feeds import schemas
from api.feeds.board import Board, Neighbourhood
from api.feeds.documents import DepartmentFile, PublisherFile
from api.feeds.index import centres_file, index_file
from api.feeds.names import CENTRES, INDEX, PUBLISHER, centre_name, department_name
from api.feeds.shelf import Effort, Shelf
from api.feeds.slots import Numbers
from api.feeds.windows import centre_file, listed

FEW_CENTRES = 30
"""As long as no more change in a turn, there is time to compress well."""


def write_centres(board: Board, shelf: Shelf, free: Mapping[int, Numbers], now: datetime) -> None:
    """Write the files of centres that were counted again, and those of their départements.

    Parameters
    ----------
    free
        Places free by slot, by centre, as `Board.recount` gives them.
    """
    effort = Effort.GOOD if len(free) <= FEW_CENTRES else Effort.QUICK
    departments: dict[str, Neighbourhood] = {}
    for id_, by_slot in free.items():
        _write_centre(board, shelf, id_, by_slot, now, effort)
        neighbourhood = board.neighbourhood(board.centres[id_])
        departments[neighbourhood.department.code] = neighbourhood
        neighbourhood.changed_at = max(neighbourhood.changed_at, board.centres[id_].changed_at)
    for neighbourhood in departments.values():
        neighbourhood.version += 1
        write_department(board, shelf, neighbourhood, now, effort)


def _write_centre(
    board: Board, shelf: Shelf, id_: int, by_slot: Numbers, now: datetime, effort: Effort
) -> None:
    centre = board.centres[id_]
    neighbourhood = board.neighbourhood(centre)
    places = listed(centre.slots, by_slot, neighbourhood.shown)
    content = centre_file(centre.place, neighbourhood.department, centre.slots, places, board.rules)
    name = centre_name(centre.place.code)
    shelf.put(name, content, centre.changed_at, now=now, effort=effort)
    centre.fragment = board.teller.fragment(
        centre.place.code,
        np.where(neighbourhood.shown, centre.by_cell, 0),
        centre.slots,
        centre.quotas,
        int(now.timestamp()),
    )


def write_department(
    board: Board, shelf: Shelf, neighbourhood: Neighbourhood, now: datetime, effort: Effort
) -> None:
    """Write the file of a département from what its centres last told."""
    department = neighbourhood.department
    empty = msgspec.json.encode(DepartmentFile(department.code, department.timezone, []))
    told = b",".join(board.centres[id_].fragment for id_ in neighbourhood.centre_ids)
    content = empty.removesuffix(b"]}") + told + b"]}"
    name = department_name(department.code)
    shelf.put(name, content, neighbourhood.changed_at, now=now, effort=effort)


def write_index(board: Board, shelf: Shelf, changed_at: datetime, now: datetime) -> None:
    """Write what there is: départements, places and rules; and how files are to be read."""
    for name, content in (
        (INDEX, index_file(board.reference)),
        (CENTRES, centres_file(board.reference)),
    ):
        shelf.put(name, content, changed_at, now=now, effort=Effort.GOOD)
    shelf.put_plain(schemas.NAME, schemas.encoded(), changed_at, effort=Effort.GOOD)


def write_own(
    shelf: Shelf, checked_at: datetime, stopped: Mapping[str, str], now: datetime
) -> None:
    """Write until when all is known to be true."""
    content = msgspec.json.encode(PublisherFile(checked_at, dict(stopped)))
    shelf.put(PUBLISHER, content, checked_at, now=now, effort=Effort.QUICK)
