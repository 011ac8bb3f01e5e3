"""`creneau demo`: from nothing to three plans checked and compared."""

from __future__ import annotations

import json
import subprocess

import pytest

from allocator.errors import InputError
from api.cli import main
from loadtests.command import CRENEAU
from scenarios import demo
from scenarios.report.printed import read_printed
from tests import instances

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


def test_the_demo_walks_the_whole_path_on_brittany(tmp_path):
    """As a process, as a newcomer runs it in CI: `--smoke` prints the steps and nothing else."""
    done = subprocess.run(
        [CRENEAU, "demo", "--smoke", "--out", tmp_path], capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report.keys() == {"ok", "steps"}
    assert report["ok"] is True
    assert [step["name"] for step in report["steps"]] == ["build bretagne", *STEPS]
    assert all(step.keys() == {"name", "ok", "seconds"} for step in report["steps"])
    root = tmp_path / "bretagne"
    costs = {
        name: read_printed(name, json.loads((root / name / "result.json").read_text())).cost
        for name in demo.METHODS
    }
    assert costs["optimal"] < 0.5 * min(costs["pro-rata"], costs["first-come"])
    for page in (root / "comparison.html", *(root / name / "report.html" for name in costs)):
        assert page.read_text(encoding="utf-8").endswith("</html>\n")


@pytest.mark.parametrize(("national", "name"), [(False, "bretagne"), (True, "france-builtin")])
def test_national_means_all_of_france(national, name, tiny, tmp_path):
    """One region by default."""
    report = demo.run_demo(national=national, folder=tmp_path, quiet=True)
    assert report["ok"] is True
    assert tiny == [name]
    assert (tmp_path / name / "comparison.html").is_file()


def test_the_comparison_and_the_path_of_the_report_are_printed(tiny, tmp_path, capsys):
    """The three plans side by side, then where to look further."""
    demo.run_demo(national=False, folder=tmp_path, quiet=False)
    out = capsys.readouterr().out
    assert all(method in out for method in demo.METHODS)
    assert str(tmp_path / "bretagne" / "optimal" / "report.html") in out
    assert "people served" in out


def test_a_quiet_demo_prints_nothing(tiny, tmp_path, capsys):
    """Standard output is left to the JSON."""
    demo.run_demo(national=False, folder=tmp_path, quiet=True)
    assert capsys.readouterr().out == ""


def test_a_second_demo_replaces_the_first(tiny, tmp_path):
    """No folder of the demo is in the way of the demo."""
    for _ in range(2):
        assert demo.run_demo(national=False, folder=tmp_path, quiet=True)["ok"] is True


def test_a_plan_that_does_not_hold_ends_the_walk(tiny, tmp_path, capsys, monkeypatch):
    """The check is real: a plan written with a wrong cost stops the demo at its check."""
    write = demo.run_plan

    def tampered(order, *watchers):
        write(order, *watchers)
        result = order.out / "result.json"
        text = result.read_text(encoding="utf-8")
        printed = json.loads(text)
        result.write_text(json.dumps({**printed, "cost": printed["cost"] - 1}), encoding="utf-8")

    monkeypatch.setattr(demo, "run_plan", tampered)
    report = demo.run_demo(national=False, folder=tmp_path, quiet=False)
    assert report["ok"] is False
    assert [step["name"] for step in report["steps"]][1:] == STEPS[:2]
    assert [step["ok"] for step in report["steps"]] == [True, True, False]
    out, err = capsys.readouterr()
    assert "cost does not hold" in err
    assert "people served" not in out


def test_a_failed_demo_is_exit_1_with_its_json(tiny, tmp_path, monkeypatch, capsys):
    """Scripts read `ok`, and the exit status says the same."""

    def fail(*_):
        raise demo.StepFailedError("no")

    monkeypatch.setattr(demo, "_check", fail)
    monkeypatch.setattr("sys.argv", ["creneau", "demo", "--smoke", "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_a_folder_in_the_way_is_left_alone(tiny, tmp_path):
    """Somebody's files where a plan would go: refused, not replaced."""
    stranger = tmp_path / "bretagne" / "first-come" / "notes.txt"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds 'notes\.txt'"):
        demo.run_demo(national=False, folder=tmp_path, quiet=True)
    assert stranger.read_text(encoding="utf-8") == "mine"
