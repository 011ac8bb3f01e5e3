"""Frozen figures of plans: what each method gave when somebody last looked and agreed.

`just baselines` measures again and writes them; the difference belongs into the change that made
it, and into the changelog as "numbers change".
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from allocator.read import read_instance
from allocator.solve import solve
from scenarios.build import build_scenario
from tests.corners import CORNERS
from tests.factories import random_instance
from tests.instances import NAMED

FROZEN = Path(__file__).with_name("frozen.json")
METHODS = ("first-come", "pro-rata", "optimal", "lp")
LARGE = ("bretagne",)
"""Instances whose relaxation takes HiGHS too long to be measured each time."""
Figures = dict[str, dict[str, float]]
"""By "instance, method": `cost` (of the relaxation for `lp`), `bound` where one is proven."""


def measure(folder: Path) -> Figures:
    """Plan a region, random instances and those solved by hand by every method, in a folder."""
    build_scenario("bretagne", folder / "bretagne")
    named = {"bretagne": folder / "bretagne"}
    for seed in (4, 5, 11):
        named[f"random {seed}"] = random_instance(np.random.default_rng(seed), folder / f"r{seed}")
    for name, build in (NAMED | CORNERS).items():
        named[name] = build(folder / name).folder
    return {
        f"{name}, {method}": _figures(where, method)
        for name, where in named.items()
        for method in METHODS
        if method != "lp" or name not in LARGE
    }


def _figures(folder: Path, method: str) -> dict[str, float]:
    result = solve(read_instance(folder), method=method)
    cost = result.relaxation if result.verdict is None else result.verdict.cost
    figures = {"cost": cost, "bound": result.bound}
    return {what: value for what, value in figures.items() if value is not None}


def drifts(frozen: Figures, measured: Figures, optimal: float, rule: float) -> list[str]:
    """Tell what is not as frozen: of a baseline, a figure changed by more than the share `rule`.

    An optimal plan may only get better: dearer by more than the share `optimal` of its cost, or a
    bound as much lower, is a drift.
    """
    found = [f"{key} is measured or frozen only" for key in frozen.keys() ^ measured.keys()]
    for key in frozen.keys() & measured.keys():
        for what, before in frozen[key].items():
            now = measured[key].get(what, float("nan"))
            worse = before - now if what == "bound" else now - before
            limit = abs(before) * (optimal if key.endswith("optimal") else rule)
            change = worse if key.endswith("optimal") else abs(worse)
            if not change <= limit:
                found.append(f"{key}: {what} was {before:,.2f}, is {now:,.2f}")
    return sorted(found)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(Path(scratch))
    FROZEN.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"{len(figures)} plans frozen in {FROZEN.name}.")
