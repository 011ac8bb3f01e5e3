"""How much each may ask for in a day, counted without keeping who asked.

An address is hashed with a salt that is drawn anew each day and held in memory only; the hash picks
two counters among many that strangers share. What is counted is the smaller: never less than what
somebody asked for, rarely more. No address can be listed from it, and tomorrow none can be tried.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from array import array
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

COUNTERS = 1 << 20
"""Counters in each of the two rows: 4 MiB a row."""


class DailyCounts:
    """Counts of one day.

    Parameters
    ----------
    clock
        Gives the time, aware.
    """

    def __init__(self, clock: Callable[[], datetime], counters: int = COUNTERS) -> None:
        self._clock = clock
        self._counters = counters
        self._day = date.min
        self._salt = b""
        self._rows: tuple[array[int], array[int]] = (array("L"), array("L"))

    def take(self, who: str, points: int, most: int) -> bool:
        """Count points for somebody, unless that makes more than `most` today."""
        self._begin_day()
        digest = hashlib.blake2b(who.encode(), key=self._salt, digest_size=16).digest()
        places = [int.from_bytes(half, "big") % self._counters for half in (digest[:8], digest[8:])]
        counted = min(row[place] for row, place in zip(self._rows, places, strict=True))
        if counted + points > most:
            return False
        for row, place in zip(self._rows, places, strict=True):
            row[place] += points
        return True

    def seconds_left(self) -> int:
        """Seconds until everybody's count begins anew."""
        now = self._clock()
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        return max(1, round((midnight - now).total_seconds()))

    def _begin_day(self) -> None:
        today = self._clock().date()
        if today != self._day:
            self._day = today
            self._salt = secrets.token_bytes(32)
            zeros = bytes(array("L").itemsize * self._counters)
            self._rows = (array("L", zeros), array("L", zeros))


def neighbourhood(address: str) -> str:
    """Whom an address counts for: itself, or the /64 network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
