"""SQL of the reference tables: small, upserted whole; ids once given stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import TupleRow

from api.planning.reference import CentreRow, EligibilityRow, ProductRow, Reference

ALWAYS = date(2000, 1, 1)
"""A product's first interval holds for first doses from before the campaign, too."""
ANY_CLASS = 0
Cursor = AsyncCursor[TupleRow]
_CENTRE_IDS = "SELECT code, centre_id FROM centre"
_PRODUCT_IDS = "SELECT code, product_id FROM product"
_CLASS_IDS = "SELECT code, class_id FROM priority_class"


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids of the database, by the codes of instance folders."""

    centres: Mapping[str, int]
    products: Mapping[str, int]
    classes: Mapping[str, int]

    @property
    def centre_codes(self) -> dict[int, str]:
        """Codes of centres by their id."""
        return {id_: code for code, id_ in self.centres.items()}


async def write_reference(connection: AsyncConnection, reference: Reference) -> Ids:
    """Write the reference rows; rows no longer in the instance stay, for those booked under them.

    Rules of eligibility are replaced as a whole.
    """
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(
            "INSERT INTO campaign (campaign_id, name, start, weeks) VALUES (1, %s, %s, %s)"
            " ON CONFLICT (campaign_id) DO UPDATE SET name = excluded.name,"
            " start = excluded.start, weeks = excluded.weeks",
            (reference.name, reference.start, reference.weeks),
        )
        await cursor.executemany(
            "INSERT INTO department (department, name, region, timezone) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (department) DO UPDATE SET name = excluded.name,"
            " region = excluded.region, timezone = excluded.timezone",
            reference.departments,
        )
        centres = await _centres(cursor, reference.centres)
        products = await _products(cursor, reference.products)
        await _intervals(cursor, reference.products, products, reference.start)
        classes = await _classes(cursor, reference.classes)
        await _eligibility(cursor, reference.eligibility, products, classes)
    return Ids(centres, products, classes)


async def read_ids(connection: AsyncConnection) -> Ids:
    """Ids given so far."""
    found: list[dict[str, int]] = []
    async with connection.cursor() as cursor:
        for statement in (_CENTRE_IDS, _PRODUCT_IDS, _CLASS_IDS):
            await cursor.execute(statement)
            found.append(dict(await cursor.fetchall()))
    return Ids(*found)


async def _ids(cursor: Cursor, statement: str, codes: Iterable[str]) -> dict[str, int]:
    """Ids that codes have, and new ones after the highest for those that have none."""
    await cursor.execute(statement)
    known: dict[str, int] = dict(await cursor.fetchall())
    free = max(known.values(), default=0) + 1
    for code in codes:
        if code not in known:
            known[code] = free
            free += 1
    return known


async def _centres(cursor: Cursor, centres: Sequence[CentreRow]) -> dict[str, int]:
    ids = await _ids(cursor, _CENTRE_IDS, (c.code for c in centres))
    await cursor.executemany(
        "INSERT INTO centre (centre_id, code, name, department, lat, lon, address, postcode, city,"
        " phone, opens_on, closes_on, open_days, opens_at, closes_at, lines)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (centre_id) DO UPDATE SET name = excluded.name,"
        " department = excluded.department, lat = excluded.lat, lon = excluded.lon,"
        " address = excluded.address, postcode = excluded.postcode, city = excluded.city,"
        " phone = excluded.phone, opens_on = excluded.opens_on, closes_on = excluded.closes_on,"
        " open_days = excluded.open_days, opens_at = excluded.opens_at,"
        " closes_at = excluded.closes_at, lines = excluded.lines",
        [
            (ids[c.code], c.code, c.name, c.department, c.lat, c.lon, c.address, c.postcode,
             c.city, c.phone, c.opens_on, c.closes_on, c.open_days, c.opens_at, c.closes_at,
             c.lines)
            for c in centres
        ],
    )  # fmt: skip
    return ids


async def _products(cursor: Cursor, products: Sequence[ProductRow]) -> dict[str, int]:
    ids = await _ids(cursor, _PRODUCT_IDS, (p.code for p in products))
    await cursor.executemany(
        "INSERT INTO product (product_id, code, label, doses_per_vial, doses_needed)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (product_id) DO UPDATE SET"
        " label = excluded.label, doses_per_vial = excluded.doses_per_vial,"
        " doses_needed = excluded.doses_needed",
        [(ids[p.code], p.code, p.label, p.doses_per_vial, p.doses_needed) for p in products],
    )
    return ids


async def _intervals(
    cursor: Cursor, products: Sequence[ProductRow], ids: Mapping[str, int], start: date
) -> None:
    """Date a changed interval from the plan's start on; earlier first doses keep theirs."""
    await cursor.execute(
        "SELECT DISTINCT ON (product_id) product_id, min_days, max_days FROM dose_interval"
        " WHERE from_date <= %s ORDER BY product_id, from_date DESC",
        (start,),
    )
    known = {product_id: (low, high) for product_id, low, high in await cursor.fetchall()}
    for product in products:
        product_id = ids[product.code]
        if product.interval is None:
            continue
        await cursor.execute(
            "DELETE FROM dose_interval WHERE product_id = %s AND from_date > %s",
            (product_id, start),
        )
        if known.get(product_id) != product.interval:
            from_date = start if product_id in known else ALWAYS
            await cursor.execute(
                "INSERT INTO dose_interval (product_id, from_date, min_days, max_days)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (product_id, from_date) DO UPDATE SET"
                " min_days = excluded.min_days, max_days = excluded.max_days",
                (product_id, from_date, *product.interval),
            )


async def _classes(cursor: Cursor, classes: Sequence[tuple[str, str, date]]) -> dict[str, int]:
    ids = await _ids(cursor, _CLASS_IDS, (c[0] for c in classes))
    await cursor.executemany(
        "INSERT INTO priority_class (class_id, code, label, opens_on) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (class_id) DO UPDATE SET label = excluded.label,"
        " opens_on = excluded.opens_on",
        [(ids[code], code, label, opens_on) for code, label, opens_on in classes],
    )
    return ids


async def _eligibility(
    cursor: Cursor, rules: Sequence[EligibilityRow], products: Mapping[str, int],
    classes: Mapping[str, int],
) -> None:  # fmt: skip
    await cursor.execute("DELETE FROM eligibility")
    await cursor.executemany(
        "INSERT INTO eligibility (product_id, class_id, dose_rank, from_date, to_date)"
        " VALUES (%s, %s, %s, %s, %s)",
        [
            (products[r.product], ANY_CLASS if r.class_ is None else classes[r.class_],
             r.dose_rank, r.from_date, r.to_date)
            for r in rules
        ],
    )  # fmt: skip
