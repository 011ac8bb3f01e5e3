"""What takes seconds of a processor, in a process of its own that gives way to bookings.

python -m api.web.planner.prepare KIND ARGUMENT ...   (the answer on standard output)
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from allocator.errors import InputError
from allocator.outcome import read_result
from allocator.plan import COLUMNS, Plan, read_plan
from allocator.read import read_instance
from api.clock import now
from api.planning.orders import PlanFolders, PublicationOrder
from api.planning.rehearsal import rehearse_folders
from api.settings import Settings
from api.web.planner.apart import BROKEN
from scenarios.official.place import data_folder
from scenarios.report import places
from scenarios.report.boundaries import read_boundaries
from scenarios.report.comparison import comparison_sections
from scenarios.report.departments import department_names
from scenarios.report.equity import both_rules, coverage_beside_rules
from scenarios.report.frames import sheet_of
from scenarios.report.french import spaced
from scenarios.report.html import report_sections
from scenarios.report.map import Canvas
from scenarios.report.map_points import map_points
from scenarios.report.positions import decisions_of
from scenarios.report.supply import SHORTAGES
from scenarios.report.tally import tally_of
from scenarios.report.workbook import workbook_bytes

NICE = 10


def main(kind: str, *arguments: str) -> None:
    """Prepare something, and write it to standard output."""
    os.nice(NICE)
    try:
        answer = KINDS[kind](Settings(), *arguments)
    except InputError as error:
        sys.stderr.write(str(error))
        sys.exit(BROKEN)
    sys.stdout.buffer.write(answer)


def result(settings: Settings, name: str) -> bytes:
    """Prepare the page of a plan: the report's sections, the maps as layers, the shortages."""
    folders = PlanFolders.named(settings, name)
    instance, plan = read_instance(folders.instance), read_plan(folders.plan)
    told = read_result(folders.plan)
    tally = tally_of(instance, decisions_of(instance, plan))
    pro_rata, first_come = both_rules(instance)
    boundaries = read_boundaries(data_folder(), department_names(instance))
    canvas = Canvas(instance, boundaries, sheet_of(instance, boundaries))
    sections = {
        anchor: {"title": title, "html": html}
        for anchor, title, html in report_sections(instance, plan, told, pro_rata, data_folder())
        if anchor not in {"lieux", "manques"}
    }
    labels = [boundaries.label(code) for code in instance.departments]
    rules = coverage_beside_rules(tally, (pro_rata, first_come), labels)
    sections["equite"]["html"] = rules + sections["equite"]["html"]
    layers = {
        "coverage": places.coverage_map(canvas, tally),
        "waiting": places.waiting_map(canvas, tally),
        "distance": places.distance_map(canvas, tally),
        "load": places.centre_map(canvas, tally),
    }
    arriving = sorted(set(zip(
        instance.deliveries.week.tolist(), instance.deliveries.product.tolist(), strict=True
    )))  # fmt: skip
    return _json(
        {
            "name": instance.name, "start": instance.start.isoformat(), "weeks": instance.weeks,
            "sections": sections, "layers": layers, "map": map_points(canvas, tally),
            "shortages": _shortages(plan),
            "deliveries": [{"week": w, "product": instance.products.ids[p]} for w, p in arriving],
            "products": dict(zip(instance.products.ids, instance.products.labels, strict=True)),
            "centres": dict(zip(instance.centres.ids, instance.centres.names, strict=True)),
        }
    )  # fmt: skip


def _shortages(plan: Plan) -> list[dict[str, Any]]:
    """Dearest shortages, of each place and kind its dearest week, as the report lists them."""
    prices = plan["prices"]
    dear = prices[prices["value"] > 0].sort_values("value", ascending=False, kind="stable")
    dear = dear.drop_duplicates(["what", "where"]).head(SHORTAGES)
    columns = ("what", "where", "week", "unit", "sentence")
    rows = zip(*(dear[name].tolist() for name in columns), strict=True)
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    return [row | {"sentence": spaced(str(row["sentence"]))} for row in told]


def comparison(settings: Settings, *names: str) -> bytes:
    """Prepare the page of plans side by side."""
    plans = [(name, PlanFolders.named(settings, name).plan) for name in names]
    return _json([list(section) for section in comparison_sections(plans)])


def workbook(settings: Settings, name: str) -> bytes:
    """Prepare the workbook of a plan."""
    folders = PlanFolders.named(settings, name)
    told = read_result(folders.plan)
    content: bytes = workbook_bytes(read_instance(folders.instance), read_plan(folders.plan), told)
    return content


def tables(settings: Settings, name: str, format_: str) -> bytes:
    """Prepare all tables of a plan in one archive, as CSV or Parquet."""
    plan = read_plan(PlanFolders.named(settings, name).plan)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for table in COLUMNS:
            content = io.BytesIO()
            if format_ == "csv":
                plan[table].to_csv(content, index=False, lineterminator="\n")
            else:
                plan[table].to_parquet(content, index=False)
            packed.writestr(f"{name}/{table}.{format_}", content.getvalue())
    return archive.getvalue()


def rehearsal(settings: Settings, order: str) -> bytes:
    """Prepare what a publication would change; `order` is that of the API, as JSON."""
    wanted = msgspec.json.decode(order, type=PublicationOrder)
    folders = PlanFolders.named(settings, wanted.plan)
    url = settings.database_url
    assert url is not None, "whoever starts this tells it where the database is"
    told = rehearse_folders(url, folders.instance, folders.plan, wanted.options(), now())
    return msgspec.json.encode(told)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


KINDS: Mapping[str, Callable[..., bytes]] = {
    "result": result, "comparison": comparison, "workbook": workbook, "tables": tables,
    "rehearsal": rehearsal,
}  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
