"""Every key of a TOML file is found on its line."""

from __future__ import annotations

import tomllib

from scenarios.lines import lines_of
from tests.unit.scenarios.tiny import TINY, line_of


def test_keys_of_the_same_name_are_told_apart_by_their_table():
    """Two classes have a weight each, on different lines."""
    lines = lines_of(TINY)
    assert lines["classes", "75-plus", "weight"] == line_of(TINY, "weight = 4")
    assert lines["classes", "50-74", "weight"] == line_of(TINY, "weight = 2")


def test_entries_of_an_array_of_tables_are_counted():
    """The third row of eligibility begins with the third header."""
    lines = lines_of(TINY)
    assert lines["eligibility", 2, "to_date"] == line_of(TINY, "to_date")
    assert lines["eligibility", 2] == line_of(TINY, 'product = "janssen"') - 1
    assert lines["eligibility",] == line_of(TINY, "[[eligibility]]")


def test_tables_inside_an_entry_belong_to_the_newest_one():
    """[a.b] after the second [[a]] is a table of the second entry."""
    text = "[[a]]\nx = 1\n[[a]]\n[a.b]\ny = 2\n"
    assert lines_of(text)["a", 1, "b", "y"] == 5


def test_quoted_and_dotted_keys_and_spaces_are_read():
    """TOML allows all of these."""
    text = '"a b".c = 1\n \'d\'  = 2\n[ e . "f.g" ]\nh = 3\n'
    assert lines_of(text) == {
        ("a b", "c"): 1, ("d",): 2, ("e", "f.g"): 3, ("e", "f.g", "h"): 4,
    }  # fmt: skip


def test_values_over_several_lines_and_comments_hold_no_keys():
    """A list may go on; a comment may look like an assignment."""
    text = "a = [\n    1,\n    2,\n]\n# b = 1\nc = 3\n"
    assert lines_of(text) == {("a",): 1, ("c",): 6}


def test_every_key_of_a_scenario_has_a_line():
    """What tomllib finds, the lines find too."""

    def paths(value, path=()):
        if isinstance(value, dict):
            for key, inside in value.items():
                yield (*path, key)
                yield from paths(inside, (*path, key))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for i, inside in enumerate(value):
                yield from paths(inside, (*path, i))

    # [classes.75-plus] opens classes without a line of its own.
    unwritten = {("classes",), ("products",)}
    assert set(paths(tomllib.loads(TINY))) - unwritten <= set(lines_of(TINY))
