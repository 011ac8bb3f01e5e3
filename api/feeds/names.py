"""Names of the public files, relative to the public folder; the same in addresses and on disk."""

from __future__ import annotations

import re

INDEX = "availability/index.json"
CENTRES = "availability/centres.json"
PUBLISHER = "availability/publisher.json"
CAMPAIGN_KEYS = "keys/campaign.json"


def department_name(code: str) -> str:
    """Name of a département's file."""
    return f"availability/departments/{safe(code)}.json"


def centre_name(code: str) -> str:
    """Name of a centre's file."""
    return f"availability/centres/{safe(code)}.json"


def centre_keys_name(code: str) -> str:
    """Name of the file of a centre's keys."""
    return f"keys/centres/{safe(code)}.json"


_UNSAFE = re.compile(r"^\.|[^A-Za-z0-9_.-]")


def safe(code: str) -> str:
    """Return a code as part of a file's name: other characters than `A-Za-z0-9_.-` as `~` and hex.

    So a name is the same on disk and in an address, and never leads out of its folder.
    """
    return _UNSAFE.sub(lambda found: "".join(f"~{b:02X}" for b in found[0].encode()), code)
