"""The schema, room by room; every table says in its comment how it is distributed.

`ref` tables are small and copied everywhere; `dist:centre_id` tables live with their centre, whose
id leads every key; `dist:tag` and `dist:booking_id` tables have a key of their own; `local` tables
stay on one node (docs/adr/0006).
"""

from api.database.tables.booking import appointment, booking, booking_home, outbox, person_guard
from api.database.tables.capacity import publication, quota, schedule, slot
from api.database.tables.keyring import centre_keys, signed_campaign
from api.database.tables.metadata import metadata
from api.database.tables.queue import (
    queue_early,
    queue_opening,
    queue_room,
    queue_told,
    queue_visit,
)
from api.database.tables.reference import (
    campaign,
    centre,
    department,
    dose_interval,
    eligibility,
    priority_class,
    product,
)
from api.database.tables.signon import (
    staff_attempt,
    staff_passkey,
    staff_person,
    staff_rule,
    staff_session,
)
from api.database.tables.staff import audit, idempotency, staff_token
from api.database.tables.waiting import offer, waiting, waiting_centre

__all__ = [
    "appointment",
    "audit",
    "booking",
    "booking_home",
    "campaign",
    "centre",
    "centre_keys",
    "department",
    "dose_interval",
    "eligibility",
    "idempotency",
    "metadata",
    "offer",
    "outbox",
    "person_guard",
    "priority_class",
    "product",
    "publication",
    "queue_early",
    "queue_opening",
    "queue_room",
    "queue_told",
    "queue_visit",
    "quota",
    "schedule",
    "signed_campaign",
    "slot",
    "staff_attempt",
    "staff_passkey",
    "staff_person",
    "staff_rule",
    "staff_session",
    "staff_token",
    "waiting",
    "waiting_centre",
]
