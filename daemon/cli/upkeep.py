"""``bantin backup`` and ``bantin db upgrade``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemon import VERSION
from daemon.cli.common import ConfigFile, configuration, say

db = typer.Typer(help="The database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.add_typer(db, name="db")


@db.callback()
def _db() -> None:
    """The database."""


def backup(file: Annotated[Path, typer.Argument(help="The copy; must not exist.")], config: ConfigFile = None) -> None:
    """Copy the database, consistently, also while the daemon runs."""
    from state.migrate import copy_to
    from state.sql import SqlStore

    store = SqlStore(configuration(config).database)
    try:
        copy_to(store.engine, file)
    finally:
        store.close()
    say(f"copied to {file} ({file.stat().st_size:,} bytes)")


@db.command("upgrade")
def db_upgrade(config: ConfigFile = None) -> None:
    """Create the database, or migrate an older one after a copy beside it."""
    from state.migrate import upgrade
    from state.sql import SqlStore

    store = SqlStore(configuration(config).database)
    try:
        if not upgrade(store.engine, version=VERSION, tell=say):
            say("the database is up to date")
    finally:
        store.close()
