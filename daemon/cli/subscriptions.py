"""``bantin opml export`` and ``bantin opml import``: subscriptions, to a reader and from one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from daemon.cli.common import AsJson, ConfigFile, configuration, note, print_json, say, say_told, shown, tell
from daemon.config import Config, find, load, split_listen
from feeds.reading.text import printable

if TYPE_CHECKING:
    from feeds.reading.documents.opml import Subscription

opml = typer.Typer(help="Subscriptions as OPML: what a reader takes, and what one gives.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(opml, name="opml")


@opml.command("export")
def export(config: ConfigFile = None) -> None:
    """Print an OPML document of all feeds, for a reader to subscribe to."""
    from feeds.writing.opml import render

    found = configuration(config)
    say(render(found.feeds, base=_base(found), query=found.server.query).decode().rstrip())


@opml.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML file, as readers export it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be added.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Add the subscriptions of an OPML file to the configuration as sources; what is watched already is left out."""
    from daemon.config import edit

    into = find(config)
    chosen = _chosen(load(into), file)
    added = [_table(one) for one in chosen.added]
    kept = None
    if added and not dry_run:
        kept = edit.replace(into, lambda text: edit.add_tables(text, "source", added))
    told = tell(into) if kept else None
    if as_json:
        answer: dict[str, object] = {"file": shown(into), "kept": kept and shown(kept), "dry_run": dry_run}
        answer["daemon"] = told and told.daemon
        print_json({**answer, "added": added, "skipped": chosen.skipped})
        return
    for left in chosen.skipped:
        note(printable(f"bantin: left out {left['title'] or left['url']!r} ({left['url']}): {left['why']}"))
    for one in chosen.added:
        say(f"{one.id}: {one.title} ({one.kind}, {one.url})")
    if kept:
        say(f"added {len(added)} sources to {into}; the file as it was is {kept}")
    else:
        would = f"would add {len(added)} sources to {into}" if added else "there is nothing to add"
        say(f"{would}; the file is as it was")
    if told:
        say_told(told)


class _Source(msgspec.Struct):
    id: str
    title: str
    url: str
    kind: str
    tags: list[str]


def _table(one: _Source) -> dict[str, object]:
    table: dict[str, object] = {"id": one.id, "title": one.title, "urls": [one.url], "kind": one.kind}
    return table | ({"tags": one.tags} if one.tags else {})


class _Chosen(msgspec.Struct):
    """What an OPML file brings: sources to add, and subscriptions left out, each with why."""

    added: list[_Source] = []
    skipped: list[dict[str, str]] = []


def _chosen(found: Config, file: Path) -> _Chosen:
    """Raises `OpmlError`."""
    from feeds.reading import urls
    from feeds.reading.documents.opml import new_id

    chosen, mine = _Chosen(), dict[str, _Source]()
    ids = {feed.id for feed in found.feeds}
    watched = {url: source.id for source in found.sources for url in source.urls}
    for one in asyncio.run(_read(file)):
        url = urls.absolute("", one.url)
        why, twin = "", mine.get(url or "")
        if twin is not None and (more := [name for name in one.folders if name not in twin.tags]):
            twin.tags += more  # a subscription stands once in each of its folders
            continue
        if url is None:
            why = "no web address"
        elif url in watched:
            why = f"watched already, as {watched[url]}"
        elif url.startswith(f"{_base(found)}feeds/"):
            why = "a feed of this bantin itself"
        if why or url is None:
            chosen.skipped.append({"title": one.title, "url": one.url[:500], "why": why})
            continue
        name = new_id(one, ids)
        ids.add(name)
        watched[url] = name
        mine[url] = _Source(name, one.title or name, url, "feed" if one.is_feed else "auto", list(one.folders))
        chosen.added.append(mine[url])
    return chosen


async def _read(file: Path) -> list[Subscription]:
    from daemon.reading.reader import Reader

    reader = Reader(workers=1)
    try:
        return await reader.subscriptions(_bytes(file), shown(file))
    finally:
        reader.close()


def _bytes(file: Path) -> bytes:
    from feeds.errors import OpmlError
    from feeds.reading.documents.opml import MAX_BYTES

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)  # one more than is allowed, and no more than that of a huge file
    except OSError as error:
        raise OpmlError(shown(file), f"cannot be read ({error.strerror})") from error


def _base(found: Config) -> str:
    """The address that this bantin's feeds have."""
    address = split_listen(found.server.listen)
    return found.server.public_url or (f"http://{found.server.listen}/" if address else "http://localhost/")
