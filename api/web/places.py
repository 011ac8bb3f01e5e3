"""Communes as small files, so that a browser finds one by name without telling anybody which.

A file holds the communes whose name begins with the same two letters. That is all that is ever
asked for: what is typed after them is looked for in the browser. Files by the first two digits of
postal codes are part of the bundle.
"""

from __future__ import annotations

import csv
import gzip
import io
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from typing import TypeAlias

import msgspec

Row: TypeAlias = tuple[str, str, float, float]
"""Name, département, latitude and longitude to a kilometre."""

_CUT = 2


def places() -> Mapping[str, bytes]:
    """Files by address, such as `/places/re.json`; the largest communes come first in each."""
    cuts: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    packed = files("scenarios.geography").joinpath("communes.csv.gz").read_bytes()
    table = io.StringIO(gzip.decompress(packed).decode())
    for line in csv.DictReader(table):
        row = (line["name"], line["department"], _rounded(line["lat"]), _rounded(line["lon"]))
        cuts[folded(line["name"])[:_CUT]].append((-int(line["population"]), row))
    return {
        f"/places/{cut}.json": msgspec.json.encode([row for _, row in sorted(rows)])
        for cut, rows in sorted(cuts.items())
    }


def folded(name: str) -> str:
    """Write a name in small letters and digits alone, as the page does with what is typed."""
    bare = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())


def _rounded(degrees: str) -> float:
    return round(float(degrees), 2)
