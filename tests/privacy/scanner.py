"""Searches bytes for everything that must not be there, in every form and inside packed parts."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from tests.privacy.forms import SHORTEST, forms_of, forms_of_bytes
from tests.privacy.packed import unpacked_parts, without_brotli


@dataclass(frozen=True, order=True)
class Hit:
    """A secret that was found.

    whose
        What it is, as the scanner was told.
    form
        How it was written.
    place
        Where: a file, a message, a process.
    """

    whose: str
    form: str
    place: str


class Scanner:
    """Looks for secrets, all at once.

    Parameters
    ----------
    secrets
        By a name, the texts or the bytes that give it away.
    """

    def __init__(self, secrets: Mapping[str, Iterable[str | bytes]]) -> None:
        self._known: dict[bytes, list[tuple[str, str]]] = {}
        for whose, values in secrets.items():
            for value in values:
                raw = value if isinstance(value, bytes) else value.encode()
                assert len(raw) >= SHORTEST, f"{whose}: too short to be searched for"
                forms = forms_of_bytes(value) if isinstance(value, bytes) else forms_of(value)
                for raw, form in forms.items():
                    self._known.setdefault(raw, []).append((whose, form))
        self._patterns = list(self._known)
        self._automaton = BytesAhoCorasick(self._patterns)

    def __len__(self) -> int:
        return len(self._patterns)

    def search(self, place: str, data: bytes | mmap.mmap, *, packing: str = "") -> set[Hit]:
        """Search bytes, and what is packed in them.

        Parameters
        ----------
        packing
            `br` where the whole is packed by brotli, as a header or a suffix says.
        """
        hits = self._in(place, data)
        for at, part in unpacked_parts(data):
            hits |= self._in(f"{place} unpacked at {at}", part)
        if packing == "br" and (part := without_brotli(bytes(data))) is not None:
            hits |= self._in(f"{place} unpacked", part)
        return hits

    def search_file(self, path: Path, place: str) -> set[Hit]:
        """Search a file; its name counts as well."""
        hits = self._in(f"{place} (its name)", str(path).encode())
        with path.open("rb") as file:
            if path.stat().st_size:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                    hits |= self.search(place, data, packing=path.suffix.removeprefix("."))
        return hits

    def _in(self, place: str, data: bytes | mmap.mmap) -> set[Hit]:
        found = {i for i, _, _ in self._automaton.find_matches_as_indexes(data, overlapping=True)}
        return {
            Hit(whose, form, place) for i in found for whose, form in self._known[self._patterns[i]]
        }
