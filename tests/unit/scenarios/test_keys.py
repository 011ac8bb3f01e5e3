"""Keys give what they promise or name file, key and line."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.keys import Keys, Source
from scenarios.lines import lines_of


def keys(text: str, file: str = "a.toml") -> Keys:
    """Return the keys of one file."""
    return Keys((Source(file, lines_of(text)),), tomllib.loads(text))


def test_values_come_as_they_are_written():
    """Texts, numbers, dates and lists."""
    read = keys('a = "x"\nb = 3\nc = 0.5\nd = 2021-05-31\ne = [1, 2]\nf = ["x", "y"]\n')
    assert read.text("a") == "x"
    assert read.whole("b", 0, 3) == 3
    assert read.number("b", 0, 3) == 3.0
    assert read.number("c", 0, 1) == 0.5
    assert read.day("d") == date(2021, 5, 31)
    assert read.wholes("e", 1, 2) == (1, 2)
    assert read.names("f", ("x", "y", "z")) == ("x", "y")
    assert read.names("g", ()) == ()


@pytest.mark.parametrize(
    ("text", "ask", "rule"),
    [
        ("a = 1", lambda k: k.text("a"), "a is not a line of text: 1"),
        ('a = " "', lambda k: k.text("a"), "a is not a line of text: ' '"),
        ('a = "x\\ny"', lambda k: k.text("a"), "a is not a line of text: 'x\\ny'"),
        ('a = "x"', lambda k: k.choice("a", ("y", "z")), "a is not one of y, z: 'x'"),
        ("a = true", lambda k: k.whole("a", 0, 9), "a is not a whole number: True"),
        ("a = 1.0", lambda k: k.whole("a", 0, 9), "a is not a whole number: 1.0"),
        ("a = 10", lambda k: k.whole("a", 0, 9), "a is outside 0..9: 10"),
        ("a = -1", lambda k: k.whole("a", 0, 9), "a is outside 0..9: -1"),
        ("a = true", lambda k: k.number("a", 0, 9), "a is not a number: True"),
        ("a = nan", lambda k: k.number("a", 0, 9), "a is outside 0..9: nan"),
        ("a = inf", lambda k: k.number("a", 0, 9), "a is outside 0..9: inf"),
        ("a = -0.1", lambda k: k.number("a", 0, 9), "a is outside 0..9: -0.1"),
        ('a = "2021-05-31"', lambda k: k.day("a"),
         "a is not a date like 2021-05-31: '2021-05-31'"),
        ("a = 2021-05-31T10:00:00", lambda k: k.day("a"),
         "a is not a date like 2021-05-31: datetime.datetime(2021, 5, 31, 10, 0)"),
        ("a = 1", lambda k: k.wholes("a", 0, 9), "a is not a list: 1"),
        ("a = [1, 10]", lambda k: k.wholes("a", 0, 9), "a is outside 0..9: 10"),
        ("a = [1, true]", lambda k: k.wholes("a", 0, 9), "a is not a whole number: True"),
        ("a = 1", lambda k: k.names("a", ("x",)), "a is not a list of names: 1"),
        ("a = [1]", lambda k: k.names("a", ("x",)), "a is not a list of names: [1]"),
        ('a = ["y"]', lambda k: k.names("a", ("x",)), "a holds the unknown 'y' (known: x)"),
        ('a = ["x", "x"]', lambda k: k.names("a", ("x",)), "a repeats a name: ['x', 'x']"),
        ("a = 1", lambda k: k.table("a"), "a is not a table"),
        ("a = 1", lambda k: k.tables("a"), "a is not an array of tables"),
        ("a = [1]", lambda k: k.tables("a"), "a is not an array of tables"),
        ("a = 1", lambda k: k.refuse_unknown(("c", "b")), "a is unknown here (known: b, c)"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_file_key_and_line(text, ask, rule):
    """The key stands on the second line."""
    with pytest.raises(InputError) as error:
        ask(keys(f"\n{text}\n"))
    assert str(error.value) == f"a.toml:2: {rule}"


def test_a_missing_key_is_blamed_on_the_table_that_lacks_it():
    """The header's line; without one, the file."""
    read = keys("x = 1\n[a.b]\ny = 2\n")
    with pytest.raises(InputError) as error:
        read.table("a").table("b").text("z")
    assert str(error.value) == "a.toml:2: a.b.z is missing"
    with pytest.raises(InputError) as error:
        read.text("z")
    assert str(error.value) == "a.toml: z is missing"


def test_an_entry_of_an_array_is_named_by_its_number():
    """Entries are counted from 0, as in a program."""
    read = keys('[[a]]\nb = 1\n[[a]]\nb = "x"\n')
    with pytest.raises(InputError) as error:
        read.tables("a")[1].whole("b", 0, 9)
    assert str(error.value) == "a.toml:4: a[1].b is not a whole number: 'x'"


def test_a_key_is_looked_for_in_the_scenarios_own_file_first():
    """Then in the one it extends, whose name the refusal then has."""
    own, base = "a = 1\n", "a = 2\n\nb = 3\n"
    both = Keys(
        (Source("own.toml", lines_of(own)), Source("base.toml", lines_of(base))),
        {"a": 1, "b": 3},
    )
    assert str(both.refuse("a", "is wrong")) == "own.toml:1: a is wrong"
    assert str(both.refuse("b", "is wrong")) == "base.toml:3: b is wrong"
    assert str(both.refuse("c", "is missing")) == "own.toml: c is missing"


def test_absent_tables_are_empty():
    """A scenario says only what it changes."""
    read = keys("")
    assert not read.table("a").has("b")
    assert read.tables("a") == []
