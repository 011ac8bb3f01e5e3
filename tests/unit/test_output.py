"""Files the user asks for: refused before the work, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.errors import InputError
from scenarios.output import refuse_bad_file, refuse_unwritable_folder, write_whole


def test_a_file_is_replaced_whole(tmp_path):
    """The new content, and no draft left beside it."""
    path = tmp_path / "page.html"
    path.write_text("old", encoding="utf-8")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_folder_one_is_in_is_fine(tmp_path, monkeypatch):
    """A bare name, as one types it."""
    monkeypatch.chdir(tmp_path)
    refuse_bad_file(Path("page.html"))
    write_whole(Path("page.html"), b"x")
    assert (tmp_path / "page.html").exists()


def test_a_file_into_a_missing_folder_is_refused(tmp_path):
    """No folder is made up for a file."""
    with pytest.raises(InputError, match="the folder of this file does not exist"):
        write_whole(tmp_path / "none" / "page.html", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path):
    """It is not replaced."""
    with pytest.raises(InputError, match="is a folder, where a file is to be written"):
        refuse_bad_file(tmp_path)


def test_a_folder_below_a_file_is_refused(tmp_path):
    """However deep it would lie."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file, so no folder can be made below it"):
        refuse_unwritable_folder(tmp_path / "file" / "a" / "b")


def test_a_folder_that_can_be_made_is_not_made_yet(tmp_path):
    """Asking leaves nothing behind."""
    refuse_unwritable_folder(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_refused_in_words(tmp_path, monkeypatch):
    """A full or read-only disk is one message, before the work and during it."""

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(InputError, match="cannot be written to: No space left on device"):
        refuse_unwritable_folder(tmp_path / "a")
    with pytest.raises(InputError, match="cannot be written to: No space left on device"):
        write_whole(tmp_path / "page.html", b"x")
