"""National deliveries are read by product and week, in both layouts, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import DELIVERIES
from scenarios.official.deliveries import deliveries
from scenarios.official.files import newest, read
from tests.unit.scenarios.official.planted import counted, plant, source

START = date(2021, 5, 31)
OLD = (
    '"date_fin_semaine","type_de_vaccin","nb_ucd","nb_doses"\n'
    '"2021-05-30","Pfizer",100,600\n"2021-06-06","Pfizer",200,1200\n"2021-06-20","Janssen",9,45\n'
)
NEW = (
    "date_fin_semaine;type_de_vaccin;nb_ucd;nb_doses\r\n30/05/2021;Pfizer;100;600\r\n"
    "06/06/2021;Pfizer;200;1200\r\n20/06/2021;Janssen;9;45\r\n"
)


@pytest.mark.parametrize("content", [OLD, NEW])
def test_both_layouts_give_the_same_weeks(tmp_path, content):
    """ISO dates with commas, French dates with semicolons; a week not named brought nothing."""
    plant(tmp_path, "flux-total-nat_2021-04-30.csv", content, "cp1252")
    found = deliveries(read(newest(tmp_path, DELIVERIES)))
    assert found.weekly("Pfizer", START, 3) == (1200, 0, 0)
    assert found.weekly("Janssen", START, 3) == (0, 0, 45)
    assert found.before("Pfizer", START) == 600
    assert found.before("Janssen", START) == 0


def test_rows_of_the_horizon_that_no_product_takes_are_counted(tmp_path):
    """Rows of other weeks are not part of the scenario and no loss."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", NEW)
    found = deliveries(read(newest(tmp_path, DELIVERIES)))
    assert counted([found.others(["Janssen"], START, 3)]) == {"not a product of the scenario": 1}


def test_a_horizon_beyond_the_file_is_refused(tmp_path):
    """Deliveries that were not published are not taken for none."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", NEW)
    rule = "ends on 2021-06-20, before 2021-06-27, which the scenario needs"
    with pytest.raises(InputError, match=rule):
        deliveries(read(newest(tmp_path, DELIVERIES))).weekly("Pfizer", START, 4)


def test_an_unknown_product_is_refused(tmp_path):
    """A misspelt official name would plan without any dose."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", NEW)
    with pytest.raises(InputError, match="type_de_vaccin 'Phizer' does not appear"):
        deliveries(read(newest(tmp_path, DELIVERIES))).weekly("Phizer", START, 3)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (("05/06/2021", "Pfizer", 6), "date_fin_semaine is not a Sunday: 05/06/2021"),
        (("06/13/2021", "Pfizer", 6), "date_fin_semaine is not a date"),
        (("06/06/2021", "Pfizer", 6), "repeated key"),
        (("13/06/2021", "Pfizer", "six"), "nb_doses is not a whole number: 'six'"),
        (("13/06/2021", "", 6), "type_de_vaccin is empty"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, row, rule):
    """Weeks end on Sundays, and each product has one row a week."""
    columns = ("date_fin_semaine", "type_de_vaccin", "nb_doses")
    rows = [dict(zip(columns, cells, strict=True)) for cells in (("06/06/2021", "Pfizer", 1), row)]
    with pytest.raises(InputError, match=rf"\.csv:3: {rule}"):
        deliveries(source(tmp_path, DELIVERIES, rows))
