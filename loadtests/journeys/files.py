"""The public files as a page reads them; one that does not have the form described is refused."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Interval(msgspec.Struct, frozen=True):
    """Days between two doses, for first doses from a day on."""

    from_date: dt.date
    min_days: int
    max_days: int


class Product(msgspec.Struct, frozen=True):
    """A product and its intervals, oldest first."""

    product: str
    doses_needed: int
    intervals: list[Interval]


class Department(msgspec.Struct, frozen=True):
    """A département and its centres."""

    department: str
    centres: list[str]


class Index(msgspec.Struct, frozen=True):
    """`index.json`."""

    generated_at: dt.datetime
    departments: list[Department]
    products: list[Product]


class Counts(msgspec.Struct, frozen=True):
    """Places of a product and rank, a number a day."""

    product: str
    dose_rank: int
    first_day: dt.date
    free: list[int]
    classes: list[str] = []


class Quota(msgspec.Struct, frozen=True):
    """What of a week is kept, until when, and for whom."""

    product: str
    week: dt.date
    open_at: dt.datetime
    rooms: list[tuple[str, str, int | None]]


class CentreCounts(msgspec.Struct, frozen=True):
    """A centre in its département's file."""

    centre: str
    counts: list[Counts]
    quotas: list[Quota] = []


class DepartmentFile(msgspec.Struct, frozen=True):
    """`departments/{code}.json`."""

    generated_at: dt.datetime
    department: str
    centres: list[CentreCounts]


class Windows(msgspec.Struct, frozen=True):
    """Windows of a product and rank, in columns."""

    product: str
    dose_rank: int
    days: list[dt.date]
    per_day: list[int]
    slots: list[int]
    starts: list[int]
    free: list[int]


class CentreFile(msgspec.Struct, frozen=True):
    """`centres/{code}.json`."""

    generated_at: dt.datetime
    centre: str
    department: str
    windows: list[Windows]


class PublisherFile(msgspec.Struct, frozen=True):
    """`publisher.json`."""

    checked_at: dt.datetime


def index_path() -> str:
    """Address of the index."""
    return "/availability/index.json"


def department_path(code: str) -> str:
    """Address of a département's file."""
    return f"/availability/departments/{name_of(code)}.json"


def centre_path(code: str) -> str:
    """Address of a centre's file."""
    return f"/availability/centres/{name_of(code)}.json"


def name_of(code: str) -> str:
    """Write a code as names of files have it (docs/feeds.md)."""
    kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
    return "".join(
        c if c in kept and not (c == "." and at == 0)
        else "".join(f"~{byte:02x}" for byte in c.encode())
        for at, c in enumerate(code)
    )  # fmt: skip


def read(body: bytes, kind: type[T]) -> T:
    """Read a file; the same bytes are read once.

    Raises
    ------
    msgspec.ValidationError
        When it does not have the form described.
    """
    form: Any = kind
    found = _read(body, form)
    assert isinstance(found, kind)
    return found


@lru_cache(maxsize=4096)
def _read(body: bytes, kind: Any) -> object:
    return msgspec.json.decode(body, type=kind)
