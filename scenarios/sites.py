"""Centres of a scenario, before they are written, and their siting on the built-in geography."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from scenarios.apportion import apportion
from scenarios.geography.builtin import Geography

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
PEOPLE_PER_TOWN_CENTRE = 40_000
"""A commune gets a centre of its own for each of these; the rest go where they shorten the way."""
RING_KM = 1.2
"""Further centres of one commune stand this far from its middle, evenly around it."""
KM_PER_DEGREE = 111.195
OPEN_SINCE = date(2021, 1, 18)


@dataclass(frozen=True, slots=True)
class Site:
    """One centre; `hours` are a week's opening hours, `opens_at` and `closes_at` like 09:00."""

    id: str
    name: str
    department: str
    region: str
    lat: float
    lon: float
    opens_on: date
    closes_on: date | None = None
    open_days: str = "1-6"
    hours: float | None = 54.0
    opens_at: str = "09:00"
    closes_at: str = "18:00"
    commune: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""

    def is_open(self, monday: date, sunday: date) -> bool:
        """Whether some day of the week lies between opening and closing."""
        return self.opens_on <= sunday and (self.closes_on is None or self.closes_on >= monday)


def distances_km(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Great circles between two sets of points, degrees in, a matrix in km out."""
    a, b, c, d = (np.radians(x) for x in (lat, lon, to_lat, to_lon))
    half = np.sin((c[None, :] - a[:, None]) / 2) ** 2
    half += np.cos(a)[:, None] * np.cos(c) * np.sin((d[None, :] - b[:, None]) / 2) ** 2
    km: Floats = 2 * 6371.0088 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return km


def choose_sites(geography: Geography, number: int) -> tuple[list[Site], Ints]:
    """Put centres where people live: towns first, then wherever the way gets shortest.

    Returns
    -------
    The centres and, for each, the people it is the nearest centre of.
    """
    departments = sorted(set(geography.department))
    people = [int(geography.population[geography.department == d].sum()) for d in departments]
    seats = np.ones(len(departments), dtype=np.int64)
    seats += apportion(number - len(departments), people)
    sites: list[Site] = []
    served: list[int] = []
    for department, seats_here in zip(departments, seats, strict=True):
        part = geography.where(geography.department == department)
        hosts, nearest = _hosts(part, int(seats_here))
        for host in np.flatnonzero(hosts):
            n = int(hosts[host])
            sites += [_site(part, int(host), i, n) for i in range(n)]
            served += apportion(int(part.population[nearest == host].sum()), np.ones(n)).tolist()
    return sites, np.array(served, dtype=np.int64)


def _hosts(part: Geography, seats: int) -> tuple[Ints, Ints]:
    """Centres by commune of one département, and every commune's nearest host."""
    km = distances_km(part.lat, part.lon, part.lat, part.lon)
    people = part.population.astype(np.float64)
    hosts = np.minimum(part.population // PEOPLE_PER_TOWN_CENTRE, seats)
    if hosts.sum() > seats:
        hosts = apportion(seats, part.population)
    reach = km[:, hosts > 0].min(axis=1) if hosts.any() else np.full(len(part), 1e4)
    while hosts.sum() < seats:
        gain = (people[:, None] * np.maximum(reach[:, None] - km, 0.0)).sum(axis=0)
        best = int(np.argmax(gain)) if gain.max() > 0 else int(np.argmax(people / (hosts + 1)))
        hosts[best] += 1
        reach = np.minimum(reach, km[:, best])
    where = np.flatnonzero(hosts)
    return hosts, where[np.argmin(km[:, where], axis=1)]


def _site(part: Geography, host: int, i: int, n: int) -> Site:
    lat, lon = float(part.lat[host]), float(part.lon[host])
    if i:
        turn = 2 * np.pi * i / max(1, n - 1)
        lat += RING_KM / KM_PER_DEGREE * float(np.cos(turn))
        lon += RING_KM / KM_PER_DEGREE * float(np.sin(turn) / np.cos(np.radians(lat)))
    name = part.name[host]
    return Site(
        id=f"{part.code[host]}-{i + 1}",
        name=f"Centre de vaccination {name}" + (f" {i + 1}" if n > 1 else ""),
        department=str(part.department[host]),
        region=str(part.region[host]),
        lat=round(lat, 5),
        lon=round(lon, 5),
        opens_on=OPEN_SINCE,
        commune=part.code[host],
        city=name,
    )
