"""What lies in the folder of plans, told for the list of scenarios."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from allocator.errors import InputError
from allocator.outcome import read_result
from allocator.read import SETTINGS
from allocator.settings import Settings as InstanceSettings
from api.planning.orders import PlanFolders
from api.planning.scenario_folders import folder_names, read_text
from api.settings import Settings

EVENT = "event.json"
"""Beside an instance that an event made: of which plan, and what happened."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A scenario of this installation.

    broken
        Why its text cannot be read; empty when it can.
    event
        What made its instance of another's: `of` and `sentence`; empty where nothing did.
    result
        What `result.json` of its plan says; None before it is solved.
    """

    name: str
    purpose: str
    start: date | None
    weeks: int | None
    has_text: bool
    broken: str
    event: Mapping[str, str]
    result: Mapping[str, Any] | None


def shelf(settings: Settings) -> list[Shelved]:
    """Everything that may be solved, in order."""
    return [shelved(settings, name) for name in folder_names(settings)]


def shelved(settings: Settings, name: str) -> Shelved:
    """Tell one scenario.

    Raises
    ------
    NotFound
        When there is none of this name.
    """
    folders = PlanFolders.to_solve(settings, name)
    purpose, start, weeks, broken = "", None, None, ""
    text = read_text(folders)
    try:
        if text is not None:
            scenario = text.read()
            purpose, start, weeks = scenario.purpose, scenario.start, scenario.weeks
        else:
            told = InstanceSettings.read(folders.instance / SETTINGS)
            start, weeks = told.start, told.weeks
    except InputError as error:
        broken = str(error)
    result = None
    with suppress(InputError):
        result = read_result(folders.plan)
    event = event_of(folders)
    return Shelved(
        name, event.get("sentence") or purpose, start, weeks, text is not None, broken, event,
        result,
    )  # fmt: skip


def event_of(folders: PlanFolders) -> dict[str, str]:
    """Read what made an instance; empty where nothing did."""
    path = folders.plan.with_name(EVENT)
    if not path.is_file():
        return {}
    told: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return told
