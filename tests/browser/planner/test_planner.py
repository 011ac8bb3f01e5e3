"""The planner's whole journey: scenario, run, plan, event, comparison, publication, campaign."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.planner.desk import PATIENCE_MS, PLAN, Desk

pytestmark = pytest.mark.browser


def test_from_an_event_to_a_compared_plan_in_five_interactions(planner: Desk) -> None:
    """Moderna one week late: said on the page of the plan, solved while one looks, compared."""
    page = planner.page
    planner.go(f"/plans/{PLAN}")
    planner.picture("result")
    planner.accessible("result")
    planner.choose("#e-product", "moderna")
    planner.click(planner.button("Replanifier et comparer"))
    expect(page.get_by_role("status")).to_contain_text(re.compile("En attente|en cours"))
    page.locator("#calcul-courbe svg").wait_for(timeout=PATIENCE_MS)
    planner.picture("run")
    planner.accessible("run")
    page.wait_for_url("**/comparaison?*", timeout=PATIENCE_MS)
    assert planner.interactions <= 5
    expect(page.get_by_role("heading", name="Comparaison", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Moderna Spikevax")
    expect(page.locator("main")).to_contain_text("en retard de 1")
    expect(page.locator("main")).to_contain_text("créneaux offerts ont bougé")
    assert page.locator("#chiffres table tbody tr").count() > 10
    planner.picture("comparison")
    planner.accessible("comparison")


def test_the_map_has_layers_a_keyboard_moves(planner: Desk) -> None:
    """Four layers, each with its table; arrows and + move the map, and focus stays."""
    page = planner.page
    planner.go(f"/plans/{PLAN}")
    canvas = page.locator("canvas.map-canvas")
    canvas.wait_for()
    said = set()
    for layer in ("Couverture", "Attente", "Distance", "Charge des centres"):
        button = planner.button(layer)
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        said.add(canvas.get_attribute("aria-label"))
        visible = page.locator(".layer:not([hidden])")
        assert visible.count() == 1
        assert visible.locator("details table tbody tr").count() > 3
    assert len(said) == 4
    before = canvas.evaluate("c => c.toDataURL()")
    canvas.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert canvas.evaluate("c => c.toDataURL()") != before
    assert canvas.evaluate("c => c === document.activeElement")
    page.keyboard.press("0")
    assert canvas.evaluate("c => c.toDataURL()") == before


def test_a_scenario_is_copied_edited_refused_and_solved(planner: Desk) -> None:
    """As a form and as text; a broken rule is shown with its file, line and words."""
    page = planner.page
    planner.go("/scenarios")
    planner.picture("scenarios")
    planner.accessible("scenarios")
    page.select_option("#of", "library:bretagne")
    page.fill("#name", "essai")
    planner.button("Dupliquer").click()
    page.wait_for_url("**/scenarios/essai")
    planner.accessible("scenario")
    page.fill("[id='f-weeks']", "0")
    planner.button("Enregistrer le formulaire").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("scenario.toml")
    expect(alert).to_contain_text("weeks is outside 1..104: 0")
    expect(page.locator("[id='f-weeks']")).to_have_attribute("aria-invalid", "true")
    planner.complaints.clear()  # Chromium tells of the 422
    planner.picture("scenario-refused")
    planner.accessible("scenario refused")
    alert.get_by_role("link").click()
    chosen = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert page.locator("#texte").evaluate(chosen) == "weeks = 0"
    text = 'extends = "bretagne"\n# small\npurpose = "Essai"\ncentres = 12\nweeks = 5\n'
    page.fill("#texte", text)
    planner.button("Enregistrer le texte").click()
    expect(page.get_by_role("status")).to_contain_text("respecte toutes les règles")
    page.fill("[id='fairness.floor'], [id='f-fairness.floor']", "0,9")
    planner.button("Enregistrer le formulaire").click()
    expect(page.locator("#texte")).to_have_value(f"{text}\n[fairness]\nfloor = 0.9\n")
    planner.picture("scenario")
    planner.button("Calculer le plan").click()
    page.wait_for_url("**/plans/essai", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="essai", level=1)).to_be_visible()


def test_a_shortage_can_be_tried(planner: Desk) -> None:
    """What if there were more of it: one interaction, and the plan is made again."""
    page = planner.page
    planner.go(f"/plans/{PLAN}")
    first = page.locator(".shortages li").first
    expect(first).to_contain_text("vaut")
    planner.click(first.get_by_role("button"))
    page.wait_for_url("**/comparaison?*", timeout=PATIENCE_MS)
    expect(page.locator("main")).to_contain_text("de plus")


def test_a_plan_is_exported(planner: Desk) -> None:
    """As a workbook, and all tables as CSV and as Parquet."""
    begins = {"Classeur XLSX": b"PK", "Tables CSV": b"zone,", "Tables Parquet": b"PAR1"}
    planner.go(f"/plans/{PLAN}")
    for name, begin in begins.items():
        with planner.page.expect_download(timeout=PATIENCE_MS) as started:
            planner.page.get_by_role("link", name=name).click()
        content = started.value.path().read_bytes()
        if name != "Classeur XLSX":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert len(archive.namelist()) == 8
                flows = next(n for n in archive.namelist() if "/flows." in n)
                content = archive.read(flows)
        assert content.startswith(begin)


def test_a_run_is_stopped_and_keeps_its_best_plan(planner: Desk) -> None:
    """Asked for a gap of nothing, a run goes on until somebody has enough."""
    page = planner.page
    planner.go(f"/scenarios/{PLAN}")
    page.fill("#gap", "0")
    planner.button("Calculer le plan").click()
    expect(page.locator("#calcul-cout")).not_to_have_text("–", timeout=PATIENCE_MS)
    planner.button("Arrêter et garder le meilleur plan").click()
    page.wait_for_url(f"**/plans/{PLAN}", timeout=PATIENCE_MS)
    expect(page.locator("#provenance")).to_contain_text("recherche interrompue")


def test_a_week_is_published_after_its_changes_were_seen(planner: Desk) -> None:
    """First what would change, then the publication, then the campaign with it."""
    page = planner.page
    planner.go("/publication")
    planner.accessible("publication")
    page.set_default_timeout(PATIENCE_MS)
    page.select_option("#plan", PLAN)
    planner.button("Voir ce qui changerait").click()
    expect(page.get_by_role("heading", name="Ce qui changerait")).to_be_visible(timeout=PATIENCE_MS)
    planner.picture("publication")
    planner.accessible("publication with changes")
    planner.button(f"Publier {PLAN}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Publié : {PLAN}", timeout=PATIENCE_MS
    )
    planner.picture("published")
    planner.accessible("published")
    page.get_by_role("link", name="Voir la campagne").click()
    expect(page.locator("#semaines + .scroll tbody tr").first).to_be_visible()
    planner.picture("campaign")
    planner.accessible("campaign")
    planner.go(f"/publication?plan={PLAN}")
    expect(page.locator("main")).to_contain_text("déjà publié tel quel")


def test_the_pages_speak_english(planner: Desk) -> None:
    """Chosen once, kept."""
    page = planner.page
    planner.go("/scenarios")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scenarios")
    planner.go("/campagne")
    expect(page.get_by_role("heading", level=1)).to_have_text("The campaign right now")
    assert page.locator("html").get_attribute("lang") == "en"
    planner.accessible("campaign in English")


def test_a_keyboard_is_enough(planner: Desk) -> None:
    """Skip link first, then the bar; a form is filled and sent without a mouse."""
    page = planner.page
    planner.go("/scenarios")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.locator("#name").focus()
    page.keyboard.type(".nothing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    planner.complaints.clear()  # Chromium tells of the 422
