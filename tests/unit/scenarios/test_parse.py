"""A scenario is read as written, or refused with file, key, line and rule."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.errors import InputError
from scenarios.geography.builtin import REGIONS, read_builtin
from scenarios.spec import Delay, FirstDosesStopped
from tests.unit.scenarios.tiny import TINY, changed, line_of, tiny

DELAY = '\n[[changes]]\nkind = "delay"\nproduct = "pfizer"\nweeks = [1]\nby_weeks = 2\n'
STOP = '\n[[changes]]\nkind = "first doses stopped"\nregions = ["94", "11"]\nweeks = [0, 2]\n'


def refusal(folder, *changes: tuple[str, str], more: str = "") -> str:
    """Return the message with which a changed scenario is refused."""
    with pytest.raises(InputError) as error:
        tiny(folder, *changes, more=more)
    return str(error.value)


def test_a_scenario_is_read_as_written(tmp_path):
    """Every key has its place."""
    scenario = tiny(tmp_path, more=DELAY + STOP)
    assert (scenario.name, scenario.purpose) == ("tiny", "Corsica in four weeks.")
    assert (scenario.start, scenario.weeks, scenario.seed) == (date(2021, 5, 31), 4, 7)
    assert (scenario.data, scenario.measure) == ("facts", "first dose")
    assert (scenario.regions, scenario.n_centres) == (("94",), 4)
    assert scenario.objective == {"unserved": 100, "week": 1, "km": 0.2}
    assert (scenario.floor, scenario.price, scenario.checkpoints) == (0.95, 20, (2, 4))
    assert [rule.id for rule in scenario.classes] == ["75-plus", "50-74"]
    assert scenario.classes[1].ages == (50, 74)
    pfizer, janssen = scenario.products
    assert (pfizer.interval_days, pfizer.due_after_weeks) == ((21, 35), 6)
    assert (janssen.interval_days, janssen.due_after_weeks) == (None, 0)
    assert pfizer.delivery_factor == janssen.delivery_factor == 1
    assert scenario.changes == (
        Delay("pfizer", (1,), 2), FirstDosesStopped(("94", "11"), (0, 2)),
    )  # fmt: skip


def test_rows_of_eligibility_without_classes_are_for_all(tmp_path):
    """Rank 2 is pooled: it names none."""
    first, second, janssen = tiny(tmp_path).eligibility
    assert (first.classes, first.to_date) == (("75-plus", "50-74"), None)
    assert (second.dose_rank, second.classes) == (2, ())
    assert (janssen.classes, janssen.to_date) == (("75-plus",), date(2021, 6, 20))


def test_classes_and_products_can_be_left_out(tmp_path):
    """With their rows of eligibility; their facts may stay."""
    scenario = tiny(tmp_path, more='\n[without]\nclasses = ["75-plus"]\nproducts = ["pfizer"]\n')
    assert [rule.id for rule in scenario.classes] == ["50-74"]
    assert [product.id for product in scenario.products] == ["janssen"]
    assert scenario.eligibility == ()
    assert scenario.facts is not None
    assert scenario.facts.willing == {"50-74": 0.9}
    assert list(scenario.facts.deliveries) == ["janssen"]


def test_more_weeks_of_deliveries_than_are_planned_may_be_known(tmp_path):
    """The first ones count."""
    scenario = tiny(tmp_path, ("weeks = 4", "weeks = 2"))
    assert scenario.facts is not None
    assert scenario.facts.deliveries["janssen"] == (100_000, 0)
    assert scenario.checkpoints == (2,)


def test_the_tail_is_the_longest_interval_in_whole_weeks(tmp_path):
    """And nothing when every product needs one dose."""
    assert tiny(tmp_path).tail_weeks == 5
    assert tiny(tmp_path, ("[21, 35]", "[21, 34]")).tail_weeks == 4
    assert tiny(tmp_path, more='\n[without]\nproducts = ["pfizer"]\n').tail_weeks == 0


def test_official_scenarios_need_neither_facts_nor_a_number_of_centres(tmp_path):
    """The files have both."""
    text = changed(('data = "facts"', 'data = "official"'), ("centres = 4\n", ""))
    text = text[: text.index("[facts]")]
    scenario = tiny(tmp_path, (TINY, text))
    assert scenario.facts is None
    assert scenario.data == "official"


def test_the_known_regions_are_those_of_the_geography():
    """Codes of INSEE, as text."""
    assert set(REGIONS) == set(read_builtin().region.tolist())


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("start = 2021-05-31", "start = 2021-06-01",
         "start is not a Monday: 2021-06-01 is a Tuesday"),
        ("weeks = 4", "weeks = 0", "weeks is outside 1..104: 0"),
        ("seed = 7", "seed = -1", "seed is outside 0..2147483648: -1"),
        ('data = "facts"', 'data = "files"', "data is not one of official, facts: 'files'"),
        ('"94"', '"95"', "regions holds the unknown '95'"),
        ('"94"', '"94", "94"', "regions repeats a name"),
        ("centres = 4", "centres = 0", "centres is outside 1..20000: 0"),
        ("unserved = 100", "unserved = -1", "objective.unserved is outside 0..1e+09: -1"),
        ("km = 0.2", "km = 0.2\nmiles = 1", "objective.miles is unknown here"),
        ("floor = 0.95", "floor = nan", "fairness.floor is outside 0..1e+09: nan"),
        ("every_weeks = 2", "every_weeks = 0", "fairness.every_weeks is outside 1..104: 0"),
        ("[75, 120]", "[120, 75]", "classes.75-plus.ages is not [youngest, oldest]: [120, 75]"),
        ("[75, 120]", "[75]", "classes.75-plus.ages is not [youngest, oldest]: [75]"),
        ("[75, 120]", "[80, 120]", "classes.75-plus.ages cut the band of 75 and over"),
        ("[50, 74]", "[50, 79]", "classes.50-74.ages cut the band of 75 and over"),
        ("[50, 74]", "[50, 120]", "classes.50-74.ages overlap those of class 75-plus"),
        ("weight = 2", "weight = 1e7", "classes.50-74.weight is outside 0..1e+06"),
        ("opens_on = 2021-06-07", 'opens_on = "soon"',
         "classes.50-74.opens_on is not a date like 2021-05-31: 'soon'"),
        ("opens_on = 2021-06-07", "opens_on = 2021-06-07\ncolour = 1",
         "classes.50-74.colour is unknown here"),
        ("doses_per_vial = 6", "doses_per_vial = 0",
         "products.pfizer.doses_per_vial is outside 1..1000: 0"),
        ("doses_needed = 2", "doses_needed = 3", "products.pfizer.doses_needed is outside 1..2: 3"),
        ("[21, 35]", "[35, 21]",
         "products.pfizer.interval_days is not [shortest, longest]: [35, 21]"),
        ("[21, 35]", "[22, 27]", "products.pfizer.interval_days holds no whole week: [22, 27]"),
        ("[21, 35]", "[21, 400]", "products.pfizer.interval_days is outside 0..364: 400"),
        ("due_after_weeks = 6", "due_after_weeks = 0",
         "products.pfizer.due_after_weeks is outside 1..52: 0"),
        ('vacsi_code = "4"', 'vacsi_code = "4"\ndelivery_factor = 0',
         "products.janssen.delivery_factor is outside 1..10: 0"),
        ('product = "janssen"', 'product = "sinovac"',
         "eligibility[2].product is not one of pfizer, janssen: 'sinovac'"),
        ('["75-plus"]', '["99-plus"]', "eligibility[2].classes holds the unknown '99-plus'"),
        ("to_date = 2021-06-20", "to_date = 2021-04-22",
         "eligibility[2].to_date is before from_date: 2021-04-22"),
        ("peak_injections = 4_000_000", "peak_injections = 0",
         "facts.peak_injections is outside 1..1000000000: 0"),
        ("0 = 16_000_000\n20", "0 = 16_000_000.5\n20",
         "facts.people_by_band.0 is not a whole number: 16000000.5"),
        ("75 = 6_000_000", "75 = 6_000_000\n80 = 1", "facts.people_by_band.80 is unknown here"),
        ("75-plus = 0.7", "75-plus = 1.7", "facts.had_first_dose.75-plus is outside 0..1: 1.7"),
        ("75-plus = 0.7", "75-plus = 0.7\n76-plus = 0.7",
         "facts.had_first_dose.76-plus is unknown here"),
        ("pfizer = 500_000", "phizer = 500_000", "facts.stock.phizer is unknown here"),
        ("[100_000, 0, 0, 50_000]", "[100_000, 0, 0]",
         "facts.deliveries.janssen has 3 weeks where 4 are needed"),
        ("[100_000, 0, 0, 50_000]", "[100_000, 0, 0, -1]",
         "facts.deliveries.janssen is outside 0..1000000000: -1"),
        ("pfizer = [900_000", "phizer = [900_000",
         "facts.first_doses_before.phizer is unknown here"),
    ],
)  # fmt: skip
def test_a_broken_key_is_refused_on_its_line(tmp_path, old, new, rule):
    """File and line are those of the key, also when others have the same name."""
    text = changed((old, new))
    key = rule.split()[0].rpartition(".")[2].partition("[")[0]
    changed_at = line_of(text, new.splitlines()[0])
    line = next(i for i, words in enumerate(text.splitlines(), 1)
                if i >= changed_at and words.startswith(f"{key} ="))  # fmt: skip
    assert refusal(tmp_path, (old, new)).startswith(f"tiny.toml:{line}: {rule}")


@pytest.mark.parametrize(
    ("old", "header", "rule"),
    [
        ("weight = 2\n", "[classes.50-74]", "classes.50-74.weight is missing"),
        ("interval_days = [21, 35]\n", "[products.pfizer]",
         "products.pfizer.interval_days is missing"),
        ("75 = 6_000_000\n", "[facts.people_by_band]", "facts.people_by_band.75 is missing"),
        ("janssen = [100_000, 0, 0, 50_000]\n", "[facts.deliveries]",
         "facts.deliveries.janssen is missing"),
        ("every_weeks = 2\n", "[fairness]", "fairness.every_weeks is missing"),
    ],
)  # fmt: skip
def test_a_missing_key_is_refused_at_the_head_of_its_table(tmp_path, old, header, rule):
    """There it belongs."""
    line = line_of(TINY, header)
    assert refusal(tmp_path, (old, "")) == f"tiny.toml:{line}: {rule}"


def test_a_missing_key_of_the_top_has_the_file_alone(tmp_path):
    """No line is to blame."""
    assert refusal(tmp_path, ("seed = 7\n", "")) == "tiny.toml: seed is missing"


def rows(*lines: str) -> str:
    """Return one more row of eligibility."""
    return "\n".join(("\n[[eligibility]]", *lines, ""))


@pytest.mark.parametrize(
    ("row", "key", "rule"),
    [
        (rows('product = "pfizer"', "dose_rank = 2", "from_date = 2021-01-18"), "from_date",
         "eligibility[3].from_date repeats a row of pfizer and class *"),
        (rows('product = "janssen"', "dose_rank = 1", "from_date = 2021-04-23"), "from_date",
         "eligibility[3].from_date repeats a row of janssen and class 75-plus"),
        (rows('product = "janssen"', "dose_rank = 2", "from_date = 2021-01-18"), "dose_rank",
         "eligibility[3].dose_rank is 2, but janssen needs one dose"),
        (rows('product = "pfizer"', "dose_rank = 2", "from_date = 2021-02-18",
              'classes = ["75-plus"]'), "classes",
         "eligibility[3].classes is given for dose_rank 2, which is pooled"),
        (rows('product = "pfizer"', "dose_rank = 2", "from_date = 2021-02-18", "until = 3"),
         "until", "eligibility[3].until is unknown here"),
    ],
)  # fmt: skip
def test_rows_of_eligibility_that_no_instance_could_hold_are_refused(tmp_path, row, key, rule):
    """Repeated keys, second doses of one-dose products, classes where none belong."""
    text = TINY + row
    line = len(TINY.splitlines()) + line_of(row, f"{key} =")
    assert text.splitlines()[line - 1].startswith(key)
    assert refusal(tmp_path, more=row).startswith(f"tiny.toml:{line}: {rule}")


def test_a_product_of_two_doses_needs_a_rule_for_the_second(tmp_path):
    """Else nobody could ever have the first."""
    rule = "eligibility has no row of dose_rank 2 for pfizer, of two doses"
    row = TINY[TINY.index('[[eligibility]]\nproduct = "pfizer"\ndose_rank = 2') :]
    row = row[: row.index("\n\n") + 2]
    line = line_of(TINY, "[[eligibility]]")
    assert refusal(tmp_path, (row, "")) == f"tiny.toml:{line}: {rule}"


@pytest.mark.parametrize(
    ("more", "key", "rule"),
    [
        (DELAY.replace('"delay"', '"strike"'), "kind",
         "changes[0].kind is not one of delay, first doses stopped: 'strike'"),
        (DELAY.replace('"pfizer"', '"sinovac"'), "product",
         "changes[0].product is not one of pfizer, janssen: 'sinovac'"),
        (DELAY.replace("[1]", "[0]"), "weeks", "changes[0].weeks is outside 1..3: 0"),
        (DELAY.replace("[1]", "[4]"), "weeks", "changes[0].weeks is outside 1..3: 4"),
        (DELAY.replace("[1]", "[]"), "weeks", "changes[0].weeks names no week"),
        (DELAY.replace("[1]", "[1, 1]"), "weeks",
         "changes[0].weeks delays pfizer of week 1 twice"),
        (DELAY.replace("by_weeks = 2", "by_weeks = 0"), "by_weeks",
         "changes[0].by_weeks is outside 1..52: 0"),
        (DELAY + 'regions = ["94"]\n', "regions", "changes[0].regions is unknown here"),
        (STOP.replace('"94"', '"00"'), "regions", "changes[0].regions holds the unknown '00'"),
        (STOP.replace('["94", "11"]', "[]"), "regions", "changes[0].regions names no region"),
        (STOP.replace("[0, 2]", "[0, 4]"), "weeks", "changes[0].weeks is outside 0..3: 4"),
        ('\n[without]\nclasses = ["18-49"]\n', "classes",
         "without.classes holds the unknown '18-49'"),
        ('\n[without]\nclasses = ["75-plus", "50-74"]\n', None,
         "classes needs at least one class"),
        ('\n[without]\nproducts = ["pfizer", "janssen"]\n', None,
         "products needs at least one product"),
    ],
)  # fmt: skip
def test_changes_that_mean_nothing_are_refused(tmp_path, more, key, rule):
    """Unknown words, weeks outside the horizon, the stock of week 0, twice the same delivery."""
    message = refusal(tmp_path, more=more)
    if key is not None:
        line = len(TINY.splitlines()) + line_of(more, f"{key} =")
        assert message.startswith(f"tiny.toml:{line}: {rule}")
    else:
        assert message.startswith("tiny.toml")
        assert message.endswith(f": {rule}")


def test_two_changes_may_not_delay_the_same_delivery(tmp_path):
    """Moved once, it is no longer there."""
    second = "\n" + DELAY.replace("[1]", "[2, 1]")
    line = len((TINY + DELAY).splitlines()) + line_of(second, "weeks =")
    rule = "changes[1].weeks delays pfizer of week 1 twice"
    assert refusal(tmp_path, more=DELAY + second) == f"tiny.toml:{line}: {rule}"


def test_a_class_cannot_be_called_by_the_word_for_all(tmp_path):
    """`*` is what rank 2 names."""
    message = refusal(tmp_path, ("[classes.50-74]", '[classes."*"]'))
    line = line_of(TINY, "[classes.50-74]")
    assert message == f"tiny.toml:{line}: classes.* cannot name a class"
