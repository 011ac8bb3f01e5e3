"""Sheets: typed cells, frozen headers, and text that can never run."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from scenarios.report import sheets
from scenarios.report.sheets import Column, Kind, Sheet, workbook_of

COLUMNS = (Column("Nom", Kind.TEXT, 30), Column("Jour", Kind.DATE, 12), Column("n", Kind.WHOLE, 8))


def read(content: bytes):
    """Open a workbook as another program would."""
    return openpyxl.load_workbook(io.BytesIO(content))


def book(*names: str) -> bytes:
    """Write one sheet with these names."""
    rows = [(name, date(2021, 5, 31), 1) for name in names]
    return workbook_of([Sheet("Noms", COLUMNS, rows)], {"title": "t"})


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://x.example","cliquez")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "{=1+1}",
        "http://x.example",
        "00123",
        "l’hôtel & <b>",
    ],
)
def test_text_is_never_a_formula_a_link_or_a_number(name):
    """The cell holds the same text, typed as text, without a link behind it."""
    content = book(name)
    cell = read(content)["Noms"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


@pytest.mark.parametrize(("name", "asleep"), [("=1", True), ("-1", True), ("Mairie", False)])
def test_text_that_would_wake_when_edited_is_marked(name, asleep):
    """The quote prefix keeps a spreadsheet from reading the cell again as a formula."""
    assert bool(read(book(name))["Noms"]["A2"].quotePrefix) is asleep


def test_a_control_character_does_not_break_the_file():
    """A name with a byte no XML holds still gives a workbook that opens."""
    value = read(book("a\x01b\x0bc"))["Noms"]["A2"].value
    assert value.startswith("a")
    assert value.endswith("c")


def test_a_text_longer_than_a_cell_is_cut_rather_than_lost():
    """A cell holds 32,767 characters."""
    assert len(read(book("x" * 40_000))["Noms"]["A2"].value) == sheets.MAX_TEXT


def test_headers_stay_in_sight_and_dates_are_dates():
    """Frozen panes, a filter, widths, and number formats in French order."""
    page = read(book("Mairie"))["Noms"]
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == "A1:C2"
    assert page.column_dimensions["A"].width == pytest.approx(30, abs=1)
    assert page["B2"].value.date() == date(2021, 5, 31)
    assert page["B2"].number_format == "dd/mm/yyyy"
    assert page["C2"].number_format == "#,##0"


def test_an_empty_table_keeps_its_headers():
    """No rows: the sheet says what would be there."""
    page = read(book())["Noms"]
    assert [cell.value for cell in page[1]] == ["Nom", "Jour", "n"]
    assert page.max_row == 1


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch):
    """Nothing is lost at the last row a sheet can hold."""
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    pages = read(book("a", "b", "c", "d", "e"))
    assert pages.sheetnames == ["Noms", "Noms (2)", "Noms (3)"]
    assert [row[0].value for page in pages for row in page.iter_rows(min_row=2)] == list("abcde")
    assert pages["Noms (3)"]["A1"].value == "Nom"
