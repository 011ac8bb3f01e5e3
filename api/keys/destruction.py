"""The end of a key, which is the end of everything that was sealed to it, backups included."""

from __future__ import annotations

import os
from pathlib import Path

from allocator.errors import InputError
from api.keys.files import read_document
from api.protocol.key_file import KeyFile
from api.protocol.keys import KeyOwner


def destroy(path: Path, key_id: str) -> KeyOwner:
    """Overwrite the file of a key and remove it.

    Parameters
    ----------
    key_id
        Its key id, 32 hexadecimal digits, said by who destroys it.

    Raises
    ------
    InputError
        When the file is of another key: nothing is destroyed.
    """
    owner = read_document(path, KeyFile.from_json).owner
    if key_id.strip() != owner.key_id.hex():
        raise InputError(path, "is the file of another key id; nothing was destroyed")
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except OSError as error:
        raise InputError(path, f"cannot be destroyed: {error.strerror}") from None
    return owner
