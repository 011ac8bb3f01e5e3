"""The stock on hand is the last one published before the start, when it is fresh enough."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import STOCKS
from scenarios.official.stocks import stock_on_hand
from tests.unit.scenarios.official.planted import STOCK, source

START = date(2021, 5, 31)


def rows(*stocks: tuple[str, str, int], **cells: str):
    """Rows of (day, product, doses) at one hospital."""
    return [
        {**STOCK, **cells, "date": day, "type_de_vaccin": product, "nb_doses": doses}
        for day, product, doses in stocks
    ]


def test_hospitals_are_added_up_on_the_last_date_before_the_start(tmp_path):
    """Later and earlier publications are other days' stocks; an empty finess is no obstacle."""
    there = [
        *rows(("2021-05-11", "Pfizer", 999), ("2021-06-04", "Pfizer", 7)),
        *rows(("2021-05-27", "Pfizer", 100)),
        *rows(("2021-05-27", "Pfizer", 20), ("2021-05-27", "Moderna", 3), libelle_pui="Ajaccio"),
    ]
    assert stock_on_hand(source(tmp_path, STOCKS, there), START) == {"Pfizer": 120, "Moderna": 3}


@pytest.mark.parametrize(
    ("day", "stock"),
    [
        ("2021-05-31", {"Pfizer": 5}),
        ("2021-05-10", {"Pfizer": 5}),
        ("2021-05-09", None),
        ("2021-06-01", None),
    ],
)
def test_a_stock_is_fresh_for_three_weeks(tmp_path, day, stock):
    """That of the start itself counts; one of later or of long ago does not."""
    assert stock_on_hand(source(tmp_path, STOCKS, rows((day, "Pfizer", 5))), START) == stock


def test_two_figures_for_one_hospital_are_refused(tmp_path):
    """Nobody knows which one holds."""
    twice = rows(("2021-05-27", "Pfizer", 5), ("2021-05-27", "Pfizer", 6))
    with pytest.raises(InputError, match=r"stocks-es-par-es_2021-05-16\.csv:3: repeated key"):
        stock_on_hand(source(tmp_path, STOCKS, twice), START)
