"""`data status` knows every data set, present or not, and counts what is there."""

from __future__ import annotations

from scenarios.official.catalogue import ALL
from scenarios.official.printed import status_lines
from scenarios.official.status import FileStatus, status_of
from tests.unit.scenarios.official.planted import plant, plant_france

OUTLINES = "departements-version-simplifiee.geojson"


def by_file(rows: list[FileStatus]) -> dict[str | None, FileStatus]:
    """Rows by the file they describe."""
    return {row.file: row for row in rows}


def test_an_empty_folder_lacks_every_data_set(tmp_path):
    """Each is listed with its pattern, publisher, title and licence; so is none that is unknown."""
    plant(tmp_path, "holiday.csv", "a;b\n1;2\n")
    rows = status_of(tmp_path)
    assert [row.pattern for row in rows] == [dataset.pattern for dataset in ALL]
    assert not any(row.present for row in rows)
    assert all(row.publisher and row.title and row.licence for row in rows)
    assert rows == status_of(tmp_path / "no such folder")


def test_files_are_counted_and_dated(tmp_path):
    """Table rows, repeated ones included; départements with figures; outlines."""
    plant_france(tmp_path)
    plant(tmp_path, OUTLINES, '{"type": "FeatureCollection", "features": [{}, {}]}')
    flux = tmp_path / "flux-total-nat_2023-04.csv"
    flux.write_text(flux.read_text() + flux.read_text().splitlines()[1] + "\n")
    rows = by_file(status_of(tmp_path))
    assert (rows[flux.name].rows, rows[flux.name].date) == (21, "2023-04")
    assert rows["centres-vaccination_2021-05-31.csv.gz"].rows == 4
    assert rows["vacsi-dep-premieres-doses_2023-05.json.gz"].rows == 4
    assert (rows[OUTLINES].rows, rows[OUTLINES].date) == (2, None)
    assert rows["communes-population-coordonnees_cog2021.csv.gz"].date == "2021"
    assert all(row.problem is None for row in rows.values())


def test_every_copy_is_listed_newest_first(tmp_path):
    """A plan of May and one of July take different lists of places."""
    for day in ("2021-05-16", "2021-07-18"):
        plant(tmp_path, f"centres-vaccination_{day}.csv", "gid\n1\n")
    dates = [row.date for row in status_of(tmp_path) if row.present]
    assert dates == ["2021-07-18", "2021-05-16"]


def test_a_file_that_cannot_be_used_says_why(tmp_path):
    """The other files are listed all the same."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", "date_fin_semaine;nb_doses\n06/06/2021;5\n")
    plant(tmp_path, OUTLINES, "[]")
    rows = by_file(status_of(tmp_path))
    assert "column 'type_de_vaccin' is missing" in rows["flux-total-nat_2023-04.csv"].problem
    assert rows[OUTLINES].problem == f"{OUTLINES}: not one JSON object"
    assert all(row.rows is None for row in rows.values())


def test_the_printed_list_shows_what_is_there_what_is_not_and_what_is_broken(tmp_path):
    """Three kinds of lines below the names of the data sets."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", "nothing\n1\n")
    plant(tmp_path, OUTLINES, '{"features": [{}, {}]}')
    printed = "\n".join(status_lines(tmp_path, status_of(tmp_path)))
    assert f"folder {tmp_path}\n" in printed
    assert "Lieux de vaccination contre la Covid-19\n  Ministère" in printed
    assert "missing                  centres-vaccination_<date>.csv" in printed
    assert "not usable  flux-total-nat_2023-04.csv:1: column 'date_fin_semaine'" in printed
    assert f"2 rows  {OUTLINES}" in printed


def test_a_missing_folder_is_said_to_be_missing(tmp_path):
    """Otherwise somebody would look for the files in it."""
    folder = tmp_path / "none"
    first = next(status_lines(folder, status_of(folder)))
    assert first == f"folder {folder} (there is no such folder)"
