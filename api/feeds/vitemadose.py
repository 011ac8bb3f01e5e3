"""The files of Vite Ma Dose, which many French pages and applications of 2021 read.

Field names are theirs. Facts of their format, none of their code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from api.feeds.board import Centre
from api.feeds.calendar import Rules
from api.feeds.links import booking_link
from api.feeds.names import safe
from api.feeds.reference import Department, Place
from api.feeds.slots import Numbers

Json: TypeAlias = dict[str, Any]
PLATFORM = "Créneau"
HORIZON_DAYS = 50
"""Their exporter forgets what lies further ahead; here it is how many days the daily file has."""
VACCINES = {
    "pfizer": "Pfizer-BioNTech", "moderna": "Moderna", "astrazeneca": "AstraZeneca",
    "janssen": "Janssen",
}  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
INFO = "vitemadose/info_centres.json"
ZONE = ZoneInfo("Europe/Paris")


def department_file_name(code: str) -> str:
    """Name of a département's list of centres."""
    return f"vitemadose/{safe(code)}.json"


def daily_file_name(code: str) -> str:
    """Name of a département's counts by day."""
    return f"vitemadose/{safe(code)}/creneaux-quotidiens.json"


@dataclass(frozen=True, slots=True)
class Line:
    """A centre as Vite Ma Dose lists it, and its places by day of the calendar."""

    centre: Json
    by_day: Sequence[int]

    @property
    def is_available(self) -> bool:
        """Tell whether anything can be booked."""
        return bool(self.centre["appointment_count"])


def line_of(
    centre: Centre, department: Department, places: Numbers, shown: Numbers, rules: Rules,
    public_url: str, seen_at: datetime,
) -> Line:  # fmt: skip
    """Describe a centre.

    Parameters
    ----------
    places
        Places of each slot that can be booked.
    shown
        The same by cell.
    """
    table = shown.reshape(len(rules.schedules), -1)
    by_kind = table.sum(axis=1).tolist()
    products = [k.product for k, n in zip(rules.schedules, by_kind, strict=True) if n]
    vaccines = list(dict.fromkeys(VACCINES.get(p.code, p.label) for p in products))
    bookable = centre.slots.starts[np.flatnonzero(places)]
    zone = ZoneInfo(department.timezone)
    next_ = _local(int(bookable.min()) * 60, zone) if len(bookable) else None
    place = centre.place
    return Line(
        {
            "departement": place.department,
            "nom": place.name,
            "url": booking_link(public_url, place.code),
            "location": {
                "longitude": place.lon, "latitude": place.lat,
                "city": place.city, "cp": place.postcode,
            },
            "metadata": _metadata(place),
            "prochain_rdv": next_,
            "plateforme": PLATFORM,
            "type": "vaccination-center",
            "appointment_count": sum(by_kind),
            "internal_id": _internal_id(place),
            "vaccine_type": vaccines,
            "appointment_by_phone_only": False,
            "erreur": None,
            "last_scan_with_availabilities": _text(seen_at) if next_ else None,
            "request_counts": None,
            "atlas_gid": int(place.code) if place.code.isdecimal() else None,
        },
        table.sum(axis=0).tolist(),
    )  # fmt: skip


def _internal_id(place: Place) -> str:
    return f"creneau{place.centre_id}"


def _metadata(place: Place) -> Json:
    hours = f"{place.opens_at:%H:%M}-{place.closes_at:%H:%M}"
    return {
        "address": ", ".join(
            filter(None, (place.address, f"{place.postcode} {place.city}".strip()))
        ),
        "phone_number": place.phone or None,
        "business_hours": {
            name: hours if str(i) in place.open_days else None for i, name in enumerate(WEEKDAYS, 1)
        },
    }


def _local(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone).isoformat()


def _text(moment: datetime) -> str:
    return moment.astimezone(ZONE).replace(microsecond=0).isoformat()


def department_file(lines: Iterable[Line], changed_at: datetime) -> bytes:
    """Encode a département's list: centres with places, the soonest first, and those without."""
    lines = list(lines)
    available = [line.centre for line in lines if line.is_available]
    return msgspec.json.encode(
        {
            "version": 1,
            "last_updated": _text(changed_at),
            "centres_disponibles": sorted(available, key=lambda c: str(c["prochain_rdv"])),
            "centres_indisponibles": [line.centre for line in lines if not line.is_available],
        }
    )


def daily_file(department: str, lines: Iterable[Line], rules: Rules, today: date) -> bytes:
    """Encode a département's places by day, centre and tag, from today on."""
    lines = list(lines)
    first = rules.calendar.position(today)
    days = []
    for position in range(first, min(first + HORIZON_DAYS, rules.calendar.days)):
        counts = [(line.centre["internal_id"], line.by_day[position]) for line in lines]
        days.append(
            {
                "date": (today + timedelta(days=position - first)).isoformat(),
                "total": sum(n for _, n in counts),
                "creneaux_par_lieu": [
                    {"lieu": id_, "creneaux_par_tag": _by_tag(n)} for id_, n in counts if n
                ],
            }
        )
    return msgspec.json.encode({"departement": department, "creneaux_quotidiens": days})


def _by_tag(places: int) -> list[Json]:
    return [
        {"tag": "all", "creneaux": places},
        {"tag": "first_or_second_dose", "creneaux": places},
        {"tag": "third_dose", "creneaux": 0},
    ]


def info_file(files: dict[str, bytes]) -> bytes:
    """Join the lists of all départements, which are encoded, under their codes."""
    return msgspec.json.encode({code: msgspec.Raw(content) for code, content in files.items()})
