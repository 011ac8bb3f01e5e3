"""New keys: the first one of a centre or authority, and the one that takes over from another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.keys.files import PRIVATE, PUBLIC, blaming, name_of, read_document, write_new
from api.keys.kit import kit_page
from api.protocol.documents import public_key_to_json
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner, Role, new_secret, public_of
from api.protocol.recovery import new_code, wrap_by_code
from api.protocol.wrapping import unwrap_by_passphrase, wrap_by_passphrase


@dataclass(frozen=True, slots=True)
class NewKey:
    """What was made.

    key, public, kit
        Files: the wrapped private key, the public key to have signed, the kit to print.
    """

    owner: KeyOwner
    key: Path
    public: Path
    kit: Path


def generate(
    folder: Path, role: Role, campaign: str, centre: str, holder: str, passphrase: str
) -> NewKey:
    """Make a key and write its three files into a folder.

    Raises
    ------
    InputError
        When a code, the holder or the passphrase breaks a rule, or a file is there already.
    """
    secret, code = new_secret(), new_code()
    with blaming("keys generate"):
        owner = KeyOwner(role, campaign, centre, public_of(role, secret))
        wraps = (
            wrap_by_passphrase(secret, owner, holder, passphrase),
            wrap_by_code(secret, owner, code),
        )
    stem = name_of(owner)
    made = NewKey(
        owner, *(folder / f"{stem}.{end}" for end in ("key.json", "pub.json", "kit.html"))
    )
    write_new({
        made.key: (KeyFile(owner, wraps).to_json(), PRIVATE),
        made.public: (public_key_to_json(owner), PUBLIC),
        made.kit: (kit_page(owner, code), PRIVATE),
    })  # fmt: skip
    return made


def rotate(key: Path, folder: Path, holder: str, passphrase: str) -> tuple[KeyOwner, NewKey]:
    """Make the key that takes over from another, for one of its holders.

    Returns
    -------
    The owner of the old key, which stays as it is: it opens what was sealed to it.

    Raises
    ------
    InputError
        When the passphrase does not open the old key.
    """
    old = read_document(key, KeyFile.from_json)
    with blaming(key):
        unwrap_by_passphrase(old.wrap_of(holder), old.owner, passphrase)
    owner = old.owner
    return owner, generate(folder, owner.role, owner.campaign, owner.centre, holder, passphrase)
