"""Numbers and dates as French typography sets them: no-break spaces, decimal comma."""

from __future__ import annotations

import math
from datetime import date, timedelta

THIN = "\u202f"
"""Narrow no-break space: between thousands, and before % ; : ! ?"""
NBSP = "\u00a0"
NONE = "–"
"""Stands where a figure has no value."""

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def number(value: float | None, decimals: int = 0) -> str:
    """Write 12345.6 as `12 345,6`; no value, or one that is not finite, as a dash."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace(",", THIN).replace(".", ",").replace("-", "−")


def significant(value: float | None, digits: int = 3) -> str:
    """Write a figure of any size with so many digits that tell something."""
    if value is None or not math.isfinite(value) or value == 0:
        return number(value)
    return number(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))))


def plain(value: float) -> str:
    """Write a figure somebody chose, such as a price, with the digits it was given with."""
    return f"{value:,.12g}".replace(",", THIN).replace(".", ",").replace("-", "−")


def percent(share: float | None, decimals: int = 1) -> str:
    """Write 0.123 as `12,3 %`; only what is whole or nothing is said to be so."""
    if share is None or not math.isfinite(share):
        return NONE
    if share in {0, 1}:
        return f"{number(100 * share)}{THIN}%"
    below_all = 100 - 10.0**-decimals
    value = min(100 * share, below_all) if share < 1 else 100 * share
    return f"{number(value, decimals)}{THIN}%"


def small_percent(share: float | None) -> str:
    """Write a share near zero, such as a gap, with two digits that tell something."""
    return NONE if share is None else f"{significant(100 * share, 2)}{THIN}%"


def km(value: float | None) -> str:
    """Write a distance with its unit."""
    return NONE if value is None else f"{number(value, 1)}{NBSP}km"


def short_way(value: float) -> str:
    """Write a distance that may be a matter of metres."""
    metres = 1000 * value
    return f"{number(metres)}{NBSP}m" if metres < 999.5 else f"{significant(value, 2)}{NBSP}km"


def signed(value: float, decimals: int = 0) -> str:
    """Write a difference with its sign, `=` when it rounds to nothing."""
    text = number(value, decimals)
    if float(f"{value:.{decimals}f}") == 0:
        return "="
    return f"+{text}" if value > 0 else text


def spaced(text: str) -> str:
    """Set the spaces that must not break: before double punctuation, inside guillemets."""
    for mark, space in ((":", NBSP), (";", THIN), ("?", THIN), ("!", THIN), ("%", THIN)):
        text = text.replace(f" {mark}", f"{space}{mark}")
    return text.replace("« ", f"«{NBSP}").replace(" »", f"{NBSP}»")


def count(value: int, one: str, many: str) -> str:
    """Count things; French has the singular for none and one."""
    return f"{number(value)}{NBSP}{one if abs(value) < 2 else many}"


def day(value: date) -> str:
    """Write a date as `1er juin 2021`."""
    return f"{day_of_year(value)}{NBSP}{value.year}"


def day_of_year(value: date) -> str:
    """Write a date as `1er juin`."""
    first = "1er" if value.day == 1 else str(value.day)
    return f"{first}{NBSP}{MONTHS[value.month - 1]}"


def monday(start: date, week: int) -> date:
    """Return the Monday of a 0-based week."""
    return start + timedelta(days=7 * week)
