"""``bantin source remove`` and ``bantin source rename``: the configuration and the database follow one another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli.common import AsJson, ConfigFile, looking, note, print_json, say, shown, usage
from daemon.config import Config, edit, find, load
from feeds.errors import StateError
from feeds.toml import ID

if TYPE_CHECKING:
    from state.store import Store

PATIENCE = 30.0  # seconds to wait for the end of a poll that is under way
RELOAD = "tell a running daemon: systemctl reload bantin (or send it SIGHUP)"

source = typer.Typer(help="Sources: pause one, take it out, or give it another id.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(source, name="source")


@source.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="ID")], config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Take a source out of the configuration; its stories stay in the database."""
    file = find(config)
    found = load(file)
    _check_there(found, name)
    alone = edit.named_alone(file.read_text("utf-8-sig"), name)
    if alone:
        raise usage(f"{file}: only {name!r} is named by {', '.join(alone)}; name another there, or take it out first")
    kept = edit.replace(file, lambda text: edit.remove_source(text, name))
    stories = _stories(found, name)
    if as_json:
        print_json({"file": shown(file), "kept": shown(kept), "source": name, "stories": stories})
        return
    say(f"took {name} out of {file}; the file as it was is {kept}")
    if stories:
        say(f"its {stories} stories stay in the database: put the same id back, and all of it is there again")
    say(f"the address feeds/{name}.atom answers 404 from the next reload on; {RELOAD}")


@source.command()
def pause(
    name: Annotated[str, typer.Argument(metavar="ID")], config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Poll a source no longer; its feeds and stories stay."""
    _pause(name, True, config, as_json)


@source.command()
def resume(
    name: Annotated[str, typer.Argument(metavar="ID")], config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Poll a source again that was paused."""
    _pause(name, False, config, as_json)


def _pause(name: str, paused: bool, config: Path | None, as_json: bool) -> None:
    file = find(config)
    found = load(file)
    _check_there(found, name)
    known = found.source(name)
    assert known is not None
    changed = known.enabled is paused
    kept = edit.replace(file, lambda text: edit.pause_source(text, name, paused)) if changed else None
    if as_json:
        print_json({"file": shown(file), "kept": kept and shown(kept), "source": name, "paused": paused})
    elif not changed:
        say(f"{name} {'is paused' if paused else 'is not paused'} already")
    else:
        said = "is polled no longer" if paused else "is polled again"
        say(f"{name} {said}; {RELOAD}; the file as it was is {kept}")


@source.command()
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD")],
    new: Annotated[str, typer.Argument(metavar="NEW")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Give a source another id, in the configuration and in the database; its old feed leads to the new one."""
    file = find(config)
    found = load(file)
    with _database(found) as store:
        done = found.source(new) is not None and found.source(old) is None and _unfinished(store, old)
        kept = None if done else _rename_in_file(found, file, old, new)
        try:
            stories = _rename_in_database(store, old, new)
        except BaseException:
            if kept and not _is_renamed(store, old, new):
                _undo(file, kept)
            raise
    if as_json:
        answer = {"file": shown(file), "kept": kept and shown(kept), "old": old, "new": new, "stories": stories}
        print_json(answer)
        return
    if kept:
        say(f"renamed {old} to {new} in {file}; the file as it was is {kept}")
    else:
        say(f"{file} has {new} already")
    if stories is None:
        say(f"the database does not know {old} yet, and there is nothing to rename in it; {RELOAD}")
        return
    say(f"{stories} stories are {new}'s now")
    say(f"feeds/{old}.atom leads to feeds/{new}.atom from the next reload on; {RELOAD}")


def _check_there(found: Config, name: str) -> None:
    if found.source(name) is None:
        names = ", ".join(item.id for item in found.sources) or "none"
        raise usage(f"no source {name!r} in {found.file}; there are: {names}")


def _undo(file: Path, kept: Path) -> None:
    try:
        edit.put_back(file, kept)
    except OSError as error:
        note(f"bantin: {file} could not be put back ({error.strerror}): move {kept} to its place")
    else:
        note(f"bantin: {file} is as it was: the database was not changed, and the two belong together")


def _rename_in_file(found: Config, file: Path, old: str, new: str) -> Path:
    _check_there(found, old)
    if not ID.fullmatch(new):
        raise usage(f"the new id is {new!r}; use a-z, 0-9 and -, at most 64 characters")
    if found.feed(new) is not None:
        raise usage(f"{new!r} names a feed of {file} already; choose another id")
    return edit.replace(file, lambda text: edit.rename_source(text, old, new))


@contextmanager
def _database(found: Config) -> Iterator[Store | None]:
    """The store; None where there is no database yet. Raises `StateError`."""
    if not _exists(found):
        yield None
        return
    with looking(found) as store:
        yield store


def _exists(found: Config) -> bool:
    from state.connections import open_engine
    from state.transfer.migrate import version_of

    engine = open_engine(found.database)
    try:
        return version_of(engine) is not None
    finally:
        engine.dispose()


def _unfinished(store: Store | None, old: str) -> bool:
    """Whether the database still knows the source by its old id: the file was edited by hand, or the power failed."""
    return store is not None and old not in store.renamed() and any(row.state.id == old for row in store.sources())


def _is_renamed(store: Store | None, old: str, new: str) -> bool:
    """Whether the database has it done although an error came: a server may store, and be gone before it says so."""
    try:
        return store is not None and store.renamed().get(old) == new
    except StateError:
        return False


def _rename_in_database(store: Store | None, old: str, new: str) -> int | None:
    """How many stories it has; None where nothing is known of it. Waits for a poll under way. Raises `StateError`."""
    if store is None or all(row.state.id != old for row in store.sources()):
        return None
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return store.rename_source(old, new)
        except StateError:
            polled = any(row.leased for row in store.sources() if row.state.id in (old, new))
            if not polled or time.monotonic() > end:
                raise
        time.sleep(0.5)


def _stories(found: Config, name: str) -> int:
    """How many stories of the source the database keeps; none where it cannot be asked."""
    try:
        with _database(found) as store:
            return next((row.stories for row in store.sources() if row.state.id == name), 0) if store else 0
    except (StateError, typer.Exit):
        return 0
