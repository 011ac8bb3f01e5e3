"""Official files are found by the date in their name and read in every form they came in."""

from __future__ import annotations

import gzip
from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import ALLOCATIONS, CENTRES, DELIVERIES, OUTLINES, STOCKS
from scenarios.official.files import copies, newest, read, read_json
from tests.unit.scenarios.official.planted import PLACE, counted, places, plant, source, text

FLUX = "date_fin_semaine;type_de_vaccin;nb_doses\n06/06/2021;Pfizer;600\n"


def test_copies_are_listed_oldest_first_and_strangers_are_not(tmp_path):
    """Only names of the pattern count: no other data set, no folder, no backup."""
    for name in ("flux-total-nat_2023-04.csv", "flux-total-nat_2021-04-30.csv.gz",
                 "flux-total-nat.csv", "flux-total-nat_2021-04-30.csv.bak"):  # fmt: skip
        plant(tmp_path, name, FLUX)
    (tmp_path / "flux-total-nat_2024-01.csv").mkdir()
    assert [file.dated for file in copies(tmp_path, DELIVERIES)] == ["2021-04-30", "2023-04"]
    assert newest(tmp_path, DELIVERIES).name == "flux-total-nat_2023-04.csv"


def test_a_span_is_dated_by_its_last_day(tmp_path):
    """stocks-es-par-es_<first>_<last> is as new as <last>."""
    plant(tmp_path, "stocks-es-par-es_2021-01-22_2021-08-27.csv.gz", "")
    assert [file.dated for file in copies(tmp_path, STOCKS)] == ["2021-08-27"]


def test_an_undated_file_is_found_by_its_name_alone(tmp_path):
    """Outlines carry no date."""
    plant(tmp_path, "departements-version-simplifiee.geojson.gz", "{}")
    assert [file.dated for file in copies(tmp_path, OUTLINES)] == [""]


def test_the_newest_copy_not_after_a_day_is_taken(tmp_path):
    """A list of July is no use for a plan of May; that of the very day is."""
    for day in ("2021-01-15", "2021-05-16", "2021-07-18"):
        plant(tmp_path, f"centres-vaccination_{day}.csv", text([PLACE]))
    on = {day: newest(tmp_path, CENTRES, not_after=day).dated
          for day in (date(2021, 5, 15), date(2021, 5, 16), date(2021, 11, 1))}  # fmt: skip
    assert list(on.values()) == ["2021-01-15", "2021-05-16", "2021-07-18"]


def test_a_missing_file_is_refused_with_its_publisher(tmp_path):
    """The message says what to look for and who has it."""
    with pytest.raises(InputError, match=r"no file centres-vaccination_<date>\.csv \(Ministère"):
        newest(tmp_path, CENTRES)
    with pytest.raises(InputError, match="no file centres-vaccination"):
        newest(tmp_path / "no such folder", CENTRES)


def test_a_list_that_is_too_new_is_refused_with_the_oldest(tmp_path):
    """Nothing is planned from the future."""
    plant(tmp_path, "centres-vaccination_2021-01-15.csv", text([PLACE]))
    with pytest.raises(InputError, match=r"2021-01-14 or earlier \(the oldest is of 2021-01-15\)"):
        newest(tmp_path, CENTRES, not_after=date(2021, 1, 14))


def test_a_list_without_a_full_date_is_refused(tmp_path):
    """A month says not whether the list is before the start."""
    plant(tmp_path, "centres-vaccination_2021-01.csv", text([PLACE]))
    with pytest.raises(InputError, match="the name holds no full date: '2021-01'"):
        newest(tmp_path, CENTRES, not_after=date(2021, 2, 1))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_separators_and_compression_make_no_difference(
    tmp_path, encoding, delimiter, suffix, end
):
    """The same table comes out of every form in which these files were published."""
    rows = [{"date_fin_semaine": "06/06/2021", "type_de_vaccin": "Pédiatrique", "nb_doses": 9}]
    content = text(rows, delimiter).replace("\n", end)
    plant(tmp_path, f"flux-total-nat_2023-04{suffix}", content, encoding)
    table = read(newest(tmp_path, DELIVERIES)).table
    assert table.columns["type_de_vaccin"] == ["Pédiatrique"]
    assert table.lines == [2]


def test_a_utf_8_data_set_in_another_encoding_is_refused(tmp_path):
    """Places were always published in UTF-8; anything else would spoil their names unseen."""
    plant(tmp_path, "centres-vaccination_2021-05-16.csv", text([PLACE]), "cp1252")
    with pytest.raises(InputError, match=r"centres-.*\.csv:2: not UTF-8: byte 0xea"):
        read(newest(tmp_path, CENTRES))


def test_a_byte_that_no_encoding_has_is_refused(tmp_path):
    """Neither UTF-8 nor Windows-1252."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", FLUX.encode() + b"13/06/2021;\x81;5\n")
    with pytest.raises(InputError, match=r"flux-total-nat_2023-04\.csv:3: not CP1252: byte 0x81"):
        read(newest(tmp_path, DELIVERIES))


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b"cut short")[:20]])
def test_a_broken_archive_is_refused(tmp_path, data):
    """Neither a plain file called .gz nor half a download gives a traceback."""
    (tmp_path / "flux-total-nat_2023-04.csv.gz").write_bytes(data)
    with pytest.raises(InputError, match=r"flux-total-nat_2023-04\.csv\.gz: cannot be read"):
        read(newest(tmp_path, DELIVERIES))


def test_a_missing_column_is_refused_by_name(tmp_path):
    """The header's line is named with the columns that are there."""
    plant(tmp_path, "flux-total-nat_2023-04.csv", "date_fin_semaine;nb_doses\n06/06/2021;5\n")
    rule = r"\.csv:1: column 'type_de_vaccin' is missing \(found: date_fin_semaine, nb_doses\)"
    with pytest.raises(InputError, match=rule):
        read(newest(tmp_path, DELIVERIES))


def test_rows_repeated_word_for_word_are_left_out_and_counted(tmp_path):
    """The first of them stays, with its line."""
    row = {"id_centre": "1", "date_debut_semaine": "2021-08-16", "doses_allouees": 6,
           "rdv_pris": 5}  # fmt: skip
    found = source(tmp_path, ALLOCATIONS, [row, {**row, "id_centre": "2"}, row, row])
    assert found.table.columns["id_centre"] == ["1", "2"]
    assert found.table.lines == [2, 3]
    assert counted(found.dropped) == {"repeats an earlier row": 2}


def test_a_cell_may_hold_line_breaks_and_separators(tmp_path):
    """Free text comes quoted; the next row still knows its line."""
    found = places(tmp_path, {"rdv_modalites": "le matin;\nsur appel"}, {})
    assert found.table.columns["rdv_modalites"][0] == "le matin;\nsur appel"
    assert found.table.lines == [2, 4]


@pytest.mark.parametrize(("content", "rule"), [("{", "not JSON"), ("[1]", "not one JSON object")])
def test_json_that_is_no_object_is_refused(tmp_path, content, rule):
    """A cut file and another one under its name are told apart."""
    plant(tmp_path, "departements-version-simplifiee.geojson", content)
    with pytest.raises(InputError, match=rule):
        read_json(newest(tmp_path, OUTLINES))
