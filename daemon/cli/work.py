"""``bantin poll``, ``bantin run`` and ``bantin demo``: the work itself."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from daemon import logs
from daemon.cli.common import (
    AsJson,
    ConfigFile,
    configuration,
    note,
    print_json,
    progress,
    say,
    shown,
    tell_daemon,
    usage,
)
from daemon.config import NOWHERE, Config, find, is_address, load
from feeds.errors import StateError
from feeds.model import Changes, Source

if TYPE_CHECKING:
    from daemon.polling.poll import Tell
    from daemon.work.work import Work

SOURCES_AT_ONCE = 8
# Numbers of <malloc.h> (mallopt(3)). Texts of megabytes come and go in a dozen threads; by itself the C library keeps
# an arena for each, and never gives back what is between two that stay: four times what is in use.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
LARGE_PIECE, ARENAS = 256 * 1024, 2  # bytes from which a piece of memory is mapped by itself
FILES = 4096  # that may be open at a time: what the unit allows, and more than the daemon needs


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(poll)
    app.command()(run)
    app.command()(reload)
    app.command()(demo)


def poll(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Ids; without any, all.")] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Poll now, once; store what is found, deliver alerts, print a summary."""
    found = configuration(config)
    chosen = _choose(found, sources or [])
    logs.configure()
    with _bars(len(chosen)) as tell:
        outcomes, waiting = asyncio.run(_poll_all(found, chosen, tell))
    rows = [_outcome(source, outcome) for source, outcome in zip(chosen, outcomes, strict=True)]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            say(_sentence(row))
    for webhook, count in waiting.items():
        note(f"bantin: {count} alerts could not be delivered to {webhook}; bantin deliveries says why")
    if waiting or any(row["error"] for row in rows):
        raise typer.Exit(1)


def run(
    config: ConfigFile = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="ADDRESS|none", help="In place of [server] listen; none: no web server.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more.")] = False,
) -> None:
    """Run the daemon: schedule, deliveries and web server, until SIGTERM; SIGHUP reloads the configuration."""
    with suppress(ValueError):  # until the daemon watches for it: an exception that came in an import might be lost
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from daemon.work.service import Service

    file = find(config)
    found = _listening(load(file), listen)
    logs.configure(verbose=verbose)
    if not found.sources:
        note(f"bantin: {file} has no [[source]]; there is nothing to watch yet")
    _open_more_files()
    _give_memory_back()
    try:
        asyncio.run(Service(found, lambda: _listening(load(file), listen)).run())
    except OSError as error:
        where = "--listen" if listen else f"[server] listen in {file}"
        note(f"bantin: {error.strerror or error}; change {where}, or stop what listens there")
        raise typer.Exit(1) from None


def _listening(config: Config, listen: str) -> Config:
    """The configuration with the address of ``--listen`` in its place, where it was given."""
    if not listen:
        return config
    if not is_address(listen) and listen != NOWHERE:
        raise usage(f"--listen is {listen!r}; write 127.0.0.1:8711, [::1]:8711, unix:/run/bantin/http.sock or none")
    return msgspec.structs.replace(config, server=msgspec.structs.replace(config.server, listen=listen))


def reload(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Have the running daemon read its configuration anew; one with faults is not taken, and this says why."""
    file = find(config)
    load(file)
    told = tell_daemon(file)
    if as_json:
        print_json({"file": shown(file), "daemon": told.daemon, "lines": told.lines})
    else:
        for line in told.lines:
            (say if told.daemon == "reloaded" else note)(line)
    if told.daemon != "reloaded":
        raise typer.Exit(1)


def _open_more_files() -> None:
    """As many as this process may: the limit at the start is one for programs that count files in sets of bits."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _give_memory_back() -> None:
    """Have large pieces of memory go back to the system when they are free, where the C library can be asked to."""
    import ctypes

    with suppress(AttributeError, OSError):  # musl has no mallopt, and gives back by itself
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGE_PIECE)
        mallopt(M_ARENA_MAX, ARENAS)


def demo(
    seconds: Annotated[float, typer.Option(min=0, help="Stop by itself after so many seconds (0: until Ctrl-C).")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the feeds (0: any that is free).")] = 8711,
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between new stories.")] = 4.0,
    directory: Annotated[
        str, typer.Option("--dir", help="Keep the database there (default: a folder of its own).")
    ] = "",
) -> None:
    """Run two invented news sites and the daemon together on this machine, with no network; new stories appear."""
    from daemon.demo.run import run_demo

    logs.configure(quiet=True)
    try:
        sys.exit(run_demo(seconds=seconds, port=port, every=every, directory=directory))
    except OSError as error:
        note(f"bantin: {error.filename or directory}: {error.strerror}; choose another folder with --dir")
        raise typer.Exit(1) from None


def _choose(config: Config, names: Sequence[str]) -> list[Source]:
    known = {source.id: source for source in config.sources}
    for name in names:
        if name not in known:
            raise usage(f"no source {name!r}; there are: {', '.join(known) or 'none'}")
    return [known[name] for name in dict.fromkeys(names)] if names else list(config.sources)


@contextmanager
def _bars(total: int) -> Iterator[Tell | None]:
    """A progress bar on a terminal for the sources, and one for the pages of their stories; elsewhere None."""
    with progress() as shown:
        if shown is None:
            yield None
            return
        sources, pages = shown.add_task("sources", total=total), shown.add_task("pages", total=None)

        def tell(done: int, of: int) -> None:
            if of < 0:
                shown.advance(sources, done)
            else:
                shown.update(pages, advance=1, total=of)

        yield tell


async def _poll_all(
    config: Config, chosen: Sequence[Source], tell: Tell | None
) -> tuple[list[Changes | str], dict[str, int]]:
    """Each source's changes, or why it was not polled; and how many alerts each webhook did not take at the end."""
    from daemon.work.engine import LEASE, index_all, open_parts
    from daemon.work.work import Work

    async with open_parts(config, tell=note) as parts:
        work = Work(parts, config, delivered=lambda *_: None, trouble=lambda error: note(f"bantin: {error}"))
        turn = asyncio.Semaphore(SOURCES_AT_ONCE)

        async def one(source: Source) -> Changes | str:
            async with turn:
                claim = await work.storage.claim_source(parts.owner, source.id, LEASE)
                outcome: Changes | str = "another bantin is polling it just now"
                if claim is not None:
                    outcome = await work.poll(source, claim, tell or (lambda done, total: None))
            if tell:
                tell(1, -1)
            return outcome

        renewing = asyncio.create_task(_renew(work, LEASE / 4))
        try:
            await index_all(work.storage)
            outcomes = await asyncio.gather(*(one(source) for source in chosen))
            await work.compare()
            await work.publish()
            await work.deliver_all()
        finally:
            renewing.cancel()
        return list(outcomes), {name: count for name, count in work.failed.items() if count}


async def _renew(work: Work, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        with suppress(StateError):  # the next round may succeed before the leases run out
            await work.renew()


def _outcome(source: Source, outcome: Changes | str) -> dict[str, object]:
    row: dict[str, object] = {"source": source.id, "error": None, "url": None}
    if isinstance(outcome, str):
        return row | {"error": outcome}
    failure = outcome.state.failure
    if failure is not None:
        row |= {"error": failure.cause, "url": failure.url}
    counts = msgspec.structs.asdict(outcome.tally) | {"alerts": len(outcome.deliveries)}
    return row | counts | {"decisions": outcome.decisions}


def _sentence(row: dict[str, object]) -> str:
    told = ("new", "completed", "revised", "removed", "reread", "noisy")
    counts = [f"{row[name]} {name}" for name in told if row.get(name)]
    if row.get("partial"):
        counts[0] += f" ({row['partial']} from teasers)"
    if row.get("alerts"):
        counts.append(f"{row['alerts']} alerts")
    text = f"{row['source']}: {', '.join(counts) or 'nothing new'}"
    return f"{text}; FAILED: {row['url'] or ''} {row['error']}" if row["error"] else text
