"""`creneau replan` as its users run it."""

from __future__ import annotations

import json
import shutil
import subprocess

import pandas as pd
import pytest

from loadtests.command import CRENEAU
from scenarios.build import build_scenario
from tests.integration.test_plan_command import MORE_KEYS, RESULT_KEYS

PATIENCE_S = 400.0
"""A first run compiles kernels, on a machine that may be busy."""


def creneau(*arguments):
    """Run the command in a process of its own."""
    return subprocess.run(
        [CRENEAU, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE_S,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return a region, its plan, and an event: one centre has half as many lines again."""
    folder = tmp_path_factory.mktemp("replan")
    build_scenario("bretagne", folder / "instance")
    done = creneau("plan", folder / "instance", "--out", folder / "plan", "--gap", "0.002")
    assert done.returncode == 0, done.stderr
    capacity = pd.read_csv(folder / "instance" / "capacity.csv", dtype={"centre": str})
    more = (capacity["centre"] == capacity["centre"].iloc[-1]) & (capacity["week"] >= 4)
    capacity.loc[more, "injections"] = capacity.loc[more, "injections"] * 3 // 2
    (folder / "event").mkdir()
    capacity.to_csv(folder / "event" / "capacity.csv", index=False)
    return folder


def test_one_centre_changes_and_few_slots_move(planned):
    """Certified, checked against the changed instance, told in JSON, and most of it stays."""
    done = creneau(
        "replan", planned / "instance", planned / "plan", "--event", planned / "event",
        "--out", planned / "next", "--instance-out", planned / "changed", "--gap", "0.003",
        "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() == RESULT_KEYS | MORE_KEYS | {"plan", "moved_slots", "changes"}
    written = json.loads((planned / "next" / "result.json").read_text("utf-8"))
    assert {**written, "plan": told["plan"], "changes": told["changes"]} == told
    assert told["gap"] <= 0.003
    assert told["moved_slots"] <= 0.02 * told["kpis"]["first_doses"]
    changes = pd.read_csv(planned / "next" / "changes.csv")
    gone = changes["before"] - changes["booked"] - changes["after"]
    assert gone.clip(lower=0).sum() == told["moved_slots"]
    checked = creneau("check", planned / "changed", planned / "next")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_screen_says_what_moved_where_and_why(planned):
    """A line for each of the largest changes."""
    done = creneau(
        "replan", planned / "instance", planned / "plan", "--event", planned / "event",
        "--out", planned / "shown", "--gap", "0.003",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    changes = pd.read_csv(planned / "shown" / "changes.csv")
    largest = (changes["before"] - changes["booked"] - changes["after"]).abs().idxmax()
    assert f"({changes['why'][largest]})" in done.stdout
    assert "moved slots" in done.stdout


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda folder: shutil.rmtree(folder / "event"), "the event folder does not exist"),
        (lambda folder: (folder / "event" / "capacity.csv").write_text("centre,week\n"),
         "column 'injections' is missing"),
        (lambda folder: shutil.rmtree(folder / "plan"), "the plan folder does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(planned, tmp_path, spoil, rule):
    """Exit status 2, and nothing is written."""
    folder = tmp_path / "copy"
    shutil.copytree(planned, folder)
    spoil(folder)
    done = creneau(
        "replan", folder / "instance", folder / "plan", "--event", folder / "event",
        "--out", folder / "new",
    )  # fmt: skip
    assert done.returncode == 2
    assert rule in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (folder / "new").exists()
