"""Typed access to the keys of a scenario's TOML; every refusal names file, key and line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from allocator.errors import InputError
from scenarios.lines import KeyPath


@dataclass(frozen=True, slots=True)
class Source:
    """One TOML file and the line of each of its keys."""

    file: str
    lines: Mapping[KeyPath, int]


@dataclass(frozen=True, slots=True)
class Keys:
    """A table of a scenario, with the files it was merged from, the scenario's own one first."""

    sources: tuple[Source, ...]
    values: Mapping[str, Any]
    path: KeyPath = ()

    def refuse(self, key: str, rule: str) -> InputError:
        """Build the error that blames one key, or the table in which it is missing."""
        full = f"{self._dotted(key)} {rule}"
        path = (*self.path, key)
        while path:
            for source in self.sources:
                if path in source.lines:
                    return InputError(source.file, full, source.lines[path])
            path = path[:-1]
        return InputError(self.sources[0].file, full)

    def _dotted(self, key: str) -> str:
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in (*self.path, key))
        return "".join(parts).removeprefix(".")

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise for the first key that means nothing, so that no misspelling goes unnoticed."""
        known = tuple(known)
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
        return Keys(self.sources, value, (*self.path, key))

    def tables(self, key: str) -> list[Keys]:
        """Open an array of tables; an absent one is empty."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.refuse(key, "is not an array of tables")
        return [Keys(self.sources, v, (*self.path, key, i)) for i, v in enumerate(value)]

    def text(self, key: str) -> str:
        """Text of one line that is not empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.refuse(key, f"is not a line of text: {value!r}")
        return value

    def choice(self, key: str, choices: Iterable[str]) -> str:
        """One of a few words."""
        value, choices = self.text(key), tuple(choices)
        if value not in choices:
            raise self.refuse(key, f"is not one of {', '.join(choices)}: {value!r}")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """Whole number between both limits, included."""
        return self._whole(key, self._get(key), low, high)

    def wholes(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """List of whole numbers between both limits, included."""
        value = self._get(key)
        if not isinstance(value, list):
            raise self.refuse(key, f"is not a list: {value!r}")
        return tuple(self._whole(key, each, low, high) for each in value)

    def _whole(self, key: str, value: Any, low: int, high: int) -> int:
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

    def names(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        """List of different names, each known; an absent one is empty."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.refuse(key, f"is not a list of names: {value!r}")
        known = tuple(known)
        for name in value:
            if name not in known:
                raise self.refuse(key, f"holds the unknown {name!r} (known: {', '.join(known)})")
        if len(set(value)) != len(value):
            raise self.refuse(key, f"repeats a name: {value}")
        return tuple(value)
