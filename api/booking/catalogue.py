"""Products, classes, places and dated rules, as a worker keeps them for some seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.capacity.rebooking.rules import Rules


class StaleCatalogueError(LookupError):
    """A row names something newer than the catalogue: it must be read again."""


@dataclass(frozen=True, slots=True)
class Product:
    """A vaccine and how many doses make it whole."""

    product_id: int
    code: str
    doses_needed: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The reference tables, read at one time.

    centre_ids, product_ids, class_ids
        By code.
    centre_codes, products
        By id.
    rules
        Intervals, openings of classes, eligibility.
    """

    centre_ids: Mapping[str, int]
    centre_codes: Mapping[int, str]
    departments: frozenset[str]
    product_ids: Mapping[str, int]
    products: Mapping[int, Product]
    class_ids: Mapping[str, int]
    rules: Rules

    def centre_code(self, centre_id: int) -> str:
        """Code of a centre that a row names."""
        if centre_id not in self.centre_codes:
            raise StaleCatalogueError(f"centre {centre_id}")
        return self.centre_codes[centre_id]

    def product(self, product_id: int) -> Product:
        """Product that a row names."""
        if product_id not in self.products:
            raise StaleCatalogueError(f"product {product_id}")
        return self.products[product_id]
