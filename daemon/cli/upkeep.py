"""``bantin backup`` and ``bantin db``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemon import VERSION
from daemon.cli.common import AsJson, ConfigFile, bar, configuration, looking, print_json, say, shown
from feeds.errors import StateError

AT_ONCE = 500  # stories in one transaction

db = typer.Typer(help="The database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.add_typer(db, name="db")


@db.callback()
def _db() -> None:
    """The database."""


def backup(
    file: Annotated[Path, typer.Argument(help="The copy; must not exist.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Copy the database, consistently, also while the daemon runs."""
    from state.databases import place
    from state.sql import SqlStore
    from state.transfer.migrate import HEAD, version_of

    store = SqlStore(configuration(config).database)
    try:
        version = version_of(store.engine)
        if version is None:
            raise StateError(place(store.engine), "does not exist yet", "bantin run, or bantin poll, creates it")
        if version != HEAD and store.engine.dialect.name != "sqlite":  # a file is copied whatever is in it
            raise StateError(place(store.engine), f"is of another version (tables {version})", "bantin db upgrade")
        store.backup(file)
    finally:
        store.close()
    size = file.stat().st_size
    if as_json:
        print_json({"file": shown(file), "bytes": size})
    else:
        say(f"copied to {file} ({size:,} bytes)")


@db.command("upgrade")
def db_upgrade(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Create the database, or migrate an older one after a copy beside it."""
    from state.databases import place
    from state.sql import SqlStore
    from state.transfer.migrate import upgrade

    told: list[str] = []
    store = SqlStore(configuration(config).database)
    database = place(store.engine)
    try:
        changed = upgrade(store.engine, version=VERSION, tell=told.append)
    finally:
        store.close()
    if as_json:
        print_json({"database": database, "changed": changed, "told": told})
        return
    for line in told or ["the database is up to date"]:
        say(line)


@db.command("reindex")
def db_reindex(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Make the index of words anew, by which stories are searched; also while the daemon runs."""
    with looking(configuration(config)) as store, bar("stories") as tell:
        done = store.reindex(AT_ONCE, anew=True)
        last = 0
        while done is not None:
            last = done[0]
            tell(*done)
            done = store.reindex(AT_ONCE)
    if as_json:
        print_json({"last": last})
    else:
        say("the index of words is whole" if last else "there is no story to index")
