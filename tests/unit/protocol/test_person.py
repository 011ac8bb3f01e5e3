"""Who somebody is: check digits, Corsica, and the letters of Europe."""

from __future__ import annotations

import datetime as dt

import pytest

from api.protocol.person import CivilIdentity, Matricule, folded, matricule
from api.protocol.refusal import Refused
from tests.sealed import nir

BIRTH = dt.date(1950, 2, 28)


@pytest.mark.parametrize(
    ("start", "check"),
    [("1850578006084", 91), ("2690549588157", 80), ("2500275123456", 41)],
)
def test_check_digits_are_those_of_the_number(start, check):
    """97 less the remainder of the first thirteen digits by 97."""
    assert matricule("nir", f"{start}{check:02d}").number == f"{start}{check:02d}"
    with pytest.raises(Refused, match="check digits"):
        matricule("nir", f"{start}{check % 97 + 1:02d}")


@pytest.mark.parametrize(("department", "digits"), [("2A", "19"), ("2B", "18")])
def test_corsica_counts_as_a_number(department, digits):
    """2A counts as 19 and 2B as 18, and both stay letters in the number."""
    check = 97 - int(f"25002{digits}123456") % 97
    number = f"25002{department}123456{check:02d}"
    assert matricule("nir", number.lower()).number == number


@pytest.mark.parametrize(
    "typed",
    ["2 50 02 75 123 456 {}", "2.50.02.75.123.456.{}", "2500275123456-{}", " ２500275123456 {} "],
)
def test_the_same_number_however_typed(typed):
    """Blanks of any width, dots, hyphens and wide digits are forgiven."""
    check = nir()[13:]
    assert matricule("nir", typed.format(check)).number == nir()


@pytest.mark.parametrize(
    "typed", ["", "2500275123456", nir() + "1", nir().replace("5", "x"), "2C" + nir()[2:], "0" * 15]
)
def test_what_is_no_number_is_refused(typed):
    """Too short, too long, letters: refused, and never repeated in the message."""
    with pytest.raises(Refused) as refused:
        matricule("nir", typed)
    assert not typed or typed not in str(refused.value)


def test_numbers_under_way_are_for_ins_only():
    """Somebody whose registration is under way has an INS, no NIR."""
    number = nir("7500275123456")
    assert matricule("ins", number).number == number
    with pytest.raises(Refused):
        matricule("nir", number)


def test_the_same_number_is_the_same_person_whatever_it_is_called():
    """NIR and INS of one number give one tag."""
    messages = {Matricule(kind, nir()).message("c") for kind in ("nir", "ins")}
    assert len(messages) == 1
    assert Matricule("nir", nir()).message("other") not in messages


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Éloïse", "ELOISE"), ("Lefèvre-Dœuf", "LEFEVREDOEUF"), ("D’Angély", "DANGELY"),
        ("d'angely", "DANGELY"), ("Straße", "STRASSE"), ("Ångström", "ANGSTROM"),
        ("Łukasz", "LUKASZ"), ("Æsøp", "AESOP"), ("Đặng", "DANG"), ("ﬁn", "FIN"),
        ("Marie Claire", "MARIECLAIRE"), ("marie‑claire", "MARIECLAIRE"), ("İpek", "IPEK"),
    ],
)  # fmt: skip
def test_names_are_folded_to_plain_letters(name, letters):
    """Accents, case, ligatures, hyphens and apostrophes make no difference."""
    assert folded(name) == letters
    assert folded(name.upper()) == letters


@pytest.mark.parametrize("name", ["", "-", "Ωμέγα", "Анна", "R2D2", "a/b?", "名", "a\ud800"])
def test_what_has_no_latin_letters_is_refused(name):
    """The identity document has a Latin spelling; nothing is transliterated by guess."""
    with pytest.raises(Refused):
        folded(name)


def test_a_place_may_have_a_number():
    """Paris 12e is a place."""
    assert folded("Paris 12e", digits=True) == "PARIS12E"


def test_spelling_makes_no_difference_and_everything_else_does():
    """One person spelt in two ways is one; each of the four facts counts."""

    def message(*facts):
        return CivilIdentity(*facts).message("c")

    one = message("Lefèvre", "Éloïse", BIRTH, "Orléans")
    assert message("LEFEVRE", "eloise", BIRTH, "orleans ") == one
    others = [
        ("Lefebvre", "Éloïse", BIRTH, "Orléans"), ("Lefèvre", "Héloïse", BIRTH, "Orléans"),
        ("Lefèvre", "Éloïse", dt.date(1950, 3, 1), "Orléans"),
        ("Lefèvre", "Éloïse", BIRTH, "Tours"), ("Lefèvr", "eÉloïse", BIRTH, "Orléans"),
    ]  # fmt: skip
    assert len({message(*facts) for facts in others} | {one}) == 6


def test_nobody_shows_in_a_traceback():
    """A person printed by accident tells nothing."""
    shown = f"{Matricule('nir', nir())!r} {CivilIdentity('Roux', 'Ana', BIRTH, 'Tours')!r}"
    assert nir() not in shown
    assert "Roux" not in shown
