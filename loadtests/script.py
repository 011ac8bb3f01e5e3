"""What the generator is told to play."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from loadtests.journeys.citizen import Habits


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who comes besides the citizens: assumptions, where nobody has counted.

    reads_per_pair
        Reads of availability for each citizen, all readers together. On that evening there were
        about 90; the generator plays as many as it can afford, and `creneau bench reads` the rest.
    bots
        Part of the reads that is of scripts: reported nowhere, 10 to 30 % are usual guesses.
    calls_per_s
        Bookings by telephone, all of one département, that its agents try.
    aggregators, centres
        Of each, at any time.
    """

    reads_per_pair: float = 8.0
    bots: float = 0.2
    calls_per_s: float = 0.5
    aggregators: int = 2
    centres: int = 3


@dataclass(frozen=True, slots=True)
class Staff:
    """Tokens of the staff, and where they work.

    opens
        The day the planner opens in the middle of the run.
    """

    department: str
    centre: str
    day: dt.date
    opens: dt.date
    agent: str
    clerk: str
    planner: str


@dataclass(frozen=True, slots=True)
class Script:
    """One run.

    public_key
        Of all centres, in hexadecimal.
    staff
        None where their tokens cannot be made.
    light
        Whether requests go over our own wire instead of Locust's, which costs less.
    """

    url: str
    curve: str
    minutes: float
    scale: float
    seed: int
    campaign: str
    public_key: str
    staff: Staff | None = None
    light: bool = False
    crowd: Crowd = field(default_factory=Crowd)
    habits: Habits = field(default_factory=Habits)

    def save(self, path: Path) -> None:
        """Write it."""
        path.write_bytes(msgspec.json.encode(self))

    @staticmethod
    def load(path: Path) -> Script:
        """Read it again."""
        return msgspec.json.decode(path.read_bytes(), type=Script)
