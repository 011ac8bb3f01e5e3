"""`creneau bench tags`: it asks the real service and counts what came back."""

from __future__ import annotations

from loadtests.command import creneau


def test_the_bench_measures_in_process_and_over_http():
    """A row for each way of asking; a batch costs less a point than single questions."""
    done = creneau("bench", "tags", "--seconds", "0.3")
    assert done.exit_status == 0
    rows = {(row["where"], row["points"]): row for row in done.printed["rows"]}
    assert set(rows) == {(w, n) for w in ("in process", "over HTTP") for n in (1, 64)}
    for where in ("in process", "over HTTP"):
        assert 0 < rows[where, 1]["per_core_s"] < rows[where, 64]["per_core_s"]
