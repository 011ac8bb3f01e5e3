"""Steps of a walk: each timed, the first that fails ends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypedDict, TypeVar

T = TypeVar("T")


class StepFailedError(Exception):
    """A step did not come to what it promises."""


class Step(TypedDict):
    """A step that was taken, and whether it came to what it promises."""

    name: str
    ok: bool
    seconds: float


class Steps:
    """Steps taken so far.

    Parameters
    ----------
    quiet
        Print nothing.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.taken: list[Step] = []
        self._quiet = quiet

    @property
    def ok(self) -> bool:
        """Whether all of them came to what they promise."""
        return all(step["ok"] for step in self.taken)

    def take(self, name: str, work: Callable[[], T]) -> T:
        """Take a step, and give what it gives; one that fails is noted, and ends by its error."""
        started = time.monotonic()
        step = Step(name=name, ok=False, seconds=0.0)
        self.taken.append(step)
        try:
            result = work()
            step["ok"] = True
        finally:
            step["seconds"] = round(time.monotonic() - started, 2)
        if not self._quiet:
            print(f"{name:<24} {step['seconds']:7.2f} s", flush=True)
        return result
