"""A centre's part of its département's file: what can be booked, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import numpy as np

from api.feeds.calendar import EPOCH, Bools, Ints, Rules
from api.feeds.documents import CentreCounts, Counts, Quota, Release
from api.feeds.free import Seconds
from api.feeds.quotas import CentreQuotas
from api.feeds.slots import CentreSlots

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of a schedule, by position (`last` included), that are told in one row of counts."""

    schedule: int
    first: int
    last: int
    classes: tuple[str, ...] | None
    alone: bool | None


def pieces(rules: Rules, alone_days: Bools) -> tuple[Piece, ...]:
    """Cut each schedule's days where the classes change, or whether it can be booked alone."""
    return tuple(_pieces(rules, alone_days))


def _pieces(rules: Rules, alone_days: Bools) -> Iterator[Piece]:
    for i, schedule in enumerate(rules.schedules):
        if schedule.dose_rank == 1:
            yield from (Piece(i, r.first, r.last, r.classes, None) for r in rules.runs[i])
            continue
        changes = np.flatnonzero(np.diff(alone_days[i].view(np.int8))) + 1
        for first, after in zip([0, *changes], [*changes, rules.calendar.days], strict=True):
            yield Piece(i, int(first), int(after) - 1, None, bool(alone_days[i, first]))


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes centres' counts, for rules and days that stay the same for a while.

    classes
        Code of each class id.
    """

    rules: Rules
    pieces: tuple[Piece, ...]
    classes: dict[int, str]

    def counts(self, by_cell: Ints) -> list[Counts]:
        """Give the rows of counts that have any place, without the empty days at their ends.

        Parameters
        ----------
        by_cell
            Places that are shown, by cell.
        """
        table = by_cell.reshape(len(self.rules.schedules), -1)
        rows = []
        for piece in self.pieces:
            free = table[piece.schedule, piece.first : piece.last + 1]
            filled = np.flatnonzero(free)
            if not len(filled):
                continue
            first, last = filled[0], filled[-1]
            schedule = self.rules.schedules[piece.schedule]
            rows.append(
                Counts(
                    schedule.product.code,
                    schedule.dose_rank,
                    self.rules.day_names[piece.first + first],
                    free[first : last + 1].tolist(),
                    msgspec.UNSET if piece.classes is None else piece.classes,
                    msgspec.UNSET if piece.alone is None else piece.alone,
                )
            )
        return rows

    def quotas(self, quotas: CentreQuotas, now: Seconds) -> list[Quota]:
        """Give the quotas that bind in weeks not yet past, with what is left of them."""
        rows = quotas.rows
        codes = {s.product.product_id: s.product.code for s in self.rules.schedules}
        class_ids, rooms, ends = (c.tolist() for c in (rows.class_id, rows.room, rows.open_at))
        begins = np.searchsorted(quotas.group, np.arange(len(quotas.ends) + 1)).tolist()
        found = []
        for group, (first, after) in enumerate(pairwise(begins)):
            week, end = int(rows.week[first]), int(quotas.ends[group])
            if end <= now or week + 6 < now // 86_400:
                continue
            own = slice(first, after)
            left = zip(rows.department[own], class_ids[own], rooms[own], ends[own], strict=True)
            found.append(
                Quota(
                    codes[int(rows.product_id[first])],
                    EPOCH + timedelta(days=week),
                    _instant(end),
                    [
                        (home, self.classes[id_], room if at > now else None)
                        for home, id_, room, at in left
                        if room or at <= now
                    ],
                )
            )
        return found

    def releases(self, slots: CentreSlots, now: Seconds) -> list[Release]:
        """Give, schedule by schedule, what opens at the next release of a kept share."""
        if not len(slots):
            return []
        waiting = np.minimum(slots.kept, slots.capacity - slots.taken)
        waiting[(slots.releases <= now)[slots.release] | (slots.starts <= now // 60)] = 0
        shape = len(self.rules.schedules), len(slots.releases)
        schedule = np.repeat(
            [entry.schedule for entry in slots.entries],
            [entry.after - entry.first for entry in slots.entries],
        )
        row = schedule * shape[1] + slots.release
        doses = np.bincount(row, waiting, shape[0] * shape[1]).reshape(shape)
        return [
            self._release(i, int(slots.releases[place]), int(doses[i, place]))
            for i, place in enumerate((doses > 0).argmax(axis=1).tolist())
            if doses[i, place]
        ]

    def _release(self, schedule: int, at: Seconds, doses: int) -> Release:
        told = self.rules.schedules[schedule]
        return Release(_instant(at), told.product.code, told.dose_rank, doses)

    def fragment(
        self, centre: str, by_cell: Ints, slots: CentreSlots, quotas: CentreQuotas, now: Seconds
    ) -> bytes:
        """Encode a centre's part of the département's file."""
        return _encode(
            CentreCounts(
                centre,
                self.counts(by_cell),
                self.quotas(quotas, now),
                self.releases(slots, now),
            )
        )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
