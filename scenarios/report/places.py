"""Sections on places: communes by waiting and by distance, centres by load."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from allocator.instance import Floats, Instance, Ints
from scenarios.report import page
from scenarios.report.french import number, percent
from scenarios.report.map import Canvas
from scenarios.report.palette import NOBODY, Scale, even_breaks, scale_of
from scenarios.report.tally import Tally, ratio, weighted_quantile

KM_BREAKS = (5.0, 10.0, 20.0, 30.0, 50.0)
LOAD_BREAKS = (0.5, 0.7, 0.9, 0.99)
LISTED_COMMUNES = 20


def waiting_scale(tally: Tally) -> Scale:
    """Classes of weeks; the two in a hundred who wait least and most do not stretch them."""
    waited, people = tally.zone_week, tally.zone_people
    some = people > 0
    low = weighted_quantile(waited[some], people[some], 0.02) or 0.0
    high = weighted_quantile(waited[some], people[some], 0.98) or 0.0
    return scale_of(even_breaks(low, high))


def coverage_scale(tally: Tally) -> Scale:
    """Classes of coverage, in per cent."""
    coverage = 100 * tally.coverage()
    known = coverage[np.isfinite(coverage)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    return scale_of(even_breaks(low, high))


def waiting_map(canvas: Canvas, tally: Tally) -> str:
    """Return communes coloured by the mean week of their first doses, and the last ones served."""
    waited, people = tally.zone_week, tally.zone_people
    scale = waiting_scale(tally)
    shown = with_demand(canvas.instance)
    names = _class_names(scale, "semaine", "semaines")
    return page.figure(
        "Attente moyenne avant la première dose, par commune",
        canvas.communes(waited, shown, scale, _alt("attente moyenne", canvas, shown, people)),
        _legend("semaines après le début", scale, names, nobody=bool((people[shown] == 0).any())),
        page.details(
            f"Voir les {LISTED_COMMUNES} communes qui attendent le plus",
            _communes_by(canvas, tally, waited, "Attente moyenne (semaines)"),
        ),
    )


def coverage_map(canvas: Canvas, tally: Tally) -> str:
    """Return communes coloured by the coverage of their département; its table is another's."""
    coverage, scale = 100 * tally.coverage(), coverage_scale(tally)
    shown = with_demand(canvas.instance)
    values = coverage[canvas.instance.zones.department]
    rows = [
        (canvas.boundaries.label(code), number(int(people)), number(float(share), 1))
        for code, people, share in zip(
            canvas.instance.departments, tally.department_people, coverage, strict=True
        )
        if people
    ]
    headers = ("Département", "Personnes", "Couverture (%)")
    label = _alt("couverture départementale", canvas, shown, tally.zone_people)
    return page.figure(
        "Couverture à la fin, par département (communes de la couleur de leur département)",
        canvas.communes(values, shown, scale, label),
        _legend("premières doses pour 100 personnes", scale, _class_names(scale, "%", "%"),
                nobody=False),
        page.details("Voir les chiffres par département",
                     page.table("Couverture des départements", headers, rows)),
    )  # fmt: skip


def distance_map(canvas: Canvas, tally: Tally) -> str:
    """Return communes coloured by the mean distance to their centres, and the farthest ones."""
    scale = scale_of(KM_BREAKS)
    shown = with_demand(canvas.instance)
    names = _class_names(scale, "km", "km")
    people = tally.zone_people
    return page.figure(
        "Trajet moyen jusqu’au centre, par commune",
        canvas.communes(tally.zone_km, shown, scale, _alt("trajet moyen", canvas, shown, people)),
        _legend("kilomètres, aller", scale, names, nobody=bool((people[shown] == 0).any())),
        page.details(
            f"Voir les {LISTED_COMMUNES} communes les plus éloignées de leurs centres",
            _communes_by(canvas, tally, tally.zone_km, "Trajet moyen (km)"),
        ),
    )


def _communes_by(canvas: Canvas, tally: Tally, values: Floats, header: str) -> str:
    """Table of the communes of the largest values."""
    zones, instance = canvas.instance.zones, canvas.instance
    order = np.argsort(-np.nan_to_num(values, nan=-1.0), kind="stable")
    rows = [
        (
            zones.names[z],
            canvas.boundaries.label(instance.departments[zones.department[z]]),
            number(int(tally.zone_people[z])),
            number(float(values[z]), 1),
        )
        for z in order[:LISTED_COMMUNES]
        if tally.zone_people[z] > 0
    ]
    headers = ("Commune", "Département", "Personnes servies", header)
    return page.table(f"{header} : les communes en tête", headers, rows, text=2)


def centre_map(canvas: Canvas, tally: Tally) -> str:
    """Return centres sized by doses and coloured by how full they are, and their table."""
    instance = canvas.instance
    doses, load = centre_load(instance, tally)
    scale = scale_of(LOAD_BREAKS)
    titles = [
        f"{name} : {number(int(doses[j]))} doses, {percent(float(load[j]), 0)} des créneaux"
        for j, name in enumerate(instance.centres.names)
    ]
    used = int((doses > 0).sum())
    names = [
        f"moins de {percent(LOAD_BREAKS[0], 0)}",
        *(f"{percent(a, 0)} à {percent(b, 0)}" for a, b in itertools.pairwise(LOAD_BREAKS)),
        f"{percent(LOAD_BREAKS[-1], 0)} et plus",
    ]
    label = (
        f"Carte des {number(used)} centres qui vaccinent dans ce plan ; la surface du cercle suit "
        "le nombre de doses, la couleur la part des créneaux utilisés."
    )
    return page.figure(
        "Centres : doses données (surface du cercle) et part des créneaux utilisés (couleur)",
        canvas.centres(doses, load, titles, scale, label),
        _legend("créneaux utilisés", scale, names, nobody=False),
        page.details("Voir la table des centres", _centre_table(canvas, tally, doses, load)),
    )


def centre_load(instance: Instance, tally: Tally) -> tuple[Ints, Floats]:
    """Doses given in the planned weeks, booked people included, and the share of slots used."""
    T = instance.weeks
    given = tally.first_doses[:, :, :T] + tally.second_doses[:, :, :T]
    doses = given.sum(axis=(1, 2)) + tally.booked[:, :T].sum(axis=1)
    return doses, np.nan_to_num(ratio(doses, tally.injections[:, :T].sum(axis=1)))


def _centre_table(canvas: Canvas, tally: Tally, doses: Ints, load: Floats) -> str:
    instance, T = canvas.instance, canvas.instance.weeks
    first = tally.first_doses[:, :, :T].sum(axis=(1, 2))
    slots = tally.injections[:, :T].sum(axis=1)
    rows = [
        (
            instance.centres.names[j],
            instance.departments[instance.centres.department[j]],
            number(int(first[j])),
            number(int(doses[j])),
            number(int(slots[j])),
            percent(float(load[j]), 0) if slots[j] else "fermé",
        )
        for j in np.argsort(-doses, kind="stable")
    ]
    headers = ("Centre", "Dép.", "Premières doses", "Doses en tout", "Créneaux", "Utilisés")
    return page.table("Les centres, des plus chargés aux moins chargés", headers, rows, text=2)


def with_demand(instance: Instance) -> Ints:
    """Positions of the communes where somebody wants a first dose."""
    return np.flatnonzero(instance.demand.sum(axis=1) > 0)


def _class_names(scale: Scale, one: str, many: str) -> list[str]:
    """Name the classes of a scale: `moins de 5 km`, `5 à 10`, `10 km et plus`."""
    decimals = max((len(f"{b:g}".partition(".")[2]) for b in scale.breaks), default=0)
    cuts = [number(b, decimals) for b in scale.breaks]
    if not cuts:
        return ["partout"]
    unit = one if scale.breaks[0] < 2 else many
    last = one if scale.breaks[-1] < 2 else many
    between = [f"{a} à {b}" for a, b in itertools.pairwise(cuts)]
    return [f"moins de {cuts[0]} {unit}", *between, f"{cuts[-1]} {last} et plus"]


def _legend(title: str, scale: Scale, names: Sequence[str], *, nobody: bool) -> str:
    entries = list(zip(scale.colours, names, strict=True))
    if nobody:
        entries.append((NOBODY, "personne n’est servi"))
    return page.legend(title, entries)


def _alt(what: str, canvas: Canvas, shown: Ints, people: Ints) -> str:
    without = int((people[shown] == 0).sum())
    text = f"Carte de {number(len(shown))} communes colorées selon leur {what}"
    if without:
        text += f" ; dans {number(without)} d’entre elles personne n’est servi"
    insets = len(canvas.sheet.frames) - 1
    if insets:
        text += f" ; {insets} territoires éloignés en encadré"
    return f"{text}. Les chiffres par département sont dans la table qui suit."
