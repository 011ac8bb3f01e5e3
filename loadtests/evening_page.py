"""The report of a run: one page that calls nobody, with its curves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from loadtests.curves import LABEL
from loadtests.evening import Evening
from loadtests.quantile import quantile
from loadtests.verdict import DYNAMIC

STEP_S = 2.0
"""Width of a step in the charts."""
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2733; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem } h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .25rem .5rem;
  border-bottom: 1px solid #d8dee5 } td + td { text-align: right }
svg { max-width: 100%; height: auto } .pass { color: #14683b } .fail { color: #a2141f }
"""
FRENCH = {
    "pairs": "paires confirmées", "pairs_per_s": "paires par seconde, meilleure minute",
    "p50_ms": "médiane des requêtes, ms", "p99_ms": "99e centile des requêtes, ms",
    "errors_5xx": "réponses 5xx", "oversold": "doses vendues en trop",
    "lost": "réservations perdues",
    "shown_but_refused": "montré mais refusé, hors lieux très demandés",
    "queue_wait_error": "écart entre attente annoncée et vécue", "offered": "personnes venues",
    "offered_per_s": "arrivées par seconde, meilleure minute",
    "requests_per_pair": "requêtes au service par paire", "reads_per_pair": "lectures par paire",
    "reads_per_s": "lectures par seconde", "generator_cores": "processeurs du générateur",
    "service_cores": "processeurs du service, base comprise",
    "service_ms_per_pair": "temps de processeur du service par paire, ms",
    "published_until_shown_s": "de la publication à l’affichage, s",
    "shown_but_refused_hot": "montré mais refusé, lieux très demandés",
    "age_p99_s": "âge de l’affichage, 99e centile, s",
    "age_max_s": "âge de l’affichage, maximum, s",
    "late_p99_ms": "retard du générateur, 99e centile, ms",
    "late_max_ms": "retard du générateur, maximum, ms", "unknown": "restées sans réponse",
    "seconds": "durée, s", "waited": "passées par la file d’attente",
    "difficulty_bits": "difficulté de la preuve de travail, bits",
}  # fmt: skip


def page(evening: Evening, title: str) -> str:
    """Write the report."""
    verdict = evening.verdict
    word = {"pass": "tenu", "fail": "rompu"}[verdict.verdict]
    figures = {k: v for k, v in {**verdict.as_json(), **verdict.figures}.items() if k in FRENCH}
    return "".join((
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; ',
        f"style-src 'unsafe-inline'\"><title>{escape(title)}</title><style>{STYLE}</style></head>",
        f"<body><main><h1>{escape(title)}</h1>",
        f'<p class="{verdict.verdict}"><strong>Verdict : {word}.</strong></p>',
        _list("Promesses rompues", verdict.broken), _list("À savoir", verdict.warnings),
        "<h2>Mesures</h2><table><tbody>", *map(_row, figures.items()), "</tbody></table>",
        "<h2>Arrivées et paires confirmées</h2>", _svg(_rates(evening), "flux"),
        "<h2>Temps de réponse, depuis le moment voulu</h2>", _svg(_times(evening), "temps"),
        f"<p>Courbe {escape(evening.load.curve.name)}, {LABEL} entre les points publiés : ",
        f"{escape(evening.load.curve.source)}.</p>",
        "<p>Page autonome : elle n’appelle aucun site. Elle ne contient aucune donnée personnelle.",
        "</p></main></body></html>",
    ))  # fmt: skip


def _list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{title}</h2><ul>{items}</ul>" if items else ""


def _row(item: tuple[str, Any]) -> str:
    name, value = item
    text = "—" if value is None else f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    text = text.removesuffix(".00").replace(",", "\u202f").replace(".", ",")
    return f"<tr><td>{FRENCH[name]}</td><td>{text}</td></tr>"


def _rates(evening: Evening) -> Any:
    """Draw who came and who was booked, and the curve they came by."""
    record, load = evening.record, evening.load
    rows = [
        *_per_s("arrivées", record.arrivals, record.began),
        *_per_s("paires confirmées", record.confirmed_at, record.began),
        *(("courbe", k.second, k.per_s) for k in load.knots),
    ]
    return _chart(rows, "par seconde")


def _times(evening: Evening) -> Any:
    """Draw the median and the 99th percentile of each step."""
    record = evening.record
    steps: dict[int, list[float]] = {}
    for x in record.exchanges:
        if x.kind in DYNAMIC and x.status:
            steps.setdefault(int((x.due - record.began) // STEP_S), []).append(x.ended - x.due)
    rows = [
        (name, step * STEP_S, 1000 * quantile(seconds, share))
        for name, share in (("médiane", 0.5), ("99e centile", 0.99))
        for step, seconds in sorted(steps.items())
    ]
    return _chart(rows, "ms")


def _per_s(name: str, times: Sequence[float], began: float) -> Iterator[tuple[str, float, float]]:
    counts = Counter(int((t - began) // STEP_S) for t in times)
    for step in range(min(counts, default=0), max(counts, default=-1) + 1):
        yield name, step * STEP_S, counts[step] / STEP_S


def _chart(rows: Sequence[tuple[str, float, float]], title: str) -> Any:
    frame = pd.DataFrame(rows, columns=["série", "seconde", "valeur"])
    lines = alt.Chart(frame, width=640, height=220).mark_line(strokeWidth=1.5)
    return lines.encode(
        x=alt.X("seconde:Q", title="seconde"), y=alt.Y("valeur:Q", title=title),
        color=alt.Color("série:N", title=None), strokeDash=alt.StrokeDash("série:N", title=None),
    )  # fmt: skip


def _svg(chart: Any, name: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[])
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    return svg.replace("<svg", '<svg role="img" aria-label="courbes"', 1)
