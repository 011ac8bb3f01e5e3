"""Opening hours out of free text: `9:00-17:00`, `9h-12h30 / 13h30-17h`, `fermé`, `ouvert`..."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Spans = tuple[tuple[int, int], ...]
"""Opening and closing of one day, minutes after midnight; empty when closed."""

_TIME = re.compile(r"([0-9]{1,2})\s*[h:.](?:\s*([0-9]{2}|oo)(?![0-9]|\s*h))?")
_HALF_WRITTEN = re.compile(r"(?<![0-9:h.])(?<![:h.]\s)([0-9]{1,2})\s*-\s*([0-9]{1,2}\s*h)")
USUAL_DAY: Spans = ((9 * 60, 18 * 60),)
"""Taken for a day that is open without readable hours."""


@dataclass(frozen=True, slots=True)
class OpenWeek:
    """A week's calendar; `open_days` are weekday digits, empty when the place never opens."""

    open_days: str
    hours: float
    opens_at: str
    closes_at: str


USUAL_WEEK = OpenWeek("1-6", 54.0, "09:00", "18:00")
"""Taken for a place whose hours nothing tells."""


def week_of(cells: Sequence[str]) -> OpenWeek | None:
    """Calendar of a place from its seven cells, Monday first; None when they say nothing.

    A day left empty or `à préciser` counts as closed beside days that are known to be open.
    """
    days = [day_of(cell) for cell in cells]
    said = [spans for spans in days if spans is not None]
    opened = [spans for spans in said if spans]
    if not opened:
        return OpenWeek("", 0.0, "", "") if len(said) == len(days) else None
    digits = [number for number, spans in enumerate(days, 1) if spans]
    minutes = sum(closes - opens for spans in opened for opens, closes in spans)
    first = min(spans[0][0] for spans in opened)
    last = max(spans[-1][1] for spans in opened)
    return OpenWeek(_compact(digits), minutes / 60, _clock(first), _clock(last))


def day_of(text: str) -> Spans | None:
    """Hours of one day: none when closed, the usual ones when unreadable, None when not said."""
    said = _HALF_WRITTEN.sub(r"\1h-\2", text.lower().strip())
    times = [(int(hour), int((minute or "0").replace("oo", "0"))) for hour, minute in
             _TIME.findall(said)]  # fmt: skip
    if times:
        return _spans(times) or USUAL_DAY
    if said.startswith("ferm"):
        return ()
    return USUAL_DAY if "ouvert" in said or "matin" in said or "midi" in said else None


def _spans(times: Sequence[tuple[int, int]]) -> Spans | None:
    """Pair the times of a day; None when they do not follow each other."""
    clock = [hour * 60 + minute for hour, minute in times if hour <= 24 and minute < 60]
    spans = tuple(zip(clock[::2], clock[1::2], strict=False))
    in_order = clock == sorted(clock) and all(opens < closes for opens, closes in spans)
    complete = len(clock) == len(times) == 2 * len(spans)
    return spans if complete and in_order and clock[-1] <= 24 * 60 else None


def _compact(digits: Sequence[int]) -> str:
    unbroken = len(digits) > 1 and digits[-1] - digits[0] == len(digits) - 1
    return f"{digits[0]}-{digits[-1]}" if unbroken else ",".join(map(str, digits))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
