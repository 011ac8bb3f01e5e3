"""The real official files: counted again by other means, and built into instances."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from allocator.bookings import refuse_unfit_bookings
from allocator.horizon import horizon_of
from allocator.instance import Instance
from allocator.read import read_instance
from scenarios.build import BuildReport, build_scenario
from scenarios.geography.builtin import read_builtin
from scenarios.named import names, read_scenario
from scenarios.official import catalogue
from scenarios.official.centres import centres
from scenarios.official.communes import communes
from scenarios.official.files import copies, newest, read
from scenarios.official.place import data_folder
from scenarios.official.places import open_places
from scenarios.official.status import status_of
from scenarios.sites import distances_km

pytestmark = pytest.mark.data
START, WEEKS = date(2021, 5, 31), 12
OFFICIAL = [name for name in names() if read_scenario(name).data == "official"]


def rows(name: str, delimiter: str = ";") -> list[dict[str, str]]:
    """Rows of a real file, read without the importers."""
    data = (data_folder() / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("latin-1")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def vacsi_weeks() -> dict[tuple[str, int], list[int]]:
    """First doses and doses of any rank by vaccine code and week from START on."""
    found: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows("vacsi-v-fra_2023-05.csv.gz"):
        week = (date.fromisoformat(row["jour"]) - START).days // 7
        found[row["vaccin"], week][0] += int(row["n_dose1"])
        found[row["vaccin"], week][1] += sum(int(row[f"n_dose{rank}"]) for rank in (1, 2, 3, 4))
    return found


@pytest.fixture(scope="module")
def may(tmp_path_factory) -> tuple[Instance, BuildReport]:
    """Return the instance of France on 31 May 2021, and the report of its building."""
    out = tmp_path_factory.mktemp("may") / "instance"
    report = build_scenario("france-2021-05-31", out, data_folder())
    return read_instance(out), report


def test_france_has_its_communes_and_its_centres(may):
    """About 34,800 communes, arrondissements and overseas included, and 1,600 places."""
    instance, report = may
    assert len(instance.zones.ids) == report.zones == pytest.approx(34_900, abs=200)
    assert len(instance.centres.ids) == report.centres == pytest.approx(1_600, abs=100)
    assert len(instance.departments) == 101
    assert instance.zones.population.sum() == pytest.approx(67_200_000, rel=0.005)


def test_those_who_want_a_dose_are_about_those_who_came_for_one(may):
    """VAC-SI: adults with a first dose in May 2023, less those who had it on 30 May 2021."""
    adults = ("24", "29", "39", "49", "59", "64", "69", "74", "79", "80")
    in_the_end = sum(int(row["n_tot_dose1"]) for row in rows("vacsi-tot-a-fra_2023-05.csv")
                     if row["clage_vacsi"] in adults)  # fmt: skip
    before = sum(int(row["n_cum_dose1"]) for row in rows("vacsi-a-fra_2023-05.csv.gz")
                 if row["clage_vacsi"] in adults and row["jour"] == "2021-05-30")  # fmt: skip
    assert may[0].demand.sum() == pytest.approx(in_the_end - before, rel=0.03)


def test_deliveries_are_those_of_the_file_and_the_stock_of_27_may(may):
    """Product by product, over the twelve weeks; whole vials."""
    instance, _ = may
    horizon = range(WEEKS)
    expected: dict[str, int] = defaultdict(int)
    for row in rows("flux-total-nat_2023-04.csv"):
        ends_on = datetime.strptime(row["date_fin_semaine"], "%d/%m/%Y").date()  # noqa: DTZ007
        if (ends_on - START).days // 7 in horizon:
            expected[row["type_de_vaccin"].lower()] += int(row["nb_doses"])
    for row in rows("stocks-es-par-es_2021-01-22_2021-08-27.csv.gz", ","):
        if row["date"] == "2021-05-27":
            expected[row["type_de_vaccin"].lower()] += int(row["nb_doses"])
    arriving = instance.deliveries
    for p, product in enumerate(instance.products.ids):
        doses = int(arriving.doses[arriving.product == p].sum())
        vial = int(instance.products.doses_per_vial[p])
        assert doses % vial == 0
        assert expected[product] - vial < doses <= expected[product]


def test_the_fullest_week_gives_as_many_doses_as_the_campaigns(may):
    """VAC-SI's largest week inside the horizon; no week gives more."""
    peak = max(doses[1] for (vaccine, week), doses in vacsi_weeks().items()
               if vaccine == "0" and 0 <= week < WEEKS)  # fmt: skip
    weekly = may[0].injections.sum(axis=0)
    assert weekly.max() == pytest.approx(peak, rel=0.002)
    assert weekly.min() > 0.97 * peak


def test_second_doses_due_are_the_first_doses_of_the_weeks_before(may):
    """Six weeks of Pfizer and Moderna, twelve of AstraZeneca; collectivities are left out."""
    weeks = vacsi_weeks()
    due = sum(weeks[vaccine, -week][0] for vaccine, back in (("1", 6), ("2", 6), ("3", 12))
              for week in range(1, back + 1))  # fmt: skip
    report = may[1]
    assert report.booked + report.not_booked == pytest.approx(due, rel=0.001)
    assert report.booked > 0.9 * due


def test_every_centre_stands_in_or_near_its_departement(may):
    """No centre is farther than 60 km from the nearest commune of its département."""
    instance, _ = may
    zones, places = instance.zones, instance.centres
    for d in np.unique(places.department):
        here, there = np.flatnonzero(places.department == d), zones.department == d
        km = distances_km(places.lat[here], places.lon[here], zones.lat[there], zones.lon[there])
        assert km.min(axis=1).max() < 60


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_official_scenario_becomes_an_instance_with_bookings_that_fit(tmp_path, name):
    """From January to November 2021: read by the allocator, with people, doses and room."""
    report = build_scenario(name, tmp_path / "instance", data_folder())
    instance = read_instance(tmp_path / "instance")
    refuse_unfit_bookings(instance, horizon_of(instance))
    assert report.people > 1_000_000
    assert report.doses > 1_000_000
    assert report.centres > 750
    assert instance.start == read_scenario(name).start


@pytest.mark.parametrize(
    ("day", "listed", "real", "fewest"),
    [
        ("2021-01-15", 854, 854, 750),
        ("2021-03-23", 1433, 1433, 1000),
        ("2021-04-18", 2185, 2185, 1300),
        ("2021-05-16", 2324, 2324, 1400),
        ("2021-06-07", 2383, 2383, 1400),
        ("2021-07-18", 2648, 2452, 1400),
    ],
)
def test_every_list_of_places_is_read_and_every_row_accounted_for(day, listed, real, fewest):
    """Rows kept and rows left out, each under one rule, add up to the rows of the file."""
    (file,) = [copy for copy in copies(data_folder(), catalogue.CENTRES) if copy.dated == day]
    source = read(file)
    first = date.fromisoformat(day)
    table, dropped = open_places(source, first, first + timedelta(weeks=12))
    by_rule = {item.rule: item.rows for item in dropped}
    assert len(table) + sum(by_rule.values()) == listed
    assert listed - by_rule["foreign country"] == real
    everywhere, _ = communes(read(newest(data_folder(), catalogue.COMMUNES)), read_builtin())
    found, _ = centres(table, everywhere, ())
    assert fewest < len(found) <= len(table)
    assert sum(centre.hours is not None for centre in found) > 0.8 * len(found)


def test_status_finds_every_data_set_without_a_problem():
    """Every known data set is there, and the rows are those of its description."""
    found = status_of(data_folder())
    assert all(row.present and row.problem is None for row in found)
    by_file = {row.file: row.rows for row in found}
    assert by_file["centres-vaccination_2021-07-18.csv.gz"] == 2648
    assert by_file["allocations-vs-rdv_2021-08-16_2021-08-23.csv.gz"] == 2099
    assert by_file["communes-population-coordonnees_cog2021.csv.gz"] == 35_104
    assert by_file["vacsi-dep-premieres-doses_2023-05.json.gz"] == 102
