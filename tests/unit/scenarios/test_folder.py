"""An instance folder is written whole or not at all, and nobody's files are removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.errors import InputError
from scenarios.folder import replacing, write_csv


class BrokenError(Exception):
    """Something went wrong while the folder was filled."""


def break_off(out: Path) -> None:
    """Begin to fill a folder, and fail."""
    with replacing(out) as folder:
        fill(folder)
        raise BrokenError


def fill(folder: Path, text: str = "new") -> None:
    """Write the one file without which a folder is no instance."""
    (folder / "instance.toml").write_text(text)


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_new_folder_is_there_when_it_is_full(tmp_path):
    """With the folders above it; anybody may read it."""
    out = tmp_path / "deep" / "instance"
    with replacing(out) as folder:
        fill(folder)
        assert not out.exists()
    assert contents(tmp_path) == {"deep/instance/instance.toml": "new"}
    assert out.stat().st_mode & 0o777 == 0o755


def test_an_instance_in_the_place_is_replaced_whole(tmp_path):
    """A table of the old one does not stay behind."""
    out = tmp_path / "instance"
    out.mkdir()
    fill(out, "old")
    (out / "booked.csv").write_text("old")
    with replacing(out) as folder:
        fill(folder)
    assert contents(tmp_path) == {"instance/instance.toml": "new"}


def test_an_empty_folder_is_filled(tmp_path):
    """It holds nobody's files."""
    with replacing(tmp_path) as folder:
        fill(folder)
    assert contents(tmp_path) == {"instance.toml": "new"}


def test_what_goes_wrong_leaves_no_trace(tmp_path):
    """Neither half a folder nor a hidden one."""
    with pytest.raises(BrokenError):
        break_off(tmp_path / "instance")
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_leaves_the_old_instance_as_it_was(tmp_path):
    """The new one takes its place at the very end."""
    out = tmp_path / "instance"
    out.mkdir()
    fill(out, "old")
    with pytest.raises(BrokenError):
        break_off(out)
    assert contents(tmp_path) == {"instance/instance.toml": "old"}


def test_the_old_instance_comes_back_when_the_last_step_fails(tmp_path, monkeypatch):
    """The new folder cannot be renamed: the old one is put back."""
    out = tmp_path / "instance"
    out.mkdir()
    fill(out, "old")
    rename = Path.rename

    def only_others(path: Path, target: Path) -> Path:
        if target == out and path.name != out.name:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", only_others)
    with pytest.raises(PermissionError), replacing(out) as folder:
        fill(folder)
    assert contents(tmp_path) == {"instance/instance.toml": "old"}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (("instance.toml", "notes.txt"), "holds 'notes.txt'"),
        (("zones.csv",), "has no instance.toml"),
        (("instance.toml", ".hidden"), "holds '.hidden'"),
    ],
)
def test_a_folder_with_other_files_is_refused(tmp_path, files, why):
    """Before anything is done."""
    out = tmp_path / "mine"
    out.mkdir()
    for name in files:
        (out / name).write_text("mine")
    with pytest.raises(InputError, match="not an instance") as error, replacing(out):
        pytest.fail("the folder is not even opened")
    assert why in str(error.value)
    assert contents(out) == dict.fromkeys(files, "mine")


def test_a_file_in_the_way_is_refused(tmp_path):
    """An instance is a folder; and no folder can lie below a file."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="this is a file"), replacing(tmp_path / "file"):
        pytest.fail("the folder is not even opened")
    with (
        pytest.raises(InputError, match="cannot be written: "),
        replacing(tmp_path / "file" / "instance"),
    ):
        pytest.fail("the folder is not even opened")
    assert contents(tmp_path) == {"file": "mine"}


def test_a_table_is_written_as_csv(tmp_path):
    """Names may hold commas, quotes and accents."""
    path = tmp_path / "table.csv"
    n = write_csv(path, ("a", "b"), iter([(1, 'L\'Île, "Yeu"'), (2, "")]))
    assert n == 2
    assert path.read_bytes() == 'a,b\n1,"L\'Île, ""Yeu"""\n2,\n'.encode()
