"""The command line. One module for each group of commands; each imports what it needs only when it runs.

Exit status: 0 done; 1 some of the work failed (said which); 2 usage or configuration.
"""

from __future__ import annotations

import sys

import typer

from daemon.cli import configure, look, show, upkeep, work
from daemon.config import ConfigError
from feeds.errors import BantinError

app = typer.Typer(
    name="bantin",
    help="Watch news sites, read every story in full, and republish them as Atom feeds and signed webhooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (configure, look, work, show, upkeep):
    group.register(app)


def main() -> None:
    """Run a command; an error that bantin raises on purpose is one line on standard error, not a traceback."""
    try:
        app()
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except BantinError as error:
        print(f"bantin: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left: nothing to say, and nobody to say it to
        sys.exit(1)
