"""Opens a shop in an empty, migrated database of pretix; runs in pretix's own interpreter.

The shop sells a first and a second dose, free of charge, to anybody who gives a mail address, asks
nothing else and has enough of both. Prints the numbers of both products as JSON.
"""

import json
from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.utils.timezone import now  # noqa: E402 - Django must be set up first
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import Event, Item, Organizer, Quota  # noqa: E402

DOSES = ("first", "second")
ENOUGH = 1_000_000


def main() -> None:
    """Open it."""
    organizer = Organizer.objects.create(name="Peer", slug="peer")
    event = Event.objects.create(
        organizer=organizer, name="Centre", slug="centre", date_from=now() + timedelta(days=30),
        live=True, currency="EUR", is_public=True,
    )  # fmt: skip
    event.settings.set("attendee_names_asked", False)
    items = []
    for dose in DOSES:
        item = Item.objects.create(
            event=event, name=dose, default_price=Decimal(0), admission=True, personalized=False
        )
        quota = Quota.objects.create(event=event, name=dose, size=ENOUGH)
        quota.items.add(item)
        items.append(item.pk)
    print(json.dumps(items))


with scopes_disabled():
    main()
