"""A campaign, and a provider that knows three people."""

from __future__ import annotations

import pytest

from tests.campaign import fill_campaign
from tests.integration.signon.browser import HERE
from tests.provider.run import provider_running

PEOPLE = {
    "alice": {"rpps": "10001234567", "email": "alice@chu.test"},
    "bob": {"structures": [{"siret": "130"}, {"siret": "131"}], "email": "bob@mairie.test"},
    "mallory": {"role": "planner", "scope": "national", "email": "alice@chu.test "},
}


@pytest.fixture
def campaign(database_url):
    """Give a campaign without slots."""
    return fill_campaign(database_url)


@pytest.fixture(scope="module")
def issuer():
    """Run the provider for the tests of a module."""
    with provider_running(PEOPLE, public_url=HERE) as address:
        yield address
