"""Who can open a key: the recovery kit, or somebody who can already, lets another in."""

from __future__ import annotations

from pathlib import Path

from api.keys.files import PRIVATE, blaming, read_document, write_new
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner
from api.protocol.recovery import typed, unwrap_by_code
from api.protocol.wrapping import unwrap_by_passphrase, wrap_by_passphrase


def secret_by_code(path: Path, code: str) -> bytes:
    """Private key of a file, by the code of its recovery kit."""
    file = read_document(path, KeyFile.from_json)
    with blaming(path):
        return unwrap_by_code(file.recovery_wrap, file.owner, typed(code))


def secret_by_passphrase(path: Path, holder: str, passphrase: str) -> bytes:
    """Private key of a file, by the passphrase of one of its holders."""
    file = read_document(path, KeyFile.from_json)
    with blaming(path):
        return unwrap_by_passphrase(file.wrap_of(holder), file.owner, passphrase)


def admit(path: Path, secret: bytes, holder: str, passphrase: str, out: Path) -> KeyOwner:
    """Write a key anew with a passphrase for one holder more, or a holder's new one.

    Parameters
    ----------
    secret
        The private key of the file.
    out
        New file; the old one stays until somebody removes it.

    Raises
    ------
    InputError
        When the passphrase is too short, or the file is there already.
    """
    file = read_document(path, KeyFile.from_json)
    with blaming(path):
        wrap = wrap_by_passphrase(secret, file.owner, holder, passphrase)
        admitted = file.with_wrap(wrap)
    write_new({out: (admitted.to_json(), PRIVATE)})
    return file.owner
