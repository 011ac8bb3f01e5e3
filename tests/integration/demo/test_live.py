"""The second half of `creneau demo`: published, served, walked through, and gone in the end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil
import pytest

from allocator.errors import InputError
from api.demo.service import publish
from loadtests.command import CRENEAU
from scenarios.report.printed import read_printed
from tests.conftest import CHECKOUT
from tests.installed import wait_for
from tests.integration.demo.test_planning import STEPS
from tests.tiny_demo import UNBROKEN

WALK = [
    "publish", "serve", "search", "keys", "hold", "confirm", "same person twice", "move",
    "another centre", "cancel", "waiting list", "day list", "erase", "feeds", "stop",
]  # fmt: skip
PATIENCE_S = 600


@pytest.fixture
def folder():
    """Give a folder that the database's own user may enter, too: see tests/postgres.py."""
    with TemporaryDirectory(prefix="creneau-tests-") as name:
        yield Path(name)


def tiny(folder, *words, broken=UNBROKEN):
    """Start a demo of a few people as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.tiny_demo", broken, "demo", "--out", folder, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=CHECKOUT,
    )  # fmt: skip


def left_in(folder):
    """List the processes that still have to do with a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            about = " ".join(process.cmdline()) + process.environ().get("CRENEAU_HOME", "")
            if str(folder) in about and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_the_demo_walks_the_whole_path_on_brittany(folder):
    """As a process, as a newcomer runs it in CI: `--smoke` prints the steps and nothing else."""
    done = subprocess.run(
        [CRENEAU, "demo", "--smoke", "--out", folder], capture_output=True, text=True,
        check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report.keys() == {"ok", "steps"}
    assert report["ok"] is True
    assert [step["name"] for step in report["steps"]] == ["build bretagne", *STEPS, *WALK]
    assert all(step.keys() == {"name", "ok", "seconds"} for step in report["steps"])
    root = folder / "bretagne"
    costs = {
        name: read_printed(name, json.loads((root / name / "result.json").read_text())).cost
        for name in ("first-come", "pro-rata", "optimal")
    }
    assert costs["optimal"] < 0.5 * min(costs["pro-rata"], costs["first-come"])
    for page in (root / "comparison.html", *(root / name / "report.html" for name in costs)):
        assert page.read_text(encoding="utf-8").endswith("</html>\n")
    assert left_in(folder) == []


def test_a_step_that_fails_ends_the_walk_with_exit_1(folder):
    """The reason is told once; everything that was started is stopped."""
    process = tiny(folder, "--smoke", broken="move")
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (1, "creneau: broken by the test\n")
    report = json.loads(out)
    assert report["ok"] is False
    walked = [step for step in report["steps"] if step["name"] in WALK]
    assert [step["name"] for step in walked] == WALK[: WALK.index("move") + 1]
    assert [step["ok"] for step in walked][-2:] == [True, False]
    assert left_in(folder) == []


def ask(address, path, **headers):
    """Send a request; give the status and the body."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def staying(folder, *words):
    """Run a demo that stays; give it and what it has printed up to its last line."""
    process = tiny(folder, *words)
    try:
        lines = []
        while not (lines and ("Ctrl-C" in lines[-1] or lines[-1].startswith("{"))):
            line = process.stdout.readline()
            assert line, process.stderr.read()
            lines.append(line)
        yield process, "".join(lines)
    finally:
        process.kill()
        process.communicate()


def test_the_demo_stays_until_ctrl_c(folder):
    """Addresses and tokens are printed, and good; ending it is no failure."""
    with staying(folder) as (process, out):
        [address] = re.findall(r"(http://\S+)/availability/index\.json", out)
        tokens = dict(re.findall(r"^  (\S+) \S+ +(\S+)$", out, re.MULTILINE))
        assert tokens.keys() == {"planner", "centre", "agent", "auditor"}
        for role, token in tokens.items():
            status, body = ask(address, "/api/staff/me", Authorization=f"Bearer {token}")
            assert (status, json.loads(body)["role"]) == (200, role)
        wait_for(lambda: ask(address, "/ready")[0] == 200)
        assert ask(address, "/availability/index.json")[0] == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
        assert left_in(folder) == []


def test_a_demo_goes_on_where_one_was_killed_and_not_where_one_runs(folder):
    """What a killed one left behind is stopped; a running one, as `--json` tells it, is left."""
    root = folder / "bretagne"
    folders = root / "service", root / "instance", root / "optimal"
    with staying(folder, "--json") as (process, out):
        report = json.loads(out)
        assert report.keys() == {"ok", "steps", "address", "tokens", "keys"}
        with pytest.raises(InputError, match="a demo runs here"):
            publish(*folders)
        assert ask(report["address"], "/health")[0] == 200
        process.kill()
        process.wait()
    wait_for(lambda: len(left_in(folder)) == 1)
    published = publish(*folders)
    assert set(published.tokens) == set(report["tokens"])
    assert left_in(folder) == []


def test_a_home_with_somebody_s_files_is_left_alone(tmp_path):
    """Only what an installation writes is ever removed."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds 'notes\.txt'"):
        publish(tmp_path, tmp_path / "instance", tmp_path / "plan")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
