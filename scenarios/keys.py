"""Typed access to the keys of a scenario's TOML; every refusal names file, key and line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from allocator.errors import InputError


@dataclass(frozen=True, slots=True)
class Keys:
    """A table of a TOML file, with the text it came from."""

    file: str
    source: str
    values: Mapping[str, Any]
    prefix: str = ""

    def refuse(self, key: str, rule: str) -> InputError:
        """Build the error that blames one key."""
        pattern = re.compile(rf'\s*(\[+[^\]]*\b{re.escape(key)}"?\]|"?{re.escape(key)}"?\s*=)')
        lines = self.source.splitlines()
        line = next((i for i, text in enumerate(lines, 1) if pattern.match(text)), None)
        return InputError(self.file, f"{self.prefix}{key} {rule}", line)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise for the first key that means nothing, so that no misspelling goes unnoticed."""
        for key in self.values:
            if key not in known:
                raise self.refuse(key, f"is unknown here (known: {', '.join(sorted(known))})")

    def _get(self, key: str) -> Any:
        if key not in self.values:
            raise self.refuse(key, "is missing")
        return self.values[key]

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self.values

    def table(self, key: str) -> Keys:
        """Open a table inside this one; an absent one is empty."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(key, "is not a table")
        return Keys(self.file, self.source, value, f"{self.prefix}{key}.")

    def tables(self, key: str) -> list[Keys]:
        """Open an array of tables; an absent one is empty."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.refuse(key, "is not an array of tables")
        return [
            Keys(self.file, self.source, v, f"{self.prefix}{key}[{i}].")
            for i, v in enumerate(value)
        ]

    def text(self, key: str) -> str:
        """Text that is not empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, f"is not a text: {value!r}")
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(key)
        if value not in choices:
            raise self.refuse(key, f"is not one of {', '.join(choices)}: {value!r}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """Whole number between both limits, included."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(key, f"is not a whole number: {value!r}")
        if not low <= value <= high:
            raise self.refuse(key, f"is outside {low}..{high}: {value}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        """Finite number between both limits, included."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(key, f"is not a number: {value!r}")
        if not math.isfinite(value) or not low <= value <= high:
            raise self.refuse(key, f"is outside {low:g}..{high:g}: {value}")
        return float(value)

    def day(self, key: str) -> date:
        """Date, written bare: 2021-05-31."""
        value = self._get(key)
        if type(value) is not date:
            raise self.refuse(key, f"is not a date like 2021-05-31: {value!r}")
        return value

    def wholes(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """List of whole numbers between both limits, included."""
        value = self._get(key)
        if not isinstance(value, list):
            raise self.refuse(key, f"is not a list: {value!r}")
        return tuple(
            Keys(self.file, self.source, {key: v}, self.prefix).whole(key, low, high) for v in value
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """List of texts; an absent one is empty."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.refuse(key, f"is not a list of texts: {value!r}")
        return tuple(value)
