"""Structured logs on standard error: coloured lines on a terminal, one JSON object a line everywhere else."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, verbose: bool = False, quiet: bool = False) -> None:
    """Set up logging for the whole program; ``quiet``: errors only."""
    as_json = not sys.stderr.isatty()
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.INFO
    if as_json:
        # Without local variables: secrets stand in them.
        plain = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
        render: list[structlog.typing.Processor] = [
            structlog.processors.ExceptionRenderer(plain),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        render = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard library: warnings and worse, in plain lines.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of each request that is none


def get() -> structlog.typing.FilteringBoundLogger:
    """The program's logger."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
