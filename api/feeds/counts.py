"""A centre's part of its département's file: what can be booked, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
        told = quotas.binding(now) & (rows.week + 6 >= now // 86_400)
        codes = {s.product.product_id: s.product.code for s in self.rules.schedules}
        found: dict[int, Quota] = {}
        for i in np.flatnonzero(told).tolist():
            group = int(quotas.group[i])
            if group not in found:
                week = EPOCH + timedelta(days=int(rows.week[i]))
                end = _instant(int(quotas.ends[group]))
                found[group] = Quota(codes[int(rows.product_id[i])], week, end, [])
            if rows.room[i]:
                class_ = self.classes[int(rows.class_id[i])]
                found[group].rooms.append((rows.department[i], class_, int(rows.room[i])))
        return list(found.values())

    def releases(self, slots: CentreSlots, now: Seconds) -> list[Release]:
        """Give, schedule by schedule, what opens at the next release of a kept share."""
        waiting = np.minimum(slots.kept, slots.capacity - slots.taken)
        waiting[(slots.releases <= now)[slots.release] | (slots.starts <= now // 60)] = 0
        n_releases = len(slots.releases)
        found: list[Release] = []
        for entry in slots.entries:
            own = slice(entry.first, entry.after)
            doses = np.bincount(slots.release[own], weights=waiting[own], minlength=n_releases)
            for place in np.flatnonzero(doses)[:1].tolist():
                schedule = self.rules.schedules[entry.schedule]
                at = _instant(int(slots.releases[place]))
                found.append(
                    Release(at, schedule.product.code, schedule.dose_rank, int(doses[place]))
                )
        return found

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
