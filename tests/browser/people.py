"""People in front of a page: what they type, and how they go through it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from itertools import count

from playwright.sync_api import Page

from loadtests.booking.campaign import next_monday
from tests.browser.conftest import Watched
from tests.sealed import PASSPHRASE, nir
from tests.stack import HOLDER

_NUMBERS = count(2500275100000)


@dataclass(frozen=True)
class Person:
    """Somebody with a number of their own."""

    family_name: str = "Lefèvre-Dœuf"
    given_name: str = "Éloïse"
    birth: str = "28/02/1950"
    number: str = ""
    phone: str = "06 12 34 56 78"

    def fill(self, page: Page) -> None:
        """Fill the form that says who comes."""
        page.fill("#nom", self.family_name)
        page.fill("#prenom", self.given_name)
        page.fill("#naissance", self.birth)
        page.fill("#numero", self.number)
        page.fill("#telephone", self.phone)


def somebody(family_name: str = "Lefèvre-Dœuf") -> Person:
    """Give a person nobody was before."""
    return replace(Person(family_name), number=nir(str(next(_NUMBERS))))


def first_day() -> str:
    """First day of the stack's campaign."""
    return next_monday().isoformat()


def french(day: str) -> str:
    """Write a day as the pages do."""
    date = dt.date.fromisoformat(day)
    months = (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    )  # fmt: skip
    number = "1er" if date.day == 1 else str(date.day)
    return f"{number} {months[date.month - 1]}"


def search(watched: Watched, town: str = "Bourg-en-Bresse") -> None:
    """Look for places, as far as the list of centres."""
    page = watched.page
    watched.go("/rendez-vous")
    page.fill("#commune", town)
    page.locator(".suggestions button").first.click()
    page.select_option("#situation", index=2)
    page.get_by_role("button", name="Voir les places").click()
    page.locator(".card").first.wait_for()


def choose(watched: Watched, hour: int = 0) -> None:
    """Choose a time at the first centre of the list, and hold it with its second dose."""
    page = watched.page
    page.locator(".card button").first.click()
    page.locator(".hours button").nth(hour).click()
    page.get_by_role("button", name="Réserver ces deux rendez-vous").click()
    page.locator("#nom").wait_for()


def book(watched: Watched, person: Person, *, town: str = "Bourg-en-Bresse", hour: int = 0) -> str:
    """Book, and give the link of the receipt."""
    search(watched, town)
    choose(watched, hour)
    person.fill(watched.page)
    watched.page.get_by_role("button", name="Confirmer le rendez-vous").click()
    watched.page.get_by_role("heading", name="Rendez-vous confirmé").wait_for()
    return watched.page.url


def work_at(watched: Watched, centre: str, day: str | None = None) -> None:
    """Open a centre's list of a day."""
    page = watched.page
    watched.go("/centre")
    page.fill("#jeton", watched.stack.tokens["centre", centre])
    page.get_by_role("button", name="Entrer").click()
    page.select_option("#detenteur", label=HOLDER)
    page.fill("#phrase", PASSPHRASE)
    page.get_by_role("button", name="Ouvrir la liste").click()
    page.locator(".figures").wait_for()
    day = day or first_day()
    page.fill("#date", day)
    page.get_by_role("heading", name=french(day)).wait_for()
