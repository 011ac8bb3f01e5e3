"""Every way in which a cell or a file can be wrong is refused with file, line and rule."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.errors import InputError
from allocator.tables import Table, iso_date, read_table, read_text


def table(column: str, *cells: str) -> Table:
    """Return a one-column table of a file t.csv."""
    return Table("t.csv", {column: list(cells)}, list(range(2, len(cells) + 2)))


def written(tmp_path, data: str | bytes):
    """Write t.csv and return its path."""
    path = tmp_path / "t.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"t\.csv:1: the header is missing: the file is empty"),
        (b"a,b\n", r"t\.csv:1: the table is empty"),
        (b"a,c\n1,2\n", r"t\.csv:1: column 'b' is missing \(found: a, c\)"),
        (b"a,b,b\n1,2,3\n", r"t\.csv:1: column 'b' appears twice"),
        (b"a,b\n1,2\n3\n", r"t\.csv:3: 1 cells where the header has 2"),
        (b"a,b\n1,2,3\n", r"t\.csv:2: 3 cells where the header has 2"),
        (b"a,b\n1,2\nB\xe9b\xe9,4\n", r"t\.csv:3: not UTF-8: byte 0xe9"),
        (b'a,b\n1,"2\n', r"t\.csv:2: not CSV: unexpected end of data"),
    ],
)
def test_a_file_that_is_not_the_promised_table_is_refused(tmp_path, data, message):
    """Empty, ragged, ill-encoded and unbalanced files are named with the line."""
    with pytest.raises(InputError, match=f"^{message}$"):
        read_table(written(tmp_path, data), ("a", "b"))


def test_a_missing_file_is_refused_by_name(tmp_path):
    """The message says which file is missing, and where."""
    with pytest.raises(InputError, match=r"^none\.csv: file is missing in "):
        read_text(tmp_path / "none.csv")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    """A folder called like the table is no table."""
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(InputError, match=r"^t\.csv: file is missing in "):
        read_table(tmp_path / "t.csv", ("a",))


def test_a_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    """What the system says is passed on in one line."""
    path = written(tmp_path, "a\n1\n")

    def forbidden(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", forbidden)
    with pytest.raises(InputError, match=r"^t\.csv: cannot be read: Permission denied$"):
        read_table(path, ("a",))


def test_lines_are_counted_as_an_editor_does(tmp_path):
    """A byte order mark, blank lines and cells of several lines do not shift the line named."""
    text = '\ufeffa,extra\n\n"x\ny",1\n\nz,2\n'
    found = read_table(written(tmp_path, text), ("a",), ("absent",))
    assert found.columns == {"a": ["x\ny", "z"]}
    assert found.lines == [3, 6]
    assert not found.has("absent")


def test_an_optional_table_may_hold_its_header_only(tmp_path):
    """A table that may be empty has no rows, and its columns are there."""
    found = read_table(written(tmp_path, "a,b\n"), ("a", "b"), may_be_empty=True)
    assert len(found) == 0
    assert found.columns == {"a": [], "b": []}


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("", "n is empty"),
        ("  ", "n is empty"),
        ("NaN", "n is not a number: 'NaN'"),
        ("inf", "n is not a number: 'inf'"),
        ("-1", "n is negative: -1"),
        ("-0.5", "n is negative: -0.5"),
        ("2.5", "n is not a whole number: 2.5"),
        ("deux", "n is not a whole number: 'deux'"),
        ("1_000", "n is not a whole number: '1_000'"),
        ("1 000", "n is not a whole number: '1 000'"),
        ("٣", "n is not a whole number: '٣'"),
        ("1000000001", "n is over 1000000000: 1000000001"),
        ("99999999999999999999", "n is over 1000000000: 99999999999999999999"),
        ("1e30", "n is over 1000000000: 1e30"),
    ],
)
def test_a_cell_that_is_no_count_is_refused(cell, rule):
    """Empty, NaN, negative, broken and overflowing counts name their line."""
    with pytest.raises(InputError) as error:
        table("n", "1", cell).counts("n")
    assert str(error.value) == f"t.csv:3: {rule}"


def test_counts_are_read_as_whole_numbers():
    """Zero, the largest count and a whole number written with decimals are counts."""
    assert table("n", "0", "1000000000", "12.0", "007").counts("n").tolist() == [
        0, 1_000_000_000, 12, 7,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("", "lat is empty"),
        ("nan", "lat is not a number: 'nan'"),
        ("-inf", "lat is not a number: '-inf'"),
        ("48,5", "lat is not a number: '48,5'"),
        ("90.01", "lat is outside -90..90: 90.01"),
        ("-91", "lat is outside -90..90: -91"),
        ("1e999", "lat is outside -90..90: 1e999"),
    ],
)
def test_a_cell_that_is_no_number_in_its_range_is_refused(cell, rule):
    """NaN, infinities, decimal commas and places outside the world name their line."""
    with pytest.raises(InputError) as error:
        table("lat", "90", "-90", cell).numbers("lat", -90, 90)
    assert str(error.value) == f"t.csv:4: {rule}"


@pytest.mark.parametrize(
    "cell", ["31/05/2021", "2021-5-31", "2021-02-30", "20210531", "2021-W22-1", "2021-05-31 "]
)
def test_a_cell_that_is_no_date_is_refused(cell):
    """Only dates like 2021-05-31 are dates."""
    assert iso_date(cell) is None
    with pytest.raises(InputError) as error:
        table("opens_on", "2021-05-31", cell).dates("opens_on")
    assert str(error.value) == f"t.csv:3: opens_on is not a date like 2021-05-31: {cell!r}"


def test_an_empty_date_is_refused_unless_allowed():
    """An empty date is NaT where the model allows it, and an error elsewhere."""
    dates = table("closes_on", "2021-05-31", "")
    assert np.isnat(dates.dates("closes_on", may_be_empty=True)).tolist() == [False, True]
    with pytest.raises(InputError, match=r"^t\.csv:3: closes_on is empty$"):
        dates.dates("closes_on")


def test_an_empty_text_is_refused_unless_allowed():
    """A cell of spaces is empty."""
    names = table("name", "Brest", " ")
    assert names.text("name", may_be_empty=True) == ["Brest", " "]
    with pytest.raises(InputError, match=r"^t\.csv:3: name is empty$"):
        names.text("name")


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1", "unknown zone: '1'"),
        (" 01", "unknown zone: ' 01'"),
        ("*", "unknown zone: '*'"),
        ("", "zone is empty"),
    ],
)
def test_an_unknown_id_is_refused(cell, rule):
    """Ids are text: 1 is not 01, and neither a star nor nothing is an id unless allowed."""
    zones = table("zone", "01", cell)
    with pytest.raises(InputError) as error:
        zones.codes("zone", {"01": 0})
    assert str(error.value) == f"t.csv:3: {rule}"


def test_a_star_and_an_empty_id_are_read_where_allowed():
    """They become the positions given for them."""
    assert table("class", "75", "", "*").codes(
        "class", {"75": 0}, empty=-1, star=-2
    ).tolist() == [0, -1, -2]  # fmt: skip


def test_a_repeated_key_names_both_lines():
    """Counts are compared as numbers, texts letter by letter."""
    keys = Table(
        "t.csv", {"c": ["1", "01", "1"], "week": ["2", "2", "2.0"]}, [2, 3, 4]
    )  # fmt: skip
    keys.refuse_repeats("c", "week")
    with pytest.raises(InputError) as error:
        keys.refuse_repeats("c", counts=("week",))
    assert str(error.value) == "t.csv:4: repeated key (c='1', week=2), first on line 2"
