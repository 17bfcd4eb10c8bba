"""``bantin source``: sources added, polled, paused, taken out and renamed; a running daemon follows the file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from daemon.cli import look, work
from daemon.cli.common import (
    AsJson,
    ConfigFile,
    ask,
    check_somebody_is_there,
    local,
    looking,
    note,
    print_json,
    say,
    say_told,
    shown,
    tell,
    usage,
)
from daemon.config import Config, ConfigError, edit, find, load
from daemon.health import what_to_do
from feeds.errors import FetchError, StateError
from feeds.model import Failure
from feeds.reading import urls
from feeds.toml import ID

if TYPE_CHECKING:
    from daemon.polling.preview import Preview
    from state.store import Store

PATIENCE = 30.0  # seconds to wait for the end of a poll that is under way

source = typer.Typer(
    help="Sources: add one, poll it, pause it, take it out, or give it another id.", no_args_is_help=True
)
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(source, name="source")


@source.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page that lists stories, a feed, or a sitemap.")],
    name: Annotated[str, typer.Option("--id", help="Names its feed (default: made of the host).")] = "",
    title: Annotated[str, typer.Option(help="Default: what the site calls itself.")] = "",
    section: Annotated[list[str] | None, typer.Option(metavar="URL", help="One more list of the same source.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help='A folder for it in readers, such as "Local/Sports".')] = None,
    timezone: look.Zone = "",
    site: look.Site = "",
    yes: Yes = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Look at a site, show what would be watched, ask, and add it to the configuration and the running daemon."""
    try:
        file = find(config)
    except ConfigError:
        raise usage(f"there is no configuration yet; make one that watches this site: bantin init {url}") from None
    found = load(file)
    check_somebody_is_there(yes)
    look.check_zone(timezone)
    addresses = [urls.whole(address) for address in (url, *(section or []))]
    _check_new(found, name, addresses)
    try:
        previews = [seen(address, timezone, site, config) for address in dict.fromkeys(addresses)]
    except FetchError as error:
        raise _not_added(error, file) from None
    table = look.source_table(
        previews[0], {feed.id for feed in found.feeds}, name=name, title=title, more=[one.url for one in previews[1:]],
        tags=tag or (),
    )  # fmt: skip
    if site:
        table["site"] = site
    if not as_json:
        for one in previews:
            say_seen(one)
        say(f"\n{edit.written('source', table)}")
    ask(f"Add this to {file}?", yes)
    kept = edit.replace(file, lambda text: edit.add_tables(text, "source", [table]))
    told = tell(file)
    if as_json:
        answer = {"file": shown(file), "kept": shown(kept), "source": table, "daemon": told.daemon}
        print_json({**answer, "found": [told_briefly(one) for one in previews]})
        return
    say(f"added {table['id']} to {file}; the file as it was is {kept}")
    say_told(told)


def _not_added(error: FetchError, file: Path) -> typer.Exit:
    """A site that cannot be read: what that means, and what can be done."""
    from daemon.web.pages.language import DEFAULT, LANGUAGES

    failure = Failure(url=error.url, cause=error.cause, at=datetime.now(UTC))
    note(f"bantin: {error}")
    note(what_to_do(failure, error.url, LANGUAGES[DEFAULT]))
    note(f"nothing was added to {file}")
    return typer.Exit(1)


def _check_new(found: Config, name: str, addresses: list[str]) -> None:
    if name and not ID.fullmatch(name):
        raise usage(f"--id is {name!r}; use a-z, 0-9 and -, at most 64 characters")
    if name and found.feed(name) is not None:
        raise usage(f"--id: {name!r} names a feed of {found.file} already; choose another")
    for address in addresses:
        if urls.absolute("", address) is None:
            raise usage(f"{address!r} is no web address; write one such as https://example.org/news")
        if (known := look.watching(found, address)) is not None:
            raise usage(f"{address} is watched already, as {known.id}; bantin preview {known.id} shows it")


def seen(url: str, timezone: str, site: str, config: Path | None) -> Preview:
    """What is at an address that is to be watched. Raises `ReadError`: for a story, and where no stories are, too."""
    from daemon.polling.preview import StoryPageError

    preview, _ = look.previewed(url, timezone, site, config)
    if preview.is_story:
        raise StoryPageError(url, preview.listed_at)
    return preview


def say_seen(one: Preview) -> None:
    """What was found at an address, in a few lines."""
    why = f" ({one.why})" if one.why else ""
    newest = f", the newest of {local(one.newest)}" if one.newest else ", without times"
    say(f"{one.url}\n  title: {one.title or 'not said'}\n  watched as a {one.kind}{why}")
    if one.watched != one.url:
        say(f"  by its {one.kind}: {one.watched}")
    say(f"  {len(one.teasers)} stories{newest}; the first: {one.teasers[0].title}")
    if one.fault:
        say(f"  its first story's page cannot be read: {one.fault}")
    zone = f"{one.timezone} ({one.timezone_from})" if one.timezone else "not known; UTC, or --timezone"
    say(f"  time zone: {zone}")
    say(f"  language: {f'{one.language} ({one.language_from})' if one.language else 'not known'}")


def told_briefly(one: Preview) -> dict[str, Any]:
    """A preview for programs, without the stories' texts."""
    left_out = {"teasers", "article", "decision"}
    told = {name: value for name, value in msgspec.structs.asdict(one).items() if name not in left_out}
    return told | {"stories": len(one.teasers), "first": one.teasers[0].title if one.teasers else None}


@source.command()
def poll(
    names: Annotated[list[str], typer.Argument(metavar="ID…")], config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Poll sources now; one that a running daemon is polling just now is left to it."""
    work.poll(names, config, as_json)


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
    stories, told = _stories(found, name), tell(file)
    if as_json:
        answer = {"file": shown(file), "kept": shown(kept), "source": name, "stories": stories}
        print_json({**answer, "daemon": told.daemon})
        return
    say(f"took {name} out of {file}; the file as it was is {kept}")
    if stories:
        say(f"its {stories} stories stay in the database: put the same id back, and all of it is there again")
    say(f"the address feeds/{name}.atom answers 404 once the daemon has taken the change")
    say_told(told)


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
    told = tell(file)  # also where nothing changed: it may have been edited by hand, and the daemon not know
    if as_json:
        answer = {"file": shown(file), "kept": kept and shown(kept), "source": name, "paused": paused}
        print_json({**answer, "daemon": told.daemon})
        return
    if not changed:
        say(f"{name} {'is paused' if paused else 'is not paused'} already")
    else:
        said = "is polled no longer" if paused else "is polled again"
        say(f"{name} {said}; the file as it was is {kept}")
    say_told(told)


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
    told = tell(file)
    if as_json:
        answer = {"file": shown(file), "kept": kept and shown(kept), "old": old, "new": new, "stories": stories}
        print_json({**answer, "daemon": told.daemon})
        return
    if kept:
        say(f"renamed {old} to {new} in {file}; the file as it was is {kept}")
    else:
        say(f"{file} has {new} already")
    if stories is None:
        say(f"the database does not know {old} yet, and there is nothing to rename in it")
    else:
        say(f"{stories} stories are {new}'s now")
        say(f"feeds/{old}.atom leads to feeds/{new}.atom once the daemon has taken the change")
    say_told(told)


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
