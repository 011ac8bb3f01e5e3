"""A commune is found by its postal codes and its name, or near those it belongs with."""

from __future__ import annotations

import pytest

from scenarios.geography.gazetteer import Commune, Place, distance_km, locate, middle_of, plain


def commune(code: str, name: str, *postcodes: str, **more) -> Commune:
    """Return a commune of Côtes-d'Armor, in one inter-communal body."""
    usual = {
        "former": (), "department": "22", "groups": ("intercommunality 1", "department 22"),
    }  # fmt: skip
    return Commune(code, name, region="53", population=100, postcodes=postcodes, **(usual | more))


def found(communes, places) -> dict[str, tuple[str, tuple[float, float]]]:
    """How and where communes are found, by code."""
    return {each.commune.code: (each.origin, each.point) for each in locate(communes, places)}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Île-d’Yeu", "l ile d yeu"),
        ("Cœuvres", "coeuvres"),
        ("St-Brieuc", "saint brieuc"),
        ("Ste Anne", "sainte anne"),
        ("Bastia", "bastia"),
    ],
)
def test_names_are_compared_without_accents_signs_and_abbreviations(name, words):
    """Two gazetteers spell them differently."""
    assert plain(name) == words


def test_a_place_of_the_postal_code_with_the_name_is_the_commune():
    """Its namesake elsewhere is not."""
    places = [Place("Saint-Julien", "22940", (48.45, -2.80)),
              Place("Saint Julien", "39320", (46.39, 5.45))]  # fmt: skip
    assert found([commune("22307", "Saint-Julien", "22940")], places) == {
        "22307": ("name", (48.45, -2.80))
    }


def test_a_merged_commune_stands_in_the_middle_of_its_parts():
    """When no place has the new name."""
    places = [Place("Plouguenast", "22150", (48.2, -2.7)), Place("Langast", "22150", (48.4, -2.5)),
              Place("Plémy", "22150", (40.0, -2.0))]  # fmt: skip
    merged = commune("22219", "Le Nouveau", "22150", former=("Plouguenast", "Langast"))
    origin, (lat, lon) = found([merged], places[:2])["22219"]
    assert origin == "former name"
    assert (lat, lon) == (pytest.approx(48.3), pytest.approx(-2.6))


def test_part_of_a_name_is_enough_within_a_postal_code():
    """Saint-Ouen-sur-Seine is still Saint-Ouen there; and the other way round."""
    places = [Place("Saint-Ouen", "93400", (48.91, 2.33))]
    assert found([commune("93070", "Saint-Ouen-sur-Seine", "93400")], places)["93070"] == (
        "part of name", (48.91, 2.33),
    )  # fmt: skip
    places = [
        Place("Le Gros-Morne", "97213", (14.71, -61.02)),
        Place("Other", "97213", (14.6, -61)),
    ]
    named = found([commune("97212", "Gros-Morne", "97213")], places)["97212"]
    assert named == ("part of name", (14.71, -61.02))


def test_a_commune_nobody_names_stands_among_the_places_of_its_postal_codes():
    """Both of its codes count."""
    places = [Place("A", "22000", (48.0, -2.0)), Place("B", "22001", (48.2, -2.2))]
    origin, point = found([commune("22900", "Nulle", "22000", "22001")], places)["22900"]
    assert origin == "postcode"
    assert point == (pytest.approx(48.1), pytest.approx(-2.1))


def test_without_any_place_the_smallest_group_decides():
    """The arrondissement has one located commune, the body two."""
    places = [Place("A", "22000", (48.0, -2.0)), Place("B", "22001", (48.2, -2.2))]
    groups = ("intercommunality 1", "arrondissement 221", "department 22")
    communes = [
        commune("22001", "A", "22000", groups=groups),
        commune("22002", "B", "22001", groups=("intercommunality 1", "department 22")),
        commune("22003", "C", "22999", groups=groups),
    ]
    assert found(communes, places)["22003"] == ("arrondissement", (48.0, -2.0))


def test_a_commune_that_no_rule_reaches_has_no_point():
    """It is left out rather than put at nought degrees."""
    assert found([commune("22001", "A", "22000", groups=())], []) == {}


def test_a_stray_point_on_the_mainland_is_a_slip_of_the_gazetteer():
    """A place 80 km from the others of its postal code is left out; overseas it may be true."""
    near = [Place(name, "22000", (48.0, -2.0 + i / 100)) for i, name in enumerate("ABC")]
    places = [*near, Place("Loin", "22000", (48.7, -2.0))]
    communes = [commune("22001", "Loin", "22000")]
    assert found(communes, places)["22001"] == ("postcode", (48.0, pytest.approx(-1.99)))
    overseas = [commune("97300", "Loin", "22000", department="973")]
    assert found(overseas, places)["97300"] == ("name", (48.7, -2.0))


def test_of_two_places_far_apart_neither_is_taken_for_the_slip():
    """The name decides."""
    places = [Place("Ici", "22000", (48.0, -2.0)), Place("Loin", "22000", (48.7, -2.0))]
    assert found([commune("22001", "Loin", "22000")], places)["22001"] == ("name", (48.7, -2.0))


def test_the_middle_is_the_median():
    """One point far off does not move it."""
    assert middle_of([(1.0, 1.0), (2.0, 2.0), (90.0, 3.0)]) == (2.0, 2.0)


def test_distances_on_the_flat_are_good_enough():
    """Paris to Versailles, about 17 km."""
    assert distance_km((48.8566, 2.3522), (48.8049, 2.1204)) == pytest.approx(17.9, abs=0.1)
