"""A hundred thousand sources on one PostgreSQL: what one, two and four workers get done, and what a poll costs there.

    ./run bench scale [--sources 100000] [--stories 1000000] [--workers 1 2 4] [--seconds 10] [--url postgresql://…]

Each worker is a process that does what a daemon asks of the database: it claims twenty due sources, looks fifty listed
stories of each up, and stores that nothing changed. No source may be claimed twice. Then each polls lists of fifty
stories with two new ones. The stories are those of `./run bench state`, of the first 10,000 sources. The server is
started for the while, or an empty database is named by its URL; everything is deleted afterwards.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers import million
from bench.state import NOW, Work, databases_for, made
from state.connections import writing
from state.sql import SqlStore

BATCH = 20  # sources that a daemon claims, and quiet polls that it stores, at once
LISTED = 50  # stories of a list
NEXT_DAY = timedelta(days=1)  # when a source is due again: within the run it may be claimed once

T = TypeVar("T")


class Quiet(NamedTuple):
    """What a worker got done: the sources it claimed, and the milliseconds that each step took for one poll."""

    claimed: list[str]
    seconds: float
    claim: float
    known: float
    commit: float


def quiet_polls(url: str, worker: int, seconds: float, looked_up: bool, ready: Any) -> Quiet:
    """Claim, look up, and store that nothing changed, for so long."""
    store = SqlStore(url, lambda: NOW + timedelta(hours=1))
    owner, took, claimed = f"worker{worker}", [0.0, 0.0, 0.0], list[str]()
    store.owners()  # a connection is made, and nobody is ahead
    ready.wait()
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        found = _clocked(took, 0, lambda: store.claim_polls(owner, BATCH, 60))
        if not found:
            break
        for claim in found if looked_up else ():
            number = int(claim.state.id[1:]) % million.SOURCES
            keys = [million.key(number + million.SOURCES * n) for n in range(LISTED)]
            _clocked(took, 1, lambda name=f"s{number}", keys=keys: store.known(name, keys, texts=False))
        states = [msgspec.structs.replace(claim.state, due_at=NOW + NEXT_DAY, last_poll=NOW) for claim in found]
        lost = _clocked(took, 2, lambda states=states: store.commit_quiet(states, owner))
        assert not lost
        claimed += [state.id for state in states]
    passed = time.perf_counter() - started
    store.close()
    return Quiet(claimed, passed, *(1000 * step / max(1, len(claimed)) for step in took))


def new_stories(url: str, worker: int, workers: int, stories: int, rounds: int, ready: Any) -> list[float]:
    """Milliseconds of each poll of fifty stories with two new ones."""
    store = SqlStore(url, lambda: NOW + timedelta(hours=1))
    work = Work(store, stories)
    took = []
    ready.wait()
    for n in range(rounds + 10):
        number = int(time.time() * 1000) % 10**6 * 100 + n * workers + worker  # of stories that no run before had
        source = (n * workers + worker) * 37 % million.SOURCES
        started = time.perf_counter()
        work.poll(source, number)
        took.append((time.perf_counter() - started) * 1000)
    store.close()
    return took[10:]


def _clocked(took: list[float], step: int, do: Callable[[], T]) -> T:
    started = time.perf_counter()
    done = do()
    took[step] += time.perf_counter() - started
    return done


def at_once(function: Callable[..., T], url: str, workers: int, *values: Any) -> list[T]:
    """What the function returns in each of so many new processes, which begin together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(workers, mp_context=context) as pool:
        ready = manager.Barrier(workers)
        begun = [pool.submit(function, url, worker, *values, ready) for worker in range(workers)]
        return [one.result() for one in begun]


def report(url: str, asked: argparse.Namespace) -> None:
    """Print a line for each number of workers."""
    print(f"{'workers':>7} {'quiet polls a second':>21} {'claim':>9} {'known':>9} {'commit_quiet':>13}   (ms a poll)")
    for looked_up in (False, True):
        print("  not modified" if not looked_up else f"  {LISTED} listed stories looked up", flush=True)
        for workers in asked.workers:
            _all_due(url)
            done = at_once(quiet_polls, url, workers, asked.seconds, looked_up)
            claimed = [name for one in done for name in one.claimed]
            assert len(set(claimed)) == len(claimed), "a source was claimed twice"
            rate = sum(len(one.claimed) / one.seconds for one in done)
            claim, known, commit = (statistics.mean(values) for values in list(zip(*done, strict=True))[2:])
            print(f"{workers:>7} {rate:>21,.0f} {claim:>9.2f} {known:>9.2f} {commit:>13.2f}", flush=True)
    print(f"{'workers':>7} {'polls with 2 new a second':>26} {'median':>9} {'95 %':>9} {'least':>9}   (ms a poll)")
    for workers in asked.workers:
        took = at_once(new_stories, url, workers, workers, asked.stories, asked.rounds)
        every = [one for some in took for one in some]
        late = statistics.quantiles(every, n=20)[-1]
        rate = sum(1000 * len(some) / sum(some) for some in took)
        print(
            f"{workers:>7} {rate:>26,.0f} {statistics.median(every):>9.2f} {late:>9.2f} {min(every):>9.2f}", flush=True
        )


def _all_due(url: str) -> None:
    store = SqlStore(url)
    with writing(store.engine) as tx:
        tx.execute(text("UPDATE sources SET due_at = 0, lease_owner = NULL, lease_until = NULL"))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
        tx.execute(text("VACUUM ANALYZE sources"))
    store.close()


@contextmanager
def filled(asked: argparse.Namespace) -> Iterator[str]:
    """A database with the stories, and with as many sources as are asked for."""
    with databases_for("postgresql", asked.url) as new_url:
        url = new_url()
        seconds = made(url, asked.stories)
        store = SqlStore(url)
        with writing(store.engine) as tx:
            values = {"first": million.SOURCES, "last": asked.sources - 1}
            numbers = "generate_series(CAST(:first AS int), CAST(:last AS int)) AS n"
            tx.execute(
                text(
                    "INSERT INTO sources (id, enabled, due_at, failures, alarmed, version, changed_at) "
                    f"SELECT 's' || n, true, 0, 0, false, 0, 0 FROM {numbers}"
                ),
                values,
            )
            tx.execute(
                text(
                    "INSERT INTO listings (source_id, url, teasers, etag) "
                    f"SELECT 's' || n, 'https://news.example/' || n || '/', 50, 'v1' FROM {numbers}"
                ),
                values,
            )
        store.close()
        print(f"{asked.sources:,} sources, {asked.stories:,} stories (made in {seconds:.0f} s)", flush=True)
        yield url


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sources", type=int, default=100_000, help="10,000 at least")
    options.add_argument("--stories", type=int, default=1_000_000)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--rounds", type=int, default=200, help="polls with new stories, of each worker")
    options.add_argument("--url", help="an empty PostgreSQL database, instead of one that is started for the while")
    asked = options.parse_args()
    with filled(asked) as url:
        report(url, asked)


if __name__ == "__main__":
    main()
