"""What a terminal shows of a plan, and what Ctrl-C does."""

from __future__ import annotations

import os
import signal

import pytest

from allocator.watch import Progress
from scenarios.screen import LISTED_UNPAIRED, Interrupt, plan_summary, progress_bar


@pytest.fixture
def quiet(monkeypatch, tmp_path):
    """Send what a signal handler writes straight to standard error into a file."""
    told = (tmp_path / "stderr").open("w", encoding="utf-8")
    monkeypatch.setattr("sys.__stderr__", told)
    yield tmp_path / "stderr"
    told.close()


def result(**change):
    """Figures of a plan as `plan --json` prints them."""
    kpis = {"people": 1200, "first_doses": 1000, "coverage_spread": 1.25, "coverage_min": 0.8,
            "coverage_max": 1.0, "km_median": 4.0, "km_p90": 12.5, "vials": 100,
            "doses_wasted": 3, "slots_unpaired": 0}  # fmt: skip
    return {
        "status": "gap reached", "method": "optimal", "cost": 1234.5, "bound": 1230.0,
        "gap": 0.0036, "kpis": kpis | change.pop("kpis", {}), "unpaired": [], "runtime_s": 2.0,
        "peak_rss_mb": 300.0, "plan": "/plans/a", **change,
    }  # fmt: skip


def test_the_first_ctrl_c_asks_to_stop_and_the_second_gives_up(quiet):
    """The first is told on standard error; nothing is raised before the second."""
    interrupt = Interrupt()
    assert not interrupt()
    interrupt.on_signal(signal.SIGINT, None)
    assert interrupt()
    assert "the best plan so far is kept" in quiet.read_text(encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        interrupt.on_signal(signal.SIGINT, None)


def test_ctrl_c_is_caught_only_while_the_bar_is_up(quiet):
    """The handler of before is back afterwards, even when the work fails."""
    before = signal.getsignal(signal.SIGINT)

    def work():
        with progress_bar() as (_, interrupt):
            os.kill(os.getpid(), signal.SIGINT)
            assert interrupt()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert signal.getsignal(signal.SIGINT) == before


def test_the_bar_is_silent_where_nobody_looks(capsys):
    """Standard error is no terminal here: a log stays clean, and standard output is for JSON."""
    with progress_bar() as (listen, _):
        listen(Progress("prices", 0.5, 10.0, None))
    assert capsys.readouterr() == ("", "")


def test_a_summary_is_one_line_a_figure(capsys):
    """Whole figures, and paths that are not broken over two lines."""
    plan_summary(result(plan="/plans/" + "long/" * 40 + "a"))
    lines = capsys.readouterr().out.splitlines()
    assert "cost            1,234.50" in lines
    assert "certified gap   0.3600 %" in lines
    assert "coverage        80.0 % to 100.0 % between départements (1.250 times)" in lines
    assert lines[-1].endswith("long/a/report.html")


def test_a_departement_without_any_dose_is_said(capsys):
    """A spread without a value is infinite, not missing; and nobody goes anywhere."""
    plan_summary(result(kpis={"coverage_min": 0.0, "coverage_spread": None, "km_median": None}))
    out = capsys.readouterr().out
    assert "0.0 % to 100.0 % between départements (a département gets none)" in out
    assert "distance" not in out


def test_unpaired_slots_are_told_centre_by_centre_up_to_a_screenful(capsys):
    """The rest is in result.json, and its number is said."""
    rows = [{"centre": str(i), "product": "p", "slots": 1, "reason": "r"} for i in range(25)]
    plan_summary(result(unpaired=rows, kpis={"slots_unpaired": 25}))
    out = capsys.readouterr().out
    assert out.count("p: 1 (r)") == LISTED_UNPAIRED
    assert "and 5 more centres, listed in result.json" in out


def test_the_relaxation_alone_has_no_plan_to_show(capsys):
    """Method `lp` gives a value and a bound."""
    plan_summary({"status": "relaxation", "method": "lp", "cost": None, "relaxation": 10.0,
                  "bound": 9.9, "gap": None, "runtime_s": 1.0, "peak_rss_mb": 1.0,
                  "plan": None})  # fmt: skip
    out = capsys.readouterr().out
    assert "10.00 (no integer plan is written)" in out
    assert "report" not in out
