"""Every text of the pages in every language, with the same places to fill."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import api.web.planner
from api.web.planner.catalogue import LANGUAGES, catalogue, translations

TEMPLATES = Path(api.web.planner.__file__).parent / "templates"
PLACES = re.compile(r"%\((\w+)\)s|%%")


def texts():
    """Texts of the templates."""
    found = extract_from_dir(
        TEMPLATES, [("**.html", "jinja2.ext:babel_extract")],
        {"**.html": {"newstyle_gettext": "true"}},
    )  # fmt: skip
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_translated(language):
    """None is missing, none is of a page that is gone, and none lost what is filled in."""
    told = {message.id: message.string for message in catalogue(language) if message.id}
    assert set(told) == texts()
    assert len(told) > 200
    for french, other in told.items():
        assert other.strip()
        assert sorted(PLACES.findall(french)) == sorted(PLACES.findall(other)), french


def test_the_first_language_is_what_the_templates_say():
    """Without a catalogue."""
    assert translations("fr").gettext("Scénarios") == "Scénarios"
    assert translations("en").gettext("Quitter") == "Leave"
