"""The report of a plan: one page in French that stands alone and opens from a disk."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from allocator.instance import Instance
from allocator.outcome import RESULT
from allocator.plan import Plan
from scenarios.report import overview, page, people, places, sentences, supply
from scenarios.report.baseline import Baseline
from scenarios.report.boundaries import Boundaries, read_boundaries
from scenarios.report.departments import department_names
from scenarios.report.figures import figures_of
from scenarios.report.frames import sheet_of
from scenarios.report.french import number
from scenarios.report.map import Canvas
from scenarios.report.positions import decisions_of
from scenarios.report.printed import Printed, read_printed
from scenarios.report.tally import Tally, tally_of


def report_html(
    instance: Instance,
    plan: Plan,
    result: Mapping[str, Any],
    baseline: Baseline | None = None,
    data: Path | None = None,
) -> str:
    """Write the report of a plan.

    Parameters
    ----------
    instance, plan
        The planning problem and a plan of it.
    result
        What `result.json` says; `unpaired` may hold a list of `centre`, `product`, `slots` and
        `reason`.
    baseline
        A plan by another rule, to set beside this one.
    data
        Folder of official files, for the outlines of the départements.

    Returns
    -------
    A page that refers to no other file and no address.

    Raises
    ------
    InputError
        When the plan is not one of this instance, or a figure of `result` is missing.
    """
    printed = read_printed(RESULT, result)
    title = f"{instance.name} – plan de vaccination"
    sections = report_sections(instance, plan, result, baseline, data)
    return page.document(title=title, header_html=_header(instance, printed), sections=sections)


def report_sections(
    instance: Instance,
    plan: Plan,
    result: Mapping[str, Any],
    baseline: Baseline | None = None,
    data: Path | None = None,
) -> list[tuple[str, str, str]]:
    """Give what the report says, as `page.document` takes it: for pages that hold more."""
    printed = read_printed(RESULT, result)
    tally = tally_of(instance, decisions_of(instance, plan))
    boundaries = read_boundaries(data, department_names(instance))
    labels = [boundaries.label(code) for code in instance.departments]
    return [
        ("bref", "En bref", _brief(instance, tally, printed, baseline)),
        ("personnes", "Qui est servi, et quand", _people(instance, tally, baseline)),
        (
            "equite",
            "Équité entre départements",
            people.coverage_by_department(instance, tally, baseline, labels),
        ),
        ("lieux", "Les lieux", _places(instance, tally, boundaries)),
        ("doses", "Les doses", supply.weekly_doses(instance, tally)),
        ("manques", "Ce qui manque le plus", supply.shortages(plan)),
        (
            "paires",
            "Créneaux sans seconde dose",
            supply.unpaired(instance, result.get("unpaired") or []),
        ),
        ("cout", "De quoi le coût est fait", _cost(instance, printed)),
        ("preuves", "Ce qui est prouvé, et ce qui ne l’est pas", _limits(instance)),
        ("provenance", "Provenance", _provenance(printed, result)),
    ]


def _header(instance: Instance, printed: Printed) -> str:
    method = sentences.METHODS.get(printed.method, printed.method)
    return (
        f'<p class="over">Plan de vaccination · {escape(method)}</p>'
        f"<h1>{escape(instance.name)}</h1>"
        f"{page.paragraph(sentences.period(instance))}"
        f"{page.paragraph(sentences.size(instance), 'over')}"
    )


def _brief(
    instance: Instance, tally: Tally, printed: Printed, baseline: Baseline | None
) -> str:  # fmt: skip
    figures = figures_of(tally)
    parts = [
        page.paragraph(sentences.in_brief(instance, figures), "lead"),
        page.paragraph(sentences.proof(printed)),
        overview.key_figures(figures, printed),
    ]
    if baseline is not None:
        parts.append(overview.against(figures, baseline))
    return "".join(parts)


def _people(instance: Instance, tally: Tally, baseline: Baseline | None) -> str:
    return (
        people.class_table(instance, tally)
        + people.coverage_over_time(instance, tally, baseline)
        + people.distances(tally, baseline)
    )


def _places(instance: Instance, tally: Tally, boundaries: Boundaries) -> str:
    canvas = Canvas(instance, boundaries, sheet_of(instance, boundaries))
    return (
        places.waiting_map(canvas, tally)
        + places.distance_map(canvas, tally)
        + places.centre_map(canvas, tally)
    )


def _cost(instance: Instance, printed: Printed) -> str:
    return overview.cost_table(printed) + page.paragraph(sentences.prices_in_words(instance))


def _limits(instance: Instance) -> str:
    return (
        "<h3>Prouvé</h3>"
        + page.bullets(sentences.proven())
        + "<h3>Non prouvé</h3>"
        + page.bullets(sentences.not_proven(instance))
    )


def _provenance(printed: Printed, result: Mapping[str, Any]) -> str:
    status = sentences.STATUSES.get(printed.status, printed.status)
    rows = [
        ("Méthode", sentences.METHODS.get(printed.method, printed.method)),
        ("Fin du calcul", status),
        ("Empreinte des données (SHA-256)", printed.input_sha256),
        ("Version de Créneau", str(result.get("version", number(None)))),
        ("Graine du hasard", str(result.get("seed", number(None)))),
    ]
    if isinstance(result.get("runtime_s"), int | float):
        rows.append(("Temps de calcul", f"{number(result['runtime_s'], 1)} s"))
    return page.table("D’où vient ce plan", ("", ""), rows, text=2)
