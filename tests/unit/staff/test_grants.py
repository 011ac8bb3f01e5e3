"""Roles and scopes."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from api.staff.actor import Actor
from api.staff.grants import Grant, Token
from tests.campaign import NOW

PARIS = SimpleNamespace(code="paris", department="75", region="11")
AJACCIO = SimpleNamespace(code="ajaccio", department="2A", region="94")


def actor(role, scope):
    """Give somebody with a role and a scope."""
    return Actor("somebody", Grant(role, scope), NOW, lambda: NOW)


@pytest.mark.parametrize(
    ("role", "scope"),
    [("auditor", "11"), ("centre", "national"), ("agent", "national"), ("planner", ""),
     ("king", "national")],
)  # fmt: skip
def test_a_role_has_a_scope_of_its_kind(role, scope):
    """Nobody is given a scope their role cannot have."""
    with pytest.raises(ValueError, match=r"scope of|role is one of"):
        Grant(role, scope)


@pytest.mark.parametrize(
    ("role", "scope", "may"),
    [
        ("planner", "national", {("read", "paris"), ("change", "paris"), ("read", "ajaccio"),
                                 ("change", "ajaccio")}),
        ("planner", "11", {("read", "paris"), ("change", "paris")}),
        ("centre", "ajaccio", {("read", "ajaccio"), ("change", "ajaccio")}),
        ("agent", "75", set()),
        ("auditor", "national", {("read", "paris"), ("read", "ajaccio")}),
    ],
)  # fmt: skip
def test_capacity_is_read_and_changed_inside_the_scope_only(role, scope, may):
    """A region's planner stays in the region, a centre at home; auditors only read."""
    somebody = actor(role, scope)
    found = {
        (deed, centre.code)
        for centre in (PARIS, AJACCIO)
        for deed in ("read", "change")
        if somebody.may(deed, centre)
    }
    assert found == may


@pytest.mark.parametrize(
    ("role", "scope", "channels"),
    [
        ("planner", "national", (None, None)),
        ("planner", "11", (None, None)),
        ("centre", "paris", ("centre", None)),
        ("agent", "2A", (None, "phone")),
        ("auditor", "national", (None, None)),
    ],
)
def test_only_agents_and_centres_book_for_somebody(role, scope, channels):
    """An agent books by telephone in their département, a centre at its own desk."""
    somebody = actor(role, scope)
    assert (somebody.channel_at(PARIS), somebody.channel_at(AJACCIO)) == channels


@pytest.mark.parametrize("role", ["planner", "agent", "auditor"])
def test_nobody_but_a_centre_sees_who_comes(role):
    """Whatever the scope."""
    scope = {"planner": "national", "agent": "75", "auditor": "national"}[role]
    assert not actor(role, scope).works_at(PARIS)
    assert actor("centre", "paris").works_at(PARIS)
    assert not actor("centre", "paris").works_at(AJACCIO)


def test_a_token_lets_in_until_it_ends_or_is_revoked():
    """The instant it ends it is over."""
    ends = NOW + timedelta(days=1)
    token = Token(uuid4(), Grant("auditor", "national"), "", NOW, ends, None)
    assert token.lets_in(NOW)
    assert token.lets_in(ends - timedelta(seconds=1))
    assert not token.lets_in(ends)
    assert not Token(token.token_id, token.grant, "", NOW, ends, NOW).lets_in(NOW)
