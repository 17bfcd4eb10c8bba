"""Structured logs on standard error: coloured lines on a terminal, one JSON object a line everywhere else."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any, TextIO

import structlog

from feeds.reading.text import printable

_PASSWORD = re.compile(r"(://[^/@\s:\"']*:)[^/@\s\"']*@")  # in an address
_CONTROLS = re.compile("[\x7f-\x9f\u2028\u2029]")  # JSON may hold them, and a terminal obeys some
# What journald makes of "<3>" at the beginning of a line (sd-daemon(3)): `journalctl -p err` finds errors.
_LEVELS = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
Fields = MutableMapping[str, Any]

_secrets: set[str] = set()


def hide(*secrets: str) -> None:
    """From now on none of these stands in a log, whoever repeats it."""
    _secrets.update(secret for secret in secrets if len(secret) >= 4)


def redacted(text: str) -> str:
    """The text without secrets: those that are known, and passwords in addresses."""
    for secret in _secrets:
        text = text.replace(secret, "***")
    return _PASSWORD.sub(r"\1***@", text)


def _redacted(_: object, __: str, fields: Fields) -> Fields:
    return {name: redacted(value) if isinstance(value, str) else value for name, value in fields.items()}


def _printable(_: object, __: str, fields: Fields) -> Fields:
    """For a terminal: other people's text in one line that plays no tricks."""
    return {name: printable(value) if isinstance(value, str) else value for name, value in fields.items()}


def _plain(_: object, __: str, line: Any) -> str:
    return redacted(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", line))


def in_journal() -> bool:
    """Whether standard error is journald's: it marks its stream, and terminals that it started inherit the mark."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


def as_error(text: str) -> str:
    """Lines that are not of the log, with an error's priority where they go to the journal."""
    return "\n".join(f"<3>{line}" for line in text.split("\n")) if in_journal() else text


def _with_priority(_: object, method: str, line: Any) -> str:
    return f"<{_LEVELS.get(method, 6)}>{line}"


def configure(*, verbose: bool = False, quiet: bool = False) -> None:
    """Set up logging for the whole program; ``quiet``: errors only."""
    as_json = not sys.stderr.isatty()
    journal = [_with_priority] if in_journal() else []
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.INFO
    if as_json:
        # Without local variables: secrets stand in them.
        plain = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
        render: list[structlog.typing.Processor] = [
            structlog.processors.ExceptionRenderer(plain),
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _plain,
            *journal,
        ]
    else:
        render = [_printable, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redacted,
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(_Forgiving(sys.stderr)),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard library: warnings and worse, in plain lines.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # It calls a job a failed one that was cancelled because the program ends.
    logging.getLogger("apscheduler.executors.default").addFilter(_not_cancelled)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of each request that is none
    logging.getLogger("uvicorn.error").addFilter(_not_cancelled)  # those that wait when the program ends
    logging.getLogger("asyncio").addFilter(_not_of_clients)


def _not_cancelled(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _not_of_clients(record: logging.LogRecord) -> bool:
    """Clients that hang up in the middle of an answer are no news, and there may be thousands."""
    return "socket.send() raised exception" not in str(record.msg)


class _Forgiving:
    """A stream that cannot be written to any more (a full disk, a reader that left) ends no poll."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


class Once:
    """Tells of the same trouble once a minute, however often it comes, and how often it came meanwhile."""

    EVERY = 60.0  # seconds

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, tuple[float, int]] = {}

    def of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The event loop's handler of exceptions: "socket.accept() out of system resource" comes by the thousand."""
        what, error = str(context.get("message")), context.get("exception")
        at, since = self._told.get(what, (-self.EVERY, 0))
        if self._clock() - at < self.EVERY:
            self._told[what] = (at, since + 1)
            return
        if len(self._told) > 100:
            self._told.clear()
        self._told[what] = (self._clock(), 0)
        get().error("event loop", what=what, cause=repr(error)[:300], times=since + 1, exc_info=_unexpected(error))


def _unexpected(error: object) -> BaseException | None:
    """An error to show in full; where a resource is short, its name says all."""
    return error if isinstance(error, BaseException) and not isinstance(error, OSError) else None


def get() -> structlog.typing.FilteringBoundLogger:
    """The program's logger."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
