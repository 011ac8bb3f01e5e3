"""Reading the public files as a browser would."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import brotli
import msgspec

from tests.campaign import CENTRES

PUBLISHER = "availability/publisher.json"
Window = tuple[str, int, date, int, int]
"""Product, dose rank, day, minute after midnight, places."""


def read(folder: Path, name: str) -> dict:
    """Read a JSON file."""
    return msgspec.json.decode((folder / name).read_bytes())


def checked_at(folder: Path) -> datetime | None:
    """Tell until when all was known to be true; None before the first turn."""
    if not (folder / PUBLISHER).exists():
        return None
    return datetime.fromisoformat(read(folder, PUBLISHER)["checked_at"])


def check_copies(folder: Path) -> None:
    """Hold every compressed copy against its file; only while the publisher rests."""
    files = [path for path in folder.rglob("*.json") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == content
        assert brotli.decompress(path.with_name(f"{path.name}.br").read_bytes()) == content


def windows(folder: Path, centre: str) -> dict[int, Window]:
    """Windows of a centre by the number of their slot."""
    found = {}
    for entry in read(folder, f"availability/centres/{centre}.json")["windows"]:
        days = [d for d, n in zip(entry["days"], entry["per_day"], strict=True) for _ in range(n)]
        slot = 0
        rows = zip(days, entry["slots"], entry["starts"], entry["free"], strict=True)
        for day, step, minute, free in rows:
            slot += step
            row = (entry["product"], entry["dose_rank"], date.fromisoformat(day), minute, free)
            found[slot] = row
    return found


def all_windows(folder: Path) -> dict[tuple[str, int], Window]:
    """Windows of every centre of the campaign."""
    codes = [code for code, _ in CENTRES.values()]
    return {(c, slot): row for c in codes for slot, row in windows(folder, c).items()}


def counts(folder: Path, department: str) -> dict[str, Counter]:
    """Places by (product, rank, day) of each centre that has any."""
    return cells_of(read(folder, f"availability/departments/{department}.json"))


def cells_of(file: dict) -> dict[str, Counter]:
    """Read the places of a département's file."""
    found: dict[str, Counter] = {}
    for centre in file["centres"]:
        cells = Counter()
        for row in centre["counts"]:
            first = date.fromisoformat(row["first_day"])
            for i, n in enumerate(row["free"]):
                cells[row["product"], row["dose_rank"], first + timedelta(days=i)] += n
        if cells := +cells:
            found[centre["centre"]] = cells
    return found
