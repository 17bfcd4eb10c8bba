"""``bantin init`` and ``bantin check``."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.common import AsJson, ConfigFile, note, print_json, say, shown
from daemon.config import Config, ConfigError, find, load

EXAMPLE = Path(__file__).with_name("bantin.toml")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(check)


def init(
    directory: Annotated[Path, typer.Option("--dir", help="Where to write it.")] = Path(), as_json: AsJson = False
) -> None:
    """Write a commented bantin.toml that watches truyenhinhthanhhoa.vn; never overwrites one."""
    file = directory / "bantin.toml"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(EXAMPLE.read_text("utf-8"))
    except FileExistsError:
        note(f"bantin: {file} is there already; it was left as it is")
        raise typer.Exit(1) from None
    except OSError as error:
        note(f"bantin: {file} cannot be written: {error.strerror}; choose a folder with --dir")
        raise typer.Exit(1) from None
    if as_json:
        print_json({"file": shown(file)})
    else:
        say(f"wrote {file}; change it as you like, then: bantin run")


def check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Validate the configuration: every fault with its key, what was found and what is allowed."""
    try:
        found = load(find(config))
    except ConfigError as error:
        if not as_json:
            raise
        print_json({"file": shown(error.file), "ok": False, "problems": error.problems, "hints": []})
        raise typer.Exit(2) from None
    kinds = Counter(endpoint.kind for endpoint in found.endpoints)
    counts = {"sources": len(found.sources), "feeds": len(found.feeds), "webhooks": kinds["webhook"] + kinds["hub"]}
    counts |= {"channels": kinds["channel"]} if kinds["channel"] else {}
    problems = _tried(found)
    if problems:
        if as_json:
            print_json({"file": shown(found.file or ""), "ok": False, "problems": problems, "hints": found.hints})
            raise typer.Exit(2)
        raise ConfigError(found.file or "", problems)
    if as_json:
        print_json({"file": shown(found.file or ""), "ok": True, "problems": [], "hints": found.hints, **counts})
    else:
        say(f"{found.file}: good: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        for hint in found.hints:
            note(f"bantin: hint: {hint}")
        if not found.sources:
            note("bantin: there is nothing to watch yet; add a [[source]]")


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
