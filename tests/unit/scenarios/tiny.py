"""A scenario for tests: Corsica with four centres and four weeks, every key by hand."""

from __future__ import annotations

from pathlib import Path

from scenarios.named import read_scenario
from scenarios.spec import Scenario

TINY = """\
purpose = "Corsica in four weeks."
start = 2021-05-31
weeks = 4
seed = 7
data = "facts"
regions = ["94"]
centres = 4

[objective]
unserved = 100
week = 1
km = 0.2

[fairness]
floor = 0.95
price = 20
every_weeks = 2

[classes.75-plus]
label = "75 ans et plus"
ages = [75, 120]
weight = 4
opens_on = 2021-01-18

[classes.50-74]
label = "50 à 74 ans"
ages = [50, 74]
weight = 2
opens_on = 2021-06-07

[products.pfizer]
label = "Comirnaty"
doses_per_vial = 6
doses_needed = 2
interval_days = [21, 35]
official_name = "Pfizer"
vacsi_code = "1"
due_after_weeks = 6

[products.janssen]
label = "Janssen"
doses_per_vial = 5
doses_needed = 1
official_name = "Janssen"
vacsi_code = "4"

[[eligibility]]
product = "pfizer"
dose_rank = 1
from_date = 2021-01-18

[[eligibility]]
product = "pfizer"
dose_rank = 2
from_date = 2021-01-18

[[eligibility]]
product = "janssen"
classes = ["75-plus"]
dose_rank = 1
from_date = 2021-04-23
to_date = 2021-06-20

[facts]
peak_injections = 4_000_000

[facts.people_by_band]
0 = 16_000_000
20 = 16_000_000
40 = 17_000_000
60 = 12_000_000
75 = 6_000_000

[facts.had_first_dose]
75-plus = 0.7
50-74 = 0.5

[facts.willing]
75-plus = 0.9
50-74 = 0.9

[facts.stock]
pfizer = 500_000

[facts.deliveries]
pfizer = [3_000_000, 3_000_000, 3_000_000, 3_000_000]
janssen = [100_000, 0, 0, 50_000]

[facts.first_doses_before]
pfizer = [900_000, 1_000_000, 1_100_000, 1_200_000, 1_300_000, 1_400_000]
"""


def write_library(folder: Path, **scenarios: str) -> Path:
    """Write a library of scenarios by name; `_` in a name stands for `-`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in scenarios.items():
        (folder / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return folder


def tiny(folder: Path, *changes: tuple[str, str], more: str = "") -> Scenario:
    """Read the tiny scenario with some text replaced, and lines more at the end."""
    return read_scenario("tiny", write_library(folder, tiny=changed(*changes) + more))


def changed(*changes: tuple[str, str]) -> str:
    """Text of the tiny scenario with some text replaced, each once."""
    text = TINY
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the tiny scenario")
        text = text.replace(old, new)
    return text


def line_of(text: str, part: str) -> int:
    """Line, counted from 1, of the first line that holds this part."""
    return next(i for i, line in enumerate(text.splitlines(), 1) if part in line)
