"""An event lies over an instance: the files it has replace the instance's, whole."""

from __future__ import annotations

import shutil

import pytest

from allocator.errors import InputError
from allocator.read import read_instance, sha256_of
from tests.factories import ROWS, table_text, write_instance


@pytest.fixture
def instance(tmp_path):
    """Return the hand-written instance folder."""
    return write_instance(tmp_path / "instance")


def event_of(folder, **tables):
    """Write an event folder with these tables, by file stem."""
    folder.mkdir()
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(table_text(name, rows), encoding="utf-8")
    return folder


def test_a_file_of_the_event_replaces_that_of_the_instance(instance, tmp_path):
    """Read as one folder would be in which the file had been replaced, and so named by its hash."""
    rows = [dict(row) | {"injections": 99} for row in ROWS["capacity"]]
    event = event_of(tmp_path / "event", capacity=rows)
    laid_over = read_instance(instance, [event])
    shutil.copytree(instance, tmp_path / "merged")
    shutil.copy(event / "capacity.csv", tmp_path / "merged")
    assert laid_over.injections.max() == 99
    assert read_instance(instance).injections.max() == 15
    assert laid_over.input_sha256 == read_instance(tmp_path / "merged").input_sha256
    assert laid_over.input_sha256 == sha256_of(instance, [event])


def test_the_last_event_counts(instance, tmp_path):
    """Of two events with the same file, the later one's is read; what only one has stays."""
    events = [
        event_of(tmp_path / f"event {n}", capacity=[
            dict(row) | {"injections": n} for row in ROWS["capacity"]
        ], **more)
        for n, more in ((20, {"demand": ROWS["demand"][:1]}), (30, {}))
    ]  # fmt: skip
    read = read_instance(instance, events)
    assert read.injections.max() == 30
    assert read.demand.sum() == 10


def test_an_event_may_bring_a_file_the_instance_lacks(instance, tmp_path):
    """A day of bookings comes as booked.csv, which most instances do not have before."""
    row = {"centre": "1", "week": 0, "product": "pfizer", "dose_rank": 1, "people": 3}
    event = event_of(tmp_path / "event", booked=[row])
    assert read_instance(instance, [event]).booked.people.tolist() == [3]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ({}, "holds none of the instance files"),
        ({"capacities.csv": "centre,week,injections\n"}, "no file of an instance"),
    ],
)
def test_an_event_that_would_change_nothing_is_refused(instance, tmp_path, content, rule):
    """A misspelt file is no change, and nobody would notice."""
    event = event_of(tmp_path / "event")
    for name, text in content.items():
        (event / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rule):
        read_instance(instance, [event])


def test_an_event_that_is_not_there_is_refused(instance, tmp_path):
    """By its name."""
    with pytest.raises(InputError, match="nowhere: the event folder does not exist"):
        read_instance(instance, [tmp_path / "nowhere"])
