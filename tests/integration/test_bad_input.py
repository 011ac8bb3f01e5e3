"""Whatever is wrong with an instance, `creneau plan` says it once, ends with 2 and writes nothing.

One case of every kind of mistake, through the command as its users run it; the reader's own tests
(`tests/unit/test_read.py`) have the kinds in every file and column.
"""

from __future__ import annotations

import json
import sys

import pytest

from allocator.tables import MAX_COUNT
from api.cli import main
from tests.factories import ROWS, table_text, write_instance
from tests.instances import booked_people_come_first


def changed(name: str, row: int, /, **cells) -> dict[str, list]:
    """Return a table of the hand-written instance with cells of one row (line row + 2) changed."""
    rows = [dict(cells_) for cells_ in ROWS[name]]
    rows[row] |= {key.rstrip("_"): value for key, value in cells.items()}
    return {name: rows}


def repeated(name: str, row: int) -> dict[str, list]:
    """Return a table of the hand-written instance with one row twice."""
    return {name: [*ROWS[name], ROWS[name][row]]}


BOOKED = {"centre": "1", "week": 1, "product": "pfizer", "dose_rank": 1, "people": 3}
ZONES = table_text("zones", ROWS["zones"])

WRONG = {
    "a missing column": (
        {"zones": ZONES.replace(",lat,", ",latitude,")},
        "zones.csv:1: column 'lat' is missing (found: zone, name, department, region, latitude, ",
    ),
    "an unknown id": (changed("demand", 1, zone="22002"), "demand.csv:3: unknown zone: '22002'"),
    "an id read as a number": (changed("capacity", 0, centre="1.0"),
                               "capacity.csv:2: unknown centre: '1.0'"),
    "a duplicate key": (
        repeated("zones", 0), "zones.csv:4: repeated key (zone='22001'), first on line 2",
    ),
    "NaN": (changed("demand", 2, people="NaN"), "demand.csv:4: people is not a number: 'NaN'"),
    "NaN in a coordinate": (changed("zones", 1, lat="nan"),
                            "zones.csv:3: lat is not a number: 'nan'"),
    "infinity": (changed("classes", 0, weight="inf"),
                 "classes.csv:2: weight is not a number: 'inf'"),
    "a negative count": (changed("capacity", 7, injections=-3),
                         "capacity.csv:9: injections is negative: -3"),
    "part of a person": (changed("demand", 0, people=0.5),
                         "demand.csv:2: people is not a whole number: 0.5"),
    "overflow": (changed("deliveries", 0, doses=2**63),
                 f"deliveries.csv:2: doses is over {MAX_COUNT}: {2**63}"),
    "overflow in floats": (changed("deliveries", 0, doses="1e400"),
                           f"deliveries.csv:2: doses is over {MAX_COUNT}: 1e400"),
    "a wrong encoding": ({"zones": ZONES.replace("Ajaccio", "Île").encode("latin-1")},
                         "zones.csv:3: not UTF-8: byte 0xce"),
    "another wrong encoding": ({"zones": ZONES.encode("utf-16")},
                               "zones.csv:1: not UTF-8: byte 0xff"),
    "an empty table": ({"centres": table_text("centres", [])}, "centres.csv:1: the table is empty"),
    "an empty file": ({"demand": ""}, "demand.csv:1: the header is missing: the file is empty"),
    "a cell too few": ({"classes": "class,label,weight,opens_on\n75,old,1\n"},
                       "classes.csv:2: 3 cells where the header has 4"),
    "another separator": (
        {"classes": "class;label;weight;opens_on\n75;old;1;2021-01-01\n"},
        "classes.csv:1: column 'class' is missing (found: class;label;weight;opens_on)",
    ),
    "a quote left open": ({"classes": 'class,label,weight,opens_on\n"75,old,1,2021-01-01\n'},
                          "classes.csv:2: not CSV: unexpected end of data"),
    "an empty cell": (changed("centres", 1, opens_on=""), "centres.csv:3: opens_on is empty"),
    "a week out of range": (changed("capacity", 7, week=4),
                            "capacity.csv:9: week 4 is outside 0..3"),
    "a booked week past the tail": ({"booked": [BOOKED | {"week": 11}]},
                                    "booked.csv:2: week 11 is outside 0..10"),
    "a checkpoint out of range": (
        {"settings": {"fairness": {"checkpoints": [5]}}},
        "instance.toml:12: fairness.checkpoints holds week 5, outside 1..4",
    ),
    "a Monday that is none": (
        {"settings": {"start": "2021-06-01"}},
        "instance.toml:2: start is not a Monday: 2021-06-01 is a Tuesday",
    ),
    "no date": (changed("classes", 0, opens_on="18/01/2021"),
                "classes.csv:2: opens_on is not a date like 2021-05-31: '18/01/2021'"),
    "a date that is not there": (changed("classes", 0, opens_on="2021-02-30"),
                                 "classes.csv:2: opens_on is not a date like 2021-05-31: '2021-02"),
    "north of the north pole": (changed("zones", 1, lat=91),
                                "zones.csv:3: lat is outside -90..90: 91"),
    "west of the date line": (changed("centres", 0, lon=-180.5),
                              "centres.csv:2: lon is outside -180..180: -180.5"),
    "settings that are no TOML": ({"settings": "name = \n"}, "instance.toml:1: not TOML: "),
    "a missing setting": ({"settings": {"weeks": None}}, "instance.toml: weeks is missing"),
    "an interval without a week": (
        changed("products", 0, interval_min_days=22, interval_max_days=27),
        "products.csv:2: the interval 22 to 27 days holds no whole week",
    ),
    "a class in a second-dose rule": (changed("eligibility", 2, class_="75"),
                                      "eligibility.csv:4: class is not '*' in a row of dose_rank "),
    "nobody": ({"demand": [{**row, "people": 0} for row in ROWS["demand"]]},
               "demand.csv: at least one person is needed"),
    "no usable centre": (
        {"capacity": [{**row, "injections": 0} for row in ROWS["capacity"]]},
        "capacity.csv: no centre has an injection in a week in which it is open",
    ),
}  # fmt: skip
"""What is wrong, the tables that say it, and how the message begins."""


@pytest.fixture
def plan(monkeypatch, capsys):
    """Run `creneau plan` inside this interpreter; return exit status, output and message."""

    def call(folder, out, *options):
        command = ["creneau", "plan", str(folder), "--out", str(out), *options]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, *capsys.readouterr()

    return call


@pytest.fixture
def refused(plan):
    """Plan an instance that is refused: exit 2, nothing printed or written; return the message."""

    def call(folder, *options):
        before = content(folder.parent)
        status, out, message = plan(folder, folder.parent / "new" / "plan", *options)
        assert (status, out) == (2, "")
        assert content(folder.parent) == before
        return message

    return call


def content(folder):
    """Return every path below a folder, with the bytes of files."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_one_line_exit_2_and_nothing_written(mistake, tmp_path, refused):
    """File, line where one is to blame, and rule; no traceback, no folder, no scratch left."""
    tables, message = WRONG[mistake]
    said = refused(write_instance(tmp_path / "i", **tables))
    assert said.startswith(f"creneau: {message}")
    assert said.count("\n") == 1
    assert said.endswith("\n")


@pytest.mark.parametrize("options", [["--json"], ["--method", "lp"], ["--format", "parquet"]])
def test_a_mistake_is_said_alike_whatever_was_asked_for(options, tmp_path, refused):
    """`--json` prints no half object, and no method starts to work."""
    said = refused(write_instance(tmp_path / "i", **changed("zones", 1, lat=91)), *options)
    assert said == "creneau: zones.csv:3: lat is outside -90..90: 91\n"


@pytest.mark.parametrize("name", ["instance.toml", "capacity.csv"])
def test_a_missing_file_is_named_with_its_folder(name, tmp_path, refused):
    """Settings and tables alike."""
    folder = write_instance(tmp_path / "i")
    (folder / name).unlink()
    assert refused(folder) == f"creneau: {name}: file is missing in {folder}\n"


def test_a_missing_folder_is_named(tmp_path, refused):
    """Nothing was there, and nothing is there afterwards."""
    folder = tmp_path / "none"
    assert refused(folder) == f"creneau: {folder}: the instance folder does not exist\n"


def test_bookings_that_do_not_fit_are_listed_and_accepted_once_mended_as_told(
    tmp_path, plan, refused
):
    """Twelve booked for ten slots and ten doses: two more of each would do, and do."""
    folder = booked_people_come_first(tmp_path / "i").folder
    replace(folder / "booked.csv", ",4\n", ",12\n")
    assert refused(folder) == (
        "creneau: booked.csv: the bookings do not fit:\n"
        "  centre x, week 0: 12 booked for 10 injections; 2 more injections would do\n"
        "  product janssen, week 0: bookings need 12 vials of the pool by then, delivered are 10 "
        "doses; 2 more doses by week 0 would do (new needs that week: centre x)\n"
    )
    replace(folder / "capacity.csv", "x,0,10", "x,0,12")
    replace(folder / "deliveries.csv", "0,janssen,10", "0,janssen,12")
    status, out, _ = plan(folder, tmp_path / "p", "--json")
    assert status == 0
    assert json.loads(out)["kpis"]["first_doses"] == 7


def replace(path, before, after):
    """Replace a text that is there."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_plan_that_was_there_survives_a_mistake(tmp_path, plan):
    """The control first: unspoilt, the instance is planned. Then nothing replaces that plan."""
    folder = write_instance(tmp_path / "i")
    assert plan(folder, tmp_path / "p", "--method", "pro-rata")[0] == 0
    before = content(tmp_path / "p")
    write_instance(folder, **changed("demand", 2, people=-1))
    status, _, message = plan(folder, tmp_path / "p", "--method", "pro-rata")
    assert (status, message) == (2, "creneau: demand.csv:4: people is negative: -1\n")
    assert content(tmp_path / "p") == before
