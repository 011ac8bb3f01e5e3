"""Euros from measured figures."""

from __future__ import annotations

import pytest

from loadtests.cost_sheet import CostSheet, Machine


def test_the_sheet_is_three_times_the_record_and_one_machine_more():
    """1.5 cores of pairs and as many of reads: 9 cores, two machines of 6, and a spare one."""
    sheet = CostSheet(1500 / 333, 20_000.0, Machine(79.0, 6))
    assert sheet.cores == pytest.approx(3.0)
    assert sheet.machines == 3
    assert sheet.euros_a_month == pytest.approx(237)
    assert sheet.as_json()["euros_per_centre"] == pytest.approx(237 / 2600)
    assert sheet.as_json()["ratio"] == pytest.approx(214 * 2600 / 237)
    assert len(list(sheet.lines())) == 2


@pytest.mark.parametrize(
    ("pair", "reads", "euros", "cores"), [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)]
)
def test_figures_that_cannot_be_are_refused(pair, reads, euros, cores):
    """The rule is the message."""
    with pytest.raises(ValueError, match="Must have"):
        CostSheet(pair, reads, Machine(euros, cores))
