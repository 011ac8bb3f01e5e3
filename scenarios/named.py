"""The library of named scenarios: one TOML file each, which may extend another."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocator.errors import InputError
from allocator.tables import read_text
from scenarios.keys import Keys, Source
from scenarios.lines import lines_of
from scenarios.parse import TOP_KEYS, parse
from scenarios.spec import Scenario

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
    if name not in names(library):
        raise InputError("scenario", f"{name!r} is unknown (known: {', '.join(names(library))})")
    return parse(name, _merged(name, _read(library / f"{name}.toml"), library, ()))


def read_text_of(name: str, text: str, file: str, library: Path = LIBRARY) -> Scenario:
    """Read a scenario that is not in the library, but may extend one that is.

    Parameters
    ----------
    file
        How refusals call where the text is from.

    Raises
    ------
    InputError
        For text that is not TOML, or a broken rule with its line.
    """
    return parse(name, merged_text(text, file, library))


def merged_text(text: str, file: str, library: Path = LIBRARY) -> Keys:
    """Give the tables of such a text laid over those it extends, nothing else being checked."""
    return _merged(file, _keys(text, file), library, ())


def _merged(name: str, own: Keys, library: Path, above: tuple[str, ...]) -> Keys:
    """Tables of one scenario laid over those of the scenario it extends."""
    own.refuse_unknown(TOP_KEYS)
    if not own.has("extends"):
        return own
    base, line = own.choice("extends", names(library)), (*above, name)
    if base in line:
        raise own.refuse("extends", f"leads back to itself: {' -> '.join((*line, base))}")
    below = _merged(base, _read(library / f"{base}.toml"), library, line)
    values = _over(below.values, own.values)
    del values["extends"]
    return Keys(own.sources + below.sources, values)


def _read(path: Path) -> Keys:
    return _keys(read_text(path), path.name)


def _keys(text: str, file: str) -> Keys:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        at = re.search(r"line (\d+)", str(error))
        raise InputError(file, f"not TOML: {error}", int(at[1]) if at else None) from None
    return Keys((Source(file, lines_of(text)),), values)


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
