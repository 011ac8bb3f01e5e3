"""Which doses make a whole vaccination, for whom, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from api.booking.catalogue import Catalogue
from api.booking.problems import NotEligible, WrongDoses, WrongInterval


class Dose(NamedTuple):
    """What the rules need to know of a dose."""

    product_id: int
    dose_rank: int
    day: date


class FirstElsewhere(NamedTuple):
    """A first dose somebody had without us."""

    product_id: int
    day: date


def check_whole(
    catalogue: Catalogue, doses: Sequence[Dose], elsewhere: FirstElsewhere | None
) -> None:
    """Refuse doses that are not all of one vaccination, or too near or too far apart.

    Raises
    ------
    WrongDoses
        Unless the ranks are those the product needs, or 2 alone after a first dose elsewhere.
    WrongInterval
        Unless `min_days <= second day - first day <= max_days`, by the row in force on the day of
        the first dose.
    """
    product_ids = {dose.product_id for dose in doses} | (
        {elsewhere.product_id} if elsewhere else set()
    )
    if len(product_ids) != 1:
        raise WrongDoses("both doses must be of one product")
    product = catalogue.product(product_ids.pop())
    days = {dose.dose_rank: dose.day for dose in doses}
    needed = list(range(1, product.doses_needed + 1))
    if elsewhere:
        days[1] = elsewhere.day
    if sorted(days) != needed or len(doses) != len(needed) - bool(elsewhere) or not doses:
        raise WrongDoses(f"this product takes {len(needed)} dose(s), in order of their rank")
    if len(needed) == 2:
        _check_interval(catalogue, product.product_id, days[1], days[2])


def _check_interval(catalogue: Catalogue, product_id: int, first: date, second: date) -> None:
    interval = catalogue.rules.interval(product_id, first)
    if interval is None:
        raise WrongInterval("this product has no interval for a first dose on that day")
    fewest, most = interval
    if not fewest <= (second - first).days <= most:
        raise WrongInterval(f"it is due {fewest} to {most} days after the first")


def check_eligible(catalogue: Catalogue, class_id: int, dose: Dose) -> None:
    """Refuse a dose whose product is not open to the class on its day.

    A first dose needs the class to be open and the product allowed to it; a second dose needs the
    product allowed to rank 2.

    Raises
    ------
    NotEligible
        With the rank of the dose.
    """
    if not catalogue.rules.allows(dose.product_id, class_id, dose.dose_rank, dose.day):
        raise NotEligible(f"dose {dose.dose_rank}")
