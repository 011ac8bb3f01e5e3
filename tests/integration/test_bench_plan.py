"""`creneau bench plan` on an instance of three communes: real commands, one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocator.read import read_instance
from loadtests.bench_plan import FIRST_RUN, Bench, Row, rows_of
from loadtests.bench_table import table_of
from loadtests.bench_targets import FRANCE, OFFICIAL, REGION, Target, targets_of
from loadtests.command import Run, creneau
from tests.factories import write_instance

KEYS = {"instance", "method", "columns", "seconds", "gap", "peak_rss_mb", "integer", "status"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Return what the bench prints for one tiny instance, HiGHS included."""
    folder = write_instance(tmp_path_factory.mktemp("bench") / "tiny")
    assert read_instance(folder).weeks == 4
    run = creneau("bench", "plan", "--instances", folder, "--peers")
    assert run.exit_status == 0
    return run.printed


def test_every_method_has_a_row(bench):
    """The optimal plan twice (the first compiles), the two baselines and the relaxation."""
    methods = [row["method"] for row in bench["rows"]]
    assert methods[:4] == [FIRST_RUN, "optimal", "pro-rata", "first-come"]
    assert methods[4].startswith("lp by ")
    assert len(methods) == 5
    assert all(set(row) == KEYS for row in bench["rows"])


def test_plans_are_whole_and_the_relaxation_is_not(bench):
    """Only the last row is no plan, and says so."""
    assert [row["integer"] for row in bench["rows"]] == [True] * 4 + [False]
    assert bench["rows"][-1]["status"] == "relaxation"


def test_no_baseline_beats_the_optimal_plan(bench):
    """Gaps of all methods are against bounds of the same run, so they can be compared."""
    gaps = {row["method"]: row["gap"] for row in bench["rows"]}
    assert 0 <= gaps["optimal"] <= min(gaps["pro-rata"], gaps["first-come"])


def test_the_first_run_compiles_and_the_second_does_not(bench):
    """The cache of kernels starts empty; the difference is what the first run costs more."""
    first, second = bench["rows"][:2]
    assert bench["compilation_s"] == pytest.approx(first["seconds"] - second["seconds"])
    assert bench["compilation_s"] > 0


def test_a_method_that_fails_has_a_row_without_figures():
    """Nothing printed, exit status 2: the row says so and claims nothing."""
    [row] = rows_of("i", {"optimal": Run(2, 1.5, {})})
    assert row == Row("i", "optimal", None, 1.5, None, None, False, "failed with exit status 2")


def test_an_unknown_scenario_fails_the_bench():
    """A name that is neither group, scenario nor folder is refused by the builder."""
    run = creneau("bench", "plan", "--instances", "atlantis")
    assert run.exit_status == 1
    assert run.printed["rows"] == []


def test_groups_stand_for_their_instances():
    """France is the built-in one and, where its files are, the official one."""
    assert targets_of("region, france") == [REGION, FRANCE, OFFICIAL]
    assert targets_of("moderna-slip") == [Target("moderna-slip")]


def test_a_gap_without_certificate_is_against_the_best_bound_of_the_run():
    """Cost 100 against the bound of 80 proven by another method; nothing without a value."""
    runs = {
        "optimal": Run(0, 2.0, {"cost": 84.0, "bound": 80.0, "gap": 4 / 84, "plan": "p"}),
        "first-come": Run(0, 1.0, {"cost": 100.0, "bound": None, "gap": None, "plan": "q"}),
        "lp": Run(0, 3.0, {"cost": None, "relaxation": None, "bound": 0.0, "plan": None}),
    }
    rows: list[Row] = rows_of("i", runs)
    assert [row.gap for row in rows] == [pytest.approx(4 / 84), pytest.approx(0.2), None]
    assert [row.integer for row in rows] == [True, True, False]


def test_the_table_lines_up_and_says_what_was_left_out(tmp_path):
    """Every number ends where its heading ends; a missing gap is said, not left blank."""
    bench = Bench(tmp_path, peers=False, peer_limit_s=1, tell=print)
    slow = Row("bretagne", "lp by ipx", 450_000, 1200.0, None, 3000.0, False, "time limit")
    bench.rows = [replace(slow, seconds=65.1, gap=0.00098, integer=True), slow]
    bench.skipped = ["france-2021-05-31"]
    header, first, second, *notes = table_of(bench)
    end = header.index("gap") + len("gap")
    assert first[:end].endswith("65.1  0.098 %")
    assert second[:end].endswith("1200.0     none")
    assert any("left out: france-2021-05-31" in note for note in notes)
