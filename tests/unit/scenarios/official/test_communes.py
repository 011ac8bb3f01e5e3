"""The commune table gives every inhabitant one commune with a point."""

from __future__ import annotations

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import COMMUNES as DATASET
from scenarios.official.communes import communes
from tests.unit.scenarios.official.planted import COMMUNES, counted, geography, source


def read_communes(tmp_path, rows, fallback=None):
    """Geography out of these rows, and what was left out or repaired."""
    found, dropped = communes(source(tmp_path, DATASET, rows), fallback or geography())
    return found, counted(dropped), {item.rule: item.people for item in dropped if item.rows}


def test_a_city_gives_way_to_its_arrondissements(tmp_path):
    """Paris is counted once: by its arrondissements, as centres name them."""
    found, rows, people = read_communes(tmp_path, COMMUNES[:6])
    assert found.code == ("22278", "22001", "2A004", "75101", "75102")
    assert rows == {"city given by its arrondissements too": 1}
    assert people == {"city given by its arrondissements too": 30_000}


def test_a_city_without_arrondissements_in_the_table_stays(tmp_path):
    """Its people must live somewhere."""
    found, rows, _ = read_communes(tmp_path, COMMUNES[:4])
    assert found.code == ("22278", "22001", "2A004", "75056")
    assert rows == {}


def test_codes_stay_text_and_figures_numbers(tmp_path):
    """2A is no number, and 01 is not 1."""
    found, _, _ = read_communes(tmp_path, COMMUNES[:3])
    assert found.department.tolist() == ["22", "22", "2A"]
    assert found.region.tolist() == ["53", "53", "94"]
    assert found.population.tolist() == [44_000, 600, 70_000]
    assert found.lon.tolist() == [-2.7654, -2.87, 8.74]


def test_a_commune_without_a_point_takes_that_of_the_built_in_geography(tmp_path):
    """Half a point is none."""
    table = [{**COMMUNES[0], "longitude": ""}, COMMUNES[1]]
    found, rows, people = read_communes(tmp_path, table)
    assert (found.lat[0], found.lon[0]) == (48.5149, -2.7654)
    assert rows == {"no coordinates: those of the built-in geography are taken": 1}
    assert sum(people.values()) == 44_000


def test_a_commune_that_nothing_locates_is_left_out_with_its_people(tmp_path):
    """Nobody can be sent anywhere from nowhere."""
    found, rows, people = read_communes(tmp_path, [COMMUNES[0], COMMUNES[6]])
    assert found.code == ("22278",)
    assert (rows, people) == ({"no coordinates anywhere": 1}, {"no coordinates anywhere": 8_264})


def test_a_collectivity_without_a_departement_gets_the_first_digits_of_its_code(tmp_path):
    """As the built-in geography has it; an uninhabited one counts nobody."""
    table = [{**row, "latitude": 1, "longitude": 2} for row in COMMUNES[7:]]
    found, _, _ = read_communes(tmp_path, table)
    assert found.department.tolist() == found.region.tolist() == ["978", "988", "989"]
    assert found.population.tolist() == [32_489, 94_285, 0]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"code_insee": "22278"}, "repeated key"),
        ({"type": "commune-associee"}, "type is not commune-actuelle or arrondissement-municipal"),
        ({"population_municipale": "12.5"}, "population_municipale is not a whole number"),
        ({"latitude": "91"}, "latitude is outside -90..90"),
        ({"nom": ""}, "nom is empty"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path, change, rule):
    """File, line and rule."""
    table = [COMMUNES[0], {**COMMUNES[1], **change}]
    with pytest.raises(InputError, match=rf"cog2021-05-16\.csv:3: {rule}"):
        read_communes(tmp_path, table)
