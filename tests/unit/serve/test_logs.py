"""Logs say what happened and nothing of what was sent."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import warnings

import pytest
import structlog

from api.logs import configure_logs, error_facts

CANARY = "Jeanne-Martin-0612345678"


@pytest.fixture
def lines(capsys):
    """Configure logs as a process does, and give what was written; leave things as they were."""
    root = logging.getLogger()
    before, shown = (root.handlers[:], root.level), warnings.showwarning
    configure_logs("info", "test")

    def written():
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield written
    root.handlers[:], root.level = before
    warnings.showwarning = shown
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    structlog.reset_defaults()


def failing(value):
    """Fail as code does that puts what it was given into its message."""
    raise ValueError(f"cannot read {value}")


def test_an_event_is_a_line_of_json_with_its_process(lines):
    """Level, time and process are in every line."""
    structlog.get_logger().info("request", status=200)
    [line] = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "request", "level": "info", "process": "test", "status": 200}


def test_an_error_is_told_by_type_and_place_and_never_by_message(lines):
    """The message may repeat what somebody typed."""
    try:
        failing(CANARY)
    except ValueError:
        structlog.get_logger().exception("broken")
    [line] = lines()
    assert line["error"] == "ValueError"
    assert line["where"][-1].endswith(" failing")
    assert CANARY not in json.dumps(line)


def test_an_error_names_the_type_of_its_cause(lines):
    """And no more of it."""
    try:
        try:
            failing(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError as error:
        facts = error_facts(error)
    assert (facts["error"], facts["cause"]) == ("RuntimeError", "ValueError")
    assert CANARY not in json.dumps(facts)


def test_what_libraries_log_is_written_without_its_arguments(lines):
    """The text as it was in the code: `%s` stays `%s`."""
    logger = logging.getLogger("library")
    logger.warning("connection of %s failed", CANARY)
    try:
        failing(CANARY)
    except ValueError:
        logger.exception("job %s broke", CANARY)
    first, second = lines()
    assert (first["event"], first["logger"]) == ("connection of %s failed", "library")
    assert (second["event"], second["error"]) == ("job %s broke", "ValueError")
    assert CANARY not in json.dumps([first, second])


def test_an_object_logged_as_text_is_named_by_its_type(lines):
    """Whatever it would print."""
    logging.getLogger("library").error({"name": CANARY})
    [line] = lines()
    assert line["event"] == "dict"


def test_warnings_are_lines_too(lines):
    """By their kind and place."""
    warnings.showwarning(UserWarning(CANARY), UserWarning, __file__, 7)
    [line] = lines()
    assert (line["category"], line["where"]) == ("UserWarning", "test_logs.py:7")
    assert CANARY not in json.dumps(line)


def test_a_task_nobody_looked_at_is_told_without_its_result(lines):
    """Asyncio would show the task, and the error in it."""

    async def forget():
        asyncio.get_running_loop().call_soon(failing, CANARY)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(forget())
    [line] = lines()
    assert (line["event"], line["error"]) == ("library-failed", "ValueError")
    assert CANARY not in json.dumps(line)


def test_less_than_the_level_is_not_written(lines):
    """Debugging is off unless asked for."""
    structlog.get_logger().debug("detail", value=CANARY)
    logging.getLogger("library").debug("detail")
    assert lines() == []


def test_an_error_nobody_caught_is_a_line_too():
    """The interpreter's own report would print the message."""
    script = (
        "from api.logs import configure_logs\n"
        "configure_logs('info', 'test')\n"
        f"raise ValueError('{CANARY}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert CANARY not in done.stderr
    [line] = map(json.loads, done.stderr.splitlines())
    assert (line["event"], line["error"]) == ("process-failed", "ValueError")
