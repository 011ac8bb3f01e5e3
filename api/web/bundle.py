"""The bundle that the build made: which file serves which entry, and how a page checks it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allocator.errors import InputError

DIST = Path(__file__).parent / "dist"
MANIFEST = "manifest.json"
FORMAT = "creneau-bundle/1"


@dataclass(frozen=True, slots=True)
class Bundled:
    """A file of the bundle.

    file
        Its name, which changes with its content.
    bytes
        Its size.
    sha256
        In hexadecimal digits: what a watcher compares.
    integrity
        `sha384-...`: what a page demands of the script it loads.
    """

    file: str
    bytes: int
    sha256: str
    integrity: str


def read_bundle(folder: Path = DIST) -> Mapping[str, Bundled]:
    """Files of a bundle by the source they were made of, such as `protocol/citizen.ts`.

    Raises
    ------
    InputError
        When there is no bundle, or a file is not what the manifest says.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        rule = "is missing: `uv sync --reinstall-package creneau` makes it"
        raise InputError(path, rule) from None
    if manifest["format"] != FORMAT:
        raise InputError(path, f"is not of format {FORMAT}")
    bundle = {entry: Bundled(**members) for entry, members in manifest["entries"].items()}
    for bundled in bundle.values():
        content = (folder / bundled.file).read_bytes()
        if hashlib.sha256(content).hexdigest() != bundled.sha256:
            raise InputError(folder / bundled.file, "is not the file the manifest names")
    return bundle
