"""Where every key of a TOML file stands, so that a refusal can name the line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""Keys from the outermost table inwards; entries of an array of tables by their number."""

_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ASSIGNED = re.compile(rf"\s*({_DOTTED})\s*=")


def lines_of(text: str) -> dict[KeyPath, int]:
    """First line, counted from 1, of every table and key that begins a line.

    Keys of an inline table have none of their own: they stand on the line of their table.
    """
    found: dict[KeyPath, int] = {}
    entries: Counter[KeyPath] = Counter()
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _inside(tuple(_names(header[2])), entries)
            if header[1] == "[[":
                found.setdefault(table, number)
                entries[table] += 1
                table = (*table, entries[table] - 1)
            found.setdefault(table, number)
        elif key := _ASSIGNED.match(line):
            found.setdefault((*table, *_names(key[1])), number)
    return found


def _names(dotted: str) -> Iterator[str]:
    for name in re.findall(_NAME, dotted):
        yield name[1:-1] if name[0] in "\"'" else name


def _inside(names: tuple[str, ...], entries: Counter[KeyPath]) -> KeyPath:
    """KeyPath of a header: inside an array of tables it belongs to the newest entry."""
    path: KeyPath = ()
    for name in names[:-1]:
        path = (*path, name)
        if entries[path]:
            path = (*path, entries[path] - 1)
    return (*path, names[-1])
