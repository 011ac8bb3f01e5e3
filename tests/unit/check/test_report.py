"""A plan folder is judged from its files, and what it prints must hold."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from allocator.certificate import to_table
from allocator.check.report import as_json, check_folder
from allocator.check.verdict import judge
from allocator.errors import InputError
from allocator.instance import Instance
from allocator.plan import write_plan
from tests.unit.check.plans import ROWS, campaign, plan_of
from tests.unit.check.reference import prices_of, relaxation


def printed(instance: Instance, plan) -> dict[str, Any]:
    """Return a `result.json` that says what the judge finds."""
    verdict = judge(instance, plan)
    keys = ("cost", "cost_parts", "bound", "gap", "gap_km_per_person", "kpis")
    figures = {key: getattr(verdict, key) for key in keys}
    return {"status": "feasible", "input_sha256": instance.input_sha256, **figures}


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    """Write the campaign and the plan made by hand, certified at the best prices."""
    instance = campaign(tmp_path / "instance")
    _, found = relaxation(instance).solve()
    plan = plan_of(certificate=to_table(instance, prices_of(instance, found)))
    write_plan(tmp_path / "plan", plan, lambda: printed(instance, plan))
    return tmp_path / "instance", tmp_path / "plan"


def spoil(plan: Path, **figures: Any) -> None:
    """Print other figures."""
    result = json.loads((plan / "result.json").read_text())
    (plan / "result.json").write_text(json.dumps({**result, **figures}))


def keys(folders: tuple[Path, Path]) -> list[str]:
    """Return the printed figures that do not hold."""
    return [mismatch.key for mismatch in check_folder(*folders)[1]]


def test_a_plan_whose_figures_hold_has_no_mismatch(folders):
    """The control: feasible, certified, and everything printed is true."""
    verdict, found = check_folder(*folders)
    assert verdict.feasible
    assert verdict.bound is not None
    assert found == ()


def test_parquet_says_the_same_as_csv(folders, tmp_path):
    """The verdict does not depend on the format."""
    instance, plan = folders
    result = json.loads((plan / "result.json").read_text())
    _, found = relaxation(campaign(tmp_path / "again")).solve()
    again = campaign(tmp_path / "again")
    tables = plan_of(certificate=to_table(again, prices_of(again, found)))
    write_plan(tmp_path / "parquet", tables, lambda: result, format_="parquet")
    verdict, mismatches = check_folder(instance, tmp_path / "parquet")
    assert mismatches == ()
    assert asdict(verdict) == asdict(check_folder(instance, plan)[0])


@pytest.mark.parametrize(
    ("figure", "factor"),
    [("cost", 1.00001), ("cost", 0.9), ("bound", 1.001), ("gap", 0.5), ("gap_km_per_person", 2)],
)
def test_a_figure_that_does_not_hold_is_found(folders, figure, factor):
    """Also a cost that is off by one in a hundred thousand."""
    result = json.loads((folders[1] / "result.json").read_text())
    spoil(folders[1], **{figure: result[figure] * factor})
    assert figure in keys(folders)


def test_a_humbler_bound_with_its_own_gap_holds(folders):
    """A lower bound is still a bound; the gap must follow from it."""
    result = json.loads((folders[1] / "result.json").read_text())
    bound = result["bound"] / 2
    spoil(folders[1], bound=bound, gap=(result["cost"] - bound) / result["cost"])
    assert keys(folders) == []
    spoil(folders[1], bound=None, gap=None)
    assert keys(folders) == []


def test_a_bound_without_a_certificate_is_found(tmp_path):
    """Nothing proves it."""
    instance = campaign(tmp_path / "instance")
    result = {**printed(instance, plan_of()), "bound": 1.0, "gap": 1 - 1 / 2280}
    write_plan(tmp_path / "plan", plan_of(), lambda: result)
    assert keys((tmp_path / "instance", tmp_path / "plan")) == ["bound"]


@pytest.mark.parametrize("value", [None, "2280", float("nan"), True])
def test_a_cost_that_is_no_number_is_found(folders, value):
    """Words and NaN are not figures."""
    spoil(folders[1], cost=value)
    assert keys(folders) == ["cost"]


def test_missing_figures_are_found(folders):
    """A result that says nothing proves nothing."""
    (folders[1] / "result.json").write_text("{}")
    found = keys(folders)
    assert {"input_sha256", "cost", "cost_parts.km", "kpis.vials"} <= set(found)


def test_wrong_key_figures_are_found(folders):
    """One vial more than shipped."""
    result = json.loads((folders[1] / "result.json").read_text())
    spoil(folders[1], kpis={**result["kpis"], "vials": 9})
    assert keys(folders) == ["kpis.vials"]


def test_a_plan_of_another_instance_is_found(folders):
    """One byte more in the instance folder makes it another instance."""
    demand = folders[0] / "demand.csv"
    demand.write_text(demand.read_text() + "\n")
    assert keys(folders) == ["input_sha256"]


def test_an_unknown_id_in_a_folder_is_refused_by_file_and_line(folders):
    """The plan cannot be read, so it is not judged."""
    flows = folders[1] / "flows.csv"
    flows.write_text(flows.read_text() + "nowhere,75,x,1\n")
    with pytest.raises(InputError, match=rf"flows\.csv:{len(ROWS['flows']) + 2}: unknown zone"):
        check_folder(*folders)


def test_a_folder_without_a_result_is_refused(folders):
    """Without `result.json` it is no plan."""
    (folders[1] / "result.json").unlink()
    with pytest.raises(InputError, match=r"result\.json"):
        check_folder(*folders)


def test_the_json_of_a_verdict_has_the_promised_keys(folders):
    """`creneau check --json`: violations as rule, where and amount; no NaN anywhere."""
    shipments = folders[1] / "shipments.csv"
    shipments.write_text("centre,product,week,vials\n")
    verdict, found = check_folder(*folders)
    value = json.loads(json.dumps(as_json(verdict, found), allow_nan=False))
    assert {"feasible", "violations", "cost", "bound", "gap"} <= set(value)
    assert not value["feasible"]
    assert value["violations"][0] == {
        "rule": "stock", "where": "centre x, product pfizer, week 0", "amount": 10,
    }  # fmt: skip
    assert [mismatch["key"] for mismatch in value["mismatches"]] == [
        "kpis.vials",
    ]
