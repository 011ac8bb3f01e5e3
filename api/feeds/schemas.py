"""JSON Schema of the availability files, from the types they are written with."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from api.feeds.documents import FILES

Schema: TypeAlias = dict[str, Any]

NAME = "availability/schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STAMP = {"type": "string", "format": "date-time"}


def schema() -> Schema:
    """Give one schema that holds the files' types as `$defs`, by name.

    The two stamps that every file begins with are added here: they are put in when it is written.
    """
    _, definitions = msgspec.json.schema_components(FILES, ref_template="#/$defs/{name}")
    for type_ in FILES:
        file = definitions[type_.__name__]
        file["properties"] = {
            "generated_at": _STAMP,
            "changed_at": _STAMP,
            **file["properties"],
        }
        file["required"] = ["generated_at", "changed_at", *file["required"]]
    for definition in definitions.values():
        definition["additionalProperties"] = False
    return {"$schema": DIALECT, "title": "Créneau, availability files", "$defs": definitions}


def encoded() -> bytes:
    """Encode the schema, indented and in a lasting order."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2) + b"\n"
