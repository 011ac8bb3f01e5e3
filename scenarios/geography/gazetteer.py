"""Which place of a gazetteer is which commune, when they share but a postal code and a name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from statistics import median

Point = tuple[float, float]
"""Latitude and longitude, degrees."""

STRAY_KM = 30.0
"""On the mainland no place is this far from the middle of its postal code: its point is wrong."""
KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune or municipal arrondissement.

    `former` names those that were merged into it; `groups` are the inter-communal body and the
    districts it belongs to.
    """

    code: str
    name: str
    former: tuple[str, ...]
    department: str
    region: str
    population: int
    postcodes: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the gazetteer."""

    name: str
    postcode: str
    point: Point


@dataclass(frozen=True, slots=True)
class Located:
    """A commune, where it is, and how that is known."""

    commune: Commune
    origin: str
    point: Point


def plain(name: str) -> str:
    """Lower-case words without accents, hyphens or abbreviations of saint."""
    text = name.replace("œ", "oe").replace("Œ", "Oe").replace("’", " ")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", " ", text).strip()
    return re.sub(r"\bste\b", "sainte", re.sub(r"\bst\b", "saint", text))


def distance_km(a: Point, b: Point) -> float:
    """Distance of two points not far apart, on the flat."""
    middle = radians((a[0] + b[0]) / 2)
    return KM_PER_DEGREE * hypot(a[0] - b[0], (a[1] - b[1]) * cos(middle))


def locate(communes: Sequence[Commune], places: Iterable[Place]) -> Iterator[Located]:
    """Give every commune that any rule reaches its point.

    In this order: a place of its postal codes with its name; places with names of communes merged
    into it; places whose name is part of its own, or the other way round; all places of its postal
    codes; the communes of the smallest of its groups. Where several are meant, their middle is
    taken.
    """
    by_postcode: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_postcode[place.postcode].append(place)
    found = {commune.code: _recognised(commune, by_postcode) for commune in communes}
    middles = _middles(communes, found)
    for commune in communes:
        located = _located(commune, found[commune.code], middles)
        if located is not None:
            yield located


def middle_of(points: Sequence[Point]) -> Point:
    """Return the median point, which one stray does not move."""
    return median(lat for lat, _ in points), median(lon for _, lon in points)


def _recognised(
    commune: Commune, by_postcode: Mapping[str, Sequence[Place]]
) -> tuple[str, list[Point]]:
    """How places of the commune's postal codes are recognised as it, and where they are."""
    near = [place for postcode in commune.postcodes for place in by_postcode.get(postcode, ())]
    if near and len(commune.department) == 2:
        middle = middle_of([place.point for place in near])
        # Of two places far from each other either may be the slip: then both stay.
        near = [p for p in near if distance_km(p.point, middle) <= STRAY_KM] or near
    own, former = plain(commune.name), {plain(name) for name in commune.former}
    words = set(own.split())
    rules = {
        "name": [p for p in near if plain(p.name) == own],
        "former name": [p for p in near if plain(p.name) in former],
        "part of name": [p for p in near if _shares(words, set(plain(p.name).split()))],
        "postcode": near,
    }
    for origin, meant in rules.items():
        if meant:
            return origin, sorted({place.point for place in meant})
    return "", []


def _shares(words: set[str], others: set[str]) -> bool:
    return words <= others or others <= words


def _middles(
    communes: Sequence[Commune], found: Mapping[str, tuple[str, list[Point]]]
) -> dict[str, tuple[int, Point]]:
    """Count the located communes of every group, and find their middle."""
    members: dict[str, list[Point]] = defaultdict(list)
    for commune in communes:
        _, points = found[commune.code]
        if points:
            for group in commune.groups:
                members[group].append(middle_of(points))
    return {group: (len(points), middle_of(points)) for group, points in members.items()}


def _located(
    commune: Commune,
    recognised: tuple[str, list[Point]],
    middles: Mapping[str, tuple[int, Point]],
) -> Located | None:
    origin, points = recognised
    if points:
        return Located(commune, origin, middle_of(points))
    around = [group for group in commune.groups if group in middles]
    if not around:
        return None
    smallest = min(around, key=lambda group: middles[group][0])
    return Located(commune, smallest.split()[0], middles[smallest][1])
