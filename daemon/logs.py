"""Structured logs on standard error: coloured lines on a terminal, one JSON object a line everywhere else."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, verbose: bool = False, json: bool | None = None) -> None:
    """Set up logging for the whole program; ``json`` None decides by whether standard error is a terminal."""
    as_json = not sys.stderr.isatty() if json is None else json
    level = logging.DEBUG if verbose else logging.INFO
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.dict_tracebacks] if as_json else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard library: warnings and worse, in plain lines.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def get() -> structlog.typing.FilteringBoundLogger:
    """The program's logger."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
