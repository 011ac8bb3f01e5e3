"""The workbook of a plan, read back by another program."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from allocator.errors import InputError
from scenarios.report import workbook
from scenarios.report.workbook import write_workbook
from tests.factories import write_instance
from tests.planned import planned

LINK = '=HYPERLINK("http://x.example","ici")'


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Plan the hand-written instance, one centre renamed to a formula, one delivery earmarked."""
    root = tmp_path_factory.mktemp("workbook")
    centres = [
        {"centre": "1", "name": LINK, "department": "22", "lat": 48.31, "lon": -2.87,
         "opens_on": "2021-01-18", "closes_on": ""},
        {"centre": "2", "name": "Palais des congrès", "department": "2A", "lat": 41.92,
         "lon": 8.73, "opens_on": "2021-01-18", "closes_on": ""},
    ]  # fmt: skip
    deliveries = [{"week": w, "product": "pfizer", "doses": 12, "centre": ""} for w in range(4)] + [
        {"week": 0, "product": "janssen", "doses": 5, "centre": "2"}
    ]
    folder = write_instance(root / "instance", centres=centres, deliveries=deliveries)
    return planned(folder, root / "plan")


@pytest.fixture(scope="module")
def book(case, tmp_path_factory):
    """Write the workbook and open it."""
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(path, case.instance, case.plan, case.result)
    return openpyxl.load_workbook(path)


def rows(page) -> list[dict[str, object]]:
    """Rows of a sheet by header."""
    header, *lines = page.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_it_holds_the_tables_a_prefect_needs(book):
    """Summary, doses and vials, coverage, sessions, quotas, shortages; headers in sight."""
    assert book.sheetnames == [
        "Synthèse", "Départements", "Couverture", "Doses et flacons", "Séances", "Quotas",
        "Manques",
    ]  # fmt: skip
    assert all(page.freeze_panes for page in book)


def test_a_centre_named_like_a_formula_stays_text(book):
    """In every sheet that names centres, as text, and no cell of the book is a formula."""
    for name in ("Doses et flacons", "Séances", "Quotas"):
        cells = [cell for row in book[name].iter_rows() for cell in row if cell.value == LINK]
        assert cells
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.quotePrefix for cell in cells)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds


def test_doses_and_vials_add_up_to_the_plan(book, case):
    """By centre and week: every vial, every dose, and the earmarked delivery."""
    lines = rows(book["Doses et flacons"])
    sums = {
        header: sum(line[header] for line in lines)
        for header in ("Flacons à livrer", "Premières doses", "Secondes doses")
    }
    assert sums == {
        "Flacons à livrer": case.plan["shipments"]["vials"].sum(),
        "Premières doses": case.plan["first_doses"]["people"].sum(),
        "Secondes doses": case.plan["second_doses"]["people"].sum(),
    }
    direct = [line for line in lines if line["Doses livrées directement"]]
    assert {(line["Centre"], line["Vaccin"]) for line in direct} == {("2", "Janssen")}
    # Five doses in week 0; the tail goes on with the mean of four weeks, rounded down.
    assert [line["Doses livrées directement"] for line in direct] == [5, 1, 1, 1, 1, 1, 1, 1]
    vials = {line["Vaccin"]: line["Doses de ces flacons"] for line in lines
             if line["Flacons à livrer"] == 1}  # fmt: skip
    assert vials["Comirnaty"] == 6


def test_coverage_adds_up_by_departement_and_class(book, case):
    """People and doses of both sheets are those of the plan; shares follow."""
    kpis = case.result["kpis"]
    for name in ("Départements", "Couverture"):
        lines = rows(book[name])
        assert sum(line["Personnes"] for line in lines) == kpis["people"]
        assert sum(line["Premières doses"] for line in lines) == kpis["first_doses"]
        for line in lines:
            if line["Personnes"]:
                share = line["Premières doses"] / line["Personnes"]
                assert line["Couverture"] == pytest.approx(share)
            else:
                assert line["Couverture"] is None


def test_sessions_and_quotas_are_those_of_the_plan(book, case):
    """One row each, with names in place of ids, and dates as dates."""
    sessions, quotas = rows(book["Séances"]), rows(book["Quotas"])
    assert len(sessions) == len(case.plan["sessions"])
    assert sum(line["Créneaux"] for line in sessions) == case.plan["sessions"]["slots"].sum()
    days = {line["Jour"].date().isoformat() for line in sessions}
    assert days == set(case.plan["sessions"]["day"])
    assert len(quotas) == len(case.plan["quotas"])
    assert sum(line["Créneaux"] for line in quotas) == case.plan["quotas"]["slots"].sum()
    mondays = {line["Semaine du"].date() for line in quotas}
    assert all((monday - date(2021, 5, 31)).days % 7 == 0 for monday in mondays)
    assert {line["Classe de priorité"] for line in quotas} <= set(case.instance.classes.labels)


def test_the_dearest_shortage_comes_first(book, case):
    """All prices, with their sentences, from the dearest down."""
    values = [line["Valeur (points)"] for line in rows(book["Manques"])]
    assert len(values) == len(case.plan["prices"]) > 0
    assert values == sorted(values, reverse=True)


def test_the_summary_says_what_is_proven_and_what_is_not(book, case):
    """Figures as numbers, the fingerprint of the data, and the limits."""
    lines = rows(book["Synthèse"])
    by_name = {line["Chiffre"]: line["Valeur"] for line in lines}
    assert by_name["Coût du plan"] == pytest.approx(case.result["cost"])
    assert by_name["Premières doses"] == case.result["kpis"]["first_doses"]
    assert any(case.result["input_sha256"] in str(line["Unité ou remarque"]) for line in lines)
    assert {"Prouvé", "Non prouvé"} <= {line["Chiffre"] for line in lines}


def test_a_workbook_that_fails_leaves_nothing_behind(case, tmp_path, monkeypatch):
    """An earlier file stays as it was, and no half of a new one is left."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"earlier")

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(workbook, "_quotas", fail)
    with pytest.raises(MemoryError):
        write_workbook(path, case.instance, case.plan, case.result)
    assert path.read_bytes() == b"earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.xlsx"]


def test_a_workbook_of_another_instance_is_refused(case, tmp_path):
    """The plan's ids must be those of the instance."""
    other = planned(
        write_instance(tmp_path / "i", centres=[
            {"centre": "9", "name": "n", "department": "22", "lat": 48.31, "lon": -2.87,
             "opens_on": "2021-01-18", "closes_on": ""}],
            capacity=[{"centre": "9", "week": 0, "injections": 15}]),
        tmp_path / "p", "pro-rata",
    )  # fmt: skip
    with pytest.raises(InputError, match="is not in the instance"):
        write_workbook(tmp_path / "x.xlsx", case.instance, other.plan, case.result)
    assert not (tmp_path / "x.xlsx").exists()
