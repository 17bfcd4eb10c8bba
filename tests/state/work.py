"""What daemons do to one database, for tests in which many do it at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zlib import crc32

from feeds.deciding.identity import entry_id, key
from feeds.model import Article, Changes, Delivery, Event, Revision, SourceState, Story
from state.part import Clock
from state.sql import SqlStore
from tests.conftest import NOW

T = TypeVar("T")


class Titles:
    """A simple `Judge`: stories whose titles begin alike share a band, and those with the same title are the same."""

    WINDOW = timedelta(days=3)

    def bands(self, article: Article) -> tuple[int, ...]:
        return tuple(crc32(word.encode()) for word in article.title.split()[:3])

    def same(self, one: Article, other: Article) -> bool:
        return one.title == other.title


def found(
    source: str, titles: Iterable[str], *, now: datetime = NOW, revision: int = 1, text: str = "", **story: Any
) -> Changes:
    """The outcome of a poll that found a story by each title: announced to the webhook ``hook``, due again at once."""
    titles = list(titles)
    urls = [f"https://{source}.example/{title}" for title in titles]
    ids = [entry_id(url) for url in urls]
    articles = [
        Article(url=url, title=title, body_text=text or f"{title}, told {revision} times.")
        for url, title in zip(urls, titles, strict=True)
    ]
    facts = {"first_seen": now, "updated": now, "revision": revision} | story
    events = [
        Event(
            id=f"{name}.{revision}",
            type="article.published",
            source_id=source,
            entry_id=name,
            created=now,
            payload=b"{}",
        )
        for name in ids
    ]
    return Changes(
        state=SourceState(id=source, due_at=now),
        stories=tuple(
            Story(source_id=source, entry_id=name, url=url, fingerprint=f"1:{title}:{revision}", **facts)
            for name, url, title in zip(ids, urls, titles, strict=True)
        ),
        revisions=tuple(
            Revision(source_id=source, entry_id=name, number=revision, seen_at=now, article=article)
            for name, article in zip(ids, articles, strict=True)
        ),
        addresses={key(url): name for url, name in zip(urls, ids, strict=True)},
        events=tuple(events),
        deliveries=tuple(Delivery(event_id=event.id, endpoint_id="hook") for event in events),
        visible=True,
    )


def poll(store: SqlStore, changes: Changes, owner: str = "me") -> None:
    """Claim the source, and store the outcome."""
    assert store.claim_source(owner, changes.state.id, 60) is not None
    store.commit(changes, owner)


@contextmanager
def stores(url: str, number: int, clock: Clock | None = None) -> Iterator[list[SqlStore]]:
    """Several stores on one database, each with connections of its own, as daemons on several machines have them."""
    opened = [SqlStore(url, clock) for _ in range(number)]
    try:
        yield opened
    finally:
        for store in opened:
            store.close()


def at_once(jobs: Iterable[Callable[[], T]]) -> list[T]:
    """What the jobs return, begun at the same moment in threads of their own; raises what one of them raised."""
    jobs = list(jobs)
    ready = threading.Barrier(len(jobs))

    def begin(job: Callable[[], T]) -> T:
        ready.wait(30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        begun = [pool.submit(begin, job) for job in jobs]
        return [one.result(60) for one in begun]
