"""The command line. One module for each group of commands; each imports what it needs only when it runs.

Exit status: 0 done; 1 some of the work failed (said which); 2 usage or configuration.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from threading import Timer
from typing import Annotated, TextIO

import typer

from daemon import VERSION
from daemon.cli import (
    configure,
    copies,
    deliveries,
    diff,
    doctor,
    endpoints,
    look,
    notify,
    show,
    sources,
    subscriptions,
    upkeep,
    work,
)
from daemon.cli.common import note
from daemon.config import ConfigError
from daemon.logs import as_error
from feeds.errors import BantinError, ProfileError

AGAIN = 0.05  # seconds
INTERRUPTED = 130  # as shells have it: 128 and the number of SIGINT

app = typer.Typer(
    name="bantin",
    help="Watch news sites, read every story in full, and republish them as Atom feeds and signed webhooks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"bantin {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version, and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """What comes before the name of a command."""


for group in (
    configure,
    look,
    work,
    show,
    doctor,
    deliveries,
    notify,
    diff,
    sources,
    endpoints,
    subscriptions,
    upkeep,
    copies,
):
    group.register(app)


def main() -> None:
    """Run a command; an error that bantin raises on purpose is one line on standard error, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Vietnamese shows "?" for it
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.unraisablehook = _not_lost
    try:
        status = _status()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output left (`bantin articles | head`): there is nothing to say
        status = 1
        _give_up(sys.stdout)
    except OSError as error:
        _give_up(sys.stdout)
        note(f"bantin: {error.filename or 'the output'}: cannot be written to ({error.strerror or error})")
        status = 1
    except KeyboardInterrupt:
        status = INTERRUPTED
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is left is clearing up
    sys.exit(status)


def _not_lost(unraisable: sys.UnraisableHookArgs) -> None:
    """A Ctrl-C that came where nothing can be raised (an object being cleared up) comes again, and is not shown."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        # A moment later, from a thread: raised in here it would be lost again, with a traceback.
        with suppress(RuntimeError):  # no thread begins any more: the program ends by itself
            again = Timer(AGAIN, os.kill, [os.getpid(), signal.SIGINT])
            again.daemon = True
            again.start()
    else:
        sys.__unraisablehook__(unraisable)


def _status() -> int:
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (ConfigError, ProfileError) as error:
        note(as_error(str(error)))
        return 2
    except BantinError as error:
        note(as_error(f"bantin: {error}"))
        return 1
    return 0


def _give_up(stream: TextIO) -> None:
    """Nothing more can be written there, and Python would try once more at the end, and say so."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
