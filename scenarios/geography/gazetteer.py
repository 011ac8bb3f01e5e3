"""Which place of a gazetteer is which commune, when they share nothing but a name and a region.

Names repeat , so a name alone never decides: names met once in their region come first, and every
other match must lie near the communes of the same postal codes or inter-communal body.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import asin, cos, inf, radians, sin, sqrt

Point = tuple[float, float]
"""Latitude and longitude, degrees."""

NEAR_KM = 15.0
"""A name that several communes of a département could bear must be this near its neighbours."""
SAME_BODY_KM = 45.0
"""The largest inter-communal bodies reach this far from their middle."""
SAME_DEPARTMENT_KM = 90.0
"""So do the largest départements, for a commune without any located neighbour."""
_EARTH_RADIUS_KM = 6371.0088
_DISTRICT = re.compile(r"(paris|lyon|marseille) (\d\d)\b")
_ARTICLE = re.compile(r"^(le|la|les|l) ")


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune or municipal arrondissement; `groups` go from the closest knit to the widest."""

    code: str
    name: str
    aliases: tuple[str, ...]
    department: str
    region: str
    population: int
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One populated place of the gazetteer."""

    name: str
    alternate_names: tuple[str, ...]
    region: str
    point: Point


def distance_km(a: Point, b: Point) -> float:
    """Great circle between two points."""
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def plain(name: str) -> str:
    """Lower-case words without accents, hyphens or abbreviations of saint."""
    text = name.replace("œ", "oe").replace("Œ", "Oe").replace("’", " ")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", " ", text).strip()
    return re.sub(r"\bste\b", "sainte", re.sub(r"\bst\b", "saint", text))


def names_of(commune: Commune) -> Iterator[tuple[int, str]]:
    """Names to look for, with how far each is from the official one (0: the same)."""
    official = plain(commune.name)
    yield 0, official
    yield 1, _ARTICLE.sub("", official)
    for alias in commune.aliases:
        yield 2, plain(alias)
    # A commune nouvelle is often named after its towns, one after the other.
    for part in re.split(r"[-\s](?:en|sur|sous|et|de|du|des|d|la|le|les)[-\s]|-", commune.name):
        if len(part) > 4 and plain(part) not in {"saint", "sainte", "mont", "notre", "grand"}:
            yield 3, plain(part)


def locate(communes: Sequence[Commune], places: Iterable[Place]) -> dict[str, Point]:
    """Coordinates of the communes that a place can be recognised for, by code."""
    by_name = _by_name(places)
    anchors = _met_once(communes, by_name)
    for _ in range(2):
        near = Neighbours(communes, anchors)
        anchors = _choose(communes, by_name, near)
    return anchors


def _by_name(places: Iterable[Place]) -> dict[tuple[str, str], list[tuple[int, Place]]]:
    index: dict[tuple[str, str], list[tuple[int, Place]]] = defaultdict(list)
    for place in places:
        official = plain(place.name)
        spellings = {official: 0}
        spellings.setdefault(_ARTICLE.sub("", official), 1)
        district = _DISTRICT.match(official)
        if district:
            spellings.setdefault(f"{district[1]} {int(district[2])}", 0)
        for other in place.alternate_names:
            spellings.setdefault(plain(other), 2)
        for spelling, strangeness in spellings.items():
            if spelling:
                index[place.region, spelling].append((strangeness, place))
    return index


def _met_once(
    communes: Sequence[Commune], by_name: Mapping[tuple[str, str], list[tuple[int, Place]]]
) -> dict[str, Point]:
    owners: dict[tuple[str, str], list[Commune]] = defaultdict(list)
    for commune in communes:
        owners[commune.region, plain(commune.name)].append(commune)
    found = {}
    for key, owner in owners.items():
        exact = [place for strangeness, place in by_name.get(key, ()) if strangeness == 0]
        if len(owner) == 1 and len(exact) == 1:
            found[owner[0].code] = exact[0].point
    return found


def _choose(
    communes: Sequence[Commune],
    by_name: Mapping[tuple[str, str], list[tuple[int, Place]]],
    near: Neighbours,
) -> dict[str, Point]:
    bearers = Counter((commune.department, plain(commune.name)) for commune in communes)
    offers: list[tuple[int, float, str, Place]] = []
    for commune in communes:
        alone = bearers[commune.department, plain(commune.name)] == 1
        for strangeness, name in names_of(commune):
            for other, place in by_name.get((commune.region, name), ()):
                strange = strangeness + other
                km, limit_km = near.gap_km(commune, place.point, sure=alone and strange < 3)
                if km <= limit_km:
                    offers.append((strange, km, commune.code, place))
    found: dict[str, Point] = {}
    taken: set[Point] = set()
    for _, _, code, place in sorted(offers, key=lambda offer: offer[:3]):
        if code not in found and place.point not in taken:
            found[code] = place.point
            taken.add(place.point)
    return found


class Neighbours:
    """The middle of every group of communes, from those of its members already located."""

    def __init__(self, communes: Sequence[Commune], located: Mapping[str, Point]) -> None:
        self._located = located
        self._sums: dict[str, tuple[float, float, int]] = {}
        departments: dict[str, set[str]] = defaultdict(set)
        for commune in communes:
            departments[commune.region].add(commune.department)
            point = located.get(commune.code)
            if point is not None:
                for group in chain(*commune.groups):
                    lat, lon, n = self._sums.get(group, (0.0, 0.0, 0))
                    self._sums[group] = (lat + point[0], lon + point[1], n + 1)
        self._islands = {region for region, of in departments.items() if len(of) == 1}

    def middle(self, commune: Commune) -> tuple[int, Point] | None:
        """Rank and middle of the closest-knit groups that hold another located commune."""
        own_lat, own_lon = self._located.get(commune.code, (0.0, 0.0))
        own = int(commune.code in self._located)
        for rank, groups in enumerate(commune.groups):
            sums = [self._sums[group] for group in groups if group in self._sums]
            others = sum(n - own for _, _, n in sums)
            if others > 0:
                lat = sum(lat for lat, _, _ in sums) - own * own_lat * len(sums)
                lon = sum(lon for _, lon, _ in sums) - own * own_lon * len(sums)
                return rank, (lat / others, lon / others)
        return None

    def gap_km(self, commune: Commune, point: Point, *, sure: bool) -> tuple[float, float]:
        """Distance of a point to the commune's neighbours, and the most it may be."""
        middle = self.middle(commune)
        if middle is None or commune.region in self._islands:
            return distance_km(middle[1], point) if middle else 0.0, inf
        rank, where = middle
        widest = rank == len(commune.groups) - 1
        limit_km = SAME_DEPARTMENT_KM if widest else SAME_BODY_KM if sure else NEAR_KM
        return distance_km(where, point), limit_km
