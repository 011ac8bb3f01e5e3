"""A scenario as a form: fields set keys of its text, which stays what somebody wrote otherwise.

What is typed is never judged here: it goes into the text as it is, and the rules of scenarios
refuse it with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from allocator.errors import InputError
from api.planning.orders import SCENARIO
from scenarios.named import merged_text

Parse = Callable[[str], object]


def _names(text: str) -> list[str]:
    return [name for part in text.replace(",", " ").split() if (name := part.strip())]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    name
        Key of the scenario, with a dot where it is one of a table.
    kind
        `text`, `date`, `number` or `names`.
    """

    name: str
    kind: str

    @property
    def path(self) -> list[str]:
        """Keys from the outermost table inwards."""
        return self.name.split(".")

    def parse(self, text: str) -> object:
        """Read what was typed as TOML would have it; what cannot be read stays text."""
        parsers: Mapping[str, tuple[Parse, ...]] = {
            "text": (str,), "date": (date.fromisoformat,), "number": (int, float),
            "names": (_names,),
        }  # fmt: skip
        for parse in parsers[self.kind]:
            with suppress(ValueError):
                return parse(text.strip().replace(",", ".") if self.kind == "number" else text)
        return text

    def show(self, value: object) -> str:
        """Write a value as one would type it."""
        if value is None:
            return ""
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


FIELDS = (
    Field("purpose", "text"), Field("start", "date"), Field("weeks", "number"),
    Field("seed", "number"), Field("centres", "number"), Field("regions", "names"),
    Field("objective.unserved", "number"), Field("objective.week", "number"),
    Field("objective.km", "number"), Field("fairness.floor", "number"),
    Field("fairness.price", "number"), Field("fairness.every_weeks", "number"),
)  # fmt: skip


def shown_fields(text: str) -> dict[str, str]:
    """Give what the fields show: the scenario's own values, else those it extends.

    Raises
    ------
    InputError
        When the text is not TOML, or extends what is not there.
    """
    merged = merged_text(text, SCENARIO)
    return {field.name: field.show(_value(merged.values, field)) for field in FIELDS}


def with_fields(text: str, typed: Mapping[str, str]) -> str:
    """Set the keys whose fields were changed, and leave every other line as it was.

    Raises
    ------
    InputError
        When the text is not TOML.
    """
    before = shown_fields(text)
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise InputError(SCENARIO, f"not TOML: {error}") from None
    for field in FIELDS:
        if field.name in typed and typed[field.name] != before[field.name]:
            _set(document, field.path, field.parse(typed[field.name]))
    return tomlkit.dumps(document)


def _value(values: Mapping[str, Any], field: Field) -> object:
    found: Any = values
    for key in field.path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _set(document: Any, path: list[str], value: object) -> None:
    """Set a key, in a table that is made when it is not there."""
    *tables, key = path
    for name in tables:
        if name not in document:
            document[name] = tomlkit.table()
        document = document[name]
    document[key] = value
