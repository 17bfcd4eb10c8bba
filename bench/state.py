"""What the database costs once a million stories are in it: time of the steps that every poll takes, and memory.

    ./run bench state [--stories 1000000] [--database sqlite|postgresql|both] [--url postgresql://…] [--rounds 200]

The stories are invented, 10,000 sources' of 30 days, with texts of 1.5 KB and 20 bands each. PostgreSQL is started for
the while, or an empty database is named by its URL. Each figure is of a process that has done nothing else. Everything
is deleted afterwards; a million stories take 5 GB of disk in each database, and some minutes to make.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers import million
from bench.helpers.fresh import run_fresh
from feeds.model import (
    Article,
    Changes,
    Delivery,
    Event,
    ListingState,
    Revision,
    SourceState,
    Story,
    Validators,
)
from state import tables
from state.clusters import NEAR
from state.connections import open_engine, reading, writing
from state.sql import SqlStore
from state.transfer.migrate import upgrade

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TARGETS = {
    "poll: 50 teasers, 2 new": 15.0,
    "claim: 20 of 10,000 due": 5.0,
    "look up: near-duplicates": 2.0,
    "compare: one new story": 2.0,
    "compare: each of 20": 2.0,
}
FEW = 10_000  # stories that memory is compared with


class Judge:
    """Bands that are shared as those in the database are; the time that it takes itself is kept apart."""

    WINDOW = timedelta(days=3)

    def __init__(self) -> None:
        self.seconds = 0.0

    def bands(self, article: Article) -> tuple[int, ...]:
        started = time.perf_counter()
        story = int(article.title)
        found = tuple(million.band(story, number) for number in range(million.BANDS))
        self.seconds += time.perf_counter() - started
        return found

    def same(self, one: Article, other: Article) -> bool:
        return one.title == other.title


class Work:
    """The same steps, again and again, each with other sources; ``times`` in milliseconds."""

    def __init__(self, store: SqlStore, stories: int) -> None:
        self.store, self.stories = store, stories
        self.times: dict[str, list[float]] = {name: [] for name in TARGETS}

    def round(self, number: int) -> None:
        source = number * 37 % million.SOURCES
        self.times["poll: 50 teasers, 2 new"].append(_timed(lambda: self.poll(source, number)))
        self.times["look up: near-duplicates"].append(self.look_up(number % self.stories))
        self.compare(number)
        self.times["claim: 20 of 10,000 due"].append(_timed(lambda: self.store.claim_polls("bench", 20, 60)))
        self.store.release("bench")

    def look_up(self, story: int) -> float:
        """The question alone for the stories of other sources that share bands with one, their texts included."""
        values = {
            "mine": [million.band(story, number) for number in range(million.BANDS)],
            "source": "another",
            "earliest": 0,
            "latest": 2**60,
        }
        with reading(self.store.engine) as tx:
            tx.execute(select(1))
            return _timed(lambda: tx.execute(NEAR, values).mappings().all())

    def compare(self, number: int) -> None:
        """One of the poll's two stories at once, the other unmeasured; or twenty together, after ten polls."""
        judge = Judge()
        if number % 20 >= 10:
            took = _timed(lambda: self.store.cluster(judge, 1))
            self.times["compare: one new story"].append(took - judge.seconds * 1000)
            self.store.cluster(judge, 10)
        elif number % 20 == 9:
            took = _timed(lambda: self.store.cluster(judge, 20))
            self.times["compare: each of 20"].append((took - judge.seconds * 1000) / 20)

    def poll(self, source: int, number: int) -> None:
        """A list of 50 stories, 2 of them new: what the database does for it."""
        claim = self.store.claim_source("bench", f"s{source}", 60)
        assert claim is not None
        known = [source + million.SOURCES * n for n in range(48)]
        new = [10**9 + source + million.SOURCES * (2 * number + n) for n in range(2)]
        self.store.known(f"s{source}", {million.key(story) for story in known + new})
        self.store.known(f"s{source}", {million.key(story) for story in new}, {f"1:{story}" for story in new})
        self.store.commit(self.outcome(claim.state, new), "bench")

    def outcome(self, state: SourceState, new: list[int]) -> Changes:
        told = [number % self.stories for number in new]  # whose bands they share
        articles = [
            Article(url=million.key(n), title=str(t), body_text=million.WORDS * 12)
            for n, t in zip(new, told, strict=True)
        ]
        stories = tuple(
            Story(
                source_id=state.id,
                entry_id=f"urn:new:{n}",
                url=f"https://{million.key(n)}",
                first_seen=NOW,
                updated=NOW,
                fingerprint=f"1:{n}",
            )
            for n in new
        )
        events = tuple(
            Event(id=s.entry_id, type="article.published", source_id=state.id, created=NOW, payload=b"x" * 3000)
            for s in stories
        )
        return Changes(
            state=msgspec.structs.replace(state, last_poll=NOW),
            listings={"https://news.example/": ListingState(validators=Validators(etag="v2"), teasers=50)},
            stories=stories,
            revisions=tuple(
                Revision(source_id=state.id, entry_id=s.entry_id, number=1, seen_at=NOW, article=article)
                for s, article in zip(stories, articles, strict=True)
            ),
            addresses={million.key(n): s.entry_id for n, s in zip(new, stories, strict=True)},
            events=events,
            deliveries=tuple(Delivery(event_id=event.id, endpoint_id="hook") for event in events),
            visible=True,
        )


def measure(url: str, stories: int, rounds: int) -> tuple[dict[str, list[float]], float]:
    """Times of each step, and the megabytes that the process has at the end."""
    store = SqlStore(url, lambda: NOW + timedelta(hours=1))
    work = Work(store, stories)
    for number in range(rounds + 10):
        work.round(number)
    store.close()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {name: times[len(times) // 20 :] for name, times in work.times.items()}, pages * os.sysconf(
        "SC_PAGE_SIZE"
    ) / 1e6


def made(url: str, stories: int) -> float:
    """Make the database; returns the seconds that took."""
    started = time.perf_counter()
    store = SqlStore(url, lambda: NOW)
    upgrade(store.engine, version="bench")
    million.fill(store, stories, int(NOW.timestamp() * 1000))
    store.close()
    return time.perf_counter() - started


def report(name: str, new_url: Callable[[], str], stories: int, rounds: int) -> None:
    """Make, measure and print: with few stories for the memory, then with all."""
    memory = []
    for count in (min(FEW, stories), stories):
        url = new_url()
        seconds = made(url, count)
        got = run_fresh(measure, url, count, rounds)
        assert got is not None, "the measuring process died"
        times, megabytes = got
        memory.append(megabytes)
        print(f"{name}, {count:,} stories (made in {seconds:.0f} s)", flush=True)
        for step, target in TARGETS.items():
            late = statistics.quantiles(times[step], n=20)[-1]
            middle = statistics.median(times[step])
            least = min(times[step])  # what it costs where nothing else runs on the machine
            print(
                f"  {step:<24} median {middle:6.2f} ms   95 % {late:6.2f} ms   least {least:6.2f} ms"
                f"   target {target:3.0f} ms",
                flush=True,
            )
    print(f"  memory: {memory[0]:.0f} MB with {FEW:,} stories, {memory[1]:.0f} MB with {stories:,}", flush=True)


@contextmanager
def databases_for(name: str, url: str | None) -> Iterator[Callable[[], str]]:
    """What gives the URL of a new, empty database each time."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            numbers = iter(range(9))
            yield lambda: f"sqlite:///{Path(folder) / f'bench{next(numbers)}.db'}"
    elif url:
        yield lambda: _emptied(url)
    else:
        from tests.postgres import server

        with server("shared_buffers=512MB", "max_wal_size=16GB", "checkpoint_timeout=30min") as running:
            yield running.new_url


def _emptied(url: str) -> str:
    """The database without the tables that an earlier turn has made in it."""
    engine = open_engine(url)
    with writing(engine) as tx:
        if tx.dialect.has_table(tx, "meta") and not _ours(tx):
            raise SystemExit("the database holds stories of somebody else")
        tables.metadata.drop_all(tx)
        tx.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()
    return url


def _ours(tx: Connection) -> bool:
    return tx.execute(select(tables.meta.c.value)).scalar() == "bench"


def _timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--stories", type=int, default=1_000_000)
    options.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--url", help="an empty PostgreSQL database, instead of one that is started for the while")
    options.add_argument("--rounds", type=int, default=200)
    asked = options.parse_args()
    for name in ("sqlite", "postgresql"):
        if asked.database in (name, "both"):
            with databases_for(name, asked.url) as new_url:
                report(name, new_url, asked.stories, asked.rounds)


if __name__ == "__main__":
    main()
