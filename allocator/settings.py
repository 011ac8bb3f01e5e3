"""`instance.toml`, checked key by key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.instance import Fairness, Objective
from allocator.tables import iso_date, read_text

MAX_WEEKS = 520
MAX_PRICE = 1e9
YEARS = (1900, 2999)


@dataclass(frozen=True, slots=True)
class Settings:
    """Name, calendar, seed and prices of an instance."""

    name: str
    start: date
    weeks: int
    seed: int
    objective: Objective
    fairness: Fairness

    @staticmethod
    def read(path: Path) -> Settings:
        """Read and check the file, or raise InputError with the key's line."""
        text = read_text(path)
        try:
            values = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            at = re.search(r"line (\d+)", str(error))
            rule = f"not TOML: {error}"
            raise InputError(path.name, rule, int(at[1]) if at else None) from None
        keys = _Keys(path.name, text, values)
        weeks = keys.whole("weeks", 1, MAX_WEEKS)
        objective = keys.section("objective")
        fairness = keys.section("fairness")
        return Settings(
            name=keys.text("name"),
            start=keys.monday("start"),
            weeks=weeks,
            seed=keys.whole("seed", 0, 2**63 - 1),
            objective=Objective(
                objective.price("unserved"), objective.price("week"), objective.price("km")
            ),
            fairness=Fairness(
                fairness.price("floor"), fairness.price("price"), fairness.checkpoints(weeks)
            ),
        )


@dataclass(frozen=True, slots=True)
class _Keys:
    """Typed access to the keys of a TOML table; each refusal names the key's line."""

    file: str
    source: str
    values: dict[str, Any]
    prefix: str = ""

    def _refuse(self, key: str, rule: str) -> InputError:
        return InputError(self.file, f"{self.prefix}{key} {rule}", self._line_of(key))

    def _line_of(self, key: str) -> int | None:
        """Line of a key, or of its section when the key is missing there."""
        name = re.escape(self.prefix.removesuffix("."))
        section = re.compile(rf"\s*\[\s*{name}\s*\]")
        wanted = re.compile(rf"\s*(\[\s*{re.escape(key)}\s*\]|{re.escape(key)}\s*=)")
        header, inside = None, not self.prefix
        for number, text in enumerate(self.source.splitlines(), 1):
            if inside and wanted.match(text):
                return number
            if self.prefix and text.lstrip().startswith("["):
                inside = section.match(text) is not None
                header = number if inside else header
        return header

    def _get(self, key: str) -> Any:
        if key not in self.values:
            raise self._refuse(key, "is missing")
        return self.values[key]

    def section(self, key: str) -> _Keys:
        value = self._get(key)
        if not isinstance(value, dict):
            raise self._refuse(key, "is not a table")
        return _Keys(self.file, self.source, value, f"{key}.")

    def text(self, key: str) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._refuse(key, f"is not a text: {value!r}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refuse(key, f"is not a whole number: {value!r}")
        if not low <= value <= high:
            raise self._refuse(key, f"is outside {low}..{high}: {value}")
        return value

    def price(self, key: str) -> float:
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(key, f"is not a number: {value!r}")
        if not 0 <= value <= MAX_PRICE:
            raise self._refuse(key, f"is outside 0..{MAX_PRICE:g}: {value}")
        return float(value)

    def monday(self, key: str) -> date:
        value = self._get(key)
        start = iso_date(value) if isinstance(value, str) else value
        # A TOML date with a time of day is a date too, as far as isinstance goes.
        if start is None or type(start) is not date:
            raise self._refuse(key, f"is not a date like 2021-05-31: {value!r}")
        if not YEARS[0] <= start.year <= YEARS[1]:
            raise self._refuse(key, f"is outside the years {YEARS[0]}..{YEARS[1]}: {start}")
        if start.weekday() != 0:
            raise self._refuse(key, f"is not a Monday: {start.isoformat()} is a {start:%A}")
        return start

    def checkpoints(self, weeks: int) -> tuple[int, ...]:
        value = self._get("checkpoints")
        if not isinstance(value, list) or any(
            isinstance(v, bool) or not isinstance(v, int) for v in value
        ):
            raise self._refuse("checkpoints", f"is not a list of weeks: {value!r}")
        for week in value:
            if not 1 <= week <= weeks:
                raise self._refuse("checkpoints", f"holds week {week}, outside 1..{weeks}")
        if len(set(value)) != len(value):
            raise self._refuse("checkpoints", f"repeats a week: {value}")
        return tuple(sorted(value))
