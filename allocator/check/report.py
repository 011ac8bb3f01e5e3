"""The verdict on a plan folder, and whether what its `result.json` prints holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from allocator.check.verdict import Number, Verdict, gap_of, judge
from allocator.outcome import read_result
from allocator.plan import read_plan
from allocator.read import read_instance

TOLERANCE = 1e-6
"""Relative to the cost (or the figure); a gap is compared absolutely."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A figure of `result.json` that does not hold."""

    key: str
    printed: Any
    recomputed: Any


def check_folder(
    instance_folder: Path, plan_folder: Path
) -> tuple[Verdict, tuple[Mismatch, ...]]:  # fmt: skip
    """Judge a plan folder against its instance, then its printed figures against the verdict.

    Raises
    ------
    InputError
        When a folder cannot be read; file, line and rule are named.
    """
    instance = read_instance(instance_folder)
    result = read_result(plan_folder)
    suffix = ".parquet" if (plan_folder / "flows.parquet").is_file() else ".csv"
    verdict = judge(instance, read_plan(plan_folder), suffix=suffix)
    return verdict, tuple(mismatches(result, verdict, instance.input_sha256))


def mismatches(
    result: Mapping[str, Any], verdict: Verdict, input_sha256: str
) -> Iterator[Mismatch]:  # fmt: skip
    """Yield every printed figure that does not hold.

    The cost, its parts and the key figures must be those recounted; a printed bound must be
    proven by the certificate (a lower one is fine); the printed gap must follow from the printed
    cost and bound.
    """
    if result.get("input_sha256") != input_sha256:
        yield Mismatch("input_sha256", result.get("input_sha256"), input_sha256)
    yield from _differing("", {"cost": result.get("cost")}, {"cost": verdict.cost})
    yield from _differing("cost_parts.", result.get("cost_parts"), verdict.cost_parts, verdict.cost)
    yield from _differing("kpis.", result.get("kpis"), verdict.kpis)
    yield from _bound_and_gap(result, verdict)


def _bound_and_gap(result: Mapping[str, Any], verdict: Verdict) -> Iterator[Mismatch]:
    cost: Any = result.get("cost")
    bound, gap = result.get("bound"), result.get("gap")
    if bound is not None and not _is_number(bound):
        yield Mismatch("bound", bound, verdict.bound)
        return
    slack = TOLERANCE * abs(verdict.cost)
    if bound is not None and (verdict.bound is None or bound > verdict.bound + slack):
        yield Mismatch("bound", bound, verdict.bound)
    if _is_number(cost):
        follows = gap_of(float(cost), bound)
        if not _agree(gap, follows, scale=1.0):
            yield Mismatch("gap", gap, follows)
        per_km = verdict.gap_km_per_person
        if per_km is not None and bound == verdict.bound:
            printed = {"gap_km_per_person": result.get("gap_km_per_person")}
            yield from _differing("", printed, {"gap_km_per_person": per_km})


def _differing(
    prefix: str, printed: Any, recounted: Mapping[str, Number], scale: float = 0.0
) -> Iterator[Mismatch]:
    """Yield figures that are missing, no numbers, or off by more than the tolerance."""
    cells = printed if isinstance(printed, dict) else {}
    for key, value in recounted.items():
        if key not in cells or not _agree(cells[key], value, scale):
            yield Mismatch(f"{prefix}{key}", cells.get(key), value)


def _agree(printed: Any, value: Number, scale: float) -> bool:
    if value is None or printed is None:
        return value is None and printed is None
    if not _is_number(printed):
        return False
    return bool(abs(printed - value) <= TOLERANCE * max(abs(value), abs(scale)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def as_json(verdict: Verdict, found: tuple[Mismatch, ...] = ()) -> dict[str, Any]:
    """Say what `creneau check --json` prints, with the printed figures that do not hold."""
    return {
        "feasible": verdict.feasible,
        "violations": [asdict(violation) for violation in verdict.violations],
        "cost": verdict.cost,
        "bound": verdict.bound,
        "gap": verdict.gap,
        "gap_km_per_person": verdict.gap_km_per_person,
        "cost_parts": dict(verdict.cost_parts),
        "kpis": dict(verdict.kpis),
        "mismatches": [asdict(mismatch) for mismatch in found],
    }
