"""Places where a line of injections could be opened: the centres there are, communes, a list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from allocator.instance import Floats, Instance, Ints
from allocator.tables import read_table
from allocator.travel import km_of_chord2, unit_vectors


@dataclass(frozen=True, slots=True)
class Place:
    """One place; `centre` is its position when it is a centre already, else None."""

    id: str
    name: str
    department: int
    lat: float
    lon: float
    centre: int | None = None


def places_of_centres(instance: Instance) -> list[Place]:
    """Return every centre that has slots in some week: one line more there."""
    centres = instance.centres
    return [
        Place(centres.ids[j], centres.names[j], int(centres.department[j]),
              float(centres.lat[j]), float(centres.lon[j]), j)
        for j in np.flatnonzero(instance.injections.any(axis=1)).tolist()
    ]  # fmt: skip


def places_of_zones(instance: Instance, zones: Ints) -> list[Place]:
    """Return a new centre in each of these communes."""
    listed = instance.zones
    return [
        Place(f"new-{listed.ids[z]}", listed.names[z], int(listed.department[z]),
              float(listed.lat[z]), float(listed.lon[z]))
        for z in zones.tolist()
    ]  # fmt: skip


def read_places(instance: Instance, path: Path) -> list[Place]:
    """Read a list of places: `place`, `name`, `department`, `lat`, `lon`.

    A place with the id of a centre of the instance is that centre.

    Raises
    ------
    InputError
        For a file that breaks the format, or a département the instance does not have.
    """
    table = read_table(path, ("place", "name", "department", "lat", "lon"))
    table.refuse_repeats("place")
    departments = {code: d for d, code in enumerate(instance.departments)}
    centres = {name: j for j, name in enumerate(instance.centres.ids)}
    columns = (
        table.text("place"), table.text("name"), table.codes("department", departments).tolist(),
        table.numbers("lat", -90, 90).tolist(), table.numbers("lon", -180, 180).tolist(),
    )  # fmt: skip
    return [
        Place(id_, name, d, lat, lon, centres.get(id_))
        for id_, name, d, lat, lon in zip(*columns, strict=True)
    ]


def with_line(instance: Instance, place: Place, injections: int) -> Instance:
    """Return the instance with so many injections a week more at the place."""
    known = {name: j for j, name in enumerate(instance.centres.ids)}
    if place.id in known:
        more = instance.injections.copy()
        more[known[place.id]] += injections
        return replace(instance, injections=more)
    centres = instance.centres
    opened = np.datetime64(instance.start, "D")
    grown = replace(
        centres,
        ids=(*centres.ids, place.id),
        names=(*centres.names, place.name),
        department=np.append(centres.department, place.department),
        lat=np.append(centres.lat, place.lat),
        lon=np.append(centres.lon, place.lon),
        opens_on=np.append(centres.opens_on, opened),
        closes_on=np.append(centres.closes_on, np.datetime64("NaT", "D")),
        open_days=np.vstack([centres.open_days, np.arange(7) < 6]),
    )
    weekly = np.full((1, instance.weeks), injections, dtype=np.int64)
    return replace(instance, centres=grown, injections=np.vstack([instance.injections, weekly]))


def km_to(instance: Instance, place: Place) -> Floats:
    """Road kilometres from every zone to a place, as for pairs that `travel.csv` does not list."""
    zones = unit_vectors(instance.zones.lat, instance.zones.lon)
    here = unit_vectors(np.array([place.lat]), np.array([place.lon]))
    return km_of_chord2(((zones - here) ** 2).sum(axis=1))
