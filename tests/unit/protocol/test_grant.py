"""A centre's leave to ask for many tags: from the authority, through anybody, for it alone."""

from __future__ import annotations

import datetime as dt

import pytest

from api.protocol.encoding import from_base64url, to_base64url
from api.protocol.grant import opened_grant, verified_grant
from api.protocol.refusal import Refused
from tests.sealed import CAMPAIGN, CENTRE, TODAY, VALIDITY, pair, signed


@pytest.fixture(scope="module")
def authority():
    return pair("authority")


@pytest.fixture(scope="module")
def centre():
    return pair()


@pytest.fixture(scope="module")
def token(centre, authority):
    document = signed(centre, authority)
    return opened_grant(document.grant, document.key, centre.secret)


def test_the_centre_opens_its_grant_and_the_service_takes_it(token, authority):
    """Sealed by the authority, opened by the centre, checked by the key service."""
    grant = verified_grant(token, authority.public, campaign=CAMPAIGN, on=TODAY)
    assert (grant.centre, grant.last) == (CENTRE, VALIDITY.last)


def test_nobody_else_opens_it(centre, authority):
    """Stored on a server, it is of no use to it."""
    document = signed(centre, authority)
    with pytest.raises(Refused, match="does not open"):
        opened_grant(document.grant, document.key, pair().secret)


def test_it_ends_and_is_for_one_campaign(token, authority):
    """Afterwards and elsewhere it is refused."""
    later = VALIDITY.last + dt.timedelta(days=1)
    for campaign, day in ((CAMPAIGN, later), ("grippe", TODAY)):
        with pytest.raises(Refused, match="another campaign, or has ended"):
            verified_grant(token, authority.public, campaign=campaign, on=day)


def test_it_cannot_be_forged_or_prolonged(token, authority):
    """Another authority's, an altered one, and what is no token are refused."""
    prolonged = from_base64url(token).replace(VALIDITY.last.isoformat().encode(), b"2099-01-01")
    for bad in (to_base64url(prolonged), token[:-2], "", "é", "e30"):
        with pytest.raises(Refused):
            verified_grant(bad, authority.public, campaign=CAMPAIGN, on=TODAY)
    with pytest.raises(Refused, match="did not sign"):
        verified_grant(token, pair("authority").public, campaign=CAMPAIGN, on=TODAY)
