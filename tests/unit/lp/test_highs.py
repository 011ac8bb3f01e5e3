"""What HiGHS alone gets wrong, and is kept from."""

from __future__ import annotations

import subprocess
import sys

from tests.factories import write_instance
from tests.instances import allowed, centre, class_, delivery, people, two_doses, zone

TIME_S = 60
SEARCH = (
    "import sys; from pathlib import Path\n"
    "from allocator.ascent.model import model_of\n"
    "from allocator.lp import search_integer\n"
    "from allocator.read import read_instance\n"
    "print(search_integer(model_of(read_instance(Path(sys.argv[1]))), 5).status)"
)


def test_a_program_on_which_presolve_ran_for_ever_is_solved(tmp_path):
    """Ten slots, one dose, fourteen people: with every presolve rule no time limit ever ends it.

    In a process of its own, which can be ended.
    """
    folder = write_instance(
        tmp_path / "i",
        settings={"weeks": 5, "fairness": {"price": 0}},
        zones=[zone("a"), zone("b")],
        classes=[class_("75", weight=4), class_("18", weight=0, opens_on="2021-06-08")],
        demand=[people("a", "75", 5), people("b", "18", 9)],
        centres=[centre("x")],
        capacity=[{"centre": "x", "week": 3, "injections": 2},
                  {"centre": "x", "week": 4, "injections": 4}],
        products=[two_doses(doses_per_vial=6, days=(0, 40))],
        eligibility=[allowed("pfizer", "75"), allowed("pfizer", "18"),
                     allowed("pfizer", "*", rank=2)],
        deliveries=[delivery(1, "pfizer", 1, "x")],
    )  # fmt: skip
    command = [sys.executable, "-c", SEARCH, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_S, check=True)
    assert done.stdout.strip() == "optimal"
