"""Scenarios of an installation: a text each, beside the instance and the plan made of it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from allocator.errors import InputError
from allocator.read import SETTINGS
from allocator.settings import Settings as InstanceSettings
from api.planning.orders import SCENARIO, PlanFolders
from api.problems import NotFound
from api.settings import Settings
from scenarios.build import build
from scenarios.named import LIBRARY, names, read_scenario, read_text_of
from scenarios.official.place import data_folder
from scenarios.spec import Scenario

MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class ScenarioText:
    """A scenario as it was written, whether or not it holds.

    name
        Of its folder in the folder of plans.
    """

    name: str
    text: str

    def read(self) -> Scenario:
        """Read it the way the command line reads those of the library.

        Raises
        ------
        InputError
            With line and rule.
        """
        if len(self.text) > MOST_CHARACTERS:
            raise InputError(SCENARIO, f"is longer than {MOST_CHARACTERS:,} characters")
        return read_text_of(self.name, self.text, SCENARIO)


def folder_names(settings: Settings) -> list[str]:
    """Names of everything in the folder of plans that may be solved, in order."""
    if not settings.plans_folder.is_dir():
        return []
    found = []
    for path in sorted(settings.plans_folder.iterdir()):
        try:
            found.append(PlanFolders.to_solve(settings, path.name).name)
        except NotFound:
            continue
    return found


def read_text(folders: PlanFolders) -> ScenarioText | None:
    """Read the scenario of a plan; None where the instance came otherwise."""
    if not folders.scenario.is_file():
        return None
    return ScenarioText(folders.name, folders.scenario.read_text(encoding="utf-8"))


def write_text(folders: PlanFolders, text: str) -> Scenario:
    """Keep a scenario that holds.

    Raises
    ------
    InputError
        When it does not; nothing is written then.
    """
    # Browsers end lines of a form as mail does.
    written = ScenarioText(folders.name, text.replace("\r\n", "\n"))
    scenario = written.read()
    folders.scenario.parent.mkdir(parents=True, exist_ok=True)
    draft = folders.scenario.with_suffix(".new")
    draft.write_text(written.text, encoding="utf-8")
    draft.replace(folders.scenario)
    return scenario


def library_names() -> list[str]:
    """Names of the library's scenarios."""
    found: list[str] = names(LIBRARY)
    return found


def shelve(settings: Settings, name: str, instance: Path, plan: Path) -> PlanFolders:
    """Put a copy of an instance and its plan, made elsewhere, into the folder of plans.

    Where the instance was built of the library's scenario of this name, a text that extends it is
    put beside them, as old as the instance: editing it builds the instance anew.
    """
    folders = PlanFolders.called(settings, name)
    shutil.copytree(instance, folders.instance)
    shutil.copytree(plan, folders.plan)
    if name in library_names():
        start = InstanceSettings.read(instance / SETTINGS).start
        purpose = json.dumps(read_scenario(name).purpose, ensure_ascii=False)
        write_text(
            folders, f'extends = "{name}"\npurpose = {purpose}\nstart = {start.isoformat()}\n'
        )
        os.utime(folders.instance / SETTINGS)
    return folders


def build_instance(folders: PlanFolders) -> None:
    """Build the instance of a plan when its scenario was written later than it, or there is none.

    Raises
    ------
    InputError
        When the scenario breaks a rule, or an official file it needs is missing.
    """
    text = read_text(folders)
    if text is not None and _is_newer(folders.scenario, folders.instance / SETTINGS):
        build(text.read(), folders.instance, data_folder())


def _is_newer(one: Path, other: Path) -> bool:
    return not other.exists() or one.stat().st_mtime_ns > other.stat().st_mtime_ns
