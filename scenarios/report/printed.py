"""The figures a plan prints in `result.json`, every one checked before it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.errors import InputError

COST_PARTS = ("unserved", "week", "km", "fairness")
KPIS = (
    "people", "first_doses", "unserved", "second_doses_on_time", "km_median", "km_p90",
    "coverage_min", "coverage_max", "coverage_spread", "coverage_gini", "vials", "doses_wasted",
    "slots_unpaired",
)  # fmt: skip
_MAY_BE_NULL = {
    "bound", "gap", "gap_km_per_person", "km_median", "km_p90", "coverage_spread",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """What `result.json` says. Shares are 0..1, distances km; None where there is no value."""

    method: str
    status: str
    cost: float
    cost_parts: Mapping[str, float]
    bound: float | None
    gap: float | None
    gap_km_per_person: float | None
    kpis: Mapping[str, float | None]
    input_sha256: str


def read_printed(file: str | Path, result: Mapping[str, Any]) -> Printed:
    """Check and take the figures.

    Raises
    ------
    InputError
        Naming the file and the first key that is missing or not a number.
    """
    keys = _Keys(str(file), result)
    parts, kpis = keys.section("cost_parts"), keys.section("kpis")
    return Printed(
        method=keys.text("method"),
        status=keys.text("status"),
        cost=keys.number("cost"),
        cost_parts={name: parts.number(name) for name in COST_PARTS},
        bound=keys.maybe("bound"),
        gap=keys.maybe("gap"),
        gap_km_per_person=keys.maybe("gap_km_per_person"),
        kpis={name: kpis.maybe(name) for name in KPIS},
        input_sha256=keys.text("input_sha256"),
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    file: str
    values: Mapping[str, Any]
    prefix: str = ""

    def _get(self, key: str) -> Any:
        if key not in self.values:
            raise InputError(self.file, f"key {self.prefix + key!r} is missing")
        return self.values[key]

    def section(self, key: str) -> _Keys:
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise InputError(self.file, f"{self.prefix}{key} is not an object")
        return _Keys(self.file, value, f"{self.prefix}{key}.")

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str):
            raise InputError(self.file, f"{self.prefix}{key} is not a text: {value!r}")
        return value

    def number(self, key: str) -> float:
        value = self._get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise InputError(self.file, f"{self.prefix}{key} is not a number: {value!r}")
        return value

    def maybe(self, key: str) -> float | None:
        """Read a number, or null where MODEL.md allows it."""
        if self._get(key) is None and key in _MAY_BE_NULL:
            return None
        return self.number(key)
