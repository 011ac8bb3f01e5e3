"""Sections on doses: by week and product, what is short, what has no pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from allocator.instance import Instance, Ints
from allocator.plan import Plan
from scenarios.report import page
from scenarios.report.charts import doses_chart, svg_of, week_labels
from scenarios.report.french import count, day_of_year, monday, number, percent
from scenarios.report.palette import PRODUCTS
from scenarios.report.tally import Tally

SHORTAGES = 10
OTHERS = "autres vaccins"


def weekly_doses(instance: Instance, tally: Tally) -> str:
    """Return first and second doses by week and product, and the table of all weeks."""
    doses = np.stack([tally.first_doses.sum(axis=0), tally.second_doses.sum(axis=0)])
    used = int(np.flatnonzero(doses.any(axis=(0, 1))).max(initial=0)) + 1
    order = week_labels(instance.start, max(instance.weeks, used))
    names, stacks = _stacks(instance.products.labels, doses)
    rows = pd.DataFrame(
        [
            (order[week], name, rank, int(stacks[r, p, week]))
            for r, rank in enumerate(("Premières doses", "Secondes doses"))
            for p, name in enumerate(names)
            for week in np.flatnonzero(stacks[r, p])
        ],
        columns=["semaine", "vaccin", "rang", "doses"],
    )
    colours = dict(zip(names, PRODUCTS, strict=False))
    first, second = (int(n) for n in doses.sum(axis=(1, 2)))
    text = (
        f"Doses par semaine et par vaccin : {number(first)} premières doses et {number(second)} "
        "secondes doses en tout."
    )
    caption = "Doses données chaque semaine, par vaccin"
    booked = int(tally.booked.sum())
    note = f"S’y ajoutent {count(booked, 'dose', 'doses')} pour les rendez-vous déjà pris."
    if used > instance.weeks:
        end = day_of_year(monday(instance.start, instance.weeks))
        caption += f" (à partir du {end}, secondes doses seulement)"
    return page.figure(
        caption,
        svg_of(doses_chart(rows, order, colours), "doses", text),
        page.legend("", [(colour, name) for name, colour in colours.items()]),
        (page.paragraph(note, "over") if booked else "")
        + page.details("Voir les chiffres par semaine", _weekly_table(instance, tally, doses)),
    )


def _stacks(labels: Sequence[str], doses: Ints) -> tuple[list[str], Ints]:
    """Products given, the largest first; those beyond the palette together. 2 x n x W."""
    # Two products may share a label: their bars are one, and the table tells them apart.
    unique = list(dict.fromkeys(labels))
    merged = np.stack(
        [
            doses[:, [i for i, label in enumerate(labels) if label == name]].sum(axis=1)
            for name in unique
        ],
        axis=1,
    )
    total = merged.sum(axis=(0, 2))
    by_size = np.argsort(-total, kind="stable")[: max(1, np.count_nonzero(total))]
    if len(by_size) <= len(PRODUCTS):
        return [unique[p] for p in by_size], merged[:, by_size]
    kept, rest = by_size[: len(PRODUCTS) - 1], by_size[len(PRODUCTS) - 1 :]
    pooled = merged[:, rest].sum(axis=1, keepdims=True)
    return [*(unique[p] for p in kept), OTHERS], np.concatenate([merged[:, kept], pooled], axis=1)


def _weekly_table(instance: Instance, tally: Tally, doses: Ints) -> str:
    slots, booked = tally.injections.sum(axis=0), tally.booked.sum(axis=0)
    total = doses.sum(axis=(0, 1)) + booked
    headers = ["Semaine du"]
    headers += [
        f"{label}, {rank}"
        for label, needed in zip(
            instance.products.labels, instance.products.doses_needed.tolist(), strict=True
        )
        for rank in ("1re", "2e")[:needed]
    ]
    headers += ["Déjà réservées", "Total", "Créneaux", "Utilisés"]
    rows = []
    for week in range(doses.shape[2]):
        cells = [
            number(int(doses[rank, p, week]))
            for p, needed in enumerate(instance.products.doses_needed.tolist())
            for rank in range(needed)
        ]
        used = percent(total[week] / slots[week], 0) if slots[week] else percent(None)
        rows.append(
            [
                day_of_year(monday(instance.start, week)), *cells, number(int(booked[week])),
                number(int(total[week])), number(int(slots[week])), used,
            ]
        )  # fmt: skip
    return page.table("Doses et créneaux par semaine", headers, rows)


def shortages(plan: Plan) -> str:
    """Return the dearest shortages as sentences: of each place and kind, its dearest week."""
    dear = plan["prices"].sort_values("value", ascending=False, kind="stable")
    dear = dear[dear["value"] > 0].drop_duplicates(["what", "where"]).head(SHORTAGES)
    if dear.empty:
        return page.paragraph(
            "Ce plan ne donne pas de prix : il vient d’une règle, ou rien ne manque."
        )
    items = "".join(f"<li>{escape(str(text))}</li>" for text in dear["sentence"])
    lead = page.paragraph(
        "Ce que vaudrait une unité de plus là où elle manque le plus, en points de coût ; pour "
        "chaque lieu, la semaine la plus chère. La table complète est dans le classeur et dans "
        "la table « prices » du plan."
    )
    return f'{lead}<ol class="shortages">{items}</ol>'


def unpaired(instance: Instance, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the first-dose slots that no second-dose slot fits, centre by centre."""
    if not rows:
        return page.paragraph(
            "Aucun : chaque créneau de première dose a son créneau de seconde dose, au même centre "
            "et dans l’intervalle, au jour près."
        )
    centres = dict(zip(instance.centres.ids, instance.centres.names, strict=True))
    products = dict(zip(instance.products.ids, instance.products.labels, strict=True))
    cells = [
        (
            centres.get(str(row["centre"]), str(row["centre"])),
            products.get(str(row["product"]), str(row["product"])),
            number(int(row["slots"])),
            str(row["reason"]),
        )
        for row in sorted(rows, key=lambda row: -int(row["slots"]))
    ]
    total = count(sum(int(row["slots"]) for row in rows), "créneau", "créneaux")
    return page.paragraph(
        f"{total} de première dose sans seconde dose possible au jour près. Une semaine de plus "
        "d’ouverture, ou un jour, suffit le plus souvent."
    ) + page.table("Créneaux sans paire", ("Centre", "Vaccin", "Créneaux", "Raison"), cells, text=2)
