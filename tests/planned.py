"""Plans of tiny instances as folders, for tests of what is made from a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.instance import Instance
from allocator.outcome import read_result
from allocator.plan import Plan, read_plan
from allocator.read import read_instance
from scenarios.planning import Order, run_plan


@dataclass(frozen=True, slots=True)
class Planned:
    """An instance, a plan of it, what it prints, and the folders both lie in."""

    instance: Instance
    plan: Plan
    result: Mapping[str, Any]
    instance_folder: Path
    folder: Path


def planned(instance_folder: Path, folder: Path, method: str = "optimal", **order) -> Planned:
    """Plan an instance folder into a plan folder."""
    run_plan(Order(instance_folder, folder, method, **order))
    return Planned(
        instance=read_instance(instance_folder),
        plan=read_plan(folder),
        result=read_result(folder),
        instance_folder=instance_folder,
        folder=folder,
    )
