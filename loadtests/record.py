"""What a run leaves behind: every request, and how each booking was told to have ended.

Times are seconds of this machine's monotonic clock, which all its processes share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

MOST_COMPLAINTS = 200


class Exchange(NamedTuple):
    """A request and its answer.

    kind
        What it was for: `hold`, `read-centre`...
    due
        When somebody wanted it sent: times are counted from here, so that whatever kept it waiting
        counts, our own connections included (coordinated omission).
    status
        0 when the connection broke.
    """

    kind: str
    due: float
    sent: float
    ended: float
    status: int


class Booked(NamedTuple):
    """A pair as its owner was told it is; the centre by its code."""

    booking_id: str
    centre: str
    first: int
    second: int


class Sealing(NamedTuple):
    """What opens a sealed identity that the run sent."""

    booking_id: str
    centre: str
    tag: str


class Hold(NamedTuple):
    """A hold of a pair that was shown.

    hot
        Whether it was at one of the centres that most people want.
    refused
        Whether the pair was gone.
    """

    at: float
    hot: bool
    refused: bool


class Wait(NamedTuple):
    """A stay in the waiting room.

    rank
        The place the ticket had: smaller ones are to be admitted before.
    shown_s, lived_s
        The wait that was promised at the beginning, and the one it was.
    admitted
        When they saw that their turn had come.
    told_to_wait
        When they last saw that it had not.
    difficulty
        Zero bits of the work that was done for it.
    """

    rank: int
    shown_s: float
    lived_s: float
    admitted: float
    told_to_wait: float
    difficulty: int = 0


class Glimpse(NamedTuple):
    """How old the public files were, at a time."""

    at: float
    age_s: float


@dataclass(slots=True)
class Record:
    """A whole run.

    began, ended
        Of the clock that people come by.
    arrivals, lags
        When people who want to book came, and how much too late the generator let them.
    confirmed
        Pairs that were acknowledged and not given back, by booking.
    given_back
        Bookings that must not stand: released, cancelled, or never confirmed.
    refused
        Bookings that were refused for good, with the reason.
    unknown
        Bookings whose last request was never answered: either is right.
    complaints
        Answers that did not say what they should.
    left_out
        What could not be played, and why.
    cpu_s
        Processor time of the generator.
    """

    began: float = 0.0
    ended: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    glimpses: list[Glimpse] = field(default_factory=list)
    confirmed: dict[str, Booked] = field(default_factory=dict)
    confirmed_at: list[float] = field(default_factory=list)
    given_back: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    sealings: list[Sealing] = field(default_factory=list)
    published_s: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    cpu_s: float = 0.0

    def complain(self, what: str) -> None:
        """Note an answer that was wrong; of very many, the first ones."""
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(what)

    def save(self, path: Path) -> None:
        """Write it."""
        path.write_bytes(msgspec.json.encode(self))

    @staticmethod
    def load(path: Path) -> Record:
        """Read it again."""
        return msgspec.json.decode(path.read_bytes(), type=Record)
