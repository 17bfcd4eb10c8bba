"""Unchanged polls a second over many sources on loopback, beside the PyPI package `reader`, in the same run.

    ./run bench polls [--sources 300] [--rounds 5]

Both keep their state in an SQLite file, and both are asked to look at every source again although nothing changed:
once where the server knows it (ETag, 304), once where it sends the same 36 KB again. What a source is differs by trade:
a list page for bantin, a feed of the same size for reader. reader runs with its best number of workers.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers.loopback import serve
from daemon.config import Config, Fetch, Server
from daemon.demo.news import Newsroom
from daemon.demo.site import _templates
from daemon.work.engine import LEASE, open_parts
from daemon.work.pump import Pump
from daemon.work.service import POLLS_AT_ONCE
from feeds.model import Source
from state.store import Claim

SIZE = 36_000
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def list_page() -> bytes:
    """A section list of 36 KB."""
    items = Newsroom(NOW, stories=30).items
    html = _templates.get_template("list.html").render(title="Thời sự", items=items, side=[], feed=None).encode()
    return html + b"<!--" + b" " * max(0, SIZE - len(html) - 7) + b"-->"


def atom_feed() -> bytes:
    """A feed of 36 KB."""
    entry = (
        "<entry><id>urn:x:{n}</id><title>Story {n}</title><updated>2026-11-21T00:00:00Z</updated>"
        '<link href="http://127.0.0.1/{n}"/><content type="html">{text}</content></entry>'
    )
    entries = "".join(entry.format(n=n, text="Some words of it. " * 56) for n in range(30))
    head = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>x</title>'
    return f"{head}<updated>2026-11-21T00:00:00Z</updated>{entries}</feed>".encode()


async def bantin(base: str, count: int, rounds: int, folder: Path) -> list[float]:
    """Polls a second, a figure for each round; claims, fetches, decides and commits as the daemon does."""
    loopback = ipaddress.ip_network("127.0.0.0/8")
    config = Config(
        file=None,
        database=f"sqlite:///{folder / 'bantin.db'}",
        server=Server(),
        fetch=Fetch(user_agent="bench", host_interval=0, robots=False, allow_networks=(loopback,)),
        sources=tuple(
            Source(
                id=f"s{n}", title=f"s{n}", urls=(f"{base}{n}/list.htm",), kind="listing", full_text=False, interval=60
            )
            for n in range(count)
        ),
        feeds=(),
        endpoints=(),
    )
    clock = [NOW]
    async with open_parts(config, clock=lambda: clock[0]) as parts:
        failed = []

        async def claim(room: int) -> list[Claim]:
            return await parts.storage.claim_polls(parts.owner, room, LEASE)

        async def poll(claimed: Claim) -> None:
            source = config.source(claimed.state.id)
            assert source is not None
            changes = await parts.poller.poll(source, claimed, config.audience)
            if changes.state.failure:
                failed.append(changes.state.failure.cause)

        figures = []
        for number in range(rounds + 1):
            started = time.perf_counter()
            await Pump(POLLS_AT_ONCE, claim, poll).drain()
            if number:  # the first round reads the pages
                figures.append(count / (time.perf_counter() - started))
            clock[0] += timedelta(minutes=5)
        assert not failed, failed[0]
    return figures


def reader(base: str, count: int, rounds: int, folder: Path, workers: int) -> list[float]:
    """The same, of `reader`."""
    from reader import make_reader

    made = make_reader(str(folder / f"reader{workers}.db"))
    for n in range(count):
        made.add_feed(f"{base}{n}/feed.atom")
    made.update_feeds(workers=workers, scheduled=False)
    figures = []
    for _ in range(rounds):
        started = time.perf_counter()
        made.update_feeds(workers=workers, scheduled=False)
        figures.append(count / (time.perf_counter() - started))
    failed = [feed.last_exception for feed in made.get_feeds() if feed.last_exception]
    assert not failed, failed[0]
    made.close()
    return figures


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sources", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    print(f"{asked.sources} sources of 36 KB on loopback, median of {asked.rounds} rounds, unchanged polls a second")
    for name, etag in (("304 (ETag)", "v1"), ("200, same bytes", None)):
        with tempfile.TemporaryDirectory() as folder:
            with serve(list_page(), "text/html; charset=utf-8", etag) as base:
                ours = statistics.median(asyncio.run(bantin(base, asked.sources, asked.rounds, Path(folder))))
            with serve(atom_feed(), "application/atom+xml", etag) as base:
                theirs = {
                    workers: statistics.median(reader(base, asked.sources, asked.rounds, Path(folder), workers))
                    for workers in (1, 2, 4, 8)
                }
        best = max(theirs, key=lambda workers: theirs[workers])
        peer = f"reader {theirs[best]:6.0f} (workers={best})"
        print(f"{name:<16} bantin {ours:7.0f}   {peer}   ratio {ours / theirs[best]:5.1f}", flush=True)


if __name__ == "__main__":
    main()
