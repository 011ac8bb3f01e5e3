"""Catalogues of the pages: the texts are French, each other language is a gettext file."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO, StringIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
"""The first is the language of the templates themselves."""


def catalogue(language: str) -> Catalog:
    """Read the catalogue of a language other than the first."""
    path = files("api.web.planner").joinpath(f"locale/{language}.po")
    return read_po(StringIO(path.read_text(encoding="utf-8")), locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """Give what a template asks for its texts; the first language needs nothing."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
