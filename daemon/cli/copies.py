"""``bantin restore`` and ``bantin db copy``: everything from one database into another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon import VERSION
from daemon.cli.common import AsJson, ConfigFile, configuration, note, print_json, progress, say, shown, table, usage
from daemon.cli.upkeep import db
from feeds.errors import StateError

if TYPE_CHECKING:
    from rich.progress import TaskID
    from sqlalchemy import Engine

    from state.transfer.copying import Tell

Force = Annotated[bool, typer.Option("--force", help="Replace what is there, after a copy of it where it is a file.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(restore)
    db.command("copy")(db_copy)


def restore(
    file: Annotated[Path, typer.Argument(help="What bantin backup wrote; it is not changed.")],
    force: Force = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup into the configuration's database, SQLite or PostgreSQL; the daemon must not run."""
    from state.transfer.restoring import opened_backup

    found = configuration(config)
    with opened_backup(file, VERSION) as backup, _opened(found.database) as target:
        counts, told = _replace(backup, target, force)
        _report(shown(file), target, counts, told, as_json)


def db_copy(
    old: Annotated[str, typer.Argument(metavar="FROM", help="sqlite:///FILE or postgresql://…")],
    new: Annotated[str, typer.Argument(metavar="TO", help="The same; it is created where need be.")],
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Copy one database into another, of the same kind or another; every row is compared."""
    from state.databases import place
    from state.transfer.migrate import HEAD, version_of
    from state.transfer.restoring import holders

    with _opened(old) as source, _opened(new) as target:
        if _same(source, target):
            raise usage("FROM and TO are the same database")
        version = version_of(source)
        if version != HEAD:
            cause = "does not exist, or is empty" if version is None else f"is of another version (tables {version})"
            hint = (
                "write FROM before TO" if version is None else "bantin db upgrade, with a configuration that names it"
            )
            raise StateError(place(source), cause, hint)
        if _living(holders(source)):
            note("bantin: a daemon works on FROM: what it stores from now on is not in the copy")
        counts, told = _replace(source, target, force)
        _report(place(source), target, counts, told, as_json)


def _replace(source: Engine, target: Engine, force: bool) -> tuple[dict[str, int], list[str]]:
    """Copy everything; returns the counts of rows, and what was done on the way."""
    from state.transfer.copying import copy

    told: list[str] = []
    _make_ready(target, force, told.append)
    with _bars() as tell:
        return copy(source, target, force=force, tell=tell), told


def _make_ready(target: Engine, force: bool, tell: Callable[[str], None]) -> None:
    """Create or migrate the target. Raises `StateError`, before anything is changed, where it must not be replaced."""
    from state.databases import place
    from state.transfer.migrate import upgrade, version_of
    from state.transfer.restoring import holders, holds_stories, keep_before

    try:
        if version_of(target) is not None:
            living = _living(holders(target))
            if living:
                cause = f"is used by a daemon that runs ({', '.join(sorted(living))})"
                raise StateError(place(target), cause, "stop it first (systemctl stop bantin)")
            if holds_stories(target) and not force:
                hint = "name an empty database, or say --force to replace what is in it (bantin backup FILE keeps it)"
                raise StateError(place(target), "holds stories already", hint)
            kept = keep_before(target) if force else None
            if kept:
                tell(kept)
        upgrade(target, version=VERSION, tell=tell)
    except StateError as error:
        if "restore" not in error.hint and "not an SQLite" not in error.cause:
            raise
        hint = "move it away, with the files -wal and -shm beside it, and do this again"
        raise StateError(error.url, error.cause, hint) from error


def _living(owners: set[str]) -> set[str]:
    from daemon.work.engine import alive

    return {owner for owner in owners if alive(owner)}


def _same(one: Engine, other: Engine) -> bool:
    if one.dialect.name == other.dialect.name == "sqlite":
        return Path(one.url.database or "").resolve() == Path(other.url.database or "").resolve()
    return one.url == other.url


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    from state.connections import open_engine

    engine = open_engine(url)
    if engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:"):
        raise usage(f"{url!r} names no file; write sqlite:///FILE")
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _bars() -> Iterator[Tell]:
    """A progress bar on a terminal, for each table and its rows."""
    with progress() as bar:
        bars: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if bar is not None:
                if name not in bars:
                    bars[name] = bar.add_task(name, total=total)
                bar.update(bars[name], completed=done, total=total)

        yield tell


def _report(source: str, target: Engine, counts: dict[str, int], told: list[str], as_json: bool) -> None:
    from state.databases import place

    if as_json:
        print_json({"from": source, "to": place(target), "rows": counts, "told": told})
        return
    for line in told:
        say(line)
    table(["table", "rows"], [[name, f"{count:,}"] for name, count in counts.items()])
    say(f"copied {source} to {place(target)}; every row was compared")
