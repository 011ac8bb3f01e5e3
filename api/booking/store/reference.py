"""Reading the reference tables: some thousand rows, in one round trip."""

from __future__ import annotations

from datetime import date

from api.booking.catalogue import Catalogue, Product
from api.capacity.rebooking.rules import Period, Rules
from api.database.hot import HotConnection, Row, Statement
from api.database.text_form import read_date, read_text

CENTRES = Statement("centres", "SELECT code, centre_id FROM centre", (read_text, int))
DEPARTMENTS = Statement("departments", "SELECT department FROM department", (read_text,))
PRODUCTS = Statement(
    "products", "SELECT product_id, code, doses_needed FROM product", (int, read_text, int)
)
CLASSES = Statement(
    "classes", "SELECT class_id, code, opens_on FROM priority_class", (int, read_text, read_date)
)
INTERVALS = Statement(
    "intervals",
    "SELECT product_id, from_date, min_days, max_days FROM dose_interval ORDER BY from_date",
    (int, read_date, int, int),
)
ELIGIBILITY = Statement(
    "eligibility",
    "SELECT product_id, class_id, dose_rank, from_date, to_date FROM eligibility",
    (int, int, int, read_date, read_date),
)
ALL = (CENTRES, DEPARTMENTS, PRODUCTS, CLASSES, INTERVALS, ELIGIBILITY)


async def read_catalogue(connection: HotConnection) -> Catalogue:
    """Read the reference tables as they are now."""
    centres, departments, products, classes, intervals, eligibility = await connection.trip(
        [(statement, ()) for statement in ALL]
    )
    found = [Product(*row) for row in products]
    return Catalogue(
        centre_ids=dict(centres),
        centre_codes={id_: code for code, id_ in centres},
        departments=frozenset(code for (code,) in departments),
        product_ids={product.code: product.product_id for product in found},
        products={product.product_id: product for product in found},
        class_ids={code: id_ for id_, code, _ in classes},
        rules=_rules(classes, intervals, eligibility),
    )


def _rules(classes: list[Row], intervals: list[Row], eligibility: list[Row]) -> Rules:
    by_product: dict[int, list[tuple[date, int, int]]] = {}
    for product_id, from_date, min_days, max_days in intervals:
        by_product.setdefault(product_id, []).append((from_date, min_days, max_days))
    periods: dict[tuple[int, int, int], list[Period]] = {}
    for product_id, class_id, rank, from_date, to_date in eligibility:
        periods.setdefault((product_id, class_id, rank), []).append(Period(from_date, to_date))
    return Rules(by_product, periods, {id_: opens_on for id_, _, opens_on in classes})
