"""`creneau loadtest`, as its users run it."""

from __future__ import annotations

import json
import subprocess

import pytest

from loadtests.command import CRENEAU

PEAK = "peak-2021-07-12"
KEYS = {
    "verdict", "broken", "pairs", "pairs_per_s", "p50_ms", "p99_ms", "errors_5xx", "oversold",
    "lost", "shown_but_refused", "queue_wait_error",
}  # fmt: skip


def run(*words, within_s=600):
    """Run it in a process of its own."""
    return subprocess.run(
        [CRENEAU, "loadtest", *map(str, words)], capture_output=True, text=True, check=False,
        timeout=within_s,
    )  # fmt: skip


@pytest.mark.national
def test_a_quarter_of_the_evening_in_three_minutes():
    """Every promise holds."""
    done = run(PEAK, "--minutes", 3, "--scale", 0.25, "--json", within_s=1200)
    said = json.loads(done.stdout)
    assert (said["verdict"], said["broken"]) == ("pass", [])
    assert done.returncode == 0
    assert said.keys() >= KEYS
    assert (said["oversold"], said["lost"], said["errors_5xx"]) == (0, 0, 0)
    assert said["shown_but_refused"] < 0.01
    assert said["figures"]["requests_per_pair"] < 4


def test_a_short_run_writes_its_report_and_fails_against_a_better_baseline(tmp_path):
    """On Locust's own wire. The page calls nobody."""
    before, page = tmp_path / "before.json", tmp_path / "page.html"
    about = {"curve": PEAK, "scale": 0.02, "minutes": 0.1, "pairs_per_s": 1e6, "figures": {}}
    before.write_text(json.dumps(about), encoding="utf-8")
    done = run(
        PEAK, "--minutes", 0.1, "--scale", 0.02, "--workers", 1, "--report", page,
        "--baseline", before,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.startswith("verdict: fail\nbroken: pairs_per_s was 1e+06")
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == 2
    assert "interpolated" in html
    assert "src=" not in html
    assert "http" not in html.replace("http-equiv", "").replace("http://www.w3.org/", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-day"], "there is none of this name"),
        ([PEAK, "--minutes", "0"], "Must have more than no minutes"),
        ([PEAK, "--scale", "-1"], "Must have more than no minutes and a scale above 0"),
        ([PEAK, "--url", "ftp://x"], "it begins with http://"),
        ([PEAK, "--baseline", "no-such-file"], "no-such-file"),
    ],
)
def test_what_cannot_be_replayed_is_refused(words, said):
    """With the reason, before anything is started."""
    done = run(*words, within_s=30)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
