"""kill -9 at chosen points of a daemon's work: after a restart every story is there once, and every alert came."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from state.connections import writing
from state.sql import SqlStore
from state.transfer import migrate
from tests.postgres import Server
from tests.whole.crash import killed, scene, whole, work

POINTS = (
    ("claim_polls", "before"),
    ("claim_polls", "UPDATE sources"),
    ("claim_polls", "after"),
    ("commit", "UPDATE sources"),
    ("commit", "INSERT INTO addresses"),
    ("commit", "INSERT INTO deliveries"),
    ("commit", "COMMIT"),
    ("commit", "after"),
    ("claim_for", "COMMIT"),
    ("claim_for", "after"),
    ("post", "before"),
    ("post", "after"),
    ("record", "INSERT INTO attempts"),
    ("record", "COMMIT"),
    ("record", "after"),
    ("place", "UPDATE stories"),
    ("place", "COMMIT"),
    ("place", "after"),
    ("_migrate", "CREATE TABLE bands"),
    ("_migrate", "COMMIT"),
    ("_migrate", "after"),
)
REPEATED = {("post", "after"), ("record", "INSERT INTO attempts"), ("record", "COMMIT")}  # the newsroom had it already


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bantin.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_url()


@pytest.mark.parametrize(("during", "at"), POINTS, ids=[f"{during}-{at}".replace(" ", "-") for during, at in POINTS])
async def test_killed_at(database: str, during: str, at: str) -> None:
    """A crash at this point would cost the newsroom an alert, or show its readers a story twice or never."""
    async with scene(database) as about:
        assert await asyncio.to_thread(killed, about.config, during, at) == -signal.SIGKILL
        await work(about.config)
        store = SqlStore(database)
        about.check(store.engine)
        repeats = len(about.receiver.got) - len(about.newsroom.items)
        assert repeats == ((during, at) in REPEATED)
        store.close()


@pytest.mark.parametrize("at", ["UPDATE stories", "CREATE TABLE bands", "COMMIT"])
async def test_killed_while_an_old_database_is_migrated(
    database: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut during an update would cost the archive."""
    store = SqlStore(database)
    with monkeypatch.context() as older:
        older.setattr(migrate, "HEAD", "0002")
        migrate.upgrade(store.engine, version="older")
    with writing(store.engine) as tx:
        tx.exec_driver_sql(
            "INSERT INTO sources (id, enabled, due_at, failures, alarmed, version, changed_at) "
            "VALUES ('old', false, 0, 0, false, 7, 0)"
        )
        tx.exec_driver_sql(
            "INSERT INTO stories (source_id, entry_id, url, first_seen, updated, revision, partial, backlog, listed_as,"
            " looks, occupant) VALUES ('old', 'e', 'https://old.example/', 1, 1, 1, false, false, '[]', 0, 1)"
        )
        tx.exec_driver_sql(
            'INSERT INTO revisions (story_id, number, seen_at, article) VALUES (1, 1, 1, \'{"url":"u","title":"t"}\')'
        )
        tx.exec_driver_sql("INSERT INTO addresses (source_id, key, story_id) VALUES ('old', 'k', 1)")
    async with scene(database) as about:
        assert await asyncio.to_thread(killed, about.config, "_migrate", at) == -signal.SIGKILL
        assert migrate.version_of(store.engine) == "0002"
        await work(about.config)
    ((old, _),) = store.story("e")
    assert old.url == "https://old.example/"
    assert store.versions(["old"])["old"].number == 7
    assert len(store.entries(["song-van"], 10)) == 6
    whole(store.engine)
    store.close()
    for copy in Path(database.removeprefix("sqlite:///")).parent.glob("bantin.db.before-*"):
        with closing(sqlite3.connect(copy)) as kept:
            assert kept.execute("SELECT count(*) FROM stories").fetchone() == (1,)
        kept.close()
