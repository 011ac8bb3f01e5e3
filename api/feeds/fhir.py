"""FHIR R4 resources of the feeds: Location, Schedule, Slot, as SMART Scheduling Links wants them.

A Schedule is a centre, product and dose rank. A Slot is one day of it: `free` with as many places
as can be booked, or `busy` with the places it has. Single windows are in the availability files;
five million of them, as FHIR, would be three gigabytes a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np

from api.feeds.board import Centre
from api.feeds.calendar import Rules
from api.feeds.calendar import Schedule as Kind
from api.feeds.free import Seconds
from api.feeds.links import booking_link
from api.feeds.reference import Department, Place
from api.feeds.slots import OUTSIDE, CentreSlots, Numbers, total_by_cell

Resource: TypeAlias = dict[str, Any]

_SMART = "http://fhir-registry.smarthealthit.org"
CAPACITY = f"{_SMART}/StructureDefinition/slot-capacity"
DEEP_LINK = f"{_SMART}/StructureDefinition/booking-deep-link"
PHONE = f"{_SMART}/StructureDefinition/booking-phone"
PRODUCT = f"{_SMART}/StructureDefinition/vaccine-product"
DOSE = f"{_SMART}/StructureDefinition/vaccine-dose"
SERVICE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/service-type",
            "code": "57",
            "display": "Immunization",
        },
        {
            "system": f"{_SMART}/CodeSystem/service-type",
            "code": "covid19-immunization",
            "display": "COVID-19 Immunization Appointment",
        },
    ]
}
CVX_SYSTEM = "http://hl7.org/fhir/sid/cvx"
CVX = {"moderna": "207", "pfizer": "208", "astrazeneca": "210", "janssen": "212"}
"""Codes of the products that have one; others are named by the Schedule's comment alone."""
_LAST_MINUTE = 1 << 30


def location_id(place: Place) -> str:
    """Id of a centre's Location: département and number, so that an id tells which file has it.

    The code of a centre may hold what FHIR ids may not; it is the Location's identifier.
    """
    return f"{place.department}.{place.centre_id}"


def schedule_id(place: Place, kind: Kind) -> str:
    """Id of a centre's Schedule."""
    return f"{location_id(place)}-{kind.product.product_id}.{kind.dose_rank}"


def location(place: Place, department: Department, public_url: str) -> Resource:
    """Give the Location of a centre; what is not known of it is left out."""
    link = {"system": "url", "value": booking_link(public_url, place.code)}
    phone = [{"system": "phone", "value": place.phone}] if place.phone else []
    address = {
        "line": [place.address] if place.address else [],
        "city": place.city,
        "district": department.name,
        "state": department.code,
        "postalCode": place.postcode,
        "country": "FR",
    }
    return {
        "resourceType": "Location",
        "id": location_id(place),
        "identifier": [{"system": f"{public_url.rstrip('/')}/centres", "value": place.code}],
        "status": "active",
        "name": place.name,
        "telecom": [*phone, link],
        "address": {key: value for key, value in address.items() if value},
        "position": {"longitude": place.lon, "latitude": place.lat},
    }


def schedule(place: Place, kind: Kind) -> Resource:
    """Give the Schedule of a centre, product and dose rank."""
    product = kind.product
    extension: list[Resource] = [{"url": DOSE, "valueInteger": kind.dose_rank}]
    if product.code in CVX:
        coding = {"system": CVX_SYSTEM, "code": CVX[product.code], "display": product.label}
        extension.append({"url": PRODUCT, "valueCoding": coding})
    return {
        "resourceType": "Schedule",
        "id": schedule_id(place, kind),
        "extension": extension,
        "active": True,
        "serviceType": [SERVICE],
        "actor": [{"reference": f"Location/{location_id(place)}"}],
        "comment": f"{product.label}, dose {kind.dose_rank}",
    }


def kinds(slots: CentreSlots, rules: Rules) -> Iterator[Kind]:
    """Schedules that a centre has, in their order."""
    for number in sorted({entry.schedule for entry in slots.entries}):
        yield rules.schedules[number]


@dataclass(frozen=True, slots=True)
class Days:
    """What there is of a centre on each day of each schedule, by cell; 0 where there is nothing.

    starts, ends
        First beginning and last end of the day's slots, minutes since 1970-01-01, UTC.
    """

    cells: Numbers
    capacity: Numbers
    starts: Numbers
    ends: Numbers


def days_of(slots: CentreSlots, rules: Rules, now: Seconds) -> Days:
    """Find the days that have places and are not over."""
    starts = np.full(rules.n_cells, _LAST_MINUTE, dtype=np.int32)
    ends = np.zeros(rules.n_cells, dtype=np.int32)
    if len(slots):
        inside = slots.cells != OUTSIDE
        first = slots.groups
        last = np.append(first[1:], len(slots)) - 1
        minutes = np.empty(len(slots), dtype=np.int32)
        for entry in slots.entries:
            minutes[entry.first : entry.after] = entry.minutes
        np.minimum.at(starts, slots.cells[inside], slots.starts[first][inside])
        np.maximum.at(ends, slots.cells[inside], (slots.starts + minutes)[last][inside])
    capacity = total_by_cell(slots, slots.capacity, rules.n_cells)
    cells = np.flatnonzero((capacity > 0) & (ends > now // 60)).astype(np.int32)
    return Days(cells, capacity[cells].astype(np.int32), starts[cells], ends[cells])


def slot_lines(
    centre: Centre, shown: Numbers, rules: Rules, now: Seconds, public_url: str
) -> bytes:
    """Encode the Slots of a centre, one a line, schedule by schedule and day by day.

    Parameters
    ----------
    shown
        Places that can be booked, by cell.
    """
    days = days_of(centre.slots, rules, now)
    place = centre.place
    phone = f',{{"url":"{PHONE}","valueString":{_text(place.phone)}}}' if place.phone else ""
    heads = [_head(place, kind) for kind in rules.schedules]
    links = [
        _text(booking_link(public_url, place.code, kind.product.code, kind.dose_rank))[1:-1]
        for kind in rules.schedules
    ]
    lines = []
    rows = zip(
        *(column.tolist() for column in np.divmod(days.cells, rules.calendar.days)),
        shown[days.cells].tolist(), days.capacity.tolist(),
        _instants(days.starts), _instants(days.ends), strict=True,
    )  # fmt: skip
    for number, position, free, capacity, start, end in rows:
        day = rules.day_names[position]
        status = "free" if free else "busy"
        lines.append(
            f'{heads[number][0]}{day.replace("-", "")}{heads[number][1]}"status":"{status}",'
            f'"start":"{start}Z","end":"{end}Z","extension":['
            f'{{"url":"{CAPACITY}","valueInteger":{free or capacity}}},'
            f'{{"url":"{DEEP_LINK}","valueUrl":"{links[number]}&day={day}"}}{phone}]}}\n'
        )
    return "".join(lines).encode()


def _head(place: Place, kind: Kind) -> tuple[str, str]:
    """Beginning of a Slot, before and after the day in its id."""
    id_ = schedule_id(place, kind)
    return (
        f'{{"resourceType":"Slot","id":"{id_}-',
        f'","schedule":{{"reference":"Schedule/{id_}"}},',
    )


def _instants(minutes: Numbers) -> list[str]:
    moments = (minutes.astype(np.int64) * 60).astype("datetime64[s]")
    texts: list[str] = np.datetime_as_string(moments).tolist()
    return texts


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode()
