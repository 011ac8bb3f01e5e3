"""National facts become the figures of a territory, by its part of the people."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.errors import InputError
from scenarios.facts import (
    LEAST_INJECTIONS,
    doses_arriving,
    from_facts,
    people_due,
    people_wanting,
    territory,
)
from scenarios.geography.builtin import read_builtin
from tests.unit.scenarios.tiny import tiny

NATION = 67_000_000


@pytest.fixture(scope="module")
def geography():
    """Return the built-in geography."""
    return read_builtin()


@pytest.fixture(scope="module")
def corsica(tmp_path_factory):
    """Return the tiny scenario and its figures."""
    scenario = tiny(tmp_path_factory.mktemp("library"))
    assert scenario.facts is not None
    return scenario, from_facts(scenario, scenario.facts)


def test_the_territory_is_the_regions_asked_for(geography):
    """Inhabited communes only; without regions, all but the Pacific."""
    corsica, dropped = territory(geography, ("94",))
    assert set(corsica.department) == {"2A", "2B"}
    assert [d.rule for d in dropped] == ["no inhabitant"]
    france, dropped = territory(geography, ())
    assert not {"986", "987", "988"} & set(france.region)
    assert {"2A", "971", "976"} <= set(france.department)
    assert france.population.min() > 0
    assert len(france) + sum(d.rows for d in dropped) == len(geography)
    assert france.population.sum() + dropped[1].people == geography.population.sum()


def test_those_who_want_a_dose_are_the_willing_without_one(tmp_path):
    """A fifth of those over 75; four tenths of half a band and a whole one."""
    scenario = tiny(tmp_path)
    by_band = {0: 0.0, 20: 0.0, 40: 1000.0, 60: 500.0, 75: 300.0}
    assert scenario.facts is not None
    assert people_wanting(scenario, scenario.facts, by_band).tolist() == [60, 400]


def test_nobody_wants_a_dose_where_more_had_one_than_were_willing(tmp_path):
    """Shares come from different sources."""
    scenario = tiny(tmp_path, ("75-plus = 0.7", "75-plus = 0.95"))
    by_band = {0: 0.0, 20: 0.0, 40: 0.0, 60: 0.0, 75: 300.0}
    assert scenario.facts is not None
    assert people_wanting(scenario, scenario.facts, by_band).tolist() == [0, 0]


def test_doses_arrive_in_whole_vials_and_none_is_lost_to_rounding(tmp_path):
    """A thousandth of the nation: 3,500 doses with the stock, then 3,000 a week, in sixes."""
    scenario = tiny(tmp_path)
    assert scenario.facts is not None
    doses = doses_arriving(scenario, scenario.facts, 0.001)
    assert doses.tolist() == [[3498, 3000, 3000, 3000], [100, 0, 0, 50]]
    doses = doses_arriving(scenario, scenario.facts, 0.000_049)
    assert doses[1].tolist() == [0, 0, 0, 5]  # 4.9 doses, then 7.35 in all
    assert (doses[0].cumsum() <= 0.000_049 * np.array([3.5e6, 6.5e6, 9.5e6, 12.5e6])).all()


def test_deliveries_counted_in_larger_doses_are_multiplied(tmp_path):
    """A booster of half a dose."""
    scenario = tiny(tmp_path, ('vacsi_code = "4"', 'vacsi_code = "4"\ndelivery_factor = 2'))
    assert scenario.facts is not None
    assert doses_arriving(scenario, scenario.facts, 0.001)[1].tolist() == [200, 0, 0, 100]


def test_second_doses_fall_due_after_the_interval_of_their_day(tmp_path):
    """Six weeks after those of the six weeks before the start: weeks 0 to 3, and on in the tail."""
    scenario = tiny(tmp_path)
    assert scenario.facts is not None
    due = people_due(scenario, scenario.facts, 0.001)
    assert due.tolist() == [[900, 1000, 1100, 1200, 1300, 1400, 0, 0, 0], [0] * 9]


def test_second_doses_overdue_at_the_start_are_not_due_again(tmp_path):
    """With four weeks between, those of the first two weeks known had theirs before."""
    scenario = tiny(tmp_path, ("due_after_weeks = 6", "due_after_weeks = 4"))
    assert scenario.facts is not None
    due = people_due(scenario, scenario.facts, 0.001)
    assert due[0].tolist() == [1100, 1200, 1300, 1400, 0, 0, 0, 0, 0]


def test_figures_are_scaled_to_the_territory(corsica):
    """Corsica has half a hundredth of France's people, and of everything else."""
    scenario, figures = corsica
    share = figures.geography.population.sum() / NATION
    assert 0.004 < share < 0.006
    assert scenario.facts is not None
    wanted = np.sum(list(figures.wanted.values()), axis=0)
    assert wanted[0] == pytest.approx(0.2 * 6_000_000 * share, abs=2)
    assert figures.injections[:, 0].sum() == pytest.approx(4_000_000 * share, abs=4)
    assert (figures.injections == figures.injections[:, :1]).all()
    assert figures.deliveries[0].sum() == pytest.approx(12_500_000 * share, abs=6)
    assert sum(figures.due_share.values()) == pytest.approx(1)
    assert set(figures.due_share) == {"2A", "2B"}


def test_a_centre_that_opens_gives_two_mornings_at_least(tmp_path):
    """With many centres some would have next to nobody."""
    scenario = tiny(tmp_path, ("centres = 4", "centres = 60"), ("4_000_000", "400_000"))
    assert scenario.facts is not None
    figures = from_facts(scenario, scenario.facts)
    assert len(figures.sites) == 60
    assert figures.injections.min() == LEAST_INJECTIONS


def test_fewer_centres_than_departements_are_refused(tmp_path):
    """Each needs one."""
    scenario = tiny(tmp_path, ("centres = 4", "centres = 1"))
    assert scenario.facts is not None
    with pytest.raises(InputError) as error:
        from_facts(scenario, scenario.facts)
    assert str(error.value) == "tiny.toml: centres is 1: 2 départements need one each"
