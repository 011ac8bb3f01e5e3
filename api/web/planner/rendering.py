"""Templates, languages and headers of the planner's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from api.web.bundle import Bundled, read_bundle
from api.web.headers import page_headers
from api.web.planner.catalogue import LANGUAGES, translations

PREFIX = "/pilotage"
LANGUAGE_COOKIE = "creneau-language"
SCRIPT, STYLE, ICON = "planner/planner.ts", "planner/planner.css", "pages/icon.svg"


def page(request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    """Draw a page in the language of whoever asks.

    Parameters
    ----------
    template
        Its name, without the ending.
    values
        What it shows; everything is escaped but `Markup`.
    """
    language = language_of(request)
    text = (
        _environment(language)
        .get_template(f"{template}.html")
        .render(values | {"path": request.url.path, "language": language, "prefix": PREFIX})
    )
    response = Response(text, status, _headers(), "text/html")
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax",
                            httponly=True, path=PREFIX)  # fmt: skip
    return response


def error_page(request: Request, status: int, message: str) -> Response:
    """Draw the page of a refusal."""
    return page(request, "error", status=status, message=message, code=status)


def language_of(request: Request) -> str:
    """Language asked for, else the one chosen before; French first."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return asked if asked in LANGUAGES else LANGUAGES[0]


def trusted(html: str) -> Markup:
    """Mark what the report wrote, which escapes everything itself."""
    return Markup(html)  # noqa: S704 - made by scenarios.report, see its page.py


@cache
def _headers() -> Mapping[str, str]:
    """Headers of every page: nothing from elsewhere, forms to ourselves, kept by nobody.

    Our own pages are told where a form was sent from: without it a browser hides its origin, too.
    """
    headers = dict(page_headers("text/html; charset=utf-8", (), wasm=False))
    policy = headers["content-security-policy"].replace("form-action 'none'", "form-action 'self'")
    return headers | {
        "content-security-policy": policy, "cache-control": "no-store",
        "referrer-policy": "same-origin",
    }  # fmt: skip


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("api.web.planner"), autoescape=True, undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "script": lambda: _asset(SCRIPT), "style": lambda: _asset(STYLE),
        "icon": lambda: _asset(ICON), "languages": LANGUAGES,
    }  # fmt: skip
    environment.filters |= _filters(language)
    return environment


def _filters(language: str) -> dict[str, Any]:
    def day(value: date) -> str:
        return format_date(value, "long", locale=language)

    def whole(value: float | None) -> str:
        return "–" if value is None else format_decimal(round(value), locale=language)

    def decimal(value: float | None, digits: int = 1) -> str:
        if value is None:
            return "–"
        return format_decimal(value, f"#,##0.{'0' * digits}", locale=language)

    def change(value: float) -> str:
        return format_decimal(value, "+#,##0;−#,##0", locale=language) if value else "="

    def percent(value: float | None, digits: int = 1) -> str:
        return (
            "–"
            if value is None
            else format_percent(
                value, f"#,##0.{'0' * digits} %" if digits else "#,##0 %", locale=language
            )
        )

    return {
        "day": day, "whole": whole, "decimal": decimal, "change": change, "percent": percent,
        "instant": lambda value: format_datetime(value, "medium", locale=language),
    }  # fmt: skip


@cache
def _bundle() -> Mapping[str, Bundled]:
    return read_bundle()


def _asset(entry: str) -> Bundled:
    return _bundle()[entry]
