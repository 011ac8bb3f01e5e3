"""The files that say what there is: places, products, classes and the dated rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from api.feeds.documents import (
    CentrePlace,
    CentresFile,
    ClassEntry,
    DepartmentEntry,
    EligibilityEntry,
    IndexFile,
    IntervalEntry,
    ProductEntry,
)
from api.feeds.reference import SECOND_DOSES, Place, Reference


def index_file(reference: Reference) -> bytes:
    """Encode `availability/index.json`."""
    centres = defaultdict(list)
    for place in reference.places.values():
        centres[place.department].append(place.code)
    return msgspec.json.encode(
        IndexFile(
            [
                DepartmentEntry(d.code, d.name, d.region, d.timezone, sorted(centres[d.code]))
                for d in reference.departments.values()
            ],
            [
                ProductEntry(
                    product.code, product.label, product.doses_needed,
                    [
                        IntervalEntry(i.from_date, i.min_days, i.max_days)
                        for i in reference.intervals.get(product.product_id, ())
                    ],
                )
                for product in reference.products
            ],
            [ClassEntry(c.code, c.label, c.opens_on) for c in reference.classes],
            list(_eligibility(reference)),
        )
    )  # fmt: skip


def _eligibility(reference: Reference) -> Iterator[EligibilityEntry]:
    products = {p.product_id: p.code for p in reference.products}
    classes: dict[int, str | None] = {c.class_id: c.code for c in reference.classes}
    classes[SECOND_DOSES] = None
    for (product_id, class_id, dose_rank), periods in reference.periods.items():
        for period in periods:
            yield EligibilityEntry(
                products[product_id], classes[class_id], dose_rank,
                period.from_date, period.to_date,
            )  # fmt: skip


def centres_file(reference: Reference) -> bytes:
    """Encode `availability/centres.json`."""
    return msgspec.json.encode(CentresFile([_place(p) for p in reference.places.values()]))


def _place(place: Place) -> CentrePlace:
    return CentrePlace(
        place.code, place.name, place.department, place.lat, place.lon, place.address,
        place.postcode, place.city, place.phone, place.opens_on, place.closes_on,
        place.open_days, f"{place.opens_at:%H:%M}", f"{place.closes_at:%H:%M}",
    )  # fmt: skip
