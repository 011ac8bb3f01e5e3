"""What holds everywhere in the house: size, addresses, quick start, one manner of commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import CHECKOUT, refuse_or_skip
from tests.contract.commands import every_command

MOST_LINES = 400
CODE = (".py", ".ts", ".js", ".css", ".html", ".toml", ".md", "run", "justfile")
HOSTS = re.compile(
    r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|deb\.debian\.org|golang\.org)\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(root|work|home/\w+|Users/\w+)/")
HEAVY = ("numpy", "pandas", "numba", "scipy", "highspy", "pyarrow", "altair", "rich")


def tracked():
    """Text files in git, by path; binary ones are left out."""
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        refuse_or_skip("needs git and a checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    texts = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = CHECKOUT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            texts[name] = content.decode("utf-8")
    return texts


def lines_with(pattern, texts):
    """Places, as file:line, where a pattern is found."""
    return [
        f"{name}:{number}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_is_over_four_hundred_lines():
    """A longer file holds more than one idea."""
    lengths = {
        name: len(text.splitlines()) for name, text in tracked().items() if name.endswith(CODE)
    }
    assert len(lengths) > 100
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_a_worker_of_the_api_loads_nothing_that_plans():
    """Memory and a quick start: what planning needs is loaded in processes of its own."""
    code = "import sys, api.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(done.stdout.split())
    assert "fastapi" in loaded
    assert not loaded & {"pandas", "numba", "scipy", "highspy", "pyarrow", "altair", "ortools"}


def test_no_file_names_a_package_registry():
    """Versions are pinned without addresses, so that any mirror serves."""
    planted = {"planted": "https://pypi" + ".org/simple", "clean": "https://example.org"}
    assert lines_with(HOSTS, planted) == ["planted:1"]
    assert lines_with(HOSTS, tracked()) == []


def test_no_lock_file_is_in_git():
    """A lock file of uv names the registry it was made with."""
    assert [name for name in tracked() if name.endswith("uv.lock")] == []


def test_no_file_names_a_path_of_somebody_s_machine():
    """Nothing works on one machine only."""
    planted = {"planted": "/ho" + "me/ana/data", "clean": "docs/home/page"}
    assert lines_with(MACHINE_PATH, planted) == ["planted:1"]
    assert lines_with(MACHINE_PATH, tracked()) == []


def test_every_direct_dependency_is_pinned():
    """What a range allows is narrowed to one version in the list of constraints."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    ranges = {name_of(line) for group in groups for line in group}
    pinned = project["tool"]["uv"]["constraint-dependencies"]
    assert ranges - {name_of(line) for line in pinned} == set()
    assert all("==" in line for line in pinned)


def name_of(requirement):
    """Name of the package of a requirement, as registries normalise it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_ci_ends_with_the_test_command_of_the_readme():
    """What a newcomer is told to run is what decides."""
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    command = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert command.startswith("CRENEAU_REQUIRE_ALL=1 uv run ")
    assert f"\n{command.removeprefix('CRENEAU_REQUIRE_ALL=1 ')}" in readme


def loaded_by(script):
    """Heavy libraries that a script loads in an interpreter of its own."""
    report = f"import sys; print(*[n for n in {HEAVY} if n in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{report}"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stderr.split())


def test_the_command_line_starts_without_the_heavy_libraries():
    """`creneau --help` is quick because nothing heavy is imported; solving loads it all."""
    show_help = "from api.cli import app\napp(['--help'], standalone_mode=False)"
    assert loaded_by(show_help) == set()
    assert {"numpy", "pandas", "numba", "rich"} <= loaded_by(
        "import allocator.solve, scenarios.screen"
    )


@pytest.mark.parametrize(("name", "command"), sorted(every_command().items()))
def test_every_command_has_json_and_a_sentence(name, command):
    """Scripts read every command alike, and `--help` says what each is for."""
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options, name
    assert command.help
