"""Alerts through the outbox to many endpoints, some of which misbehave; beside the same posts by apprise, without one.

    ./run bench alerts [--events 5000] [--rate 50] [--endpoints 20] [--database sqlite|postgresql|both] [--url …]

Events are committed at a steady rate, each for every endpoint: one never answers, one answers 500, one takes a
second. Latency is from the commit to the receiver's acceptance, of the good ones. The peer posts the same bodies in as
many threads, one apprise object for each endpoint, and remembers nothing. Claiming and recording are measured by
themselves, in batches.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from daemon.config import Config, Fetch, Server
from daemon.work.engine import LEASE, open_parts
from daemon.work.work import Work
from feeds.model import Attempt, Changes, Delivery, Endpoint, Event, Source, SourceState, Terms, Verdict

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
SECRET = "whsec_ZXhhbXBsZS1zZWNyZXQtMTIzNA=="
BODY = (
    b'{"type":"article.published","timestamp":"2026-11-21T10:00:00Z","data":{"source":{"id":"s","title":"S"},"feeds":["s"],'
    b'"article":{"title":"Story %d","url":"https://a.example/","text":"'
    + b"A sentence of a story. " * 80
    + b'"},"changes":null}}'
)


class _Receiver(asyncio.Protocol):
    """Notes when each webhook-id came; path /0 never answers, /1 answers 500, /2 takes a second."""

    def __init__(self, got: dict[tuple[bytes, bytes], float]) -> None:
        self.got, self.waiting = got, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, rest = self.waiting.partition(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            length = int(fields.get(b"content-length", b"0"))
            if len(rest) < length:
                return
            self.waiting = rest[length:]
            path = head.split(b" ", 2)[1]
            if path == b"/0":
                continue
            status = b"500 Oops" if path == b"/1" else b"204 No Content"
            answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"
            self.got.setdefault((path, fields.get(b"webhook-id", rest[:length])), time.time())
            if path == b"/2":
                asyncio.get_running_loop().call_later(1.0, self.transport.write, answer)
            else:
                self.transport.write(answer)


def _serve(pipe: Any) -> None:
    got: dict[tuple[bytes, bytes], float] = {}

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Receiver(got), "127.0.0.1", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)
        pipe.send(got)
        server.close()

    asyncio.run(run())


@contextmanager
def receivers() -> Iterator[tuple[str, Any]]:
    """The address of the receivers, in a process of their own, and a pipe that gives what came when."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/", here
    finally:
        process.terminate()
        process.join()


def config(base: str, count: int, database: str) -> Config:
    endpoints = tuple(Endpoint(id=f"e{n}", url=f"{base}{n}", secrets=(SECRET,)) for n in range(count))
    fetch = Fetch(user_agent="bench", host_interval=0, robots=False, allow_networks=(LOOPBACK,))
    source = Source(id="s", title="S", urls=("http://127.0.0.1:9/",), interval=600.0)
    return Config(
        file=None, database=database, server=Server(), fetch=fetch, sources=(source,), feeds=(), endpoints=endpoints,
        deliver_networks=(LOOPBACK,),
    )  # fmt: skip


async def outbox(
    base: str, count: int, events: int, rate: float, database: str, to: str
) -> tuple[dict[str, float], float, int]:
    """When each event was committed; how long all took; how much memory it came to, in KB."""
    made = config(base, count, database)
    committed: dict[str, float] = {}
    async with open_parts(made) as parts:
        work = Work(parts, made, delivered=lambda *_: None, trouble=lambda error: print(error))

        async def ticks() -> None:
            while True:
                await asyncio.sleep(1.0)
                await work.deliver_due()

        ticking = asyncio.create_task(ticks())
        started = time.time()
        first = 0
        for n in range(events):
            await asyncio.sleep(max(0.0, started + n / rate - time.time()))
            assert await parts.storage.claim_source(parts.owner, "s", LEASE) is not None
            now = parts.storage.store.clock()
            event = Event(
                id=f"evt_{n}",
                type="article.published",
                source_id="s",
                entry_id=f"urn:{n}",
                created=now,
                payload=BODY % n,
            )
            hearing = made.endpoints if to == "all" else made.endpoints[n % count : n % count + 1]
            told = tuple(Delivery(event_id=event.id, endpoint_id=endpoint.id) for endpoint in hearing)
            state = SourceState(id="s", due_at=now)
            await parts.storage.commit(Changes(state=state, events=(event,), deliveries=told), parts.owner)
            committed[event.id] = time.time()
            await work.deliver_at_once()
            if n == events // 10:
                first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        good = [f"e{n}" for n in range(3, count)]
        for _ in range(600):
            rows = await parts.storage.endpoints()
            if not any(rows[name].waiting for name in good):
                break
            await asyncio.sleep(0.1)
        took = time.time() - started
        ticking.cancel()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first
        await work.close()
    return committed, took, grown


def apprise_alone(base: str, count: int, events: int, rate: float, to: str) -> dict[str, float]:
    """The same posts, by apprise in as many threads; when each was asked for."""
    import apprise

    place = base.removeprefix("http://").rstrip("/")
    targets = [apprise.Apprise.instantiate(f"json://{place}/{n}?cto=15&rto=15") for n in range(count)]
    asked: dict[str, float] = {}
    text = (BODY % 0).decode()
    with ThreadPoolExecutor(count * 4) as pool:
        started = time.time()
        for n in range(events):
            time.sleep(max(0.0, started + n / rate - time.time()))
            asked[f"evt_{n}"] = time.time()
            hearing = targets if to == "all" else targets[n % count : n % count + 1]
            for target in hearing:
                if target in targets[:3]:
                    continue  # those that misbehave would hold its threads for ever
                pool.submit(target.notify, body=text, title=f"evt_{n}")
    return asked


def claiming(database: str, count: int = 2000, batch: int = 50) -> tuple[float, float]:
    """Milliseconds for claiming, and for recording, one delivery."""
    from state.sql import SqlStore
    from state.transfer.migrate import upgrade

    store = SqlStore(database)
    upgrade(store.engine, version="bench")
    store.sync({"s": 600.0}, {"claimed": "http://127.0.0.1/"})
    now = store.clock()
    events = tuple(
        Event(
            id=f"one_{n}", type="article.published", source_id="s", entry_id=f"urn:o{n}", created=now, payload=BODY % n
        )
        for n in range(count)
    )
    assert store.claim_source("me", "s", 60) is not None
    told = tuple(Delivery(event_id=event.id, endpoint_id="claimed") for event in events)
    store.commit(Changes(state=SourceState(id="s", due_at=now), events=events, deliveries=told), "me")
    claimed = recorded = 0.0
    while True:
        started = time.perf_counter()
        dues = store.claim_deliveries("me", "claimed", batch, 60, Terms(broken=5))
        claimed += time.perf_counter() - started
        if not dues:
            break
        started = time.perf_counter()
        attempt = Attempt(at=store.clock(), status=204)
        store.record([(due, attempt, Verdict(state="delivered")) for due in dues])
        recorded += time.perf_counter() - started
    store.close()
    return claimed / count * 1000, recorded / count * 1000


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def told(
    name: str, got: dict[tuple[bytes, bytes], float], since: dict[str, float], count: int, events: int, to: str
) -> float:
    good = {(path, mark): at for (path, mark), at in got.items() if int(path[1:]) >= 3}
    complete = Counter(path for path, _ in good)
    waits = [at - since[mark.decode()] for (_, mark), at in good.items() if mark.decode() in since]
    full = sum(complete[f"/{n}".encode()] >= (events if to == "all" else events // count) for n in range(3, count))
    p99 = quantile(waits, 0.99)
    middle = statistics.median(waits) if waits else 0
    print(f"{name:<22} complete {full} of {count - 3}   p50 {middle:6.3f} s   p99 {p99:6.3f} s", end="")
    return p99


def run(database: str, name: str, asked: argparse.Namespace) -> None:
    claim, record = claiming(database)
    with receivers() as (base, pipe):
        since, took, grown = asyncio.run(outbox(base, asked.endpoints, asked.events, asked.rate, database, asked.to))
        pipe.send("done")
        told(f"bantin, {name}", pipe.recv(), since, asked.endpoints, asked.events, asked.to)
        print(
            f"   {took:5.0f} s   memory grew by {grown / 1024:.0f} MB   claim {claim:.2f} ms, record {record:.2f} ms",
            flush=True,
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=5000)
    options.add_argument("--rate", type=float, default=50.0)
    options.add_argument("--endpoints", type=int, default=20)
    options.add_argument("--to", choices=("one", "all"), default="one", help="of the endpoints each event is for")
    options.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--url", default="", help="an empty PostgreSQL database (default: a server of its own)")
    asked = options.parse_args()
    print(f"{asked.events} events at {asked.rate:g} a second, each to {asked.to} of {asked.endpoints} endpoints")
    if asked.database in ("sqlite", "both"):
        with tempfile.TemporaryDirectory() as folder:
            run(f"sqlite:///{folder}/bantin.db", "SQLite", asked)
    if asked.database in ("postgresql", "both"):
        if asked.url:
            run(asked.url, "PostgreSQL", asked)
        else:
            from tests.postgres import MISSING, programs, server

            if programs() is None:
                print(MISSING)
            else:
                with server() as started:
                    run(started.new_url(), "PostgreSQL", asked)
    with receivers() as (base, pipe):
        since = apprise_alone(base, asked.endpoints, asked.events, asked.rate, asked.to)
        pipe.send("done")
        got = {(path, _mark(mark)): at for (path, mark), at in pipe.recv().items()}
        told("apprise, no outbox", got, since, asked.endpoints, asked.events, asked.to)
        print()


def _mark(body: bytes) -> bytes:
    """apprise sends no ids: what was sent stands in the title."""
    import json

    try:
        return str(json.loads(body)["title"]).encode()
    except (ValueError, KeyError):
        return b""


if __name__ == "__main__":
    main()
