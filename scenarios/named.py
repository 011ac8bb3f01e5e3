"""The library of named scenarios: one TOML file each, which may extend another."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.tables import read_text
from scenarios.keys import Keys
from scenarios.spec import TOP_KEYS, Scenario, parse

LIBRARY = Path(__file__).with_name("library")


def names(library: Path = LIBRARY) -> list[str]:
    """Names of the scenarios, in order."""
    return sorted(path.stem for path in library.glob("*.toml"))


def read_scenario(name: str, library: Path = LIBRARY) -> Scenario:
    """Read one scenario with all that it extends.

    Raises
    ------
    InputError
        For an unknown name, a circle of extensions, or a broken rule with its line.
    """
    values, source = _merged(name, library, ())
    return parse(name, Keys(f"{name}.toml", source, values))


def _merged(name: str, library: Path, below: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    path = library / f"{name}.toml"
    if name in below:
        raise InputError(path.name, f"extends itself: {' -> '.join((*below, name))}")
    if name not in names(library):
        rule = f"no scenario is named {name!r} (known: {', '.join(names(library))})"
        raise InputError(below[-1] + ".toml" if below else "scenario", rule)
    source = read_text(path)
    try:
        own = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path.name, f"not TOML: {error}") from None
    Keys(path.name, source, own).refuse_unknown(TOP_KEYS)
    extended = own.pop("extends", None)
    if extended is None:
        return own, source
    if not isinstance(extended, str):
        raise Keys(path.name, source, own).refuse("extends", f"is not a name: {extended!r}")
    base, _ = _merged(extended, library, (*below, name))
    return _over(base, own), source


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over tables key by key; lists and plain values replace those below."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _over(below, value)
        else:
            merged[key] = value
    return merged
