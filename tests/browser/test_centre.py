"""A centre's day: its key made, its list opened, people admitted, what is wrong flagged."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Route

from api.protocol.documents import public_key_from_json
from api.protocol.encoding import to_base64url
from api.protocol.sealing import Binding, seal
from tests.browser.conftest import Watched
from tests.browser.people import book, somebody, work_at
from tests.sealed import CAMPAIGN, Pair, nir
from tests.sealed import somebody as sealed_somebody
from tests.stack import SHAPE

pytestmark = pytest.mark.browser


def test_the_list_is_opened_in_the_page_and_searched_there(watched: Watched) -> None:
    """Names are seen by whoever has the passphrase; the server sends sealed ones only."""
    book(watched, somebody("Cœurderoy"), hour=1)
    answers: list[str] = []
    watched.page.on("response", lambda a: answers.append(a.text()) if "/days/" in a.url else None)
    work_at(watched, "c1")
    assert "CŒURDEROY Éloïse" in watched.page.inner_text("tbody")
    assert answers
    assert not any("erderoy" in text.lower() for text in answers)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.page.fill("#chercher", "coeurd")
    assert watched.page.locator("tbody tr").count() == 1
    assert asked == []
    watched.picture("centre-day")


def test_a_person_is_admitted(watched: Watched) -> None:
    """Arrived, then the dose given with its lot, on the day itself; the lot stays in the page."""
    page = watched.page
    book(watched, somebody("Arrivée"), hour=1)
    states: list[str] = []

    def day_of_the_dose(route: Route) -> None:
        body = route.request.post_data_json
        states.append(body["state"])
        route.fulfill(json={"booking": "", "dose_rank": 1, "state": body["state"]})

    def as_marked(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        if states:
            for dose in body["doses"]:
                dose["state"] = states[-1]
        route.fulfill(response=answer, json=body)

    # The campaign begins next week: the server would say `too-early`, so it is played here.
    page.route("**/doses/*/1", day_of_the_dose)
    page.route("**/days/*", as_marked)
    work_at(watched, "c1")
    page.fill("#chercher", "arrivee")
    page.get_by_role("button", name="Arrivé : ARRIVÉE").click()
    page.get_by_role("button", name="Dose faite : ARRIVÉE").click()
    page.fill("#lot", "EX8679")
    watched.picture("centre-lot")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Corriger : ARRIVÉE").wait_for()
    assert states == ["arrived", "fulfilled"]
    assert sent
    assert not any("EX8679" in text for text in sent)
    with page.expect_download() as download:
        page.get_by_role("button", name="Registre des doses (CSV)").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert "Arrivée" in lines[1]
    assert "EX8679" in lines[1]


def test_too_early_is_said_in_words(watched: Watched) -> None:
    """The day has not come: the page says so, and nothing changed."""
    book(watched, somebody("Tropthot"), hour=2)
    work_at(watched, "c1")
    watched.expected = ("409",)
    watched.page.get_by_role("button", name="Arrivé : TROPTHOT").click()
    watched.page.get_by_role("alert").wait_for()
    assert "pas encore" in watched.page.get_by_role("alert").inner_text()


def test_a_lost_receipt_is_replaced(watched: Watched) -> None:
    """A new link from the centre opens the booking; the old one opens nothing any more."""
    page = watched.page
    old = book(watched, somebody("Perdureau"), hour=2)
    work_at(watched, "c1")
    page.get_by_role("button", name="Reçu perdu : PERDUREAU Éloïse").click()
    new = page.locator(".keep .link-text").inner_text()
    page.goto("about:blank")
    page.goto(new)
    page.get_by_role("heading", name="Votre rendez-vous").wait_for()
    assert new != old
    watched.expected = ("404",)
    page.goto("about:blank")
    page.goto(old)
    page.get_by_role("alert").wait_for()


def test_a_second_booking_of_one_person_is_flagged_and_freed(watched: Watched) -> None:
    """The citizen sees no difference; the centre does, and frees the second one."""
    person = somebody("Doublet")
    book(watched, person, hour=3)
    book(watched, person, hour=4)
    work_at(watched, "c1")
    page = watched.page
    page.fill("#chercher", "doublet")
    assert page.locator(".state.alarm").count() == 2
    page.get_by_role("button", name="Libérer : DOUBLET Éloïse").last.click()
    page.get_by_role("button", name="Libérer : DOUBLET Éloïse").first.wait_for(state="detached")
    assert page.inner_text("tbody").count("DOUBLET") == 1


def test_a_tag_that_is_not_the_person_s_is_found(watched: Watched) -> None:
    """Whoever books under a tag of their own invention is told apart when the centre asks again."""
    page = watched.page
    book_under(watched, os.urandom(32), slot=5)
    work_at(watched, "c1")
    page.fill("#chercher", "tricheur")
    assert "empreinte fausse" not in page.inner_text("tbody")
    page.get_by_role("button", name="Vérifier les identités").click()
    page.get_by_role("alert").wait_for()
    assert "empreinte fausse" in page.inner_text("tbody")
    assert page.locator("tr.alarm").count() == 1
    watched.picture("centre-mismatch")


def test_a_blob_of_another_booking_does_not_open(watched: Watched) -> None:
    """A server that puts one person's sealed identity under another booking is found out."""
    book(watched, somebody("Échangé"), hour=1)
    book(watched, somebody("Permuté"), hour=1)

    def swap(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        if body["doses"]:
            body["doses"][0]["sealed"] = body["doses"][-1]["sealed"]
        route.fulfill(response=answer, json=body)

    watched.page.route("**/days/*", swap)
    work_at(watched, "c1")
    assert watched.page.get_by_text("illisible ici").count() == 1


def book_under(watched: Watched, tag: bytes, slot: int) -> None:
    """Book as a page of one's own would: the identity is somebody's, the tag is not."""
    installation, key = watched.stack.installation, watched.stack.keys["c1"]
    booking, secret = uuid4(), to_base64url(os.urandom(32))
    headers = {"Idempotency-Key": str(booking), "Manage-Secret": secret}
    seconds = slot + SHAPE.firsts
    hold = {"department": "01", "class": "2",
            "doses": [{"centre": "c1", "slot": n} for n in (slot, seconds)]}  # fmt: skip
    assert installation.ask("POST", "/api/holds", hold, headers).status == 201
    who = sealed_somebody(family_name="Tricheur", number=nir("1600135123456"))
    bound = Binding(CAMPAIGN, "c1", key.owner.key_id, booking, tag)
    sealed = to_base64url(seal(who, key.public, bound))
    doses = [{"dose_rank": n, "key_id": key.owner.key_id.hex(), "sealed": sealed} for n in (1, 2)]
    confirmation = {"tag": to_base64url(tag), "doses": doses}
    assert installation.ask("POST", "/api/bookings", confirmation, headers).status == 201


def test_a_key_is_made_signed_and_opens(watched: Watched, tmp_path: Path) -> None:
    """Key, kit and public document are made in the page; the authority signs; the list opens."""
    page = watched.page
    watched.go("/centre")
    page.fill("#jeton", watched.stack.tokens["centre", "c4"])
    page.get_by_role("button", name="Entrer").click()
    page.fill("#qui", "Docteure Martin")
    page.fill("#phrase", "cheval agrafe batterie")
    page.fill("#encore", "cheval agrafe batterie")
    watched.picture("centre-setup")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Fabriquer la clé").click()
    code = page.locator("#code-secours").inner_text()
    words = page.locator("#empreinte").inner_text()
    watched.picture("centre-kit")
    with page.expect_download() as download:
        page.get_by_role("button", name="Document public").click()
    download.value.save_as(tmp_path / "public.json")
    owner = public_key_from_json((tmp_path / "public.json").read_bytes())
    assert owner.fingerprint == words
    assert not any(code.replace(" ", "")[:5] in text or "agrafe" in text for text in sent)
    signed = watched.stack.signed(Pair(b"", owner))
    (tmp_path / "signed.json").write_bytes(signed.to_json())
    page.get_by_role("button", name="Continuer").click()
    page.set_input_files("#signee", tmp_path / "signed.json")
    page.get_by_role("button", name="Installer la signature").click()
    page.get_by_role("heading", name="attend la signature").wait_for(state="detached")
    page.select_option("#detenteur", label="le kit de secours")
    page.fill("#phrase", code)
    page.get_by_role("button", name="Ouvrir la liste").click()
    page.locator(".figures").wait_for()
    page.get_by_role("button", name="Clés").click()
    page.get_by_role("heading", name="Clés du centre").wait_for()
    watched.picture("centre-keys")


def test_a_wrong_passphrase_opens_nothing(watched: Watched) -> None:
    """It is refused in words, and the list stays closed."""
    page = watched.page
    watched.go("/centre")
    page.fill("#jeton", watched.stack.tokens["centre", "c2"])
    page.get_by_role("button", name="Entrer").click()
    page.fill("#phrase", "pas la bonne phrase")
    page.get_by_role("button", name="Ouvrir la liste").click()
    page.get_by_role("alert").wait_for()
    assert page.locator("table").count() == 0


def test_locking_forgets(watched: Watched) -> None:
    """After the lock, nobody's name is in the page, and a token is asked for again."""
    book(watched, somebody("Oublière"), hour=5)
    work_at(watched, "c1")
    assert "OUBLIÈRE" in watched.page.content()
    watched.page.get_by_role("button", name="Verrouiller").click()
    watched.page.locator("#jeton").wait_for()
    assert "OUBLIÈRE" not in watched.page.content()
