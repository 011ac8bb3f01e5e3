"""What the endpoints of capacity take, as JSON or CSV, and give."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

import msgspec

from api.capacity.publication import Session
from api.capacity.store import OfferedDay
from api.exchange import converted, decoded
from api.problems import MalformedRequest

MOST_DAYS = 4000
"""Rows of one table: a year of four products and both ranks is fewer."""
CSV_COLUMNS = ("day", "product", "dose_rank", "slots")
CSV_TYPE = "text/csv"

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
DoseRank = Annotated[int, msgspec.Meta(ge=1, le=2)]
Lines = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
Slots = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class CapacityDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Doses of one day, product and dose rank."""

    day: date
    product: Code
    dose_rank: DoseRank
    slots: Slots


class CapacityTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a centre offers; days in the range without a row offer nothing."""

    days: Annotated[list[CapacityDay], msgspec.Meta(max_length=MOST_DAYS)]


class Closure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day on which the centre stays closed."""

    day: date


class LinesChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People vaccinating at once, from a day on or for some days."""

    lines: Lines
    from_day: date
    to_day: date | None = None


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Less of a product, from a day on or for some days; `keep` is the part that stays."""

    product: Code
    from_day: date
    to_day: date | None = None
    keep: Part = 0.0

    @property
    def part(self) -> Fraction:
        """The part that stays, as it was written."""
        return Fraction(str(self.keep))


class Offered(msgspec.Struct, frozen=True):
    """A day as the centre offers it, and what of it is taken."""

    day: date
    product: str
    dose_rank: int
    slots: int
    taken: int


class Capacity(msgspec.Struct, frozen=True):
    """What a centre offers; `version` is the ETag."""

    centre: str
    version: int
    days: list[Offered]


class Changed(msgspec.Struct, frozen=True):
    """What a change did; `changes` as the record of publications has them, null for none."""

    centre: str
    version: int
    changes: dict[str, Any] | None


def read_table(body: bytes, content_type: str) -> CapacityTable:
    """Read a table of days.

    Raises
    ------
    MalformedRequest
        Naming the place, never the value.
    """
    if content_type.partition(";")[0].strip().lower() == CSV_TYPE:
        return converted({"days": _csv_rows(body)}, CapacityTable)
    return decoded(body, CapacityTable)


def _csv_rows(body: bytes) -> list[Mapping[str, str]]:
    try:
        text = body.decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [name for name in CSV_COLUMNS if name not in (table.fieldnames or ())]
        if missing:
            raise MalformedRequest(f"columns are missing: {', '.join(missing)}")
        rows: list[Mapping[str, str]] = []
        for row in table:
            if None in row or None in row.values():
                raise MalformedRequest(f"line {table.line_num} has not as many cells as the header")
            rows.append({name: row[name] for name in CSV_COLUMNS})
    except UnicodeDecodeError:
        raise MalformedRequest("the table is not UTF-8") from None
    except csv.Error:
        raise MalformedRequest("the table is not CSV") from None
    return rows


def sessions_of(days: Sequence[CapacityDay], product_ids: Mapping[str, int]) -> list[Session]:
    """Turn rows into sessions.

    Raises
    ------
    MalformedRequest
        For an unknown product or a repeated row.
    """
    seen = set()
    sessions = []
    for place, row in enumerate(days):
        if row.product not in product_ids:
            raise MalformedRequest(f"days[{place}].product is not a product of the campaign")
        session = Session(row.day, product_ids[row.product], row.dose_rank, row.slots)
        key = session.day, session.product_id, session.dose_rank
        if key in seen:
            raise MalformedRequest(f"days[{place}] repeats a day, product and dose rank")
        seen.add(key)
        sessions.append(session)
    return sessions


def offered(days: Iterable[OfferedDay], codes: Mapping[int, str]) -> list[Offered]:
    """Days as they are answered."""
    return [Offered(d.day, codes[d.product_id], d.dose_rank, d.slots, d.taken) for d in days]


def csv_text(days: Iterable[Offered]) -> str:
    """Days as a table, which can be changed and put back."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow((*CSV_COLUMNS, "taken"))
    table.writerows((d.day, d.product, d.dose_rank, d.slots, d.taken) for d in days)
    return out.getvalue()
