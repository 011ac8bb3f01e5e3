"""People who must leave no trace: names nobody else has, accents, numbers that check."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from api.protocol.identity import Identity
from tests.sealed import nir

_HEALTH = (
    "sous anticoagulants depuis l’été, embolie {}",
    "choc anaphylactique à la pénicilline, {}",
    "greffée du rein, immunosuppresseurs {}",
)
_PEOPLE = (
    ("Lefèvre-Dœufquillon", "Éloïse-Zoé", "2500275123456", "Saint-Évroult-l’Imaginé"),
    (
        "Nguyễn Thị Ánh-Nguyệt de la Motte-Ÿvonnec",
        "Maëlys Françoise",
        "2691299351042",
        "Hạ Long-Tưởng Tượng",
    ),
    ("O’Súilleabháin-Bjørnsdóttir", "Jean-Noël Çağrı", "1470393066217", "Aÿ-sur-Nulle-Part"),
    ("Łukaszewicz-Größenwahn", "Théophraste", "1850578006084", "Île-aux-Mirages-Sèvremont"),
    ("Wojciechowskà-Keñavo", "Anne-Gaëlle", "2690549588157", "Besançon-la-Chimère"),
)
_PLANTED = (
    ("Quatrefages-d’Ornœillan", "Hélène-Aurore", "2550313201234", "Pont-à-Rêverie-Nord"),
    ("Vaudreuil-Çelebîoğlu", "Barthélemy", "1620269123045", "Neufchâteau-en-Songe"),
)
_CARELESS = ("Trousselier-Äbischer", "Marie-Cunégonde", "2581275123999", "Lons-la-Fable-Sud")


# Places are invented: real ones are in the pages' own list of communes.
def canaries() -> list[Identity]:
    """People who book, move, cancel and are admitted: nothing of them may be found."""
    return [_identity(n, *person) for n, person in enumerate(_PEOPLE)]


def planted() -> list[Identity]:
    """People whom the tests betray: every trace of them must be found."""
    return [_identity(n, *person) for n, person in enumerate(_PLANTED, 60)]


def careless() -> Identity:
    """Somebody whose broken page sends everything in clear: the server must let go of it."""
    return _identity(71, *_CARELESS)


def traces(person: Identity) -> dict[str, list[str]]:
    """Give what tells who somebody is, by what it is; a single first name or date is too common."""
    given, family = person.given_name, person.family_name
    digits = person.phone.removeprefix("+33").replace(" ", "")
    return {
        "name": [family, f"{given} {family}", f"{family} {given}", given],
        "birth": [f"{person.birth_place}", f"{family} {person.birth_date}"],
        "NIR": [person.number, person.number[:13], _spaced_nir(person.number)],
        "phone": [person.phone, f"+33{digits}", f"0{digits}", _in_pairs(f"0{digits}")],
        "e-mail": [person.email],
        "health": list(person.health.values()),
    }


def secrets_of(people: list[Identity]) -> dict[str, list[str]]:
    """Give what a scanner is told: by person and kind, the texts."""
    return {
        f"{person.family_name}: {kind}": texts
        for person in people
        for kind, texts in traces(person).items()
    }


def _identity(n: int, family: str, given: str, number: str, place: str) -> Identity:
    return Identity(
        family_name=family, given_name=given, birth_date=dt.date(1950 + n % 40, 2, 27),
        birth_place=place, kind="nir", number=nir(number),
        phone=f"+33 6 39 98 {17 + n % 80:02d} {43 + n % 50:02d}",
        email=f"{'abcdefg'[n % 7]}.quilleverec.{7319 + n}@boite-aux-lettres.example",
        health={"allergies": _HEALTH[n % 3].format(f"dossier {48_217 + 977 * n}")},
    )  # fmt: skip


def _spaced_nir(number: str) -> str:
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return " ".join(number[a:b] for a, b in pairwise(cuts))


def _in_pairs(digits: str) -> str:
    return " ".join(digits[i : i + 2] for i in range(0, len(digits), 2))
