"""What a citizen tells the centre and nobody else: one form, one size.

The form is canonical (the same identity gives the same bytes in every language) and the size is
fixed, so that a sealed identity does not tell a long name from a short one.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from api.protocol.encoding import day_of, from_json, plain_text, text_of, to_json
from api.protocol.person import KINDS, CivilIdentity, Kind, Person, matricule
from api.protocol.refusal import Refused

VERSION = 1
PADDED_BYTES = 1024
_LENGTH_BYTES = 2
MOST_BYTES = PADDED_BYTES - _LENGTH_BYTES
LIMITS = MappingProxyType(
    dict.fromkeys(("family_name", "given_name", "birth_place"), 80)
    | {"number": 30, "phone": 20, "email": 254}
)
"""Characters a field may have."""
FIRST_YEAR, LAST_YEAR = 1900, 2099
MOST_ANSWERS = 8
MOST_ANSWER_CHARACTERS = 120
_ANSWER_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NEEDED = ("family_name", "given_name", "birth_date", "kind")
_OPTIONAL = ("birth_place", "number", "phone", "email")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who comes, how to reach them, and answers to health questions if they chose to give any.

    family_name, given_name
        Birth name and first given name.
    birth_date
        Between 1900 and 2099.
    kind, number
        By what the person tag was made: a number for `nir` and `ins`, none for `person`.
    birth_place
        Needed for `person`.
    phone, email
        Empty where not given.
    health
        Answers by the code of their question, at most 8.
    """

    family_name: str
    given_name: str
    birth_date: dt.date
    kind: Kind
    number: str = ""
    birth_place: str = ""
    phone: str = ""
    email: str = ""
    health: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, most in LIMITS.items():
            object.__setattr__(self, name, _clean(name, getattr(self, name), most))
        if not self.family_name or not self.given_name:
            raise Refused("both names are needed")
        if not FIRST_YEAR <= self.birth_date.year <= LAST_YEAR:
            raise Refused("the birth date is not between 1900 and 2099")
        object.__setattr__(self, "health", _answers(self.health))
        self._settle_person()
        if len(self.to_bytes()) > MOST_BYTES:
            raise Refused(f"the identity is longer than {MOST_BYTES} bytes: shorten the answers")

    def _settle_person(self) -> None:
        if self.kind not in KINDS:
            raise Refused("the kind of identifier is nir, ins or person")
        if self.kind == "person" and (self.number or not self.birth_place):
            raise Refused("an identity without a number needs the birth place")
        person = self.person()
        if not isinstance(person, CivilIdentity):
            object.__setattr__(self, "number", person.number)

    def __repr__(self) -> str:
        return "Identity()"

    def person(self) -> Person:
        """Whom the person tag is made of."""
        if self.kind == "person":
            return CivilIdentity(
                self.family_name, self.given_name, self.birth_date, self.birth_place
            )
        return matricule(self.kind, self.number)

    def to_bytes(self) -> bytes:
        """Canonical form: JSON without blanks, members in one order, empty ones left out."""
        members: dict[str, Any] = {
            "v": VERSION,
            "family_name": self.family_name,
            "given_name": self.given_name,
            "birth_date": self.birth_date.isoformat(),
            "kind": self.kind,
        }
        members |= {name: text for name in _OPTIONAL if (text := getattr(self, name))}
        if self.health:
            members["health"] = dict(self.health)
        return to_json(members)

    @classmethod
    def from_bytes(cls, data: bytes) -> Identity:
        """Read the canonical form, and no other.

        Raises
        ------
        Refused
            When it is not what `to_bytes` gives; what it holds is not repeated.
        """
        members = from_json(data, ("v", *_NEEDED), (*_OPTIONAL, "health"))
        health = members.pop("health", {})
        if members.pop("v") != VERSION or not isinstance(health, dict):
            raise Refused("the identity has another form than this version's")
        texts = dict.fromkeys(_OPTIONAL, "") | {name: text_of(members, name) for name in members}
        identity = cls(
            family_name=texts["family_name"],
            given_name=texts["given_name"],
            birth_date=day_of(texts["birth_date"]),
            kind=cast(Kind, texts["kind"]),  # checked by the identity itself
            **{name: texts[name] for name in _OPTIONAL},
            health=health,
        )
        if identity.to_bytes() != data:
            raise Refused("the identity is not in its canonical form")
        return identity


def pad(identity: Identity) -> bytes:
    """Canonical form behind its length, filled with zeros to 1,024 bytes."""
    data = identity.to_bytes()
    return (len(data).to_bytes(_LENGTH_BYTES, "big") + data).ljust(PADDED_BYTES, b"\0")


def unpad(padded: bytes) -> Identity:
    """Read what `pad` gave, and nothing else."""
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if len(padded) != PADDED_BYTES or length > MOST_BYTES or any(padded[_LENGTH_BYTES + length :]):
        raise Refused("the padding of the identity is not as it should be")
    return Identity.from_bytes(padded[_LENGTH_BYTES : _LENGTH_BYTES + length])


def _clean(name: str, value: object, most: int) -> str:
    plain_text(name, value, 4 * most, least=0)
    return plain_text(name, unicodedata.normalize("NFC", cast(str, value)).strip(" "), most, 0)


def _answers(health: Mapping[str, str]) -> Mapping[str, str]:
    if len(health) > MOST_ANSWERS:
        raise Refused(f"more than {MOST_ANSWERS} health answers")
    for code in health:
        if _ANSWER_CODE.fullmatch(code) is None:
            raise Refused("the code of a health question is small letters, digits and underscores")
    answers = {
        code: _clean("a health answer", health[code], MOST_ANSWER_CHARACTERS)
        for code in sorted(health)
    }
    return MappingProxyType(answers)
