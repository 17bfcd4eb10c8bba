"""The command line. One module for each group of commands; each imports what it needs only when it runs.

Exit status: 0 done; 1 some of the work failed (said which); 2 usage or configuration.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from daemon import VERSION
from daemon.cli import configure, copies, diff, look, show, sources, subscriptions, upkeep, work
from daemon.config import ConfigError
from feeds.errors import BantinError, ProfileError

app = typer.Typer(
    name="bantin",
    help="Watch news sites, read every story in full, and republish them as Atom feeds and signed webhooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
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


for group in (configure, look, work, show, diff, sources, subscriptions, upkeep, copies):
    group.register(app)


def main() -> None:
    """Run a command; an error that bantin raises on purpose is one line on standard error, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Vietnamese shows "?" for it
    try:
        status = _status()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output left (`bantin articles | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _status() -> int:
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (ConfigError, ProfileError) as error:
        print(error, file=sys.stderr)
        return 2
    except BantinError as error:
        print(f"bantin: {error}", file=sys.stderr)
        return 1
    return 0
