"""A France of nine communes is learnt from a folder of official files, whole or in part."""

from __future__ import annotations

import json
import shutil
from datetime import date

import numpy as np
import pytest

from allocator.bookings import refuse_unfit_bookings
from allocator.errors import InputError
from allocator.horizon import horizon_of
from allocator.read import read_instance
from scenarios.build import build_scenario
from scenarios.named import LIBRARY, read_scenario
from scenarios.official.figures import from_official
from tests.unit.scenarios.official.planted import (
    PLACE,
    START,
    STOCK,
    counted,
    plant,
    plant_france,
    text,
)

TINY = 'purpose = "Four weeks of a tiny France."\nextends = "france-2021-05-31"\nweeks = 4\n'


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Folder of official files; nobody changes it."""
    return plant_france(tmp_path_factory.mktemp("data"))


@pytest.fixture
def library(tmp_path):
    """Return a library with the scenario `tiny`, and a way to change it."""
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copy(LIBRARY / "france-2021-05-31.toml", folder)

    def with_lines(more=""):
        (folder / "tiny.toml").write_text(TINY + more, encoding="utf-8")
        return folder

    return with_lines


def figures(data, library, more=""):
    """Figures of the scenario `tiny` with these lines more."""
    return from_official(read_scenario("tiny", library(more)), data)


def test_the_territory_is_france_without_its_collectivities(data, library):
    """Arrondissements, not the city; Bihorel by the built-in geography; nobody of the Pacific."""
    found = figures(data, library)
    assert found.geography.code == ("22278", "22001", "2A004", "75101", "75102", "76095")
    people = {item.rule: item.people for item in found.dropped if item.people}
    assert people["Pacific collectivity"] == 94_285
    assert people["collectivity without ages in the official table"] == 32_489


def test_those_who_want_a_dose_are_insee_bands_times_the_willing_who_have_none(data, library):
    """Of every class 8,000 of 10,000.5 in the end, 830 before the start, in every département."""
    found = figures(data, library)
    share = (8000 - 830) / 10_000.5
    bands = {"75-plus": 5000, "60-74": 8000, "50-59": 6000, "18-49": 1000 + 10_000 + 6000}
    expected = [round(people * share) for people in bands.values()]
    assert {d: people.tolist() for d, people in found.wanted.items()} == dict.fromkeys(
        ("22", "2A", "75", "76"), expected
    )


def test_deliveries_are_those_of_the_weeks_with_the_stock_in_week_0(data, library):
    """Pfizer, Moderna, AstraZeneca, Janssen; Sanofi is no product of the scenario."""
    found = figures(data, library)
    assert found.deliveries.tolist() == [
        [1200 + 600, 1200, 1200, 1200],
        [200 + 100, 200, 200, 200],
        [500, 500, 500, 500],
        [50, 50, 50, 50],
    ]
    assert counted(found.dropped)["not a product of the scenario"] == 4


def test_capacity_adds_up_to_the_largest_week_of_vaccinations(data, library):
    """60 doses a day; one centre was measured in Saint-Brieuc, its neighbour works 15 hours."""
    found = figures(data, library)
    assert [site.id for site in found.sites] == ["1", "2", "3"]
    assert found.injections.sum(axis=0).tolist() == [60 * 7] * 4
    assert (found.injections == found.injections[:, :1]).all()
    assert counted(found.dropped)["no dose known: capacity by hours and town size"] == 1
    assert counted(found.dropped)["in a collectivity that is left out"] == 1


def test_second_doses_fall_due_after_the_weeks_that_the_product_says(data, library):
    """Six weeks of Pfizer and Moderna before the start, twelve of AstraZeneca."""
    found = figures(data, library)
    weeks = found.due.shape[1]
    assert found.due[0].tolist() == [20 * 7] * 6 + [0] * (weeks - 6)
    assert found.due[1].tolist() == [10 * 7] * 6 + [0] * (weeks - 6)
    assert found.due[2].tolist() == [10 * 7] * 12 + [0] * (weeks - 12)
    assert not found.due[3].any()


def test_those_who_wait_are_spread_as_the_first_doses_of_the_weeks_before(data, library):
    """Three in Saint-Brieuc for one in Ajaccio, none elsewhere."""
    assert figures(data, library).due_share == {"22": 0.75, "2A": 0.25, "75": 0.0, "76": 0.0}


def test_one_region_gets_its_people_its_centres_and_its_share_of_doses(data, library):
    """Doses by population, second doses by first doses, capacity as in the whole of France."""
    whole, part = figures(data, library), figures(data, library, 'regions = ["94"]\n')
    assert part.geography.code == ("2A004",)
    assert part.wanted.keys() == {"2A"}
    assert part.wanted["2A"].tolist() == whole.wanted["2A"].tolist()
    assert [site.id for site in part.sites] == ["3"]
    assert part.injections.tolist() == whole.injections[[2]].tolist()
    people = whole.geography.population
    share = 70_000 / people.sum()
    vials = np.floor(np.cumsum([1800, 1200, 1200, 1200]) * share / 6)
    assert np.cumsum(part.deliveries[0]).tolist() == (vials * 6).tolist()
    assert part.due[0, 0] == round(140 * 0.25)
    assert part.due_share == {"2A": 0.25}


def test_the_folder_becomes_an_instance_that_the_allocator_accepts(data, library, tmp_path):
    """Bookings fit capacity and stock; nobody is lost on the way."""
    out = tmp_path / "instance"
    report = build_scenario("tiny", out, data, library())
    instance = read_instance(out)
    refuse_unfit_bookings(instance, horizon_of(instance))
    assert (report.zones, report.centres) == (6, 3)
    assert instance.demand.sum() == report.people
    assert report.booked + report.not_booked == 140 * 6 + 70 * 6 + 70 * 12


def test_a_booster_campaign_counts_boosters(data, library):
    """6,000 of 10,000.5 in the end, 83 before the start; nobody waits for a second dose."""
    booster = (
        'measure = "booster"\n[without]\nproducts = ["astrazeneca", "janssen"]\n'
        "[products.pfizer]\ndoses_needed = 1\n"
        "[products.moderna]\ndoses_needed = 1\ndoses_per_vial = 20\ndelivery_factor = 2\n"
        '[[eligibility]]\nproduct = "pfizer"\ndose_rank = 1\nfrom_date = 2021-01-18\n'
    )
    found = figures(data, library, booster)
    assert found.wanted["22"][0] == round(5000 * (6000 - 83) / 10_000.5)
    assert found.deliveries[1].tolist() == [600, 400, 400, 400]
    assert not found.due.any()


def test_without_a_fresh_stock_doses_delivered_less_doses_given_are_taken(library, tmp_path):
    """Pfizer: 3,000 delivered before the start, 84 days of 30 doses given; Moderna is overdrawn."""
    data = plant_france(tmp_path / "data")
    old = [{**STOCK, "type_de_vaccin": "Pfizer", "nb_doses": 9, "date": "2021-03-31"}]
    plant(data, "stocks-es-par-es_2021-08-27.csv.gz", text(old, ","))
    flux = data / "flux-total-nat_2023-04.csv"
    flux.write_text(flux.read_text() + "30/05/2021;Pfizer;3000\n30/05/2021;Moderna;60\n")
    found = figures(data, library)
    assert found.deliveries[:, 0].tolist() == [1200 + 3000 - 84 * 30, 200, 500, 50]
    rule = (
        "no stock published in the 21 days before the start: "
        "doses delivered less doses given are taken"
    )
    assert counted(found.dropped)[rule] == 4


def test_a_region_without_a_centre_is_refused(data, library):
    """Nothing can be planned there; the message names the list of places."""
    with pytest.raises(InputError, match=r"centres-vaccination.*no centre lies in the territory"):
        figures(data, library, 'regions = ["11"]\n')


def test_a_list_without_any_public_place_is_refused(library, tmp_path):
    """The file and the weeks are named."""
    data = plant_france(tmp_path / "data")
    plant(data, f"centres-vaccination_{START}.csv.gz", text([{**PLACE, "centre_fermeture": "t"}]))
    rule = "no place is open to the public from 2021-05-31 to 2021-06-27"
    with pytest.raises(InputError, match=rf"centres-vaccination_2021-05-31\.csv\.gz: {rule}"):
        figures(data, library)


def test_a_departement_without_first_doses_is_refused(library, tmp_path):
    """Those who wait there would be forgotten."""
    data = plant_france(tmp_path / "data")
    name = "vacsi-dep-premieres-doses_2023-05.json.gz"
    content = {"22": {"dates": ["2021-05-30"], "n_dose1_cumsum": [1]}}
    plant(data, name, json.dumps(content))
    with pytest.raises(InputError, match=rf"{name}: département '2A' has no first doses"):
        figures(data, library)


@pytest.mark.parametrize(
    "name",
    [
        "communes-population-coordonnees_cog2021.csv.gz",
        "estim-pop-dep-age_2021.csv",
        f"centres-vaccination_{date(2021, 5, 31)}.csv.gz",
        "allocations-vs-rdv_2021-08-16.csv",
        "flux-total-nat_2023-04.csv",
        "stocks-es-par-es_2021-08-27.csv.gz",
        "vacsi-a-fra_2023-05.csv.gz",
        "vacsi-tot-a-fra_2023-05.csv",
        "vacsi-v-fra_2023-05.csv.gz",
        "vacsi-dep-premieres-doses_2023-05.json.gz",
    ],
)
def test_each_missing_file_is_refused_and_nothing_is_written(library, tmp_path, name):
    """No file is replaced by a guess."""
    data = plant_france(tmp_path / "data")
    (data / name).unlink()
    stem = name.split("_", maxsplit=1)[0]
    with pytest.raises(InputError, match=f"no file {stem}_"):
        build_scenario("tiny", tmp_path / "instance", data, library())
    assert not (tmp_path / "instance").exists()
