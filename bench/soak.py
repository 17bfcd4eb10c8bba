"""A daemon at work for half an hour: whether it grows, and whether a story or an alert is lost or told twice.

    ./run bench soak [--minutes 30] [--database sqlite|postgresql|both] [--sources 2000] [--rate 50]

`bantin run` polls an invented site on loopback, as often as the rate says. Stories appear and change; the site answers
500, slowly, nothing, or half; the receiver of alerts fails now and then. Every ten seconds a line is written: memory
of the daemon and its workers, descriptors, the database, stories, how long feeds took, alerts. In the end each story
must stand in its feed once, and each alert must have arrived under one id; the status is 1 where that is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from daemon.demo.run import SECRET

EVERY = 10.0  # seconds between two lines
OLD = 3  # stories that each source has at the beginning, of which nobody is alerted
FAULTS = ("500", "slow", "empty", "cut")
FAULTY = 0.02  # of the answers
SLOW = 3.0  # seconds
REFUSED = 0.05  # of the alerts, at the first try
PUBLISHED, EDITED = 2.0, 0.5  # stories a second
ASKED = 10.0  # feeds a second
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PATIENCE = 300.0  # seconds for what is on its way at the end: failed polls are put off, a refused alert for minutes

CONFIG = """[server]
listen = "127.0.0.1:{port}"
[state]
url = "{database}"
[fetch]
host_interval = "0s"
robots = false
timeout = "10s"
allow_networks = ["127.0.0.0/8"]
[defaults]
interval = "{interval:.0f}s"
recheck = ["20s", "1m", "5m"]
[[webhook]]
id = "newsroom"
url = "{site}hook"
secret = "{secret}"
events = ["article.published", "article.revised"]
"""


class Sample(NamedTuple):
    """What is looked at every ten seconds; memory in MB, of the daemon and of all its processes."""

    daemon: float
    all: float
    descriptors: int
    database: int
    stories: int


class Site:
    """The invented site and the receiver. ``stories`` are by source; ``told`` are alerts, by story and type."""

    def __init__(self, sources: int, chance: random.Random) -> None:
        self.chance, self.base = chance, ""
        self.stories: dict[int, list[int]] = {n: list(range(OLD)) for n in range(sources)}
        self.edits: Counter[tuple[int, int]] = Counter()
        self.read: set[int] = set()  # sources whose list was once given as it is
        self.told: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.seen: set[str] = set()  # alerts that came once, accepted or not
        self.accepted = self.asked = self.faults = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the other end closes it."""
        # Cancelled: at the end of the run.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
                body = await reader.readexactly(int(fields.get("content-length", 0)))
                path = head.split(" ")[1]
                if path == "/hook":
                    writer.write(self._hook(fields["webhook-id"], body))
                elif not await self._page(path, writer):
                    break
                await writer.drain()
        writer.close()

    def _hook(self, name: str, body: bytes) -> bytes:
        first, alert = name not in self.seen, msgspec.json.decode(body)
        self.seen.add(name)
        if first and self.chance.random() < REFUSED:
            return _answer(b"", "503 Service Unavailable")
        self.accepted += 1
        self.told[alert["data"]["article"]["url"], alert["type"]].add(name)
        return _answer(b"", "204 No Content")

    async def _page(self, path: str, writer: asyncio.StreamWriter) -> bool:
        """Answer, perhaps with a fault; False: the connection ends."""
        self.asked += 1
        source, _, story = path.strip("/").partition("/")
        page = self._story(int(source), int(story)) if story else self._list(int(source))
        fault = self.chance.choice(FAULTS) if self.chance.random() < FAULTY else ""
        self.faults += bool(fault)
        if fault == "slow":
            await asyncio.sleep(SLOW)
        elif fault == "500":
            writer.write(_answer(b"<title>Oops</title>", "500 Internal Server Error"))
            return True
        elif fault == "empty":
            writer.write(_answer(b"", "200 OK"))
            return True
        elif fault == "cut":
            whole = _answer(page, "200 OK")
            writer.write(whole[: len(whole) - len(page) // 2])
            await writer.drain()
            return False
        if not story:
            self.read.add(int(source))
        writer.write(_answer(page, "200 OK", "text/html" if story else "application/rss+xml"))
        return True

    def _list(self, source: int) -> bytes:
        items = "".join(
            f"<item><title>{_title(source, n)}</title><link>{self.base}{source}/{n}</link></item>"
            for n in self.stories[source][:-21:-1]
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>S{source}</title>{items}</channel></rss>'.encode()
        )

    def _story(self, source: int, number: int) -> bytes:
        rest = random.Random(f"{source}.{number}")
        words = ["".join(rest.choices(LETTERS, k=6)) for _ in range(160)]
        text = "".join(f"<p>{' '.join(words[n : n + 40])}.</p>" for n in range(0, len(words), 40))
        for edit in range(self.edits[source, number]):
            text += f"<p>An hour later {' '.join(words[edit % 100 :][:20])} was added.</p>"
        title = _title(source, number)
        return f"<!doctype html><title>{title}</title><article><h1>{title}</h1>{text}</article>".encode()

    async def live(self, seconds: float, announced: set[str]) -> None:
        """Stories appear and change, for so long; ``announced`` are the addresses of those that did."""
        end, new, edited = time.monotonic() + seconds, 0.0, 0.0
        recent: list[tuple[int, int]] = []
        while time.monotonic() < end:
            await asyncio.sleep(0.1)
            new, edited = new + PUBLISHED / 10, edited + EDITED / 10
            while new >= 1:
                new -= 1
                source = self.chance.choice(sorted(self.read))
                number = len(self.stories[source])
                self.stories[source].append(number)
                announced.add(f"{self.base}{source}/{number}")
                recent.append((source, number))
            while edited >= 1:
                edited -= 1
                self.edits[self.chance.choice(recent[-300:] or [(0, 0)])] += 1


def _title(source: int, number: int) -> str:
    return f"Story {number} of source {source}, as it was told"


def _answer(body: bytes, status: str, kind: str = "text/html") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Soak:
    """One run on one database."""

    def __init__(self, asked: argparse.Namespace, database: str, size: Callable[[], int], folder: Path) -> None:
        self.asked, self.database, self.size, self.folder = asked, database, size, folder
        self.site = Site(asked.sources, random.Random(asked.seed))
        self.samples: list[Sample] = []
        self.took: list[float] = []  # seconds, of feeds
        self.announced: set[str] = set()

    async def run(self) -> list[str]:
        """What was lost or told twice."""
        server = await asyncio.start_server(self.site.serve, "127.0.0.1", 0, backlog=512)
        self.site.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        port = await _free_port()
        self.address = f"http://127.0.0.1:{port}/"
        file = self.folder / "bantin.toml"
        interval = max(1.0, self.asked.sources / self.asked.rate)
        text = CONFIG.format(
            port=port, database=self.database, interval=interval, site=self.site.base, secret=SECRET
        ) + "".join(
            f'[[source]]\nid = "s{n}"\nurls = ["{self.site.base}{n}/"]\nkind = "feed"\n' for n in self.site.stories
        )
        file.write_text(text)
        with (self.folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "daemon", "run", "--config", str(file)]
            process = subprocess.Popen(  # noqa: ASYNC220  # it is started within a moment, and once
                command, stdout=log, stderr=log, cwd=Path(__file__).parents[1]
            )
        helpers = [asyncio.create_task(self._sample(process.pid)), asyncio.create_task(self._ask())]
        try:
            await _until(lambda: len(self.site.read) == self.asked.sources, 600.0)
            await asyncio.sleep(5.0)  # the last of the first polls is stored
            await self.site.live(self.asked.minutes * 60, self.announced)
            await _until(lambda: not self._unalerted(), PATIENCE)
            return await self._lost()
        finally:
            for helper in helpers:
                helper.cancel()
            process.terminate()
            process.wait(60)
            server.close()

    def _unalerted(self) -> list[str]:
        return [url for url in self.announced if not self.site.told.get((url, "article.published"))]

    async def _lost(self) -> list[str]:
        found = [f"no alert: {url}" for url in self._unalerted()]
        for (url, kind), names in self.site.told.items():
            if kind == "article.published" and (len(names) > 1 or url not in self.announced):
                found.append(f"{len(names)} alerts, expected {int(url in self.announced)}: {url}")
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            for source, numbers in self.site.stories.items():
                feed = (await client.get(f"{self.address}feeds/s{source}.json")).json()
                shown = Counter(item["url"] for item in feed["items"])
                expected = [f"{self.site.base}{source}/{number}" for number in numbers]
                found += [f"in its feed {shown[url]} times: {url}" for url in expected if shown[url] != 1]
                found += [f"nobody's story: {url}" for url in shown if url not in expected]
        return found

    async def _ask(self) -> None:
        """Ask for feeds, half of them with the validator of the answer before."""
        tags: dict[int, str] = {}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            while True:
                await asyncio.sleep(1 / ASKED)
                source = self.site.chance.randrange(self.asked.sources)
                known = {"if-none-match": tags[source]} if source in tags and source % 2 else {}
                started = time.perf_counter()
                with suppress(httpx.HTTPError):
                    answer = await client.get(f"{self.address}feeds/s{source}.atom", headers=known)
                    self.took.append(time.perf_counter() - started)
                    tags[source] = answer.headers.get("etag", "")

    async def _sample(self, pid: int) -> None:
        while True:
            await asyncio.sleep(EVERY)
            processes = [pid, *_children(pid)]
            memory = [_memory(one) for one in processes]
            with suppress(OSError):
                sample = Sample(
                    daemon=memory[0],
                    all=sum(memory),
                    descriptors=_descriptors(pid),
                    database=await asyncio.to_thread(self.size),
                    stories=sum(map(len, self.site.stories.values())),
                )
                self.samples.append(sample)
                late = self.took[-int(ASKED * EVERY) :]
                print(
                    f"  {len(self.samples) * EVERY:5.0f} s  daemon {sample.daemon:5.0f} MB, all {sample.all:5.0f} MB"
                    f"  {sample.descriptors:4} descriptors  database {sample.database / 1e6:6.1f} MB"
                    f"  {sample.stories:6} stories  {self.site.asked:7} asked, {self.site.faults} faults"
                    f"  feeds p95 {_quantile(late, 0.95) * 1000:5.1f} ms  {self.site.accepted} alerts",
                    flush=True,
                )

    def report(self) -> None:
        """The first third after warming up against the last one."""
        flat = self.samples[len(self.samples) // 5 :]
        third = max(1, len(flat) // 3)
        for name, value in {
            "daemon, MB": lambda one: one.daemon,
            "all processes, MB": lambda one: one.all,
            "descriptors": lambda one: one.descriptors,
            "database a story, KB": lambda one: one.database / 1000 / max(1, one.stories),
        }.items():
            first, last = (statistics.mean(map(value, some)) for some in (flat[:third], flat[-third:]))
            print(f"  {name:<22} first third {first:8.1f}   last third {last:8.1f}   {last / first - 1:+.1%}")
        p50, p95 = (_quantile(self.took, share) * 1000 for share in (0.5, 0.95))
        print(f"  feeds: {len(self.took)} requests, p50 {p50:.1f} ms, p95 {p95:.1f} ms")
        revised = sum(len(names) for (_, kind), names in self.site.told.items() if kind == "article.revised")
        print(f"  {len(self.announced)} stories appeared; {self.site.accepted} alerts accepted, {revised} of revisions")


def _children(pid: int) -> list[int]:
    """The processes that this one started, and theirs."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(name) for name in file.read_text().split()]
    return [one for child in found for one in (child, *_children(child))]


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _memory(pid: int) -> float:
    """MB of its own and its share of what it shares; 0 for one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


async def _free_port() -> int:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    server.close()
    return port


async def _until(happened: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while not happened() and time.monotonic() < end:  # noqa: ASYNC110  # what another process does sets no event
        await asyncio.sleep(0.5)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """The URL of an empty database, and what tells its size in bytes."""
    if name == "sqlite":
        yield (
            f"sqlite:///{folder / 'bantin.db'}",
            lambda: sum(file.stat().st_size for file in folder.glob("bantin.db*")),
        )
        return
    from tests.postgres import server

    with server("shared_buffers=256MB", "max_connections=60") as running:
        url = running.new_url()
        yield url, lambda: int(running.sql("SELECT pg_database_size('test1')"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=30.0)
    options.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--sources", type=int, default=2000)
    options.add_argument("--rate", type=float, default=50.0, help="polls a second")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    wrong = 0
    for name in ("sqlite", "postgresql"):
        if asked.database not in (name, "both"):
            continue
        print(f"{name}: {asked.sources} sources, {asked.rate:g} polls a second, {asked.minutes:g} minutes", flush=True)
        with tempfile.TemporaryDirectory() as folder, _database(name, Path(folder)) as (url, size):
            soak = Soak(asked, url, size, Path(folder))
            lost = asyncio.run(soak.run())
            soak.report()
            print(f"  lost or told twice: {len(lost)}", *(f"\n    {line}" for line in lost[:20]), flush=True)
            if lost:
                print("  the daemon's log ends:", *(Path(folder) / "log").read_text().splitlines()[-5:], sep="\n    ")
            wrong += len(lost)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
