"""A daemon's work in a process of its own that kills itself at a chosen point, and what must hold after a restart."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import os
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, event, text

import state.transfer.migrate
from daemon.channels.deliver import Hands
from daemon.config import Config, Server
from daemon.demo.news import Newsroom
from daemon.demo.receiver import Receiver
from daemon.demo.serve import serve
from daemon.demo.site import Site
from daemon.reading.reader import Reader
from daemon.work import engine as daemon_parts
from daemon.work.engine import LEASE, open_parts
from daemon.workers import Workers
from feeds.errors import ReadError
from feeds.model import Endpoint, FeedSpec, Source, Terms
from state.connections import reading, writing
from state.sql import SqlStore
from tests.daemon.conftest import LOOPBACK
from tests.feeds.makers import SECRET
from tests.state.work import Titles

TERMS = Terms()
_OF: dict[str, Any] = {
    "post": Hands,
    "_migrate": state.transfer.migrate,
}  # whose methods; all others are the store's


class Inline(Reader):
    """Reads pages without worker processes, which take a second to start and have no part in what is tried here."""

    def __init__(self, **_: object) -> None:
        self.version = "tests"
        self.workers = Workers(0, print)

    def close(self) -> None:
        pass

    async def _run(self, error: type[ReadError], url: str, of: str, function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)


class Scene:
    """A site with six stories, a webhook receiver, and the configuration that brings the one to the other."""

    def __init__(self, newsroom: Newsroom, receiver: Receiver, site: str, hook: str, database: str) -> None:
        self.newsroom, self.receiver = newsroom, receiver
        self.config = Config(
            file=None,
            database=database,
            server=Server(listen="127.0.0.1:0"),
            fetch=msgspec.structs.replace(LOOPBACK, robots=False),
            deliver_networks=LOOPBACK.allow_networks,
            sources=(
                Source(
                    id="song-van",
                    title="Sông Vân",
                    kind="listing",
                    urls=tuple(f"{site}{name}.htm" for name in ("thoi-su", "kinh-te", "van-hoa")),
                    interval=60.0,
                    timezone="Asia/Ho_Chi_Minh",
                    announce_backlog=True,
                ),
            ),
            feeds=(FeedSpec(id="song-van", title="Sông Vân", sources=("song-van",)),),
            endpoints=(Endpoint(id="newsroom", url=f"{hook}hook", secrets=(SECRET,)),),
        )

    def check(self, engine: Engine) -> None:
        """Every story is stored once, and every alert came under one id; the database is whole."""
        titles = sorted(item.title for item in self.newsroom.items)
        ids = defaultdict(set)
        for name, alert in self.receiver.got:
            ids[alert["data"]["article"]["title"]].add(name)
        assert sorted(ids) == titles, "an alert is missing"
        assert {title: names for title, names in ids.items() if len(names) != 1} == {}
        assert self.receiver.refused == 0
        whole(engine)
        with reading(engine) as tx:
            stored = tx.execute(text("SELECT article FROM revisions")).scalars()
            assert sorted(msgspec.json.decode(article)["title"] for article in stored) == titles
            counts = {name: _count(tx, f"SELECT count(*) FROM {name}") for name in ("stories", "events", "deliveries")}
            assert counts == dict.fromkeys(counts, len(titles))
            assert _count(tx, "SELECT count(*) FROM deliveries WHERE state <> 'delivered'") == 0
            assert _count(tx, "SELECT count(*) FROM stories WHERE cluster IS NULL") == 0


def whole(engine: Engine) -> None:
    """The database holds together, by its own judgement."""
    with writing(engine) as tx:
        if engine.dialect.name == "sqlite":
            assert tx.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert tx.execute(text("PRAGMA foreign_key_check")).all() == []
            return
        tx.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
        tx.execute(
            text(
                "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
                "WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace"
            )
        )


def _count(tx: Any, query: str) -> int:
    return int(tx.execute(text(query)).scalar_one())


@asynccontextmanager
async def scene(database: str) -> AsyncIterator[Scene]:
    """The site and the receiver, served."""
    newsroom = Newsroom(datetime.now(UTC), seed=11, stories=6)
    receiver = Receiver(SECRET)
    async with serve(Site(newsroom).app) as site, serve(receiver.app) as hook:
        yield Scene(newsroom, receiver, site, hook, database)


async def work(config: Config) -> None:
    """What a daemon does from its start on: a poll, the deliveries, the comparing; until nothing is left to do."""
    daemon_parts.Reader = Inline  # type: ignore[misc, attr-defined]
    async with open_parts(config) as parts:
        storage = parts.storage
        for claim in await storage.claim_polls(parts.owner, 5, LEASE):
            source = config.source(claim.state.id)
            assert source is not None
            changes = await parts.poller.poll(source, claim, config.audience)
            assert changes.state.failure is None, changes.state.failure
        while claimed := await storage.claim_deliveries(parts.owner, "newsroom", 2, LEASE, TERMS):
            for due in claimed:
                _, verdict = await parts.deliverer.deliver(due, config.endpoints[0])
                assert verdict.state == "delivered"
        await storage.place(await storage.compare(Titles(), 100), 100)


def killed(config: Config, during: str, at: str) -> int:
    """Do `work` in another process that kills itself at that point; returns its exit status."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # the libraries are loaded once, not for each
    process = context.Process(target=_work_until, args=(msgspec.json.encode(_plain(config)), during, at))
    process.start()
    process.join(30)
    if process.exitcode is None:
        process.kill()
        process.join()
    return process.exitcode or 0


def _work_until(config: bytes, during: str, at: str) -> None:
    kill_at(during, at)
    asyncio.run(work(_config(config)))


def kill_at(during: str, at: str) -> None:
    """Kill this process ``before`` or ``after`` that call, at its ``COMMIT``, or at a statement that begins so."""
    of = _OF.get(during, SqlStore)
    original = getattr(of, during)
    inside = False

    def enter() -> None:
        nonlocal inside
        inside = True
        if at == "before":
            _die()

    def leave() -> None:
        nonlocal inside
        inside = False
        if at == "after":
            _die()

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        enter()
        result = original(*args, **kwargs)
        leave()
        return result

    @functools.wraps(original)
    async def call_later(*args: Any, **kwargs: Any) -> Any:
        enter()
        result = await original(*args, **kwargs)
        leave()
        return result

    def statement(_c: object, _cursor: object, said: str, *_: object) -> None:
        if inside and said.lstrip().startswith(at):
            _die()

    setattr(of, during, call_later if asyncio.iscoroutinefunction(original) else call)
    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", lambda _: _die() if inside and at == "COMMIT" else None)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _plain(config: Config) -> dict[str, Any]:
    source, hook = config.sources[0], config.endpoints[0]
    return {"database": config.database, "urls": source.urls, "hook": hook.url}


def _config(encoded: bytes) -> Config:
    plain = msgspec.json.decode(encoded)
    site = plain["urls"][0].rpartition("/")[0] + "/"
    hook = plain["hook"].removesuffix("hook")
    return Scene(Newsroom(datetime.now(UTC), stories=0), Receiver(SECRET), site, hook, plain["database"]).config
