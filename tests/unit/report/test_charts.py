"""Charts are still pictures: no script, no address, no id shared with another picture."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from scenarios.report import charts, comparison_charts

START = date(2021, 5, 31)
DOSES = pd.DataFrame(
    [("31/05", "Comirnaty", "Premières doses", 12000), ("07/06", "Janssen", "Premières doses", 5)],
    columns=["semaine", "vaccin", "rang", "doses"],
)
CHARTS = {
    "departments": charts.department_chart(
        ["Var (83)", "Nord (59)"], np.array([90.0, 80.0]), np.array([40.0, 60.0]), 85.0
    ),
    "coverage": charts.coverage_chart(
        START, np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 1, 1], [2, 2, 2]])
    ),
    "doses": charts.doses_chart(
        DOSES, ["31/05", "07/06"], {"Comirnaty": "#00f", "Janssen": "#0f0"}
    ),
    "distance": charts.distance_chart(["moins de 2 km"], np.array([100.0]), None, ("plan", "")),
    "cost": comparison_charts.cost_chart(["a", "b"], {"attente": [1.0, 2.0], "km": [3.0, 4.0]}),
    "span": comparison_charts.coverage_chart(["a", "b"], [50.0, 80.0], [90.0, 100.0]),
    "served": comparison_charts.served_chart({"a": [1, 2], "b": [2, 3]}),
}


def texts(svg: str) -> list[str]:
    """Words of a picture, in order."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_needs_neither_script_nor_network(name):
    """One label for those who do not see it, and nothing that loads."""
    svg = charts.svg_of(CHARTS[name], name, 'ce que "montre" l’image')
    assert svg.startswith('<svg role="img" aria-label="ce que &quot;montre&quot; l’image"')
    assert "http" not in svg
    assert "<script" not in svg
    assert "NaN" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_ids_of_two_pictures_are_kept_apart(name):
    """Every id, and every reference to one, bears the picture's name."""
    svg = charts.svg_of(CHARTS[name], name, "")
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert all(i.startswith(f"{name}-") for i in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)


def test_departements_stand_from_the_best_served_to_the_least():
    """Var has 90, Nord 80; the scale is cut at round tens around 40 and 90."""
    words = texts(charts.svg_of(CHARTS["departments"], "x", ""))
    assert words.index("Var (83)") < words.index("Nord (59)")
    assert {"30", "90"} <= set(words)
    assert "0" not in words


def test_more_departements_than_a_column_holds_stand_in_two():
    """A hundred labels, each once."""
    labels = [f"D{i:03}" for i in range(100)]
    chart = charts.department_chart(labels, np.linspace(50, 100, 100), None, 75.0)
    words = texts(charts.svg_of(chart, "x", ""))
    assert [words.count(label) for label in labels] == [1] * 100


def test_large_numbers_are_written_out_with_french_spaces():
    """Ten thousand doses are `10 000`, not `1e+4`."""
    words = texts(charts.svg_of(CHARTS["doses"], "x", ""))
    assert "10\u202f000" in words or "10\u00a0000" in words
    assert not any("e+" in word for word in words)


@pytest.mark.parametrize(("weeks", "last"), [(52, "23/05"), (53, "30/05/22")])
def test_a_label_names_one_week_only(weeks, last):
    """Beyond a year days come round again, so the year is added."""
    labels = charts.week_labels(START, weeks)
    assert labels[-1] == last
    assert len(set(labels)) == weeks
