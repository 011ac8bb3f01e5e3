"""`creneau data` and `creneau scenario`, called as a user calls them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from allocator.errors import InputError
from scenarios.cli import data_app, scenario_app
from scenarios.named import names
from tests.unit.scenarios.official.planted import plant_france


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Folder of official files of a tiny France."""
    return plant_france(tmp_path_factory.mktemp("data"))


def run(app, *arguments):
    """Output of a command that succeeds."""
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_status_prints_one_json_object(monkeypatch, data):
    """The folder and a row for each copy or missing data set."""
    monkeypatch.setenv("CRENEAU_DATA", str(data))
    report = json.loads(run(data_app, "status", "--json"))
    assert report["folder"] == str(data)
    rows = {row["pattern"]: row for row in report["files"]}
    assert rows["estim-pop-dep-age_<date>.csv"] == {
        "pattern": "estim-pop-dep-age_<date>.csv",
        "publisher": "INSEE",
        "title": "Estimation de la population par département, sexe et grande classe d'âge",
        "licence": "Licence Ouverte 2.0",
        "present": True,
        "file": "estim-pop-dep-age_2021.csv",
        "date": "2021",
        "rows": 4,
        "problem": None,
    }
    assert rows["departements-version-simplifiee.geojson"]["present"] is False


def test_status_prints_a_list_for_people(monkeypatch, data):
    """Titles in French, as the publishers give them."""
    monkeypatch.setenv("CRENEAU_DATA", str(data))
    assert "Données relatives aux prises de rendez-vous" in run(data_app, "status")


def test_scenarios_are_listed_with_their_purpose():
    """The JSON has what a script wants to choose by."""
    listed = json.loads(run(scenario_app, "list", "--json"))["scenarios"]
    assert [row["name"] for row in listed] == names()
    may = next(row for row in listed if row["name"] == "france-2021-05-31")
    assert (may["start"], may["weeks"], may["data"]) == ("2021-05-31", 12, "official")
    assert may["purpose"] in run(scenario_app, "list")


def test_building_needs_the_files_of_the_folder_that_the_user_named(monkeypatch, tmp_path):
    """The command and `data status` look in the same place."""
    monkeypatch.setenv("CRENEAU_DATA", str(tmp_path / "none"))
    with pytest.raises(InputError, match="none: the folder of official files is missing"):
        run(scenario_app, "build", "france-2021-05-31", "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_built_scenario_is_reported_with_what_was_left_out(monkeypatch, tmp_path):
    """As JSON with every key, and for people source by source; built without any official file."""
    monkeypatch.setenv("CRENEAU_DATA", str(tmp_path / "none"))
    out = tmp_path / "out"
    report = json.loads(run(scenario_app, "build", "bretagne", "--out", str(out), "--json"))
    assert (report["scenario"], report["folder"], report["centres"]) == ("bretagne", str(out), 80)
    assert (out / "instance.toml").is_file()
    printed = run(scenario_app, "build", "bretagne", "--out", str(out)).splitlines()
    assert printed[0] == f"bretagne -> {out}"
    assert "          80 centres" in printed
    assert printed[printed.index("geography") + 1].split() == ["6", "no", "inhabitant"]


def test_the_commands_load_nothing_before_they_are_called():
    """`creneau --help` does not wait for numpy."""
    heavy = "{'numpy', 'pandas', 'scenarios.build', 'scenarios.official.files'} & set(sys.modules)"
    code = f"import sys; import scenarios.cli; print({heavy} or 'nothing')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "nothing"
