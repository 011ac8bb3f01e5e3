"""docs/problems.md explains every problem that can be answered, and no other."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import api
from api.problems import Problem
from tests.conftest import CHECKOUT

ROW = re.compile(r"^\| `([a-z-]+)` \| (\d{3}) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
PAGE = (CHECKOUT / "docs" / "problems.md").read_text(encoding="utf-8")


def every_problem() -> set[type[Problem]]:
    """Classes of problems of the whole application."""
    for module in pkgutil.walk_packages(api.__path__, "api."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    return set(_below(Problem))


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def test_every_problem_is_explained_with_its_status():
    """Slugs and statuses of the code are those of the page, each once."""
    documented = ROW.findall(PAGE)
    assert len(documented) == len(set(documented)) > 20
    coded = {(kind.slug, str(kind.status)) for kind in every_problem() if "slug" in vars(kind)}
    assert set(documented) == coded


def test_a_slug_has_one_meaning():
    """No two problems share a type."""
    slugs = [kind.slug for kind in every_problem() if "slug" in vars(kind)]
    assert len(slugs) == len(set(slugs))


def answered() -> set[str]:
    """Names that are raised, called, or chosen from a table, anywhere in the application."""
    found: set[str] = set()
    for path in (CHECKOUT / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            used = {
                ast.Raise: lambda n: [n.exc],
                ast.Call: lambda n: [n.func],
                ast.Dict: lambda n: n.values,
            }.get(type(node), lambda _: [])(node)
            found |= {ast.unparse(one).rpartition(".")[2] for one in used if one is not None}
    return found


def test_every_problem_is_answered_somewhere():
    """A problem nobody can meet is not explained: it is removed."""
    assert {kind.__name__ for kind in every_problem() if "slug" in vars(kind)} <= answered()
