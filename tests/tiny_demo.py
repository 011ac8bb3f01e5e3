"""`creneau demo` on an instance of a few people, for tests that run and end it as a process.

`python -m tests.tiny_demo STEP ...` with the words of the command; the walk fails at that step.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from api.cli import main
from api.demo.client import UnexpectedAnswerError
from api.demo.visit import Visit
from scenarios import demo
from tests.factories import ROWS, write_instance

UNBROKEN = "none"


def build(_name: str, out: Path, _data: Path | None) -> None:
    """Build a campaign of two centres with some pairs at each."""
    demand = [{**row, "people": 40} for row in ROWS["demand"]]
    capacity = [{**row, "injections": 60} for row in ROWS["capacity"]]
    deliveries = [{**row, "doses": 60} for row in ROWS["deliveries"]]
    write_instance(out, demand=demand, capacity=capacity, deliveries=deliveries)


def break_at(broken: str) -> None:
    """Let a step of the walk come to something else than it promises."""
    steps = Visit.steps

    def fail() -> None:
        raise UnexpectedAnswerError("broken by the test")

    def some_broken(visit: Visit) -> Iterator[tuple[str, Callable[[], None]]]:
        for name, step in steps(visit):
            yield name, fail if name == broken else step

    Visit.steps = some_broken


if __name__ == "__main__":
    demo.build_scenario = build
    break_at(sys.argv.pop(1))
    main()
