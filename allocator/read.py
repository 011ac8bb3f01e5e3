"""Instance folder -> Instance. Every rule of MODEL.md, "Reading the instance", is enforced here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from allocator.errors import InputError
from allocator.instance import (
    ANY,
    Booked,
    Bools,
    Centres,
    Classes,
    Deliveries,
    Eligibility,
    Instance,
    Ints,
    Products,
    Travel,
    Zones,
)
from allocator.settings import MAX_WEEKS, Settings
from allocator.tables import Table, read_table

SETTINGS = "instance.toml"
TABLES = {
    "zones.csv": ("zone", "name", "department", "region", "lat", "lon", "population"),
    "classes.csv": ("class", "label", "weight", "opens_on"),
    "demand.csv": ("zone", "class", "people"),
    "centres.csv": ("centre", "name", "department", "lat", "lon", "opens_on", "closes_on"),
    "capacity.csv": ("centre", "week", "injections"),
    "products.csv": (
        "product",
        "label",
        "doses_per_vial",
        "doses_needed",
        "interval_min_days",
        "interval_max_days",
    ),
    "eligibility.csv": ("product", "class", "dose_rank", "from_date", "to_date"),
    "deliveries.csv": ("week", "product", "doses", "centre"),
}
OPTIONAL_TABLES = {
    "booked.csv": ("centre", "week", "product", "dose_rank", "department", "class", "people"),
    "travel.csv": ("zone", "centre", "km"),
}
INSTANCE_FILES = tuple(sorted((SETTINGS, *TABLES, *OPTIONAL_TABLES)))
_OPEN_DAYS = re.compile(r"([1-7](-[1-7])?)(,[1-7](-[1-7])?)*")


def read_instance(folder: Path, events: Sequence[Path] = ()) -> Instance:
    """Read and validate an instance folder, with the files of events laid over it.

    Parameters
    ----------
    folder
        The instance.
    events
        Folders with only the instance files that change, whole; a later one lies over those before.

    Raises
    ------
    InputError
        Naming file, line and the broken rule; nothing is silently aligned.
    """
    files = instance_files(folder, events)
    settings = Settings.read(files[SETTINGS])
    tables = {
        name: read_table(files[name], columns, _optional_columns(name))
        for name, columns in TABLES.items()
    }
    for name, columns in OPTIONAL_TABLES.items():
        if files[name].exists():
            tables[name] = read_table(files[name], columns, may_be_empty=True)
        else:
            tables[name] = Table(name, {c: [] for c in columns}, [])
    return _assemble(settings, tables, sha256_of(folder, events))


def instance_files(folder: Path, events: Sequence[Path] = ()) -> dict[str, Path]:
    """Path of each instance file by name: the last event's that has it, else the folder's own.

    Raises
    ------
    InputError
        For a folder that is not there, or an event that changes nothing an instance has.
    """
    if not folder.is_dir():
        raise InputError(folder, "the instance folder does not exist")
    files = {name: folder / name for name in INSTANCE_FILES}
    for event in events:
        files.update(_changed_files(event))
    return files


def _changed_files(event: Path) -> dict[str, Path]:
    if not event.is_dir():
        raise InputError(event, "the event folder does not exist")
    changed = {name: event / name for name in INSTANCE_FILES if (event / name).is_file()}
    tables = sorted(p.name for p in event.iterdir() if p.suffix in {".csv", ".toml"})
    for name in tables:
        if name not in changed:  # a misspelt table would change nothing, and nobody would know
            raise InputError(event, f"holds {name}, which is no file of an instance")
    if not changed:
        raise InputError(event, f"holds none of the instance files ({', '.join(INSTANCE_FILES)})")
    return changed


def _optional_columns(name: str) -> tuple[str, ...]:
    return ("open_days",) if name == "centres.csv" else ()


def sha256_of(folder: Path, events: Sequence[Path] = ()) -> str:
    """SHA-256 over names and bytes of the instance files, sorted by name."""
    digest = hashlib.sha256()
    for name, path in sorted(instance_files(folder, events).items()):
        if path.is_file():
            digest.update(name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _assemble(settings: Settings, tables: dict[str, Table], digest: str) -> Instance:
    weeks = settings.weeks
    zone_table, centre_table = tables["zones.csv"], tables["centres.csv"]
    departments = tuple(sorted({*zone_table.text("department"), *centre_table.text("department")}))
    department_codes = _positions(departments)
    zones = _zones(zone_table, department_codes)
    classes = _classes(tables["classes.csv"])
    centres = _centres(centre_table, department_codes)
    products = _products(tables["products.csv"])
    z_codes, k_codes = _positions(zones.ids), _positions(classes.ids)
    j_codes, p_codes = _positions(centres.ids), _positions(products.ids)
    demand = _demand(tables["demand.csv"], z_codes, k_codes)
    injections = _capacity(tables["capacity.csv"], j_codes, weeks)
    _refuse_no_usable_centre(settings, centres, injections, tables["capacity.csv"])
    return Instance(
        name=settings.name,
        start=settings.start,
        weeks=weeks,
        seed=settings.seed,
        objective=settings.objective,
        fairness=settings.fairness,
        departments=departments,
        zones=zones,
        classes=classes,
        demand=demand,
        centres=centres,
        injections=injections,
        products=products,
        eligibility=_eligibility(tables["eligibility.csv"], p_codes, k_codes),
        deliveries=_deliveries(tables["deliveries.csv"], p_codes, j_codes, weeks),
        booked=_booked(
            tables["booked.csv"],
            j_codes,
            p_codes,
            department_codes,
            k_codes,
            weeks + tail_weeks(products),
        ),
        travel=_travel(tables["travel.csv"], z_codes, j_codes),
        input_sha256=digest,
    )


def tail_weeks(products: Products) -> int:
    """Length L of the tail: the longest whole-week interval of a two-dose product."""
    two_dose = products.doses_needed == 2
    return int((products.interval_max_days[two_dose] // 7).max(initial=0))


def _positions(ids: tuple[str, ...]) -> dict[str, int]:
    return {name: i for i, name in enumerate(ids)}


def _zones(table: Table, departments: dict[str, int]) -> Zones:
    table.refuse_repeats("zone")
    return Zones(
        ids=tuple(table.text("zone")),
        names=tuple(table.text("name")),
        department=table.codes("department", departments),
        regions=tuple(table.text("region")),
        lat=table.numbers("lat", -90, 90),
        lon=table.numbers("lon", -180, 180),
        population=table.counts("population"),
    )


def _classes(table: Table) -> Classes:
    table.refuse_repeats("class")
    for row, cell in enumerate(table.text("class")):
        if cell == "*":
            raise table.refuse(row, "'*' cannot name a class")
    return Classes(
        ids=tuple(table.text("class")),
        labels=tuple(table.text("label")),
        weight=table.numbers("weight", 0, 1e6),
        opens_on=table.dates("opens_on"),
    )


def _demand(table: Table, zones: dict[str, int], classes: dict[str, int]) -> Ints:
    table.refuse_repeats("zone", "class")
    people = np.zeros((len(zones), len(classes)), dtype=np.int64)
    people[table.codes("zone", zones), table.codes("class", classes)] = table.counts("people")
    if not people.any():
        raise InputError(table.file, "at least one person is needed")
    return people


def _centres(table: Table, departments: dict[str, int]) -> Centres:
    table.refuse_repeats("centre")
    return Centres(
        ids=tuple(table.text("centre")),
        names=tuple(table.text("name")),
        department=table.codes("department", departments),
        lat=table.numbers("lat", -90, 90),
        lon=table.numbers("lon", -180, 180),
        opens_on=table.dates("opens_on"),
        closes_on=table.dates("closes_on", may_be_empty=True),
        open_days=_open_days(table),
    )


def _open_days(table: Table) -> Bools:
    """Weekday digits such as `1-6` or `1,3,5` (1 is Monday); Monday to Saturday when empty."""
    days = np.zeros((len(table), 7), dtype=bool)
    cells = table.columns.get("open_days", [""] * len(table))
    for row, cell in enumerate(cells):
        spec = cell.strip() or "1-6"
        if _OPEN_DAYS.fullmatch(spec) is None and re.fullmatch(r"[1-7]+", spec) is None:
            raise table.refuse(row, f"open_days is not weekday digits like 1-6: {cell!r}")
        spans = spec.split(",") if not spec.isdigit() else list(spec)
        for span in spans:
            first, last = int(span[0]), int(span[-1])
            if first > last:
                raise table.refuse(row, f"open_days runs backwards: {cell!r}")
            days[row, first - 1 : last] = True
    return days


def _capacity(table: Table, centres: dict[str, int], weeks: int) -> Ints:
    table.refuse_repeats("centre", counts=("week",))
    injections = np.zeros((len(centres), weeks), dtype=np.int64)
    week = _weeks(table, weeks)
    injections[table.codes("centre", centres), week] = table.counts("injections")
    return injections


def _weeks(table: Table, weeks: int) -> Ints:
    week = table.counts("week")
    table.refuse_first(week >= weeks, lambda r: f"week {week[r]} is outside 0..{weeks - 1}")
    return week


def _refuse_no_usable_centre(
    settings: Settings, centres: Centres, injections: Ints, table: Table
) -> None:
    monday = np.datetime64(settings.start, "D") + 7 * np.arange(settings.weeks)
    opened = centres.opens_on[:, None] <= monday + 6
    closes = centres.closes_on[:, None]
    still = np.isnat(closes) | (closes >= monday)
    if not (injections * (opened & still)).any():
        raise InputError(table.file, "no centre has an injection in a week in which it is open")


def _products(table: Table) -> Products:
    table.refuse_repeats("product")
    needed = table.counts("doses_needed")
    table.refuse_first(
        (needed != 1) & (needed != 2), lambda r: f"doses_needed is not 1 or 2: {needed[r]}"
    )
    vial = table.counts("doses_per_vial")
    table.refuse_first(vial < 1, lambda _: "doses_per_vial is below 1")
    low, high = (
        _interval(table, "interval_min_days", needed),
        _interval(table, "interval_max_days", needed),
    )
    table.refuse_first(
        low > high, lambda r: f"interval_min_days {low[r]} is over interval_max_days {high[r]}"
    )
    no_week = (needed == 2) & (-(-low // 7) > high // 7)
    table.refuse_first(
        no_week, lambda r: f"the interval {low[r]} to {high[r]} days holds no whole week"
    )
    over = high // 7 > MAX_WEEKS
    table.refuse_first(over, lambda r: f"interval_max_days is over {MAX_WEEKS} weeks: {high[r]}")
    return Products(
        ids=tuple(table.text("product")),
        labels=tuple(table.text("label")),
        doses_per_vial=vial,
        doses_needed=needed,
        interval_min_days=low,
        interval_max_days=high,
    )


def _interval(table: Table, column: str, needed: Ints) -> Ints:
    """Interval bound in days; one-dose products may leave it empty and have none."""
    cells = [
        "0" if need == 1 and not cell.strip() else cell
        for cell, need in zip(table.columns[column], needed, strict=True)
    ]
    days = Table(table.file, {column: cells}, table.lines).counts(column)
    return np.where(needed == 2, days, 0)


def _eligibility(table: Table, products: dict[str, int], classes: dict[str, int]) -> Eligibility:
    table.refuse_repeats("product", "class", "from_date", counts=("dose_rank",))
    rank = _dose_rank(table)
    class_ = table.codes("class", classes, star=ANY)
    table.refuse_first(
        (rank == 1) & (class_ == ANY), lambda _: "class is '*' in a row of dose_rank 1"
    )
    table.refuse_first(
        (rank == 2) & (class_ != ANY), lambda _: "class is not '*' in a row of dose_rank 2"
    )
    return Eligibility(
        product=table.codes("product", products),
        class_=class_,
        dose_rank=rank,
        from_date=table.dates("from_date"),
        to_date=table.dates("to_date", may_be_empty=True),
    )


def _dose_rank(table: Table) -> Ints:
    rank = table.counts("dose_rank")
    table.refuse_first((rank != 1) & (rank != 2), lambda r: f"dose_rank is not 1 or 2: {rank[r]}")
    return rank


def _deliveries(
    table: Table, products: dict[str, int], centres: dict[str, int], weeks: int
) -> Deliveries:
    table.refuse_repeats("product", "centre", counts=("week",))
    return Deliveries(
        week=_weeks(table, weeks),
        product=table.codes("product", products),
        doses=table.counts("doses"),
        centre=table.codes("centre", centres, empty=ANY),
    )


def _booked(
    table: Table,
    centres: dict[str, int],
    products: dict[str, int],
    departments: dict[str, int],
    classes: dict[str, int],
    weeks: int,
) -> Booked:
    table.refuse_repeats("centre", "product", "department", "class", counts=("week", "dose_rank"))
    return Booked(
        centre=table.codes("centre", centres),
        week=_weeks(table, weeks),
        product=table.codes("product", products),
        dose_rank=_dose_rank(table),
        department=table.codes("department", departments, empty=ANY),
        class_=table.codes("class", classes, empty=ANY),
        people=table.counts("people"),
    )


def _travel(table: Table, zones: dict[str, int], centres: dict[str, int]) -> Travel:
    table.refuse_repeats("zone", "centre")
    return Travel(
        zone=table.codes("zone", zones),
        centre=table.codes("centre", centres),
        km=table.numbers("km", 0, 50_000),
    )
