"""SMART Scheduling Links: a manifest, and three files of resources for each département."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypedDict

import msgspec

from api.feeds.fhir import Resource
from api.feeds.links import feed_link
from api.feeds.names import safe

MANIFEST = "fhir/$bulk-publish"
TYPES = ("Location", "Schedule", "Slot")


class Output(TypedDict):
    """A file that the manifest lists."""

    type: str
    url: str
    extension: dict[str, list[str]]


def file_name(type_: str, department: str) -> str:
    """Name of a département's file of one type."""
    return f"fhir/{safe(department)}/{type_}.ndjson"


def ndjson(resources: Iterable[Resource]) -> bytes:
    """Encode resources, one a line."""
    return msgspec.json.Encoder().encode_lines(list(resources))


def manifest(public_url: str, departments: Iterable[str], changed_at: datetime) -> bytes:
    """Encode the manifest.

    Parameters
    ----------
    changed_at
        When any of the files last changed: the manifest's `transactionTime`, so that it stays the
        same, byte by byte, while nothing changes.
    """
    output: list[Output] = [
        {
            "type": type_,
            "url": feed_link(public_url, file_name(type_, department)),
            "extension": {"state": [department]},
        }
        for department in departments
        for type_ in TYPES
    ]
    time = changed_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode(
        {
            "transactionTime": time,
            "request": feed_link(public_url, MANIFEST),
            "output": output,
            "error": [],
        }
    )
