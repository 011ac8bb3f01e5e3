"""Rules against claims, passkeys against addresses, settings against mistakes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from api.processes import environment_of
from api.settings import IdentityProvider, Settings
from api.staff.grants import Grant
from api.staff.signon.passkeys import RelyingParty
from api.staff.signon.rule import Rule
from tests.campaign import NOW


def rule(claim, value):
    """Make a rule for a centre."""
    end = NOW + timedelta(days=1)
    return Rule(UUID(int=1), "psc", claim, value, Grant("centre", "paris"), "", NOW, end)


@pytest.mark.parametrize(
    ("claim", "value", "fits"),
    [
        ("sub", "a1", True),
        ("sub", "A1", False),
        ("sub", "a", False),
        ("roles", "nurse", True),
        ("roles", "nurse doctor", False),
        ("works.at", "75-paris-13", True),
        ("works.at.code", "13", True),
        ("works", "75-paris-13", False),
        ("absent", "", False),
        ("absent.too", "None", False),
        ("verified", "True", False),
        ("number", "7", False),
    ],
)
def test_a_rule_fits_what_is_said_to_the_letter(claim, value, fits):
    """Lists are looked through, objects entered by name; only text is text."""
    claims = {
        "sub": "a1", "roles": ["nurse", "doctor"], "verified": True, "number": 7, "none": None,
        "works": [{"at": ["75-paris-13", {"code": "13"}]}, {"at": "92"}],
    }  # fmt: skip
    assert rule(claim, value).fits(claims) is fits


def test_a_rule_ends():
    """On its day, or when it is revoked."""
    assert rule("sub", "a").holds(NOW)
    assert not rule("sub", "a").holds(NOW + timedelta(days=1))


def test_a_bare_address_has_no_passkeys():
    """Browsers make none for it."""
    assert [RelyingParty(host, "").works for host in ("rdv.test", "10.0.0.1", "::1", "")] == [
        True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://sso.example.fr"},
        {"issuer": "http://localhost.example.fr"},
        {"name": "../psc"},
        {"secret": "misspelt"},
    ],
)
def test_a_provider_is_reached_by_https_and_has_a_plain_name(wrong):
    """By http only on this machine."""
    told = {"name": "psc", "title": "PSC", "issuer": "https://sso.example.fr", "client_id": "c",
            "client_secret": "s"}  # fmt: skip
    assert IdentityProvider(**told).scope == "openid"
    with pytest.raises(ValidationError):
        IdentityProvider(**(told | wrong))


def test_secrets_of_providers_are_neither_shown_nor_handed_on():
    """Children have them from the environment, where they are."""
    config = {"name": "psc", "title": "PSC", "issuer": "https://sso.example.fr", "client_id": "c",
              "client_secret": "very secret"}  # fmt: skip
    settings = Settings(identity_providers=(config,))
    assert "very secret" not in repr(settings) + settings.model_dump_json()
    assert not [name for name in environment_of(settings) if "PROVIDER" in name]
