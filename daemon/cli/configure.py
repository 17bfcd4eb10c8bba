"""``bantin init`` and ``bantin check``."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.common import AsJson, ConfigFile, note, print_json, say, shown
from daemon.config import Config, ConfigError, edit, find, load
from daemon.files import write_new
from feeds.errors import StateError
from feeds.reading import urls
from feeds.writing.directories import unfit

EXAMPLE = Path(__file__).with_name("bantin.toml")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(check)


def init(
    url: Annotated[str, typer.Argument(metavar="[URL]", help="A page that lists stories, a feed, or a sitemap.")] = "",
    directory: Annotated[Path, typer.Option("--dir", help="Where to write it.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a commented bantin.toml that watches this site, or truyenhinhthanhhoa.vn; never overwrites one."""
    file = directory / "bantin.toml"
    if file.exists():  # said before the site is asked
        raise _there_already(file)
    text = EXAMPLE.read_text("utf-8")
    if url:
        text = _watching(text, url, as_json)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_new(file, text.encode(), mode=0o666 & ~_umask())
    except FileExistsError:
        raise _there_already(file) from None
    except OSError as error:
        note(f"bantin: {file} cannot be written: {error.strerror}; choose a folder with --dir")
        raise typer.Exit(1) from None
    if as_json:
        print_json({"file": shown(file)})
    else:
        say(f"wrote {file}; change it as you like, then: bantin run")


def _umask() -> int:
    """What the user wants kept from others."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _there_already(file: Path) -> typer.Exit:
    note(f"bantin: {file} is there already; it was left as it is")
    return typer.Exit(1)


def _watching(example: str, url: str, as_json: bool) -> str:
    """The example with a source for the site at ``url`` in the place of its own. Raises `ReadError`."""
    from daemon.cli import look, sources

    found = sources.seen(urls.whole(url), "", "", None)
    if not as_json:
        sources.say_seen(found)
    table = look.source_table(found, set())
    before, _, rest = example.partition("\n[[source]]\n")
    own, _, after = rest.partition("\n\n")
    comments = "".join(line for line in own.splitlines(keepends=True) if line.startswith("#"))
    after = after.replace('"ttv"', f'"{table["id"]}"')
    return f"{before}\n{edit.written('source', table)}{comments}\n\n{after}"


def check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Validate the configuration: every fault with its key, what was found and what is allowed."""
    try:
        found = load(find(config))
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"file": shown(error.file), "ok": False, "problems": error.problems, "hints": []})
        raise typer.Exit(2) from None
    hints = [*found.hints, *_unfit_episodes(found)]
    kinds = Counter(endpoint.kind for endpoint in found.endpoints)
    counts = {"sources": len(found.sources), "feeds": len(found.feeds), "webhooks": kinds["webhook"] + kinds["hub"]}
    counts |= {"channels": kinds["channel"]} if kinds["channel"] else {}
    problems = _tried(found)
    if problems:
        if as_json:
            print_json({"file": shown(found.file or ""), "ok": False, "problems": problems, "hints": hints})
            raise typer.Exit(2)
        raise ConfigError(found.file or "", problems)
    if as_json:
        print_json({"file": shown(found.file or ""), "ok": True, "problems": [], "hints": hints, **counts})
    else:
        say(f"{found.file}: good: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        for hint in hints:
            note(f"bantin: hint: {hint}")
        if not found.sources:
            note("bantin: there is nothing to watch yet; add a [[source]]")


def _unfit_episodes(config: Config) -> list[str]:
    """What directories would refuse of podcasts' episodes, as far as there are any yet."""
    podcasts = [feed for feed in config.feeds if feed.podcast]
    if not podcasts:
        return []
    from daemon.storage import Storage
    from daemon.web.feeds.assemble import Assembler
    from feeds.deciding.recordings import episode_of
    from state.sql import SqlStore
    from state.transfer.migrate import HEAD, version_of

    found: list[str] = []
    store = SqlStore(config.database)
    storage = Storage(store)
    try:
        if version_of(store.engine) != HEAD:  # bantin has never run with it
            return []
        for feed in podcasts:
            entries = asyncio.run(Assembler(storage).entries(config, feed, feed.entries))
            faults = Counter(filter(None, (unfit(episode_of(e.article.media, feed.podcast)) for e in entries)))
            said = f"podcast {feed.id}: a directory would refuse"
            found += [f"{said} {count} of its {len(entries)} episodes: {fault}" for fault, count in faults.items()]
            if not entries:
                found.append(f"{said} it: it has no episode yet")
    except StateError:  # `bantin doctor` has more to say of it
        pass
    finally:
        storage.close()
        store.close()
    return found


def _tried(config: Config) -> list[str]:
    """What is wrong with channels' addresses, and with templates: they are filled in with invented events."""
    if not any(endpoint.body or endpoint.channel == "apprise" for endpoint in config.endpoints):
        return []
    from daemon.channels.deliver import Hands
    from daemon.channels.sample import faults

    async def tried() -> list[str]:
        hands = Hands(config.deliver_fetch)
        try:
            return [line for item in config.endpoints for line in await faults(item, hands, datetime.now(UTC))]
        finally:
            await hands.close()

    return asyncio.run(tried())
