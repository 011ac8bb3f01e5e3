"""The folder of official files is named by the user, or is the user's own."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from scenarios.official import place


def test_the_variable_names_the_folder(monkeypatch):
    """CRENEAU_DATA comes first."""
    monkeypatch.setenv("CRENEAU_DATA", "/srv/official")
    assert place.data_folder() == Path("/srv/official")


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_the_users_data_directory_is_taken(monkeypatch, value):
    """Unset and empty mean the same."""
    if value is None:
        monkeypatch.delenv("CRENEAU_DATA", raising=False)
    else:
        monkeypatch.setenv("CRENEAU_DATA", value)
    assert place.data_folder() == platformdirs.user_data_path("creneau") / "data"
