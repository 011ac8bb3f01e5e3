"""Files of the public folder: stamps, times, compressed copies, and what a crash leaves."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from api.feeds import replacing
from api.feeds.names import centre_name, safe
from api.feeds.replacing import SPARE, replace_file
from api.feeds.shelf import Effort, Shelf

AT = datetime(2021, 5, 28, 8, 0, 0, 123456, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
NAME = "availability/x.json"


def put(shelf, content=b'{"a":1}', changed_at=AT, now=AT):
    shelf.put(NAME, content, changed_at, now=now, effort=Effort.GOOD)


def test_a_file_begins_with_its_two_stamps(tmp_path):
    """Any reader can tell how old it is."""
    put(Shelf(tmp_path), now=LATER)
    assert json.loads((tmp_path / NAME).read_text()) == {
        "generated_at": "2021-05-28T08:05:00.123Z",
        "changed_at": "2021-05-28T08:00:00.123Z",
        "a": 1,
    }


def test_the_time_of_a_file_is_when_what_it_says_changed(tmp_path):
    """A web server takes Last-Modified from there."""
    put(Shelf(tmp_path), now=LATER)
    for suffix in ("", ".gz", ".br"):
        modified = (tmp_path / f"{NAME}{suffix}").stat().st_mtime
        assert modified == pytest.approx(AT.timestamp(), abs=1e-3)


@pytest.mark.parametrize("effort", list(Effort))
def test_the_compressed_copies_hold_the_same(tmp_path, effort):
    """However hard the publisher works on them."""
    Shelf(tmp_path).put(NAME, b'{"a":[1,2,3]}', AT, now=AT, effort=effort)
    plain = (tmp_path / NAME).read_bytes()
    assert gzip.decompress((tmp_path / f"{NAME}.gz").read_bytes()) == plain
    assert brotli.decompress((tmp_path / f"{NAME}.br").read_bytes()) == plain


def test_the_same_content_is_not_written_again(tmp_path):
    """What did not change keeps its stamps."""
    shelf = Shelf(tmp_path)
    put(shelf)
    put(shelf, changed_at=LATER, now=LATER)
    assert json.loads((tmp_path / NAME).read_text())["changed_at"].startswith("2021-05-28T08:00")


def test_another_content_is_written_with_new_stamps(tmp_path):
    """The control of the one before."""
    shelf = Shelf(tmp_path)
    put(shelf)
    put(shelf, b'{"a":2}', LATER, LATER)
    assert json.loads((tmp_path / NAME).read_text())["changed_at"].startswith("2021-05-28T08:05")


def test_a_later_content_has_a_later_stamp(tmp_path):
    """Changes may arrive in another order than they were made in; readers must still notice."""
    shelf = Shelf(tmp_path)
    put(shelf, changed_at=LATER)
    put(shelf, b'{"a":2}', AT, LATER)
    assert json.loads((tmp_path / NAME).read_text())["changed_at"] == "2021-05-28T08:05:00.124Z"


def test_after_a_start_what_is_there_already_has_not_changed_now(tmp_path):
    """A restart writes every file again, but says since when it has been saying this."""
    put(Shelf(tmp_path))
    put(Shelf(tmp_path), changed_at=LATER, now=LATER)
    stamps = json.loads((tmp_path / NAME).read_text())
    assert stamps["generated_at"].startswith("2021-05-28T08:05")
    assert stamps["changed_at"].startswith("2021-05-28T08:00")


def test_after_a_start_a_plain_file_keeps_its_time(tmp_path):
    """Files without stamps have their time instead."""
    Shelf(tmp_path).put_plain("x.csv", b"a\n", AT, effort=Effort.GOOD)
    shelf = Shelf(tmp_path)
    shelf.put_plain("x.csv", b"a\n", LATER, effort=Effort.GOOD)
    assert shelf.changed_at("x.csv") == pytest.approx(AT, abs=timedelta(milliseconds=1))
    shelf.put_plain("x.csv", b"b\n", LATER, effort=Effort.GOOD)
    assert shelf.changed_at("x.csv") == LATER
    assert shelf.changed_at("y.csv") is None


def test_what_a_killed_publisher_left_half_written_is_written_over(tmp_path):
    """Nobody ever reads it, and nothing of it comes back."""
    put(Shelf(tmp_path))
    for left in (tmp_path / "availability").glob(f".x.json*{SPARE}"):
        left.write_text("half" * 1000)
    put(Shelf(tmp_path), b'{"a":2}', LATER, LATER)
    assert json.loads((tmp_path / NAME).read_text())["a"] == 2
    assert gzip.decompress((tmp_path / f"{NAME}.gz").read_bytes()).endswith(b'"a":2}')


@pytest.fixture(params=["exchange and lease", "exchange", "rename"])
def system(request, monkeypatch):
    """Run with all that Linux can do, without leases, and without exchanging names."""
    if request.param != "exchange and lease":
        monkeypatch.delattr(replacing.fcntl, "F_SETLEASE")
    if request.param == "rename":
        monkeypatch.setattr(replacing, "_RENAME", None)


def test_a_file_takes_new_contents_longer_and_shorter(tmp_path, system):
    """Also where nothing was before; it never holds the rest of an older one."""
    place = tmp_path / "deep" / "place"
    for content in (b"one", b"a longer one", b"2", b"", b"last"):
        replace_file(str(place), content, 10**18)
        assert place.read_bytes() == content
        assert place.stat().st_mtime_ns == 10**18


def test_a_reader_keeps_the_content_it_has_opened(tmp_path, system):
    """However often the file changes while a slow reader is at it."""
    place = tmp_path / "place"
    replace_file(str(place), b"0" * 100, 0)
    with place.open("rb", buffering=0) as slow:
        read = slow.read(10)
        for i in range(1, 6):
            replace_file(str(place), str(i).encode() * 100, 0)
        assert read + slow.read() == b"0" * 100
    assert place.read_bytes() == b"5" * 100


def test_a_file_that_nobody_reads_is_used_again(tmp_path):
    """Two files on the disk take turns: none is made, none is freed."""
    place = tmp_path / "place"
    seen = set()
    for i in range(8):
        replace_file(str(place), str(i).encode(), 0)
        seen.add(place.stat().st_ino)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("code", "name"),
    [("1001", "1001"), ("Le-Mans_2", "Le-Mans_2"), ("a/b", "a~2Fb"), ("..", "~2E."),
     ("é~", "~C3~A9~7E"), (".git", "~2Egit")],
)  # fmt: skip
def test_no_code_leads_out_of_its_folder(code, name):
    """Codes come from instance folders; whatever is in them, the name is safe and of its own."""
    assert safe(code) == name
    assert centre_name(code) == f"availability/centres/{name}.json"
