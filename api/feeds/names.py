"""Names of the public files, relative to the public folder; the same in addresses and on disk."""

from __future__ import annotations

from urllib.parse import quote

INDEX = "availability/index.json"
CENTRES = "availability/centres.json"
PUBLISHER = "availability/publisher.json"


def department_name(code: str) -> str:
    """Name of a département's file."""
    return f"availability/departments/{safe(code)}.json"


def centre_name(code: str) -> str:
    """Name of a centre's file."""
    return f"availability/centres/{safe(code)}.json"


def safe(code: str) -> str:
    """Return a code as part of a file's name, percent-encoded where it must be."""
    encoded = quote(code, safe="")
    return encoded.replace(".", "%2E") if encoded.startswith(".") else encoded
