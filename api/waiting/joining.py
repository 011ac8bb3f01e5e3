"""From what somebody sends who joins to an entry: codes become ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from api.booking.catalogue import Catalogue
from api.problems import MalformedRequest
from api.waiting.forms import JoinRequest
from api.waiting.people import Entry


def new_entry(
    catalogue: Catalogue, entry_id: UUID, secret_hash: bytes, request: JoinRequest, now: datetime
) -> Entry:
    """Understand a request to join.

    Raises
    ------
    MalformedRequest
        When the campaign has no such département, class, centre or product.
    """
    if request.department not in catalogue.departments:
        raise MalformedRequest("department: this campaign has none with this code")
    if request.class_ not in catalogue.class_ids:
        raise MalformedRequest("class: this campaign has none with this code")
    return Entry(
        entry_id=entry_id,
        secret_hash=secret_hash,
        join_print=sha256(secret_hash + msgspec.json.encode(request)).digest(),
        department=request.department,
        class_id=catalogue.class_ids[request.class_],
        products=_ids("products", request.products, catalogue.product_ids),
        centres=_ids("centres", request.centres, catalogue.centre_ids),
        state="waiting",
        joined_at=now,
        offers_made=0,
        ready_at=now,
        offer_centre_id=None,
        offer_id=None,
        changed_at=now,
    )


def _ids(name: str, codes: Sequence[str], known: Mapping[str, int]) -> tuple[int, ...]:
    for nth, code in enumerate(codes):
        if code not in known:
            raise MalformedRequest(f"{name}.{nth}: this campaign has none with this code")
    return tuple(sorted({known[code] for code in codes}))
