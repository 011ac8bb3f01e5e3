"""The report of a plan: all that was asked for, nothing that loads, nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from allocator.errors import InputError
from allocator.plan import COLUMNS, Plan
from scenarios.report.baseline import pro_rata_coverage
from scenarios.report.html import report_html
from tests.unit.report.conftest import NASTY

VOID = {"meta", "img", "br", "hr", "path", "circle", "rect", "line"}


class Tags(HTMLParser):
    """Reads a page as a browser does: tags opened, closed, and what they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        """Note a tag, what it refers to, and that it waits to be closed."""
        self.seen.append(tag)
        self.loads += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note a tag that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        """Close the tag opened last, and no other."""
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(campaign):
    """Return the report of the campaign beside the rule of 2021."""
    baseline = pro_rata_coverage(campaign.instance)
    return report_html(campaign.instance, campaign.plan, campaign.result, baseline)


@pytest.fixture(scope="module")
def tags(page):
    """Return the same page as a browser reads it."""
    reader = Tags()
    reader.feed(page)
    return reader


def section(page: str, anchor: str) -> str:
    """One section of a page."""
    return page.partition(f'<section id="{anchor}"')[2].partition("</section>")[0]


def test_every_tag_is_closed_and_every_id_is_one_of_a_kind(tags):
    """The page is whole."""
    assert tags.open == []
    assert len(tags.ids) == len(set(tags.ids))


def test_nothing_is_loaded_and_nothing_runs(page, tags):
    """References stay inside the page; no script, no frame, no address that loads."""
    assert tags.loads
    assert all(what.startswith(("#", "data:image/png;base64,")) for what in tags.loads)
    assert not {"script", "iframe", "link", "object", "embed"} & set(tags.seen)
    assert not re.search(r"@import|url\((?!#)|https?://", page)


def test_the_page_is_what_the_plan_command_leaves_in_the_folder(campaign):
    """`report.html` of the plan folder is such a page."""
    written = (campaign.folder / "report.html").read_text(encoding="utf-8")
    assert written.startswith("<!doctype html>")
    assert "</html>" in written


def test_all_that_was_asked_for_is_there(page):
    """Figures, maps, coverage, doses, shortages, proofs: each section has its picture or words."""
    assert "Écart certifié" in section(page, "bref")
    assert section(page, "lieux").count("<img") == 2
    assert section(page, "lieux").count('class="map" role="img"') == 1
    assert "répartition au prorata" in section(page, "equite")
    assert '<svg role="img"' in section(page, "doses")
    assert "Non prouvé" in section(page, "preuves")
    assert campaign_sha(page)


def campaign_sha(page: str) -> bool:
    """Whether the fingerprint of the instance is printed."""
    return re.search(r"<td>[0-9a-f]{64}</td>", section(page, "provenance")) is not None


def test_a_name_with_markup_stays_text(page):
    """The centre's name is shown, and no tag of it gets through."""
    assert "<script" not in page
    assert "=1+1 &lt;script&gt;" in page
    assert NASTY not in page


def test_the_dearest_shortages_are_ten_sentences_at_most_in_order(campaign):
    """One sentence a place and kind, the dearest first."""
    page = report_html(campaign.instance, campaign.plan, campaign.result)
    prices = campaign.plan["prices"].sort_values("value", ascending=False, kind="stable")
    dearest = prices.drop_duplicates(["what", "where"])["sentence"].head(10)
    shown = re.findall(r"<li>(.*?)</li>", section(page, "manques"))
    assert len(shown) == len(dearest) > 1
    values = [re.search(r"vaut ([\d,]+) point", text)[1].replace(",", ".") for text in shown]
    assert [float(v) for v in values] == sorted(map(float, values), reverse=True)


def test_without_a_baseline_the_page_speaks_of_this_plan_only(campaign):
    """No ring, no column, no table against it."""
    page = report_html(campaign.instance, campaign.plan, campaign.result)
    assert "répartition au prorata" not in page


def test_a_plan_without_prices_says_so(campaign):
    """A plan by rule has no prices and no bound."""
    empty = campaign.plan["prices"].iloc[:0]
    plan = Plan({**campaign.plan.tables, "prices": empty})
    result = {**campaign.result, "bound": None, "gap": None, "gap_km_per_person": None}
    page = report_html(campaign.instance, plan, result)
    assert "Ce plan ne donne pas de prix" in section(page, "manques")
    assert "Aucune borne n’a été calculée" in section(page, "bref")


def test_slots_without_a_pair_are_told_centre_by_centre(campaign):
    """Names, not positions; the largest first; the reason as given."""
    unpaired = [
        {"centre": "2", "product": "pfizer", "slots": 1, "reason": "parce que"},
        {"centre": "1", "product": "pfizer", "slots": 8, "reason": "fermé < lundi"},
    ]
    page = report_html(campaign.instance, campaign.plan, {**campaign.result, "unpaired": unpaired})
    text = section(page, "paires")
    assert "9\u00a0créneaux de première dose" in text
    assert text.index("fermé &lt; lundi") < text.index("Palais des congrès") < text.index("parce")


def test_a_plan_that_serves_nobody_still_has_a_report(campaign):
    """Every table empty: no division by nothing, no picture that fails."""
    tables = {name: campaign.plan[name].iloc[:0] for name in COLUMNS}
    kpis = {**campaign.result["kpis"], "first_doses": 0, "km_median": None, "km_p90": None,
            "coverage_min": 0.0, "coverage_max": 0.0, "coverage_spread": None}  # fmt: skip
    page = report_html(
        campaign.instance, Plan(tables), {**campaign.result, "kpis": kpis},
        pro_rata_coverage(campaign.instance),
    )  # fmt: skip
    assert not re.search(r"\bnan\b", re.sub(r"base64,[^\"]*", "", page), re.IGNORECASE)


def test_a_result_without_its_figures_is_refused(campaign):
    """The key is named."""
    with pytest.raises(InputError, match=r"result\.json: key 'cost_parts' is missing"):
        report_html(campaign.instance, campaign.plan, {"method": "optimal", "status": "x"})
