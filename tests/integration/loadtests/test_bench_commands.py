"""`creneau bench booking` and `reads`, as their users run them: small and brief."""

from __future__ import annotations

import json
import subprocess

import pytest

from loadtests.command import CRENEAU

KEYS = {"pairs_per_s", "pgbench_tps", "ratio", "p99_ms_at_333", "oversold"}


def run(*arguments):
    """Run a bench in a process of its own; give the object it prints."""
    done = subprocess.run(
        [CRENEAU, "bench", *arguments, "--smoke", "--json"], capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_booking_bench_books_and_counts_again():
    """Both sides book, nothing is refused, and nothing is found wrong afterwards."""
    report = run("booking")
    assert report.keys() >= KEYS
    assert report["oversold"] == 0
    assert report["faults"] == []
    assert report["refusals"] == {}
    assert len(report["rates"]) == 2
    assert all(rate["pairs_per_s"] > 1 < rate["pgbench_tps"] for rate in report["rates"])
    assert report["ratio"] == pytest.approx(report["pairs_per_s"] / report["pgbench_tps"])
    assert report["booked"] > 100
    assert 0 < report["p50_ms"] <= report["p99_ms_at_333"]


def test_the_reading_bench_reads():
    """From the application, over HTTP."""
    report = run("reads")
    assert report.keys() >= {"server", "requests_per_s", "cores", "p99_ms"}
    assert report["server"] == "application"
    assert report["requests_per_s"] > 100
    assert report["cores"] > 0
    assert report["slots"] == 2 * 24 * 40
    assert min(report["worker_mb"], report["publisher_mb"]) > 20


@pytest.mark.server
def test_the_reading_bench_reads_through_nginx():
    """Over TLS, with the shipped configuration; nothing but 200 is counted."""
    report = run("reads", "--server", "nginx")
    assert report["server"] == "nginx"
    assert report["driver"] == "wrk"
    assert report["requests_per_s"] > 1000
    assert 0 < report["cores"] < 2.5


def test_a_server_that_is_none_is_refused():
    """Before anything is started."""
    done = subprocess.run(
        [CRENEAU, "bench", "reads", "--server", "apache"], capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "application or nginx" in done.stderr


def test_the_cost_is_printed():
    """Figures in, euros out."""
    done = subprocess.run(
        [CRENEAU, "bench", "cost", "--ms-per-pair", "1.5", "--reads-per-core", "30000", "--json"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    said = json.loads(done.stdout)
    assert said["machines"] == 2
    assert said["euros_per_centre"] == pytest.approx(158 / 2600)
