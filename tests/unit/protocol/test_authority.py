"""What the authority signed, and all that it did not."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from api.protocol.authority import (
    Campaign,
    CentreKey,
    ServiceAddress,
    Validity,
    sign,
    verified_campaign,
    verified_centre_key,
)
from api.protocol.documents import (
    SignedCampaign,
    SignedKey,
    campaign_from_json,
    format_of,
    public_key_from_json,
    public_key_to_json,
)
from api.protocol.refusal import Refused
from tests.sealed import CAMPAIGN, CENTRE, TODAY, VALIDITY, key_service, pair, signed

EXPECTED = {"campaign": CAMPAIGN, "centre": CENTRE, "on": TODAY}
MEANT = {"code": CAMPAIGN, "on": TODAY}


@pytest.fixture(scope="module")
def authority():
    return pair("authority")


@pytest.fixture(scope="module")
def centre():
    return pair()


@pytest.fixture(scope="module")
def campaign():
    service = ServiceAddress("https://cle.example.org", key_service().public_key)
    return Campaign(CAMPAIGN, "nir", (service,), VALIDITY)


def test_a_signed_key_is_the_key_to_seal_to(authority, centre):
    """Read from its document, it verifies, on its first and on its last day."""
    document = SignedKey.from_json(signed(centre, authority).to_json())
    for day in (VALIDITY.first, VALIDITY.last):
        key = verified_centre_key(
            document.key, document.signature, authority.public, **EXPECTED | {"on": day}
        )
        assert key == centre.public


@pytest.mark.parametrize(
    "expected",
    [{"centre": "75-02"}, {"campaign": "grippe"}, {"on": VALIDITY.first - dt.timedelta(1)},
     {"on": VALIDITY.last + dt.timedelta(1)}],
)  # fmt: skip
def test_a_signed_key_is_for_its_centre_campaign_and_days(authority, centre, expected):
    """A key signed for elsewhere or for another time is refused, though the signature holds."""
    document = signed(centre, authority)
    with pytest.raises(Refused):
        verified_centre_key(document.key, document.signature, authority.public,
                            **EXPECTED | expected)  # fmt: skip


def test_nobody_else_can_sign(authority, centre):
    """The signature of another authority, or none at all, is refused."""
    document = signed(centre, pair("authority"))
    for signature in (document.signature, bytes(64)):
        with pytest.raises(Refused, match="did not sign"):
            verified_centre_key(document.key, signature, authority.public, **EXPECTED)


def test_nothing_can_be_changed_under_a_signature(authority, centre):
    """Another key, centre or day makes it another statement."""
    document = signed(centre, authority)
    changed = [
        CentreKey(dataclasses.replace(centre.owner, public_key=pair().public), VALIDITY),
        CentreKey(dataclasses.replace(centre.owner, centre="x"), VALIDITY),
        CentreKey(centre.owner, Validity(VALIDITY.first, VALIDITY.last + dt.timedelta(1))),
    ]
    for key in changed:
        with pytest.raises(Refused, match="did not sign"):
            verified_centre_key(key, document.signature, authority.public, **EXPECTED)


def test_a_signed_campaign_verifies(authority, campaign):
    """Read from its document, with its key services."""
    document = SignedCampaign(campaign, sign(campaign.statement, authority.secret))
    document = SignedCampaign.from_json(document.to_json())
    verified = verified_campaign(document.campaign, document.signature, authority.public, **MEANT)
    assert verified == campaign


def test_the_key_services_of_a_campaign_are_signed(authority, campaign):
    """Another key service, or one less, is refused: tags are made where the authority says."""
    signature = sign(campaign.statement, authority.secret)
    other = ServiceAddress("https://cle.example.org", key_service(b"x" * 32).public_key)
    for services in ((other,), (*campaign.services, other)):
        changed = dataclasses.replace(campaign, services=services)
        with pytest.raises(Refused, match="did not sign"):
            verified_campaign(changed, signature, authority.public, **MEANT)
    with pytest.raises(Refused, match="not valid"):
        verified_campaign(
            campaign, signature, authority.public, code=CAMPAIGN, on=dt.date(2020, 1, 1)
        )
    with pytest.raises(Refused, match="another campaign"):
        verified_campaign(campaign, signature, authority.public, code="grippe", on=TODAY)


def test_a_signature_under_a_key_is_none_under_a_campaign(authority, centre, campaign):
    """Statements of two sorts never have the same bytes."""
    key = CentreKey(centre.owner, VALIDITY)
    with pytest.raises(Refused):
        verified_campaign(campaign, sign(key.statement, authority.secret), authority.public,
                          **MEANT)  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "http://cle.example.org",
        "ftp://x",
        "",
        "https://" + "x" * 200,
        "http://localhost.example.org",
        "https://cle.example.org/",
        "https://a@b",
        "https://x?y",
        "https://x\n",
    ],
)
def test_a_key_service_is_reached_safely(campaign, url):
    """By https; without it on this machine only."""
    with pytest.raises(Refused):
        ServiceAddress(url, campaign.services[0].public_key)
    assert ServiceAddress("http://127.0.0.1:8011", campaign.services[0].public_key)


def test_a_campaign_has_one_or_two_key_services(campaign):
    """None makes no tags; more than two operators are not foreseen."""
    for services in ((), campaign.services * 3):
        with pytest.raises(Refused, match="key services"):
            dataclasses.replace(campaign, services=services)


def test_validity_has_an_end_after_its_beginning():
    """Days in the wrong order are refused."""
    with pytest.raises(Refused):
        Validity(TODAY, TODAY - dt.timedelta(1))


def test_documents_say_what_they_are(centre, authority):
    """Each form is read as itself and refused as another."""
    asked = public_key_to_json(centre.owner)
    assert public_key_from_json(asked) == centre.owner
    assert format_of(asked) == "creneau-public-key/1"
    for read in (SignedKey.from_json, SignedCampaign.from_json, campaign_from_json):
        with pytest.raises(Refused, match="not a document"):
            read(asked)
    with pytest.raises(Refused):
        SignedKey.from_json(signed(centre, authority).to_json().replace(b'"grant"', b'"leave"'))
