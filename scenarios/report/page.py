"""Pieces of a page for people: every function takes plain text and returns safe HTML.

Parameters that end in `_html` are HTML already; all others are escaped here, and only here.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as _escape
from importlib.resources import files
from string import Template

from scenarios.report.french import spaced

Cell = str
"""Text of a cell, as a reader sees it."""
LONG_TABLE = 16
"""Rows beyond which a table scrolls in a window of its own."""


def escape(text: str) -> str:
    """Make text safe in HTML, its spaces as French sets them."""
    return _escape(spaced(text))


def document(*, title: str, header_html: str, sections: Sequence[tuple[str, str, str]]) -> str:
    """Return a whole page that stands alone.

    Parameters
    ----------
    title
        Of the window.
    header_html
        What stands above the table of contents.
    sections
        Anchor, title, and body in HTML, in reading order.
    """
    here = files("scenarios.report")
    links = [f'<li><a href="#{anchor}">{escape(name)}</a></li>' for anchor, name, _ in sections]
    bodies = [
        f'<section id="{anchor}" aria-labelledby="{anchor}-titre">'
        f'<h2 id="{anchor}-titre">{escape(name)}</h2>{body}</section>'
        for anchor, name, body in sections
    ]
    return Template((here / "page.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        style=(here / "page.css").read_text(encoding="utf-8"),
        header=header_html,
        links="".join(links),
        sections="\n".join(bodies),
    )


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph; `kind` is its class."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def bullets(items: Sequence[str]) -> str:
    """Return a list of sentences."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def cards(items: Sequence[tuple[str, str, str]]) -> str:
    """Return key figures: what, how much, and what it means."""
    each = "".join(
        f'<div class="card"><dt>{escape(what)}</dt><dd><strong>{escape(much)}</strong>'
        f"<span>{escape(note)}</span></dd></div>"
        for what, much, note in items
    )
    return f'<dl class="cards">{each}</dl>'


def table(
    caption: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]], text: int = 1
) -> str:
    """Return a table; the first `text` columns are words, the others figures.

    The first cell of a row is its header.
    """
    kinds = ["" if i < text else ' class="n"' for i in range(len(headers))]
    head = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>' if name else f"<td{kind}></td>"
        for name, kind in zip(headers, kinds, strict=True)
    )
    body = "\n".join(_row(row, kinds) for row in rows)
    top = f"<thead><tr>{head}</tr></thead>" if any(headers) else ""
    size = " long" if len(rows) > LONG_TABLE else ""
    return (
        f'<div class="scroll{size}" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"{top}<tbody>{body}</tbody></table></div>"
    )


def _row(row: Sequence[Cell], kinds: Sequence[str]) -> str:
    cells = [f'<th scope="row"{kinds[0]}>{escape(row[0])}</th>']
    cells += [f"<td{k}>{escape(c)}</td>" for c, k in zip(row[1:], kinds[1:], strict=True)]
    return f"<tr>{''.join(cells)}</tr>"


def details(summary: str, body_html: str) -> str:
    """Return what a reader may open: the figures behind a picture."""
    return f"<details><summary>{escape(summary)}</summary>{body_html}</details>"


def figure(caption: str, picture_html: str, legend_html: str = "", twin_html: str = "") -> str:
    """Return a picture with its caption, its legend, and the same figures as a table."""
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>{legend_html}"
        f'<div class="picture" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f"{picture_html}</div></figure>{twin_html}"
    )


_SWATCHES = {
    "square": '<rect x=".5" y="2.5" width="15" height="11" fill="{c}" stroke="#000" '
    'stroke-opacity=".25"/>',
    "dot": '<circle cx="8" cy="8" r="6" fill="{c}"/>',
    "ring": '<circle cx="8" cy="8" r="5" fill="#fff" stroke="{c}" stroke-width="2"/>',
    "line": '<path d="M0 8h16" stroke="{c}" stroke-width="3"/>',
    "dash": '<path d="M0 8h16" stroke="{c}" stroke-width="3" stroke-dasharray="5 3"/>',
}
"""Drawn, not styled: a page that allows no style in its text shows them, too."""


def legend(title: str, entries: Sequence[tuple[str, str]], kind: str = "square") -> str:
    """Return what colours mean; `kind` is the swatch's shape: square, dot, ring, line, dash."""
    items = "".join(
        f'<li><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">'
        f"{_SWATCHES[kind].format(c=colour)}</svg>{escape(label)}</li>"
        for colour, label in entries
    )
    name = f'<span class="legend-title">{escape(title)}</span>' if title else ""
    return f'<div class="legend">{name}<ul>{items}</ul></div>'
