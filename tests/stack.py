"""Everything that a browser speaks to, running: an installation, a key service, an authority.

Its campaign begins next week: pages take the time from their device. Centre 4 has no key yet, so
that it can make one; the others have one whose passphrase is `tests.sealed.PASSPHRASE`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from api.keyring.installing import Given, install
from api.protocol.authority import Campaign as Vouched
from api.protocol.authority import Validity, sign
from api.protocol.documents import SignedCampaign, SignedKey, public_key_to_json
from api.protocol.encoding import to_base64url
from api.protocol.key_file import KeyFile
from api.protocol.recovery import new_code, wrap_by_code
from api.protocol.wrapping import wrap_by_passphrase
from api.staff.grants import Role
from loadtests.booking.campaign import Shape, fill, next_monday
from tests.campaign import Campaign
from tests.installed import Installation, installed, wait_for
from tests.integration.keyservice.process import AUTHORITY, Running, key_service
from tests.sealed import CAMPAIGN, CHEAP, PASSPHRASE, Pair, pair, signed
from tests.staff import token_of

SHAPE = Shape(centres=4, departments=2, weeks=2, windows=6, capacity=12)
HOLDER = "Accueil"
CENTRES = [
    ("Centre de vaccination du Palais", "12 rue du Lac", "01000", "Bourg-en-Bresse", 46.20, 5.22),
    ("Salle des fêtes", "3 place de la Mairie", "02000", "Laon", 49.56, 3.62),
    ("Espace Ambérieu", "8 avenue Sarrail", "01500", "Ambérieu-en-Bugey", 45.96, 5.35),
    ("Gymnase Jean-Moulin", "1 rue du Stade", "02100", "Saint-Quentin", 49.85, 3.28),
]
STAFF: list[tuple[Role, str]] = [("centre", f"c{n}") for n in range(1, 5)] + [("agent", "01")]
CLASSES = ["75 ans et plus", "50 à 74 ans", "Professionnels de santé", "18 à 49 ans"]


@dataclass
class Stack:
    """What runs.

    keys
        Of the centres that have one, by code.
    tokens
        Of the staff, by role and scope; made beforehand, as a browser's tests run in a loop.
    """

    installation: Installation
    service: Running
    keys: dict[str, Pair]
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the pages are."""
        return str(self.installation.said["address"])

    @property
    def campaign(self) -> Campaign:
        """The booking database."""
        return self.installation.campaign

    @property
    def authority(self) -> str:
        """Public key of the authority, as commands take it."""
        return to_base64url(AUTHORITY.public)

    def signed(self, key: Pair) -> SignedKey:
        """Let the authority sign a centre's key."""
        return signed(key, AUTHORITY, validity())


@contextmanager
def stack(*options: str) -> Iterator[Stack]:
    """Run everything; `options` are those of `creneau serve`."""
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="creneau-tests-")))
        service = running.enter_context(key_service(folder, "--per-address", "100000"))
        installation = running.enter_context(installed(*options))
        campaign = installation.campaign
        fill(campaign.url, SHAPE, next_monday())
        _name(campaign)
        made = Stack(installation, service, {f"c{n}": pair(centre=f"c{n}") for n in (1, 2, 3)})
        asyncio.run(_install(made))
        for role, scope in STAFF:
            header = asyncio.run(token_of(campaign, role, scope, now=dt.datetime.now(dt.UTC)))
            made.tokens[role, scope] = header["Authorization"].removeprefix("Bearer ")
        wait_for(lambda: installation.ask("GET", "/keys/centres/c2.json").status == 200)
        wait_for(lambda: b"c3" in installation.ask("GET", "/availability/index.json").body)
        yield made


def validity() -> Validity:
    """From today until long after the campaign."""
    today = dt.datetime.now(dt.UTC).date()
    return Validity(today - dt.timedelta(days=1), today + dt.timedelta(days=200))


def _name(campaign: Campaign) -> None:
    """Give the départements and centres names that people would search for."""
    for code, real, name in (("1", "01", "Ain"), ("2", "02", "Aisne")):
        campaign.rows(
            "INSERT INTO department SELECT %s, %s, region, timezone FROM department"
            " WHERE department = %s", real, name, code,
        )  # fmt: skip
        for table in ("centre", "quota"):
            campaign.rows(f"UPDATE {table} SET department = %s WHERE department = %s", real, code)
        campaign.rows("DELETE FROM department WHERE department = %s", code)
    for number, values in enumerate(CENTRES, start=1):
        campaign.rows(
            "UPDATE centre SET name = %s, address = %s, postcode = %s, city = %s, lat = %s,"
            " lon = %s, phone = '0474000000' WHERE centre_id = %s", *values, number,
        )  # fmt: skip
    for number, label in enumerate(CLASSES, start=1):
        campaign.rows("UPDATE priority_class SET label = %s WHERE class_id = %s", label, number)


async def _install(made: Stack) -> None:
    of = Vouched(CAMPAIGN, "nir", (made.service.address,), validity())
    documents = [
        Given("campaign", SignedCampaign(of, sign(of.statement, AUTHORITY.secret)).to_json())
    ]
    for key in made.keys.values():
        wraps = (
            wrap_by_passphrase(key.secret, key.owner, HOLDER, PASSPHRASE, CHEAP),
            wrap_by_code(key.secret, key.owner, new_code()),
        )
        documents.append(Given("key", KeyFile(key.owner, wraps).to_json()))
        documents.append(Given("signed", made.signed(key).to_json()))
    authority = Given("authority", public_key_to_json(AUTHORITY.owner))
    connection = await psycopg.AsyncConnection.connect(made.campaign.url, autocommit=True)
    async with connection:
        await install(connection, documents, authority, dt.datetime.now(dt.UTC))
