"""The open feeds, at most once a minute, in small steps between the turns of the publisher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from api.feeds import capability, datagouv, fhir, smart, vitemadose
from api.feeds.board import Board, Centre, Neighbourhood
from api.feeds.free import Seconds, free_of
from api.feeds.publisher import Publisher
from api.feeds.record import missing_days, write_record
from api.feeds.shelf import Effort
from api.feeds.windows import listed

FEEDS_S = 60
"""Least seconds between the beginnings of two passes."""
NOTHING_ANYWHERE = "no availability anywhere"


@dataclass(slots=True)
class Told:
    """What a pass says of the centres of a département, one after the other.

    seen
        The publisher's start, and the version of the département since then.
    """

    seen: tuple[int, int]
    changed_at: datetime
    lines: list[vitemadose.Line] = field(default_factory=list)
    slots: list[bytes] = field(default_factory=list)
    allocations: list[bytes] = field(default_factory=list)
    appointments: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Feeds:
    """Writer of the open feeds, from the publisher's board.

    public_url
        Address that links begin with.
    records
        Folder of the State's daily records.
    """

    publisher: Publisher
    public_url: str
    records: Path
    _told: dict[str, Told] = field(default_factory=dict)

    def steps(self) -> Iterator[bool]:
        """Work for ever, a little each time; give whether there is more to do at once."""
        began: datetime | None = None
        while True:
            now = self.publisher.clock()
            if began is None or (now - began).total_seconds() >= FEEDS_S:
                began = now
                yield from self._pass(now)
                yield from self._records(now)
            yield False

    def _pass(self, now: datetime) -> Iterator[bool]:
        board, starts = self.publisher.board, self.publisher.starts
        changed = [
            n for n in board.neighbourhoods.values()
            if (told := self._told.get(n.department.code)) is None
            or told.seen != (starts, n.version)
        ]  # fmt: skip
        for neighbourhood in changed:
            told = Told((starts, neighbourhood.version), neighbourhood.changed_at)
            yield from self._tell(board, neighbourhood, told, now)
        if changed:
            yield from self._finish(board)

    def _tell(
        self, board: Board, neighbourhood: Neighbourhood, told: Told, now: datetime
    ) -> Iterator[bool]:
        for id_ in neighbourhood.centre_ids:
            self._tell_centre(board, neighbourhood, board.centres[id_], told, int(now.timestamp()))
            yield True
        self._put_fhir(board, neighbourhood, told)
        told.slots.clear()
        self._told[neighbourhood.department.code] = told
        yield True

    def _tell_centre(
        self, board: Board, neighbourhood: Neighbourhood, centre: Centre, told: Told, now: Seconds
    ) -> None:
        rules, department = board.rules, neighbourhood.department
        shown = np.where(neighbourhood.shown, centre.by_cell, 0)
        free = free_of(centre.slots, centre.quotas, rules, now, centre.lead_s)
        places = listed(centre.slots, free.by_slot, neighbourhood.shown)
        told.slots.append(fhir.slot_lines(centre, shown, rules, now, self.public_url))
        told.lines.append(
            vitemadose.line_of(
                centre, department, places, shown, rules, self.public_url, told.changed_at
            )
        )
        told.allocations.append(datagouv.lines(datagouv.allocation_rows(centre, department, rules)))
        told.appointments.append(
            datagouv.lines(datagouv.appointment_rows(centre, department, rules))
        )

    def _put_fhir(self, board: Board, neighbourhood: Neighbourhood, told: Told) -> None:
        department = neighbourhood.department
        centres = [board.centres[id_] for id_ in neighbourhood.centre_ids]
        contents = (
            smart.ndjson(fhir.location(c.place, department, self.public_url) for c in centres),
            smart.ndjson(
                fhir.schedule(c.place, kind)
                for c in centres
                for kind in fhir.kinds(c.slots, board.rules)
            ),
            b"".join(told.slots),
        )
        for type_, content in zip(smart.TYPES, contents, strict=True):
            self._put(smart.file_name(type_, department.code), content, told.changed_at)

    def _finish(self, board: Board) -> Iterator[bool]:
        told = {code: self._told[code] for code in board.neighbourhoods if code in self._told}
        yield from self._put_vitemadose(board, told)
        yield from self._put_datagouv(told)
        shelf = self.publisher.shelf
        files = [shelf.changed_at(smart.file_name(t, code)) for t in smart.TYPES for code in told]
        transaction = max(filter(None, files))
        manifest = smart.manifest(self.public_url, told, transaction)
        self._put(smart.MANIFEST, manifest, transaction)
        self._put(capability.METADATA, capability.statement(self.public_url), transaction)
        yield True

    def _put_datagouv(self, told: Mapping[str, Told]) -> Iterator[bool]:
        changed_at = max(t.changed_at for t in told.values())
        for name, columns, rows in (
            (datagouv.ALLOCATIONS, datagouv.ALLOCATION_COLUMNS,
             [part for t in told.values() for part in t.allocations]),
            (datagouv.APPOINTMENTS, datagouv.APPOINTMENT_COLUMNS,
             [part for t in told.values() for part in t.appointments]),
        ):  # fmt: skip
            self._put(name, datagouv.lines([columns]) + b"".join(rows), changed_at)
            yield True

    def _put_vitemadose(self, board: Board, told: Mapping[str, Told]) -> Iterator[bool]:
        """Write their files, unless nothing is free anywhere: then something is wrong, not full.

        Readers keep the last files, whose age they can see.
        """
        stopped = self.publisher.stopped
        if not any(line.is_available for t in told.values() for line in t.lines):
            stopped["vitemadose"] = NOTHING_ANYWHERE
            return
        stopped.pop("vitemadose", None)
        files = {}
        for code, t in told.items():
            files[code] = vitemadose.department_file(t.lines, t.changed_at)
            self._put(vitemadose.department_file_name(code), files[code], t.changed_at)
            daily = vitemadose.daily_file(code, t.lines, board.rules, board.today)
            self._put(vitemadose.daily_file_name(code), daily, t.changed_at)
            yield True
        changed_at = max(t.changed_at for t in told.values())
        self._put(vitemadose.INFO, vitemadose.info_file(files), changed_at)
        yield True

    def _put(self, name: str, content: bytes, changed_at: datetime) -> None:
        self.publisher.shelf.put_plain(name, content, changed_at, effort=Effort.QUICK)

    def _records(self, now: datetime) -> Iterator[bool]:
        for day in missing_days(self.records, now):
            reference, connection = self.publisher.board.reference, self.publisher.connection
            for _ in write_record(connection, reference, self.records, day):
                yield True
