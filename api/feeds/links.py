"""Addresses into the pages and feeds of this installation."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def booking_link(
    public_url: str, centre: str, product: str = "", dose_rank: int = 0, day: str = ""
) -> str:
    """Address where a centre can be booked, or one day of one of its schedules.

    What is looked for stands behind the `#`: browsers keep it to themselves.
    """
    wanted: dict[str, str | int] = {"centre": centre}
    if product:
        wanted |= {"product": product, "dose_rank": dose_rank}
    if day:
        wanted["day"] = day
    return f"{public_url.rstrip('/')}/rendez-vous#{urlencode(wanted, quote_via=quote)}"


def feed_link(public_url: str, name: str) -> str:
    """Address of a public file; `$` stays as it is, as FHIR writes it."""
    return f"{public_url.rstrip('/')}/{quote(name, safe='/$')}"
