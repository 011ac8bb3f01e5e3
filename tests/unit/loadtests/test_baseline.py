"""What became worse is told, and what became much worse fails."""

from __future__ import annotations

import json

import pytest

from loadtests.baseline import Baseline
from loadtests.verdict import Verdict

ABOUT = {"curve": "peak-2021-07-12", "scale": 0.25, "minutes": 3}


def verdict(**changes):
    """Give a verdict with some figures."""
    figures = {"requests_per_pair": 3.3, "service_ms_per_pair": 4.0}
    return Verdict(**{"pairs_per_s": 100.0, "p50_ms": 10.0, "p99_ms": 50.0, "figures": figures,
                      **changes})  # fmt: skip


@pytest.fixture
def baseline(tmp_path):
    """Store a verdict, and read it as a baseline."""
    path = tmp_path / "before.json"
    path.write_text(json.dumps(ABOUT | verdict().as_json()), encoding="utf-8")
    return Baseline.read(path)


@pytest.mark.parametrize(
    ("changes", "warns", "fails"),
    [
        ({}, 0, 0),
        ({"pairs_per_s": 95.0}, 0, 0),
        ({"pairs_per_s": 85.0}, 1, 0),
        ({"pairs_per_s": 60.0}, 0, 1),
        ({"pairs_per_s": 500.0, "p99_ms": 1.0}, 0, 0),
        ({"p99_ms": 100.0}, 1, 0),
        ({"figures": {"requests_per_pair": 5.0}}, 0, 1),
    ],
)
def test_worse_is_told_and_much_worse_fails(baseline, changes, warns, fails):
    """By how much each may differ is a table; better is never told."""
    now = verdict(**changes)
    baseline.compare(now, ABOUT)
    assert (len(now.warnings), len(now.broken)) == (warns, fails)


def test_other_runs_are_not_compared(baseline):
    """Half the scale is half the pairs."""
    now = verdict(pairs_per_s=1.0)
    baseline.compare(now, ABOUT | {"scale": 0.1})
    assert now.broken == []
    assert now.warnings == ["not compared: the baseline has another scale"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"curve": 1}'])
def test_what_is_no_baseline_is_refused(tmp_path, text):
    """With what it should be."""
    path = tmp_path / "before.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"Expecting value|not what"):
        Baseline.read(path)
