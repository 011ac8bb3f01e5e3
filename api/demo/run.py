"""The whole demo, step by step."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from platformdirs import user_data_path

from api.clock import now
from api.demo.service import Published, publish
from scenarios.demo import BEST, INSTANCE, NATION, REGION, plan_three_ways, show_plans
from scenarios.steps import StepFailedError, Steps

HOME = "service"
"""Folder of the installation, beside the plans."""
Live: TypeAlias = Callable[[Published, Steps], None]


@dataclass(slots=True)
class Demo:
    """A demo in a folder.

    folder
        Everything is written below it and stays there; by default the user's data folder.
    quiet
        Print nothing on standard output.
    """

    national: bool
    folder: Path | None
    quiet: bool
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = Steps(quiet=self.quiet)

    def run(self, live: Live) -> None:
        """Plan, publish, and let the plan live; the steps say how that went.

        Raises
        ------
        InputError
            When a folder in the way is not the demo's.
        """
        scenario = NATION if self.national else REGION
        root = (self.folder or user_data_path("creneau") / "demo") / scenario
        try:
            plan_three_ways(self.steps, scenario, root, next_monday(now().date()))
            if not self.quiet:
                show_plans(root)
            live(
                self.steps.take(
                    "publish", lambda: publish(root / HOME, root / INSTANCE, root / BEST)
                ),
                self.steps,
            )
        except StepFailedError as failure:
            print(f"creneau: {failure}", file=sys.stderr)

    @property
    def report(self) -> dict[str, object]:
        """What `--json` prints."""
        return {"ok": self.steps.ok, "steps": self.steps.taken}


def next_monday(today: date) -> date:
    """First day of the demo's campaign: all of it is still to come, and can be booked."""
    return today + timedelta(days=7 - today.weekday())
