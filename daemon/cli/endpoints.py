"""``bantin webhook`` and ``bantin channel``: endpoints added and taken out; a running daemon follows the file."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from daemon.cli.common import (
    AsJson,
    ConfigFile,
    ask,
    check_somebody_is_there,
    note,
    print_json,
    say,
    say_told,
    shown,
    tell,
    usage,
    waiting,
)
from daemon.config import Config, ConfigError, edit, find, load, parse
from daemon.files import write_new
from daemon.http.guard import Guard
from feeds.toml import ID

SECRET_BYTES = 24  # what Standard Webhooks proposes

webhook = typer.Typer(help="Webhooks: add one with a fresh secret, or take it out.", no_args_is_help=True)
channel = typer.Typer(help="Chats, pushes and mails: add one, or take it out.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--id", help="Default: made of the address.")]
Events = Annotated[list[str] | None, typer.Option("--event", help="Default: published and revised stories.")]
Feeds = Annotated[list[str] | None, typer.Option("--feed", help="Of this feed only (default: all).")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Allow = Annotated[
    bool, typer.Option("--allow-network", help="List its address in [deliver] allow_networks where that is needed.")
]
Id = Annotated[str, typer.Argument(metavar="ID")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(webhook, name="webhook")
    app.add_typer(channel, name="channel")


@webhook.command("add")
def add_webhook(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where events are sent by POST.")],
    name: Name = "",
    event: Events = None,
    feed: Feeds = None,
    allow_network: Allow = False,
    yes: Yes = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Add a webhook with a secret of its own, which is shown once, to the configuration and the running daemon."""
    file = find(config)
    found = load(file)
    name = _new_id(found, name, urlsplit(url).hostname or "webhook")
    secret = "whsec_" + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    table = {"id": name, "url": url, "secret_file": f"{name}.secret"} | _rules(event, feed)
    answer = _add(file, found, "webhook", table, secret, url, allow_network, yes, as_json)
    if not as_json:  # before the daemon is told: it may not answer, and this is shown once
        say(f"its secret, for the receiver: {secret}\nit is kept in {file.parent / (name + '.secret')}")
    _tell(file, {**answer, "secret": secret}, name, as_json)


@channel.command("add")
def add_channel(
    url: Annotated[str, typer.Argument(metavar="URL", help="An address of apprise, tgram://…; -: read it from input.")],
    name: Name = "",
    event: Events = None,
    feed: Feeds = None,
    allow_network: Allow = False,
    yes: Yes = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Add a chat, a push service or a mailbox; its address is a secret, and is kept in a file of its own."""
    file = find(config)
    found = load(file)
    url = sys.stdin.readline().strip() if url == "-" else url
    name = _new_id(found, name, url.partition("://")[0] if "://" in url else "channel")
    table = {"id": name, "url_file": f"{name}.url"} | _rules(event, feed)
    answer = _add(file, found, "channel", table, url, url, allow_network, yes, as_json)
    if not as_json:
        say(f"its address is kept in {file.parent / (name + '.url')}")
    _tell(file, answer, name, as_json)


def _rules(events: list[str] | None, feeds: list[str] | None) -> dict[str, Any]:
    return ({"events": events} if events else {}) | ({"feeds": feeds} if feeds else {})


def _new_id(found: Config, name: str, made_of: str) -> str:
    from feeds.reading.documents.opml import free_id

    if not name:
        return free_id(made_of, {endpoint.id for endpoint in found.endpoints})
    if not ID.fullmatch(name):
        raise usage(f"--id is {name!r}; use a-z, 0-9 and -, at most 64 characters")
    if found.endpoint(name) is not None:
        raise usage(f"--id: {name!r} names an endpoint of {found.file} already; choose another")
    return name


def _add(
    file: Path, found: Config, kind: str, table: dict[str, Any], secret: str, url: str, allow: bool, yes: bool,
    as_json: bool,
) -> dict[str, Any]:  # fmt: skip
    """Ask, and write the secret and the table; what became of it, for programs."""
    check_somebody_is_there(yes)
    needed = [network for network in _networks(url) if not _permitted(network, found)]

    def change(text: str) -> str:
        text = edit.add_tables(text, kind, [table])
        return edit.allow_networks(text, needed) if needed and allow else text

    name = table.get("secret_file") or table["url_file"]
    if (file.absolute().parent / name).exists():  # said before anybody is asked; made without overwriting all the same
        raise _there_already(file, name)
    if not as_json:
        say(edit.written(kind, table))
    ask(f"Add this to {file}?", yes)
    with _kept_if_good(file, name, secret):
        _try(file, change, table["id"])
        kept = edit.replace(file, change)
    if needed and not allow:
        lines = ", ".join(f'"{network}"' for network in needed)
        note(
            f"bantin: {urlsplit(url).hostname} is in a network that is refused; "
            f"[deliver] allow_networks needs {lines} (--allow-network puts it there)"
        )
    if not as_json:
        say(f"added {table['id']} to {file}; the file as it was is {kept}")
    return {"file": shown(file), "kept": shown(kept), kind: table, "needs_networks": needed}


def _tell(file: Path, answer: dict[str, Any], name: str, as_json: bool) -> None:
    """Have the daemon take it, and say what comes next. Raises `typer.Exit` where it does not."""
    told = tell(file)
    if as_json:
        print_json({**answer, "daemon": told.daemon})
        return
    say_told(told)
    say(f"next: bantin notify test {name}")


@contextmanager
def _kept_if_good(file: Path, name: str, secret: str) -> Iterator[None]:
    """A secret in a file beside the configuration, like it and not for others; gone again where the rest fails."""
    path, like = file.absolute().parent / name, file.stat()
    # Where the group alone may read the configuration, the service does so by it; else the group is its user's.
    most = 0o600 if like.st_mode & 0o004 else 0o640
    try:
        write_new(path, secret.encode() + b"\n", like=like, most=most)
    except FileExistsError:
        raise _there_already(file, name) from None
    except OSError as error:
        note(f"bantin: {path} cannot be written: {error.strerror}")
        raise typer.Exit(1) from None
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _there_already(file: Path, name: str) -> typer.Exit:
    return usage(f"{file.absolute().parent / name} is there already; choose another --id, or move it away")


def _try(file: Path, change: Callable[[str], str], name: str) -> None:
    """Whether the service takes its address, as ``bantin check`` finds out. Raises `ConfigError`."""
    from daemon.channels.deliver import Hands
    from daemon.channels.sample import faults

    try:
        config = parse(change(file.read_text("utf-8-sig")), file)
    except ValueError as error:
        raise edit.EditError(file, str(error)) from error
    endpoint = config.endpoint(name)
    assert endpoint is not None

    async def tried() -> list[str]:
        hands = Hands(config.deliver_fetch)
        try:
            return await faults(endpoint, hands, datetime.now(UTC))
        finally:
            await hands.close()

    with waiting("trying its address out"):
        problems = asyncio.run(tried()) if endpoint.channel == "apprise" else []
    if problems:
        raise ConfigError(file, problems)


def _networks(url: str) -> list[str]:
    """The networks that an address in numbers is in, as narrow as can be; of a name nobody knows before it is asked."""
    try:
        host = urlsplit(url).hostname or ""
        return ["127.0.0.1/32", "::1/128"] if host == "localhost" else [str(ipaddress.ip_network(host))]
    except ValueError:
        return []


def _permitted(network: str, found: Config) -> bool:
    return Guard(found.deliver_networks).permits(network.partition("/")[0])


@webhook.command("remove")
def remove_webhook(name: Id, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Take a webhook out of the configuration; the file with its secret stays."""
    _remove("webhook", name, config, as_json)


@channel.command("remove")
def remove_channel(name: Id, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Take a channel out of the configuration; the file with its address stays."""
    _remove("channel", name, config, as_json)


def _remove(kind: str, name: str, config: Path | None, as_json: bool) -> None:
    file = find(config)
    found = load(file)
    mine = [endpoint.id for endpoint in found.endpoints if endpoint.kind == kind]
    if name not in mine:
        raise usage(f"no {kind} {name!r} in {file}; there are: {', '.join(mine) or 'none'}")
    kept = edit.replace(file, lambda text: edit.remove_table(text, kind, name))
    told = tell(file)
    if as_json:
        print_json({"file": shown(file), "kept": shown(kept), kind: name, "daemon": told.daemon})
        return
    say(f"took {name} out of {file}; the file as it was is {kept}")
    say(f"what waits for it is sent no longer; bantin deliveries list --to {name} shows it")
    if (secret := file.absolute().parent / f"{name}.{'secret' if kind == 'webhook' else 'url'}").exists():
        say(f"{secret} stays; delete it where nothing else needs it")
    say_told(told)
