"""What the FHIR addresses can do, in FHIR's own words."""

from __future__ import annotations

import msgspec

from api.feeds.fhir_search import FILTERS, PLACES
from api.feeds.links import feed_link
from api.feeds.smart import TYPES

METADATA = "fhir/metadata"
WRITTEN_ON = "2026-11-25"
"""Day this statement last changed."""
_KINDS = {
    "_id": "token", "address-state": "string", "actor": "reference", "location": "reference",
    "schedule": "reference", "start": "date", "status": "token",
}  # fmt: skip


def statement(public_url: str) -> bytes:
    """Encode the CapabilityStatement."""
    resources = [
        {
            "type": type_,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [
                {"name": name, "type": _KINDS[name]} for name in (*PLACES[type_], *FILTERS[type_])
            ],
        }
        for type_ in TYPES
    ]
    return msgspec.json.encode(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": WRITTEN_ON,
            "kind": "instance",
            "implementation": {
                "description": "Créneau, open availability of vaccination slots",
                "url": feed_link(public_url, "fhir"),
            },
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "rest": [{"mode": "server", "resource": resources}],
        }
    )
