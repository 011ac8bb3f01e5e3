"""An instance folder is read as MODEL.md says, or refused with file, line and rule."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import pytest

from allocator.errors import InputError
from allocator.instance import ANY
from allocator.read import INSTANCE_FILES, TABLES, read_instance, tail_weeks
from tests import instances
from tests.factories import ROWS, random_instance, table_text, write_instance


def changed(name: str, row: int, /, **cells) -> dict[str, list]:
    """Return a table of the tiny instance with some cells of one row (line row + 2) changed."""
    rows = [dict(r) for r in ROWS[name]]
    rows[row] |= {key.rstrip("_"): value for key, value in cells.items()}
    return {name: rows}


def repeated(name: str, row: int, /, **cells) -> dict[str, list]:
    """Return a table of the tiny instance with one row once more at the end."""
    copy = dict(ROWS[name][row]) | {key.rstrip("_"): value for key, value in cells.items()}
    return {name: [*ROWS[name], copy]}


def without_column(name: str, column: str) -> dict[str, str]:
    """Return the text of a table of the tiny instance with one column called otherwise."""
    header, rest = table_text(name, ROWS[name]).split("\n", 1)
    cells = ["other" if cell == column else cell for cell in header.split(",")]
    return {name: ",".join(cells) + "\n" + rest}


BOOKED = {"centre": "1", "week": 1, "product": "pfizer", "dose_rank": 2, "people": 3}
TRAVEL = {"zone": "22001", "centre": "2", "km": 12.5}


def refusal(tmp_path, **overrides) -> str:
    """Return the message with which an instance is refused."""
    folder = write_instance(tmp_path / "instance", **overrides)
    with pytest.raises(InputError) as error:
        read_instance(folder)
    return str(error.value)


def test_an_instance_is_read_as_written(tmp_path):
    """Ids stay text, départements are sorted, absent rows are 0 and empty cells are none."""
    tables = {"booked": [BOOKED], "travel": [TRAVEL], **changed("deliveries", 0, centre="2")}
    folder = write_instance(tmp_path, **tables)
    instance = read_instance(folder)
    assert instance.departments == ("22", "2A")
    assert instance.zones.ids == ("22001", "2A004")
    assert instance.demand.tolist() == [[10, 20], [12, 0]]
    assert instance.injections.tolist() == [[15] * 4, [15] * 4]
    assert instance.centres.open_days.tolist() == [[True] * 6 + [False]] * 2
    assert np.isnat(instance.centres.closes_on).tolist() == [True, False]
    assert instance.products.interval_max_days.tolist() == [49, 0]
    assert instance.eligibility.class_.tolist() == [0, 1, ANY, 0]
    assert instance.deliveries.centre.tolist() == [1] + [ANY] * 7
    assert (instance.booked.people.tolist(), instance.booked.class_.tolist()) == ([3], [ANY])
    assert instance.travel.km.tolist() == [12.5]
    assert tail_weeks(instance.products) == 7


def test_without_optional_files_nobody_is_booked_and_no_distance_is_given(tmp_path):
    """`booked.csv` and `travel.csv` may be absent or hold their header only."""
    instance = read_instance(write_instance(tmp_path / "a"))
    assert (len(instance.booked.people), len(instance.travel.km)) == (0, 0)
    empty = {"booked": table_text("booked", []), "travel": table_text("travel", [])}
    instance = read_instance(write_instance(tmp_path / "b", **empty))
    assert (len(instance.booked.people), len(instance.travel.km)) == (0, 0)


def test_the_digest_is_over_names_and_bytes_sorted_by_name(tmp_path):
    """Other files do not count; one byte changed does."""
    folder = write_instance(tmp_path)
    digest = hashlib.sha256()
    for name in sorted(INSTANCE_FILES):
        if (folder / name).exists():
            digest.update(name.encode() + (folder / name).read_bytes())
    (folder / "notes.txt").write_text("mine")
    assert read_instance(folder).input_sha256 == digest.hexdigest()
    (folder / "zones.csv").write_bytes((folder / "zones.csv").read_bytes() + b"\n")
    assert read_instance(folder).input_sha256 != digest.hexdigest()


@pytest.mark.parametrize(
    ("spec", "days"),
    [("1-6", "123456"), ("1,3,5", "135"), ("135", "135"), ("6-7", "67"), ("", "123456"),
     ("1-2,7", "127"), ("7", "7")],
)  # fmt: skip
def test_open_days_are_weekday_digits(tmp_path, spec, days):
    """Monday is 1; spans and lists may be mixed; Monday to Saturday when nothing is said."""
    tables = changed("centres", 0, open_days=spec)
    tables["centres"][1]["open_days"] = "1"
    open_days = read_instance(write_instance(tmp_path, **tables)).centres.open_days
    assert "".join(str(d + 1) for d in np.flatnonzero(open_days[0])) == days


def test_strange_but_valid_instances_are_read(tmp_path):
    """One week, one class, no two-dose product, no checkpoint, an unusable centre: all fine."""
    assert read_instance(instances.one_zone_one_centre(tmp_path / "a").folder).weeks == 1
    unusable = repeated("centres", 0, centre="3", opens_on="2029-01-01")
    assert len(read_instance(write_instance(tmp_path / "b", **unusable)).centres.ids) == 3
    for seed in range(20):
        folder = random_instance(np.random.default_rng(seed), tmp_path / str(seed))
        assert read_instance(folder).demand.sum() > 0


def test_every_named_instance_is_read(tmp_path):
    """The instances solved by hand keep the rules, and each is worth something."""
    for name, write in instances.NAMED.items():
        known = write(tmp_path / name)
        assert read_instance(known.folder).demand.sum() > 0
        assert known.cost > 0


def test_a_missing_folder_is_refused(tmp_path):
    """A folder that is not there, or is a file, is no instance."""
    with pytest.raises(InputError, match="the instance folder does not exist"):
        read_instance(tmp_path / "none")


@pytest.mark.parametrize("name", ["instance.toml", *TABLES])
def test_a_missing_file_is_refused(tmp_path, name):
    """Every file but the optional ones must be there."""
    folder = write_instance(tmp_path)
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"^{name}: file is missing in "):
        read_instance(folder)


@pytest.mark.parametrize(("name", "columns"), TABLES.items())
def test_a_missing_column_is_refused(tmp_path, name, columns):
    """Every column of every table must be there."""
    for column in columns:
        message = refusal(tmp_path, **without_column(name.removesuffix(".csv"), column))
        assert message.startswith(f"{name}:1: column '{column}' is missing (found: ")


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_is_refused(tmp_path, name):
    """A required table with its header only says nothing, and is refused."""
    stem = name.removesuffix(".csv")
    assert refusal(tmp_path, **{stem: table_text(stem, [])}) == f"{name}:1: the table is empty"


@pytest.mark.parametrize("name", ["zones", "instance"])
def test_a_wrong_encoding_is_refused(tmp_path, name):
    """Latin-1 is named with the line of its first byte, in tables and in the settings."""
    if name == "zones":
        text = table_text("zones", ROWS["zones"]).replace("Ajaccio", "Île-Rousse")
        assert refusal(tmp_path, zones=text.encode("latin-1")) == (
            "zones.csv:3: not UTF-8: byte 0xce"
        )
    else:
        message = refusal(tmp_path, settings='\nname = "Île"'.encode("latin-1"))
        assert message == "instance.toml:2: not UTF-8: byte 0xce"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (repeated("zones", 0), "zones.csv:4: repeated key (zone='22001'), first on line 2"),
        (repeated("classes", 1), "classes.csv:4: repeated key (class='18'), first on line 3"),
        (repeated("demand", 0), "repeated key (zone='22001', class='75'), first on line 2"),
        (repeated("centres", 1), "centres.csv:4: repeated key (centre='2'), first on line 3"),
        (repeated("capacity", 0), "capacity.csv:10: repeated key (centre='1', week=0)"),
        (repeated("capacity", 0, week="0.0"), "capacity.csv:10: repeated key (centre='1', week=0)"),
        (repeated("products", 0), "products.csv:4: repeated key (product='pfizer')"),
        (repeated("eligibility", 2), "eligibility.csv:6: repeated key (product='pfizer', class="),
        (repeated("eligibility", 2, dose_rank="02"), "eligibility.csv:6: repeated key"),
        (repeated("deliveries", 3, week="01"),
         "deliveries.csv:10: repeated key (product='janssen', centre='', week=1), first on line 5"),
        ({"booked": [BOOKED, BOOKED | {"people": 9}]}, "booked.csv:3: repeated key (centre='1'"),
        ({"booked": [BOOKED, BOOKED | {"week": "1.0"}]}, "booked.csv:3: repeated key"),
        ({"travel": [TRAVEL, TRAVEL | {"km": 3}]},
         "travel.csv:3: repeated key (zone='22001', centre='2'), first on line 2"),
    ],
)  # fmt: skip
def test_a_repeated_key_is_refused(tmp_path, table, message):
    """Each table has its key; a number written in another way is the same number."""
    assert message in refusal(tmp_path, **table)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (changed("demand", 1, zone="22002"), "demand.csv:3: unknown zone: '22002'"),
        (changed("demand", 1, class_="19"), "demand.csv:3: unknown class: '19'"),
        (changed("capacity", 0, centre="01"), "capacity.csv:2: unknown centre: '01'"),
        (changed("eligibility", 0, product="PF"), "eligibility.csv:2: unknown product: 'PF'"),
        (changed("eligibility", 0, class_="76"), "eligibility.csv:2: unknown class: '76'"),
        (changed("deliveries", 0, product="bcg"), "deliveries.csv:2: unknown product: 'bcg'"),
        (changed("deliveries", 0, centre="9"), "deliveries.csv:2: unknown centre: '9'"),
        ({"booked": [BOOKED | {"centre": "9"}]}, "booked.csv:2: unknown centre: '9'"),
        ({"booked": [BOOKED | {"product": "x"}]}, "booked.csv:2: unknown product: 'x'"),
        ({"booked": [BOOKED | {"department": "56"}]}, "booked.csv:2: unknown department: '56'"),
        ({"booked": [BOOKED | {"class": "*"}]}, "booked.csv:2: unknown class: '*'"),
        ({"travel": [TRAVEL | {"zone": "1"}]}, "travel.csv:2: unknown zone: '1'"),
        ({"travel": [TRAVEL | {"centre": ""}]}, "travel.csv:2: centre is empty"),
    ],
)  # fmt: skip
def test_an_unknown_id_is_refused(tmp_path, table, message):
    """Ids are text and must be defined by their own table."""
    assert refusal(tmp_path, **table) == message


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (changed("zones", 1, lat="nan"), "zones.csv:3: lat is not a number: 'nan'"),
        (changed("zones", 1, lat=91), "zones.csv:3: lat is outside -90..90: 91"),
        (changed("centres", 0, lon=-180.5), "centres.csv:2: lon is outside -180..180: -180.5"),
        (changed("zones", 0, population=-1), "zones.csv:2: population is negative: -1"),
        (changed("zones", 0, department=""), "zones.csv:2: department is empty"),
        (changed("zones", 0, name=" "), "zones.csv:2: name is empty"),
        (changed("classes", 0, class_="*"), "classes.csv:2: '*' cannot name a class"),
        (changed("classes", 0, weight=-1), "classes.csv:2: weight is outside 0..1e+06: -1"),
        (changed("classes", 0, opens_on="18/01/2021"), "opens_on is not a date like 2021-05-31"),
        (changed("demand", 2, people="NaN"), "demand.csv:4: people is not a number: 'NaN'"),
        (changed("demand", 2, people=-12), "demand.csv:4: people is negative: -12"),
        (changed("demand", 2, people=0.5), "demand.csv:4: people is not a whole number: 0.5"),
        (changed("demand", 2, people=10**12), "people is over 1000000000: 1000000000000"),
        (changed("demand", 2, people=""), "demand.csv:4: people is empty"),
        (changed("centres", 1, opens_on=""), "centres.csv:3: opens_on is empty"),
        (changed("centres", 1, closes_on="never"), "closes_on is not a date like 2021-05-31"),
        (changed("centres", 0, open_days="lundi"), "open_days is not weekday digits like 1-6"),
        (changed("centres", 0, open_days="0-6"), "open_days is not weekday digits like 1-6"),
        (changed("centres", 0, open_days="6-1"), "centres.csv:2: open_days runs backwards: '6-1'"),
        (changed("capacity", 7, week=4), "capacity.csv:9: week 4 is outside 0..3"),
        (changed("capacity", 7, injections="-3"), "capacity.csv:9: injections is negative: -3"),
        (changed("deliveries", 7, week=4), "deliveries.csv:9: week 4 is outside 0..3"),
        (changed("deliveries", 7, week=-1), "deliveries.csv:9: week is negative: -1"),
        (changed("deliveries", 0, doses="1e30"), "deliveries.csv:2: doses is over 1000000000: 1e"),
        ({"booked": [BOOKED | {"week": 11}]}, "booked.csv:2: week 11 is outside 0..10"),
        ({"booked": [BOOKED | {"dose_rank": 3}]}, "booked.csv:2: dose_rank is not 1 or 2: 3"),
        ({"travel": [TRAVEL | {"km": -1}]}, "travel.csv:2: km is outside 0..50000: -1"),
        (changed("products", 0, doses_per_vial=0), "products.csv:2: doses_per_vial is below 1"),
        (changed("products", 0, doses_needed=3), "products.csv:2: doses_needed is not 1 or 2: 3"),
        (changed("products", 0, interval_max_days=""), "products.csv:2: interval_max_days is "),
        (changed("products", 0, interval_min_days=50),
         "products.csv:2: interval_min_days 50 is over interval_max_days 49"),
        (changed("products", 0, interval_min_days=22, interval_max_days=27),
         "products.csv:2: the interval 22 to 27 days holds no whole week"),
        (changed("products", 0, interval_max_days=4000),
         "products.csv:2: interval_max_days is over 520 weeks: 4000"),
        (changed("eligibility", 0, class_="*"), "eligibility.csv:2: class is '*' in a row of dose"),
        (changed("eligibility", 2, class_="75"), "eligibility.csv:4: class is not '*' in a row of"),
        (changed("eligibility", 0, class_=""), "eligibility.csv:2: class is empty"),
        (changed("eligibility", 0, dose_rank=0), "eligibility.csv:2: dose_rank is not 1 or 2: 0"),
        (changed("eligibility", 0, from_date=""), "eligibility.csv:2: from_date is empty"),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_its_rule_is_refused(tmp_path, table, message):
    """Each column has its rule, and the message names file, line and value."""
    assert message in refusal(tmp_path, **table)


def test_the_last_week_of_the_tail_can_be_booked(tmp_path):
    """Bookings reach into the tail: four weeks and seven more make 0..10."""
    folder = write_instance(tmp_path, booked=[BOOKED | {"week": 10}])
    assert read_instance(folder).booked.week.tolist() == [10]


def test_an_interval_may_be_empty_for_one_dose_only(tmp_path):
    """A one-dose product has no interval, whatever its cells say."""
    table = changed("products", 1, interval_min_days=30, interval_max_days=20)
    products = read_instance(write_instance(tmp_path, **table)).products
    assert (products.interval_min_days[1], products.interval_max_days[1]) == (0, 0)


def test_nobody_to_serve_is_refused(tmp_path):
    """At least one person is needed."""
    rows = [dict(row, people=0) for row in ROWS["demand"]]
    assert refusal(tmp_path, demand=rows) == "demand.csv: at least one person is needed"


@pytest.mark.parametrize(
    "tables",
    [
        {"capacity": [dict(row, injections=0) for row in ROWS["capacity"]]},
        {"centres": [dict(row, opens_on="2021-06-28") for row in ROWS["centres"]]},
        {"centres": [dict(row, closes_on="2021-05-30") for row in ROWS["centres"]]},
    ],
)
def test_no_usable_centre_is_refused(tmp_path, tables):
    """Without an injection in an open week there is nothing to plan."""
    assert refusal(tmp_path, **tables) == (
        "capacity.csv: no centre has an injection in a week in which it is open"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"start": "2021-06-01"}, ":2: start is not a Monday: 2021-06-01 is a Tuesday"),
        ({"start": "31 mai 2021"}, ":2: start is not a date like 2021-05-31: '31 mai 2021'"),
        ({"start": "2021-W22-1"}, ":2: start is not a date like 2021-05-31: '2021-W22-1'"),
        ({"start": "9990-01-01"}, ":2: start is outside the years 1900..2999: 9990-01-01"),
        ({"start": 20210531}, ":2: start is not a date like 2021-05-31: 20210531"),
        ({"weeks": 0}, ":3: weeks is outside 1..520: 0"),
        ({"weeks": 4.0}, ":3: weeks is not a whole number: 4.0"),
        ({"weeks": True}, ":3: weeks is not a whole number: True"),
        ({"seed": -1}, ":4: seed is outside 0.."),
        ({"seed": None}, ": seed is missing"),
        ({"name": ""}, ":1: name is not a text: ''"),
        ({"objective": None}, ": objective is missing"),
        ({"objective": 3}, ": objective is not a table"),
        ({"objective": {"km": None}}, ":5: objective.km is missing"),
        ({"objective": {"km": -0.2}}, ":8: objective.km is outside 0..1e+09: -0.2"),
        ({"objective": {"km": float("nan")}}, ":8: objective.km is outside 0..1e+09: nan"),
        ({"objective": {"week": float("inf")}}, ":7: objective.week is outside 0..1e+09: inf"),
        ({"objective": {"unserved": 10**400}}, ":6: objective.unserved is outside 0..1e+09: 1000"),
        ({"objective": {"unserved": "100"}}, ":6: objective.unserved is not a number: '100'"),
        ({"fairness": {"floor": -1}}, ":10: fairness.floor is outside 0..1e+09: -1"),
        ({"fairness": {"checkpoints": [0]}}, ":12: fairness.checkpoints holds week 0, outside 1.."),
        ({"fairness": {"checkpoints": [4, 5]}}, "checkpoints holds week 5, outside 1..4"),
        ({"fairness": {"checkpoints": [2, 2]}}, ":12: fairness.checkpoints repeats a week: [2, 2]"),
        ({"fairness": {"checkpoints": 4}}, ":12: fairness.checkpoints is not a list of weeks: 4"),
        ({"fairness": {"checkpoints": [1.5]}}, "checkpoints is not a list of weeks: [1.5]"),
        ({"fairness": {"price": None}}, ":9: fairness.price is missing"),
        ("name = \n", ":1: not TOML: "),
        ("a = 1\na = 2\n", ":2: not TOML: "),
        ("a = " + "9" * 5000, ": not TOML: "),
        ("a = " + "[" * 5000, ": not TOML: "),
    ],
)  # fmt: skip
def test_settings_that_break_a_rule_are_refused(tmp_path, settings, message):
    """`instance.toml` is checked key by key, with the line of the key or of its section."""
    found = refusal(tmp_path, settings=settings)
    assert found.startswith("instance.toml:")
    assert message in found


def test_no_checkpoint_and_any_order_of_checkpoints_are_fine(tmp_path):
    """The list may be empty; it is sorted when read; a TOML date is as good as a text."""
    none = write_instance(tmp_path / "a", settings={"fairness": {"checkpoints": []}})
    assert read_instance(none).fairness.checkpoints == ()
    two = write_instance(tmp_path / "b", settings={"fairness": {"checkpoints": [4, 1]}})
    toml = two / "instance.toml"
    toml.write_text(toml.read_text().replace('"2021-05-31"', "2021-05-31"))
    instance = read_instance(two)
    assert instance.fairness.checkpoints == (1, 4)
    assert instance.start.isoformat() == "2021-05-31"


def test_an_instance_cannot_be_changed_by_accident(tmp_path):
    """The dataclasses are frozen."""
    instance = read_instance(write_instance(tmp_path))
    with pytest.raises(dataclasses.FrozenInstanceError):
        instance.weeks = 5
