"""A plan folder is written whole or not at all, and nobody's files are lost for it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from allocator.errors import InputError
from allocator.outcome import RESULT
from allocator.plan import COLUMNS, Plan, read_plan, refuse_foreign_folder, write_plan
from tests import instances
from tests.planned import planned


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Return a plan of the smallest instance."""
    root = tmp_path_factory.mktemp("plan")
    return planned(instances.one_zone_one_centre(root / "i").folder, root / "p", "pro-rata")


def names(folder):
    """Files of a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_either_format_reads_back_the_same(format_, case, tmp_path):
    """Ids as text, counts as whole numbers."""
    write_plan(tmp_path / "p", case.plan, lambda: case.result, format_=format_)
    again = read_plan(tmp_path / "p")
    for name in COLUMNS:
        assert again[name].equals(case.plan[name]), name
    assert names(tmp_path / "p") == sorted([*(f"{n}.{format_}" for n in COLUMNS), RESULT])


def test_an_earlier_plan_is_replaced_whole(case, tmp_path):
    """Tables of the other format do not linger to be read in place of the new ones."""
    write_plan(tmp_path / "p", case.plan, lambda: case.result, format_="parquet")
    write_plan(tmp_path / "p", case.plan, lambda: case.result, {"x.xlsx": b"1"})
    assert "flows.parquet" not in names(tmp_path / "p")
    assert (tmp_path / "p" / "x.xlsx").read_bytes() == b"1"
    assert names(tmp_path) == ["p"]


def test_a_folder_with_a_stranger_in_it_is_left_alone(case, tmp_path):
    """A `result.json` does not make a plan of somebody's thesis."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / RESULT).write_text("{}", encoding="utf-8")
    (tmp_path / "p" / "thesis.odt").write_text("years", encoding="utf-8")
    with pytest.raises(InputError, match=r"is not a plan folder \(holds 'thesis.odt'\)"):
        write_plan(tmp_path / "p", case.plan, lambda: case.result)
    assert names(tmp_path / "p") == [RESULT, "thesis.odt"]


def test_tables_without_a_result_are_left_alone(tmp_path):
    """Half a plan may be somebody's work in progress."""
    (tmp_path / "flows.csv").write_text("zone\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"is not a plan folder \(has no result.json\)"):
        refuse_foreign_folder(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path):
    """It is named, and stays."""
    (tmp_path / "p").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file, where a plan folder is to be written"):
        refuse_foreign_folder(tmp_path / "p")


def test_an_empty_folder_may_be_filled(case, tmp_path, monkeypatch):
    """Named from where the user stands."""
    (tmp_path / "p").mkdir()
    monkeypatch.chdir(tmp_path)
    write_plan(Path("p"), case.plan, lambda: case.result)
    assert json.loads((tmp_path / "p" / RESULT).read_text(encoding="utf-8")) == case.result


def test_a_plan_that_fails_to_be_written_leaves_the_earlier_one(case, tmp_path):
    """The summary comes last: when it fails, nothing has changed."""
    write_plan(tmp_path / "p", case.plan, lambda: case.result)
    before = names(tmp_path / "p")

    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_plan(tmp_path / "p", case.plan, fail, format_="parquet")
    assert names(tmp_path / "p") == before
    assert names(tmp_path) == ["p"]


def test_a_figure_that_json_does_not_know_is_never_written(case, tmp_path):
    """NaN in result.json would not be JSON."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_plan(tmp_path / "p", case.plan, lambda: {"cost": float("nan")})
    assert not (tmp_path / "p").exists()


def test_a_full_disk_is_one_message(case, tmp_path, monkeypatch):
    """An error of the system while writing names the folder."""

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pandas.DataFrame.to_csv", full)
    with pytest.raises(InputError, match="p: cannot be written: No space left on device"):
        write_plan(tmp_path / "p", case.plan, lambda: case.result)
    assert names(tmp_path) == []


def test_ids_that_hold_quotes_and_line_breaks_are_read_back(tmp_path):
    """A lone carriage return too, as in cells typed on another machine."""
    names = ['a "b", c', "line\nbreak", "carriage\rreturn", "nan", "007", "é 🙂"]
    rows = pd.DataFrame({"zone": names, "class": "75", "centre": names[::-1], "people": 1})
    rows = rows.astype(dict.fromkeys(("zone", "class", "centre"), "str"))
    tables = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    write_plan(tmp_path / "p", Plan(tables | {"flows": rows}), dict)
    assert read_plan(tmp_path / "p")["flows"].equals(rows)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (["one"], "people does not hold numbers, but str"),
        ([True], "people does not hold numbers, but bool"),
        ([None], "people does not hold numbers, but object"),
        ([float("nan")], "people holds an empty cell, or one that is not finite"),
        ([float("inf")], "people holds an empty cell, or one that is not finite"),
        ([-1], "people holds a count that is not whole, or outside 0..1000000000"),
        ([0.5], "people holds a count that is not whole, or outside 0..1000000000"),
        ([10**12], "people holds a count that is not whole, or outside 0..1000000000"),
    ],
)
def test_a_parquet_cell_that_is_no_count_is_refused(case, tmp_path, cells, rule):
    """Whatever the type in which it was written."""
    write_plan(tmp_path / "p", case.plan, lambda: case.result, format_="parquet")
    spoilt = case.plan["flows"].head(1).assign(people=cells)
    spoilt.to_parquet(tmp_path / "p" / "flows.parquet")
    with pytest.raises(InputError) as error:
        read_plan(tmp_path / "p")
    assert str(error.value) == f"flows.parquet: {rule}"
