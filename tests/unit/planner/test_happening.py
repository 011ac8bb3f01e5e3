"""From the fields of a "what if" to an event and its sentence."""

from __future__ import annotations

import pytest

from api.problems import MalformedRequest
from api.settings import Settings
from api.web.planner.happening import event_in, free_name
from scenarios.events import Closed, Late, MoreDoses, MoreInjections

TOLD = {
    "weeks": 12, "start": "2021-05-31", "products": {"moderna": "Moderna Spikevax"},
    "centres": {"c1": "Palais"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "event", "words"),
    [
        ({"kind": "late", "product": "moderna", "week": "1", "by_weeks": "1"},
         Late("moderna", 1, 1), "livraison de la semaine du 7 juin 2021 en retard de 1"),
        ({"kind": "doses", "product": "moderna", "week": "0", "more": "600", "centre": "c1"},
         MoreDoses("moderna", 0, 600, "c1"), "600\u00a0doses de plus de Moderna Spikevax à Palais"),
        ({"kind": "injections", "centre": "c1", "week": "2", "more": "100"},
         MoreInjections("c1", 2, 100), "100\u00a0créneaux de plus à Palais"),
        ({"kind": "closed", "centre": "c1", "week": "2", "weeks": "3"},
         Closed("c1", 2, 3), "Palais fermé 3\u00a0semaines"),
    ],
)  # fmt: skip
def test_each_kind_is_read_and_said(form, event, words):
    read, sentence, _ = event_in(form, TOLD)
    assert read == event
    assert words in sentence.replace("\u202f", "\u00a0").replace(" 7\u00a0juin", " 7 juin").replace(
        "juin\u00a02021", "juin 2021"
    )


@pytest.mark.parametrize(
    "broken",
    [{"kind": "other"}, {"week": "12"}, {"week": "-1"}, {"product": "none"}, {"by_weeks": "0"}],
)
def test_what_is_not_of_this_plan_is_refused(broken):
    form = {"kind": "late", "product": "moderna", "week": "1", "by_weeks": "1"} | broken
    with pytest.raises(MalformedRequest):
        event_in(form, TOLD)


def test_a_name_is_taken_once(tmp_path):
    settings = Settings(home=tmp_path)
    (settings.plans_folder / "été-moderna-retard-1").mkdir(parents=True)
    (settings.plans_folder / "a-moderna-retard-1").mkdir()
    assert free_name(settings, "a", "moderna-retard-1") == "a-moderna-retard-1-2"
    assert free_name(settings, "b", "moderna-retard-1") == "b-moderna-retard-1"
