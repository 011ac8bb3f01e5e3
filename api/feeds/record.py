"""The daily record for the State: one typed row an appointment, and nobody's identity.

The platforms of 2021 sent such a file every night, each with its own spelling. Here a day's record
holds the doses of that day, cancelled ones included, as they stand on the next morning. It is not
public: it lies outside the public folder, readable by this installation's user alone.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from psycopg import Connection

from api.feeds.reference import Place, Reference
from api.feeds.store.appointments import Booking, Dose, read_day

Row: TypeAlias = tuple[str | int, ...]

COLUMNS = (
    "date_creation", "date_rdv", "id_centre", "nom_centre", "cp_centre", "classe",
    "rang_vaccinal", "parcours_rdv", "canal", "honore", "annule", "type_vaccin",
)  # fmt: skip
ZONE = ZoneInfo("Europe/Paris")
READY_AT = time(8)
"""When the previous day is over everywhere, in Paris time."""
DAYS_BACK = 7
"""How long a record that is missing is still made."""
CHANNELS = {
    "web": "internet", "phone": "téléphone", "standby": "liste d'attente", "centre": "centre",
}  # fmt: skip
ATTENDED = {"fulfilled": "oui", "noshow": "non"}


def record_path(folder: Path, day: date) -> Path:
    """Path of a day's record."""
    return folder / f"rendez-vous_{day.isoformat()}.csv.gz"


def missing_days(folder: Path, now: datetime) -> list[date]:
    """Give the days whose record can be made and is not there, the oldest first."""
    local = now.astimezone(ZONE)
    last = local.date() - timedelta(days=1 if local.time() >= READY_AT else 2)
    days = [last - timedelta(days=n) for n in reversed(range(DAYS_BACK))]
    return [day for day in days if not record_path(folder, day).exists()]


def write_record(
    connection: Connection[Any], reference: Reference, folder: Path, day: date
) -> Iterator[None]:
    """Write a day's record, pausing after each centre; the file appears when it is whole."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = record_path(folder, day)
    unfinished = path.with_suffix(".unfinished")
    opener = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(opener, "wb") as raw,
        gzip.open(raw, "wt", compresslevel=6, encoding="utf-8", newline="") as text,
    ):
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for place in reference.places.values():
            for dose, booking in read_day(connection, place.centre_id, day):
                writer.writerow(_row(reference, place, dose, booking))
            yield
    unfinished.replace(path)


def _row(reference: Reference, place: Place, dose: Dose, booking: Booking) -> Row:
    zone = ZoneInfo(reference.departments[place.department].timezone)
    products = {p.product_id: p.code for p in reference.products}
    classes = {c.class_id: c.code for c in reference.classes}
    return (
        booking.created_at.astimezone(zone).date().isoformat(),
        dose.starts_at.astimezone(zone).isoformat(timespec="minutes"),
        place.code,
        place.name,
        place.postcode,
        classes[booking.class_id],
        dose.dose_rank,
        _path(booking),
        CHANNELS[booking.channel],
        ATTENDED.get(dose.state, ""),
        "oui" if dose.state == "cancelled" else "non",
        products[booking.product_id],
    )


def _path(booking: Booking) -> str:
    if booking.has_first and booking.has_second:
        return "deux doses"
    return "dose unique" if booking.has_first else "deuxième dose seule"
