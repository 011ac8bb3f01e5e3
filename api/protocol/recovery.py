"""The recovery kit: a code on paper in a safe, which opens the key when all else is lost.

256 random bits as 13 groups of five characters. The last character of a group checks the other
four and the group's place: any one wrong character, two neighbours swapped, or groups in another
order are found, and the group is named.
"""

from __future__ import annotations

import re
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.protocol.keys import KeyOwner
from api.protocol.refusal import Refused
from api.protocol.wrapping import KEK_BYTES, SALT_BYTES, Wrap, lock, unlock

CODE_BYTES = 32
HOLDER = "recovery kit"
GROUPS, DATA_CHARACTERS = 13, 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_FIELD_POLYNOMIAL = 0b100101
_LABEL = b"creneau/recovery-code/v1"
_QR_MARK = "CRENEAU-RECOVERY-1"


def new_code() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(CODE_BYTES)


def printed(code: bytes) -> str:
    """Write a code as groups of five characters, blanks between them."""
    if len(code) != CODE_BYTES:
        raise Refused("a recovery code is 32 bytes")
    bits = GROUPS * DATA_CHARACTERS * 5
    number = int.from_bytes(code, "big") << (bits - 8 * CODE_BYTES)
    values = [number >> shift & 31 for shift in range(bits - 5, -1, -5)]
    groups = [values[i : i + DATA_CHARACTERS] for i in range(0, len(values), DATA_CHARACTERS)]
    return " ".join(
        "".join(_ALPHABET[v] for v in [*group, _check(place, group)])
        for place, group in enumerate(groups, 1)
    )


def typed(text: str) -> bytes:
    """Read a code as somebody typed it, or as the QR code gives it.

    Raises
    ------
    Refused
        When it is not 13 groups, or the check character of one does not fit; the group is named.
    """
    last_part = text.rpartition(":")[2]
    characters = re.sub(r"[\s.\-]+", "", last_part).upper().translate(_LOOKALIKES)
    values = [_ALPHABET.find(character) for character in characters]
    if len(values) != GROUPS * (DATA_CHARACTERS + 1):
        raise Refused(f"a recovery code is {GROUPS} groups of {DATA_CHARACTERS + 1} characters")
    number = 0
    for place in range(1, GROUPS + 1):
        *group, check = values[5 * (place - 1) : 5 * place]
        if min(group) < 0 or check != _check(place, group):
            raise Refused(f"group {place} of the recovery code is mistyped")
        for value in group:
            number = number << 5 | value
    spare = GROUPS * DATA_CHARACTERS * 5 - 8 * CODE_BYTES
    if number & ((1 << spare) - 1):
        raise Refused(f"group {GROUPS} of the recovery code is mistyped")
    return (number >> spare).to_bytes(CODE_BYTES, "big")


def qr_text(owner: KeyOwner, code: bytes) -> str:
    """Text of the kit's QR code: whose key, then the code."""
    return ":".join((_QR_MARK, owner.key_id.hex(), printed(code).replace(" ", "-")))


def wrap_by_code(secret: bytes, owner: KeyOwner, code: bytes) -> Wrap:
    """Wrap a private key for the kit."""
    salt = secrets.token_bytes(SALT_BYTES)
    return lock(secret, owner, HOLDER, None, salt, _kek(code, salt))


def unwrap_by_code(wrap: Wrap, owner: KeyOwner, code: bytes) -> bytes:
    """Private key of the kit's wrap.

    Raises
    ------
    Refused
        When it is another code, or the wrap was altered or is by passphrase.
    """
    if wrap.method != "code":
        raise Refused("this wrap opens by a passphrase, not by the recovery code")
    return unlock(wrap, owner, _kek(code, wrap.salt))


def _kek(code: bytes, salt: bytes) -> bytes:
    if len(code) != CODE_BYTES:
        raise Refused("a recovery code is 32 bytes")
    return HKDF(algorithm=SHA256(), length=KEK_BYTES, salt=salt, info=_LABEL).derive(code)


def _check(place: int, group: list[int]) -> int:
    """Value, in the field of 32 elements, of the polynomial with these coefficients at its root."""
    total = place
    for value in group:
        total = _times_root(total) ^ value
    return _times_root(total)


def _times_root(element: int) -> int:
    doubled = element << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled > 31 else doubled
