"""The first half of `creneau demo`: from nothing to three plans checked and compared."""

from __future__ import annotations

import json
from datetime import date

import pytest

from allocator.errors import InputError
from allocator.read import read_instance
from api.cli import main
from api.demo import run as live_run
from api.demo.run import Demo, next_monday
from scenarios import demo
from scenarios.steps import StepFailedError, Steps
from tests import instances

MONDAY = date(2026, 11, 30)
STEPS = [
    "plan first-come", "check first-come", "plan pro-rata", "check pro-rata", "plan optimal",
    "check optimal", "compare",
]  # fmt: skip


@pytest.fixture
def tiny(monkeypatch):
    """Build a hand-solvable instance whatever scenario is asked for, and note its name."""
    built: list[str] = []

    def build(name, out, _data):
        built.append(name)
        instances.fairness_floor(out)

    monkeypatch.setattr(demo, "build_scenario", build)
    return built


@pytest.fixture
def planned_only(tiny, monkeypatch):
    """Publish nothing."""
    monkeypatch.setattr(live_run, "publish", lambda *_: None)
    return tiny


def plan(root, *, quiet=True):
    """Plan into a folder, and give the steps."""
    steps = Steps(quiet=quiet)
    demo.plan_three_ways(steps, "bretagne", root, MONDAY)
    return steps


def test_three_plans_are_made_checked_and_compared(tiny, tmp_path):
    """Each step is timed, and comes to what it promises; the campaign begins on the Monday."""
    steps = plan(tmp_path)
    assert [step["name"] for step in steps.taken] == ["build bretagne", *STEPS]
    assert steps.ok
    assert all(step["ok"] and step["seconds"] >= 0 for step in steps.taken)
    assert (tmp_path / "comparison.html").read_text(encoding="utf-8").endswith("</html>\n")
    assert read_instance(tmp_path / "instance").start == MONDAY


@pytest.mark.parametrize(("national", "name"), [(False, "bretagne"), (True, "france-builtin")])
def test_national_means_all_of_france(national, name, planned_only, tmp_path):
    """One region by default; it begins on a Monday still to come."""
    run = Demo(national, tmp_path, quiet=True)
    run.run(lambda *_: None)
    assert run.report["ok"] is True
    assert planned_only == [name]
    start = read_instance(tmp_path / name / "instance").start
    assert date.today() < start  # noqa: DTZ011 - a day more or less does not matter


@pytest.mark.parametrize(
    ("today", "monday"),
    [(date(2026, 11, 29), MONDAY), (date(2026, 11, 30), date(2026, 12, 7))],
)
def test_the_campaign_begins_after_today(today, monday):
    """Even on a Monday: what begins today is partly over."""
    assert next_monday(today) == monday


def test_the_comparison_and_the_path_of_the_report_are_printed(planned_only, tmp_path, capsys):
    """The three plans side by side, then where to look further."""
    Demo(national=False, folder=tmp_path, quiet=False).run(lambda *_: None)
    out = capsys.readouterr().out
    assert all(method in out for method in demo.METHODS)
    assert str(tmp_path / "bretagne" / "optimal" / "report.html") in out
    assert "people served" in out


def test_a_quiet_demo_prints_nothing(planned_only, tmp_path, capsys):
    """Standard output is left to the JSON."""
    Demo(national=False, folder=tmp_path, quiet=True).run(lambda *_: None)
    assert capsys.readouterr().out == ""


def test_a_second_plan_replaces_the_first(tiny, tmp_path):
    """No folder of the demo is in the way of the demo."""
    for _ in range(2):
        assert plan(tmp_path).ok


def test_a_plan_that_does_not_hold_ends_the_walk(planned_only, tmp_path, capsys, monkeypatch):
    """The check is real: a plan written with a wrong cost stops the demo at its check."""
    write = demo.run_plan

    def tampered(order, *watchers):
        write(order, *watchers)
        result = order.out / "result.json"
        text = result.read_text(encoding="utf-8")
        printed = json.loads(text)
        result.write_text(json.dumps({**printed, "cost": printed["cost"] - 1}), encoding="utf-8")

    monkeypatch.setattr(demo, "run_plan", tampered)
    run = Demo(national=False, folder=tmp_path, quiet=False)
    run.run(lambda *_: pytest.fail("a bad plan was published"))
    assert [step["name"] for step in run.steps.taken][1:] == STEPS[:2]
    assert [step["ok"] for step in run.steps.taken] == [True, True, False]
    out, err = capsys.readouterr()
    assert "cost does not hold" in err
    assert "people served" not in out


def test_a_failed_demo_is_exit_1_with_its_json(tiny, tmp_path, monkeypatch, capsys):
    """Scripts read `ok`, and the exit status says the same."""

    def fail(*_):
        raise StepFailedError("no")

    monkeypatch.setattr(demo, "_check", fail)
    monkeypatch.setattr("sys.argv", ["creneau", "demo", "--smoke", "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_a_folder_in_the_way_is_left_alone(tiny, tmp_path):
    """Somebody's files where a plan would go: refused, not replaced."""
    stranger = tmp_path / "first-come" / "notes.txt"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds 'notes\.txt'"):
        plan(tmp_path)
    assert stranger.read_text(encoding="utf-8") == "mine"
