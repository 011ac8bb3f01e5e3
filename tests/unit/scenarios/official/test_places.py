"""Every row of the list of places that is no centre for the public is left out, with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.official.catalogue import CENTRES
from scenarios.official.files import newest, read
from scenarios.official.places import open_places
from tests.unit.scenarios.official.planted import PLACE, counted, places, plant, text

FIRST, LAST = date(2021, 5, 31), date(2021, 8, 22)


def left(source):
    """Gids that stay, and the rules that others broke."""
    table, dropped = open_places(source, FIRST, LAST)
    return table.columns["gid"], counted(dropped)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"com_insee": "99DZA", "lat_coor1": "0", "long_coor1": "0"}, "foreign country"),
        ({"centre_fermeture": "t"}, "flagged closed"),
        ({"reserve_professionels_sante": "t"}, "for health professionals only"),
        ({"rdv_modalites": "Réservé aux professionnels de santé libéraux"},
         "for health professionals only"),
        ({"nom": "CH - professionnels de santé uniquement"}, "for health professionals only"),
        ({"centre_type": "{USMP}"}, "prison or secure unit"),
        ({"centre_type": "{UHSA}"}, "prison or secure unit"),
        ({"centre_type": '{"Equipe mobile"}'}, "mobile team"),
        ({"nom": "APST Équipe mobile"}, "mobile team"),
        ({"date_ouverture": "2021-06-14", "date_fermeture": "2021-06-13"},
         "closes before it opens"),
        ({"date_fermeture": "2021-05-30"}, "closed before the start"),
        ({"date_ouverture": "2021-08-23"}, "opens after the last week"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_left_out_and_counted_under_it(tmp_path, change, rule):
    """The neighbour without the defect stays."""
    assert left(places(tmp_path, change, {"nom": "Gymnase"})) == (["2"], {rule: 1})


@pytest.mark.parametrize(
    "change",
    [
        {"date_fermeture": "2021-05-31"},
        {"date_ouverture": "2021-08-22"},
        {"date_ouverture": ""},
        {"centre_type": '{"Equipe mobile","Grand centre"}'},
        {"reserve_professionels_sante": "f", "rdv_modalites": "Réservé aux professionnels"},
        {"rdv_modalites": "Ouvert au public (+75 ans) et professionnels de santé"},
    ],
)
def test_a_row_at_the_edge_of_a_rule_stays(tmp_path, change):
    """Open on the first day or the last, large centres with a team, flags against stale text."""
    assert left(places(tmp_path, change)) == (["1"], {})


def test_a_row_is_counted_once_under_the_first_rule_it_breaks(tmp_path):
    """A closed place abroad is abroad."""
    abroad = {"com_insee": "99MAR", "centre_fermeture": "t", "date_fermeture": "2021-01-31"}
    assert left(places(tmp_path, abroad, {})) == (["2"], {"foreign country": 1})


def test_a_place_given_twice_stays_as_it_was_edited_last(tmp_path):
    """Same name, commune and street, spelt with other capitals: one place."""
    older = {"_edit_datemaj": "2021-03-01 08:00:00", "nom": "SALLE  DES FÊTES"}
    source = places(tmp_path, older, {}, {"adr_num": "4"}, older)
    assert left(source) == (["2", "3"], {"the same place under another gid": 2})


def test_a_closed_twin_does_not_hide_an_open_place(tmp_path):
    """Twins are looked for among open places only."""
    closed = {"centre_fermeture": "t", "_edit_datemaj": "2021-05-15 10:00:00"}
    assert left(places(tmp_path, closed, {})) == (["2"], {"flagged closed": 1})


def test_the_layout_of_january_is_read(tmp_path):
    """Day before month, no flags, no type, an empty last column, staff named in the text only."""
    later = ("_edit_datemaj", "centre_fermeture", "reserve_professionels_sante", "centre_type")
    row = {k: v for k, v in PLACE.items() if k not in later}
    rows = [
        {**row, "gid": "1", "date_ouverture": "18/01/2021"},
        {**row, "gid": "2", "nom": "CH", "date_fermeture": "30/05/2021"},
        {**row, "gid": "3", "rdv_modalites": "Réservé aux professionnels"},
    ]
    content = "\n".join(f"{line};" for line in text(rows).splitlines())
    plant(tmp_path, "centres-vaccination_2021-01-15.csv.gz", content)
    assert left(read(newest(tmp_path, CENTRES))) == (
        ["1"],
        {"for health professionals only": 1, "closed before the start": 1},
    )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"gid": ""}, "gid is empty"),
        ({"gid": "1"}, r"repeated key \(gid='1'\), first on line 2"),
        ({"centre_fermeture": "oui"}, "centre_fermeture is not t or f: 'oui'"),
        ({"date_fermeture": "31 mai"}, "date_fermeture is not a date like 2021-05-31: '31 mai'"),
        ({"date_ouverture": "31/02/2021"}, "date_ouverture is not a date"),
    ],
)
def test_a_bad_cell_is_refused_with_its_line(tmp_path, change, rule):
    """A cell that means nothing stops the import: nobody guesses."""
    source = places(tmp_path, {}, {"nom": "Gymnase", **change})
    with pytest.raises(InputError, match=rf"centres-vaccination_2021-05-16\.csv:3: {rule}"):
        open_places(source, FIRST, LAST)
