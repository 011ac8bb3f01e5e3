"""Who somebody is, written in one way only, so that the same person gives the same bytes.

Three kinds of identifier; an installation asks for one. `nir` and `ins` give the same bytes for the
same number. What cannot be brought into the form is refused, never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from api.protocol.encoding import frame, text_bytes
from api.protocol.refusal import Refused

Kind = Literal["nir", "ins", "person"]
KINDS: tuple[Kind, ...] = ("nir", "ins", "person")

_LABEL = "creneau/person/v1"
_SEXES: dict[Kind, str] = {"nir": "12", "ins": "123478"}
_BLANKS = re.compile(r"[\s.\-]+", re.ASCII)
_MATRICULE = re.compile(r"(\d{5})(\d\d|2[AB])(\d{6})(\d\d)", re.ASCII)
_CORSICA = {"2A": "19", "2B": "18"}
_MARKS = re.compile("[\u0300-\u036f]")
_SEPARATORS = re.compile("[\u0020'\u2018\u2019\u02bc\u2032`\u2010-\u2015\\-.,/]+")
_LATIN = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Đ": "D", "Ð": "D", "Ł": "L", "Ħ": "H",
                        "Ŋ": "N", "Þ": "TH", "Ŧ": "T", "ẞ": "SS"})  # fmt: skip
"""Letters of Europe that Unicode does not take apart by itself."""


@dataclass(frozen=True, slots=True)
class Matricule:
    """A French social security number (NIR), or the health identity number (INS) of the same form.

    kind
        `nir` admits those registered at birth or for good (1, 2); `ins` also those under way.
    number
        15 characters, check digits included.
    """

    kind: Kind
    number: str

    def __post_init__(self) -> None:
        if self.kind not in _SEXES:
            raise Refused("a number is a nir or an ins")
        found = _MATRICULE.fullmatch(self.number)
        if found is None or self.number[0] not in _SEXES[self.kind]:
            raise Refused(f"the {self.kind} has not the form of one: 15 characters, 2A and 2B"
                          " for Corsica")  # fmt: skip
        start, department, rest, check = found.groups()
        digits = int(start + _CORSICA.get(department, department) + rest)
        if int(check) != 97 - digits % 97:
            raise Refused(f"the check digits of the {self.kind} do not fit: a digit is wrong")

    def __repr__(self) -> str:
        return f"Matricule(kind={self.kind!r})"

    def message(self, campaign: str) -> bytes:
        """Bytes the tag of this person in this campaign is made of."""
        return frame(_LABEL, campaign, "matricule", self.number)


@dataclass(frozen=True, slots=True)
class CivilIdentity:
    """Who has no number: birth name, first given name, birth date and birth place.

    All as on the identity document, in Latin letters. Weaker than a number: two people may share
    it, and one person may spell it in two ways.
    """

    family_name: str
    given_name: str
    birth_date: dt.date
    birth_place: str

    def __post_init__(self) -> None:
        self.message("")

    def __repr__(self) -> str:
        return "CivilIdentity()"

    def message(self, campaign: str) -> bytes:
        """Bytes the tag of this person in this campaign is made of."""
        return frame(
            _LABEL, campaign, "person", folded(self.family_name), folded(self.given_name),
            self.birth_date.isoformat(), folded(self.birth_place, digits=True),
        )  # fmt: skip


Person = Matricule | CivilIdentity


def matricule(kind: Kind, typed: str) -> Matricule:
    """Read a number as somebody typed it: blanks, dots, hyphens and small letters are forgiven.

    Raises
    ------
    Refused
        When it is no such number, or its check digits do not fit.
    """
    text_bytes(typed)
    return Matricule(kind, _BLANKS.sub("", unicodedata.normalize("NFKC", typed)).upper())


def folded(name: str, *, digits: bool = False) -> str:
    """Name in the letters A to Z alone: no accents, no case, no hyphens, no blanks.

    Raises
    ------
    Refused
        When nothing is left, or something is no Latin letter (or digit, where `digits`).
    """
    text_bytes(name)
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", name)).upper().translate(_LATIN)
    letters = _SEPARATORS.sub("", bare)
    allowed = r"[A-Z0-9]+" if digits else r"[A-Z]+"
    if re.fullmatch(allowed, letters) is None:
        raise Refused("a name has other than Latin letters: write it as on the identity document")
    return letters
