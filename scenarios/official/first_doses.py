"""First doses by département over some weeks, out of their running totals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from allocator.errors import InputError
from scenarios.official.files import OfficialFile, read_json

DEPARTMENTS = "departements"


def first_doses(file: OfficialFile, start: date, weeks: int) -> Mapping[str, int]:
    """First doses given in each département in the weeks just before `start`.

    The file's own list of départements is not read: it names one that has no figures.

    Raises
    ------
    InputError
        For a file that is not of this form, or ends before `start`.
    """
    content = read_json(file)
    last, first = start - timedelta(days=1), start - timedelta(days=7 * weeks + 1)
    try:
        return {
            name: _total_on(file.name, name, figures, last)
            - _total_on(file.name, name, figures, first)
            for name, figures in content.items()
            if name != DEPARTMENTS
        }
    except InputError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        rule = f"not first doses by département: {type(error).__name__} {error}"
        raise InputError(file.name, rule) from None


def _total_on(file: str, department: str, figures: Mapping[str, Any], day: date) -> int:
    """First doses up to a day, that day included; none before the first one."""
    days, total = figures["dates"], figures["n_dose1_cumsum"]
    by_day = dict(zip(days, total, strict=True))
    if day.isoformat() > max(days):
        raise InputError(file, f"département {department} ends on {max(days)}, before {day}")
    return int(by_day[day.isoformat()]) if day.isoformat() >= min(days) else 0
