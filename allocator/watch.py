"""When to stop, and whom to tell: the clock, the interrupt and the progress of a solve."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One sign of life.

    phase
        What is being done, in words.
    share
        Share of the phase done, 0 to 1.
    bound, cost
        Best proven bound and best integer plan so far, None before the first.
    """

    phase: str
    share: float
    bound: float | None
    cost: float | None

    @property
    def gap(self) -> float | None:
        """Certified gap so far."""
        if self.bound is None or self.cost is None or self.cost == 0:
            return None
        return (self.cost - self.bound) / abs(self.cost)


class Watch:
    """Monotonic clock with a limit, an interrupt, and a listener.

    Parameters
    ----------
    time_limit_s
        Seconds from now; None for no limit.
    interrupted
        Asked often; True ends the search and keeps the best plan so far.
    listener
        Told of progress.
    """

    def __init__(
        self,
        time_limit_s: float | None = None,
        interrupted: Callable[[], bool] = lambda: False,
        listener: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._started = time.monotonic()
        self._limit = time_limit_s
        self._interrupted = interrupted
        self._listener = listener
        self.bound: float | None = None
        self.cost: float | None = None

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def left_s(self) -> float:
        """Seconds left, infinite without a limit."""
        return float("inf") if self._limit is None else self._limit - self.elapsed_s

    def is_interrupted(self) -> bool:
        """Whether the user asked to stop."""
        return self._interrupted()

    def is_over(self, reserve_s: float = 0.0) -> bool:
        """Whether to stop now, keeping `reserve_s` seconds for what must still be done."""
        return self._interrupted() or self.left_s <= reserve_s

    def tell(self, phase: str, share: float) -> None:
        """Report progress."""
        self._listener(Progress(phase, share, self.bound, self.cost))
