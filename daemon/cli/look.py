"""``bantin teasers``, ``bantin extract`` and ``bantin preview``: what bantin makes of a page; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from daemon.cli.common import AsJson, ConfigFile, local, note, print_json, say, usage
from feeds.model import Article, Page, Teaser

T = TypeVar("T")

Target = Annotated[str, typer.Argument(metavar="FILE-or-URL", help="A saved page, or an address.")]
Address = Annotated[str, typer.Option("--url", help="The address that a saved page was read from.")]
Zone = Annotated[str, typer.Option("--timezone", help="The zone of times without one (default: what the page tells).")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(preview)
    app.command()(teasers)
    app.command()(extract)


def teasers(
    target: Target, url: Address = "", timezone: Zone = "", config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Print the teaser list of one saved or live page."""
    found = asyncio.run(_with_page(target, url, config, lambda page, reader: reader.teasers(page, "auto", zone, _now())) if (zone := _zone(timezone)) is not None else _nothing())
    if as_json:
        print_json(found)
    else:
        _say_teasers(found)


def extract(
    target: Target, url: Address = "", timezone: Zone = "", config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Print the article of one saved or live page."""
