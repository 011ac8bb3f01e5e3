"""`creneau plan`, `check` and `compare` as their users run them."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

import openpyxl
import pytest

from allocator.outcome import RESULT
from allocator.plan import COLUMNS
from api.cli import main
from loadtests.command import CRENEAU
from scenarios.build import build_scenario
from scenarios.report.printed import COST_PARTS, KPIS
from tests.factories import write_instance

RESULT_KEYS = {
    "status", "method", "cost", "cost_parts", "bound", "gap", "gap_km_per_person", "runtime_s",
    "peak_rss_mb", "seed", "input_sha256", "version", "kpis",
}  # fmt: skip
"""Of DESIGN.md."""
MORE_KEYS = {"columns", "unpaired"}
"""Size of the model, and why each slot without a second dose has none."""
PATIENCE_S = 300.0
"""A first run compiles kernels, on a machine that may be busy."""


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """Return the hand-written instance folder."""
    return write_instance(tmp_path_factory.mktemp("plan") / "instance")


@pytest.fixture(scope="module")
def plan(instance):
    """Return a plan folder of it, made by the command."""
    done = creneau("plan", instance, "--out", instance.parent / "plan", "--json")
    assert done.returncode == 0, done.stderr
    return instance.parent / "plan"


@pytest.fixture
def here(monkeypatch, capsys):
    """Run the command inside this interpreter: quick, and the same code from `main` on."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["creneau", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def creneau(*arguments) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [CRENEAU, *map(str, arguments)], capture_output=True, text=True, check=False,
        timeout=PATIENCE_S,
    )  # fmt: skip


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_plan_of_either_format_is_whole_and_passes_the_check(format_, instance, tmp_path):
    """The promised files and keys, one JSON object, and nothing on standard error."""
    out = tmp_path / "plan"
    done = creneau("plan", instance, "--out", out, "--format", format_, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert set(printed) == RESULT_KEYS | MORE_KEYS | {"plan"}
    assert set(printed["cost_parts"]) == set(COST_PARTS)
    assert set(printed["kpis"]) == set(KPIS)
    assert printed["plan"] == str(out)
    written = json.loads((out / RESULT).read_text(encoding="utf-8"))
    assert written.keys() == printed.keys() - {"plan"}
    assert {path.name for path in out.iterdir()} == {
        *(f"{name}.{format_}" for name in COLUMNS), RESULT, "report.html",
    }  # fmt: skip
    check = creneau("check", instance, out, "--json")
    assert check.returncode == 0
    verdict = json.loads(check.stdout)
    assert {"feasible", "violations", "cost", "bound", "gap"} <= verdict.keys()
    assert verdict["feasible"] is True
    assert verdict["cost"] == pytest.approx(printed["cost"])


def test_ctrl_c_keeps_the_best_plan(tmp_path):
    """Interrupted while it looks for prices, the command ends well, with a plan that holds."""
    instance, out = tmp_path / "instance", tmp_path / "plan"
    build_scenario("bretagne", instance)
    screen, theirs = pty.openpty()  # a terminal, so that the phases are shown
    with subprocess.Popen(
        [CRENEAU, "plan", instance, "--out", out, "--gap", "0", "--json"],
        stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"},
    ) as running:  # fmt: skip
        os.close(theirs)
        shown = read_until(screen, b"prices")
        running.send_signal(signal.SIGINT)
        shown += read_until(screen, None)
        printed = json.loads(running.communicate(timeout=PATIENCE_S)[0])
    os.close(screen)
    assert running.returncode == 0
    assert b"the best plan so far is kept" in shown
    assert b"Traceback" not in shown
    assert printed["status"] == "interrupted"
    assert 0 < printed["gap"] < 1
    assert creneau("check", instance, out).returncode == 0


def read_until(screen: int, word: bytes | None) -> bytes:
    """Read a terminal until a word is shown, or until the other side is gone."""
    seen, deadline = b"", time.monotonic() + PATIENCE_S
    while word is None or word not in seen:
        assert time.monotonic() < deadline, seen[-500:]
        if select.select([screen], [], [], 1.0)[0]:
            chunk = b""
            with suppress(OSError):  # what Linux says when the last writer has gone
                chunk = os.read(screen, 65536)
            if not chunk:
                assert word is None, seen[-500:]
                break
            seen += chunk
    return seen


@pytest.mark.parametrize("method", ["optimal", "pro-rata", "first-come"])
def test_no_time_at_all_still_gives_a_plan(method, instance, tmp_path, here):
    """A limit of 0 s: the first plan there is, and it holds."""
    out = tmp_path / "plan"
    code, text, _ = here(
        "plan", instance, "--out", out, "--method", method, "--time-limit", 0, "--json"
    )
    assert code == 0
    assert json.loads(text)["method"] == method
    assert here("check", instance, out)[0] == 0


def test_the_relaxation_alone_writes_nothing(instance, tmp_path, here):
    """Method `lp` is a peer to compare with: it has a value and a bound, and no plan."""
    code, text, _ = here("plan", instance, "--out", tmp_path / "p", "--method", "lp", "--json")
    printed = json.loads(text)
    assert code == 0
    assert (printed["cost"], printed["gap"], printed["plan"]) == (None, None, None)
    assert printed["bound"] <= printed["relaxation"] * (1 + 1e-6)
    assert list(tmp_path.iterdir()) == []


def test_a_summary_names_the_plan_and_its_report(instance, tmp_path, here):
    """Without --json, words."""
    out = tmp_path / "plan"
    code, text, _ = here("plan", instance, "--out", out)
    assert code == 0
    assert f"report          {out / 'report.html'}" in text
    assert (out / "report.html").is_file()


@pytest.mark.parametrize("inside", [True, False])
def test_the_workbook_lies_where_it_was_asked_for(inside, instance, tmp_path, here):
    """Beside the plan or in its folder; a second run replaces both."""
    out = tmp_path / "plan"
    xlsx = (out if inside else tmp_path) / "plan.xlsx"
    for _ in range(2):
        order = ("plan", instance, "--out", out, "--method", "pro-rata", "--xlsx", xlsx)
        assert here(*order)[0] == 0
    assert "Synthèse" in openpyxl.load_workbook(xlsx).sheetnames
    assert sorted(p.name for p in tmp_path.iterdir()) == (
        ["plan"] if inside else ["plan", "plan.xlsx"]
    )
    assert here("check", instance, out)[0] == 0


BAD_OPTIONS = {
    "gap nan": ("--gap", "nan"),
    "gap infinite": ("--gap", "inf"),
    "gap negative": ("--gap", "-0.1"),
    "limit nan": ("--time-limit", "nan"),
    "limit negative": ("--time-limit", "-1"),
    "seed negative": ("--seed", "-1"),
    "seed no number": ("--seed", "x"),
    "method unknown": ("--method", "best"),
    "format unknown": ("--format", "xml"),
    "workbook into a missing folder": ("--xlsx", "{tmp}/none/x.xlsx"),
    "workbook over a folder": ("--xlsx", "{tmp}"),
    "workbook of a relaxation": ("--method", "lp", "--xlsx", "{tmp}/x.xlsx"),
    "workbook over a table of the plan": ("--xlsx", "{tmp}/plan/flows.csv"),
}


@pytest.mark.parametrize("name", BAD_OPTIONS)
def test_a_bad_option_is_refused_before_the_work(name, instance, tmp_path, here, monkeypatch):
    """Exit 2, a message on standard error, no traceback, nothing written, nothing solved."""
    monkeypatch.setattr("scenarios.planning.solve", None)
    options = [text.format(tmp=tmp_path) for text in BAD_OPTIONS[name]]
    code, out, err = here("plan", instance, "--out", tmp_path / "plan", *options, "--json")
    assert (code, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_folder_is_refused_before_the_work(instance, tmp_path, here, monkeypatch):
    """Also the instance itself, a file, and a folder below a file."""
    monkeypatch.setattr("scenarios.planning.solve", None)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    note = tmp_path / "mine" / "notes.txt"
    for target in (tmp_path / "mine", instance, note, note / "plan"):
        code, out, err = here("plan", instance, "--out", target, "--json")
        assert (code, out) == (2, "")
        assert err.startswith(f"creneau: {target}: ")
        assert len(err.splitlines()) == 1
    assert note.read_text(encoding="utf-8") == "mine"


def test_a_bad_instance_is_one_message_with_file_line_and_rule(tmp_path):
    """As a process: exit 2, one line, nothing half written."""
    instance = write_instance(tmp_path / "instance", demand=[
        {"zone": "22001", "class": "75", "people": -1}])  # fmt: skip
    done = creneau("plan", instance, "--out", tmp_path / "plan")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "creneau: demand.csv:2: people is negative: -1\n"
    assert not (tmp_path / "plan").exists()


def test_compare_prints_the_promised_keys_and_writes_a_page(plan, tmp_path, here):
    """`plans`: list of `name`, `cost`, `gap`, `kpis`."""
    page = tmp_path / "page.html"
    code, out, err = here("compare", plan, plan, "--html", page, "--json")
    assert (code, err) == (0, "")
    printed = json.loads(out)
    assert set(printed) == {"plans"}
    assert [set(row) for row in printed["plans"]] == [{"name", "cost", "gap", "kpis"}] * 2
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_compare_says_when_costs_do_not_compare(plan, tmp_path, here):
    """Plans of two instances: a note on standard error, the figures all the same."""
    other = write_instance(tmp_path / "instance", settings={"seed": 8})
    here("plan", other, "--out", tmp_path / "other", "--method", "pro-rata")
    code, out, err = here("compare", plan, tmp_path / "other", "--json")
    assert code == 0
    assert "different instances" in err
    assert len(json.loads(out)["plans"]) == 2


def test_compare_refuses_what_is_no_plan_and_a_page_it_cannot_write(plan, tmp_path, here):
    """Exit 2 each, one message, no page."""
    page = tmp_path / "page.html"
    for arguments in (
        (plan, tmp_path, "--html", page),
        (plan, tmp_path / "none", "--html", page),
        (plan, "--html", tmp_path / "none" / "page.html"),
        (plan, "--html", tmp_path),
    ):
        code, out, err = here("compare", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("creneau: ")
        assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_missing_argument_is_exit_2(here):
    """Nothing to plan, nothing to compare."""
    assert here("plan")[0] == 2
    assert here("compare")[0] == 2


def test_the_folder_the_user_stands_in_is_not_taken_away(instance, tmp_path, here, monkeypatch):
    """A plan folder is replaced whole, which would leave the shell in a folder that is gone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scenarios.planning.solve", None)
    code, _, err = here("plan", instance, "--out", ".")
    assert (code, err) == (2, "creneau: .: is the folder this command runs in; name another\n")
    assert list(tmp_path.iterdir()) == []
