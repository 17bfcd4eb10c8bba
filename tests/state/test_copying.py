"""From one kind of database to the other and back: everything, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from feeds.errors import StateError
from feeds.model import Attempt, KeptPage, Page, Subscription, Verdict
from state import rows
from state.connections import reading, writing
from state.sql import SqlStore
from state.tables import metadata, pages, subscriptions
from state.transfer import copying
from state.transfer.copying import copy, digest
from state.transfer.migrate import upgrade
from tests.conftest import NOW, Clock
from tests.postgres import Server
from tests.state.work import Titles, found, poll, stores

SUBSCRIPTION = Subscription(
    name="n4me",
    source_id="src",
    url="https://x.example/",
    topic="https://x.example/?chủ-đề",
    hub="https://hub.example/",
    secret="s3cret",
    base="https://feeds.example/",
    asked_at=NOW,
    verified_until=NOW,
    refused=3,
)
KEPT_PAGE = KeptPage(
    url="https://src.example/list",
    page=Page(url="https://src.example/login", body="<p>Đăng nhập</p>".encode(), content_type="text/html"),
    cause="names 1 stories unlike all before",
    at=NOW,
)


@pytest.fixture
def filled(store: SqlStore, clock: Clock) -> SqlStore:
    """An SQLite database with something in every table, odd characters among it."""
    store.sync({"src": 600.0, "two": 600.0}, {"hook": "https://hook.example/"})
    titles = [f"Lễ hội {n} – “đua thuyền” 🛶 \\ ' \" \t" for n in range(30)]
    poll(store, found("src", titles))
    poll(store, found("two", titles[:3]))
    store.cluster(Titles(), 100)
    (due,) = store.claim_deliveries("me", "hook", 1, 60)
    store.record([(due, Attempt(at=clock(), status=204, duration=0.5), Verdict(state="delivered"))])
    with writing(store.engine) as tx:
        tx.exec_driver_sql("INSERT INTO verdicts (story_id, rule, wanted) VALUES (1, 'r', 1)")
        tx.exec_driver_sql("INSERT INTO listings (source_id, url, teasers) VALUES ('src', 'https://x.example/', 3)")
        tx.execute(pages.insert().values(source_id="src", **rows.page_row(KEPT_PAGE)))
        tx.exec_driver_sql("INSERT INTO polls (source_id, slot, at, failures, tally) VALUES ('src', 0, 1, 0, '{}')")
        tx.execute(subscriptions.insert().values(rows.subscription_row(SUBSCRIPTION)))
        tx.exec_driver_sql("INSERT INTO habits (source_id, learned) VALUES ('src', '{}')")
    return store


@pytest.fixture
def empty(postgres: Server, clock: Clock) -> Iterator[SqlStore]:
    """A PostgreSQL database with tables and nothing in them."""
    with stores(postgres.new_url("ready"), 1, clock) as (opened,):
        yield opened


def digests(engine: Engine) -> dict[str, tuple[int, int]]:
    with reading(engine) as connection:
        return {table.name: digest(connection, table) for table in metadata.sorted_tables}


def test_there_and_back_again_everything_is_the_same(filled: SqlStore, empty: SqlStore, tmp_path: Path) -> None:
    """Whoever moves to PostgreSQL would lose a part of the archive, and learn of it years later."""
    before = digests(filled.engine)
    assert all(count for count, _ in before.values())
    counts = copy(filled.engine, empty.engine)
    assert counts == {name: count for name, (count, _) in before.items()}
    assert digests(empty.engine) == before
    back = SqlStore(f"sqlite:///{tmp_path / 'back.db'}")
    upgrade(back.engine, version="test")
    copy(empty.engine, back.engine)
    assert digests(back.engine) == before
    assert back.entries(["src"], 100) == filled.entries(["src"], 100) == empty.entries(["src"], 100)
    back.close()


def test_numbers_go_on_after_the_copy(filled: SqlStore, empty: SqlStore) -> None:
    """The first poll after a move would fail, its numbers being taken."""
    copy(filled.engine, empty.engine)
    newest = empty.entries(["src", "two"], 1)[0][0]
    poll(empty, found("two", ["a new one"]))
    ((number, entry),) = empty.entries(["two"], 1)
    assert (number, entry.article.title) == (newest + 1, "a new one")
    assert empty.endpoints()["hook"].waiting == 33
    assert empty.claim_deliveries("me", "hook", 100, 60)


def test_stories_are_not_overwritten(filled: SqlStore, empty: SqlStore) -> None:
    """A mistyped address would cost another archive."""
    empty.sync({"other": 600.0}, {"hook": "https://hook.example/"})
    poll(empty, found("other", ["precious"]))
    before = digests(empty.engine)
    with pytest.raises(StateError, match="holds stories already; name an empty database, or say --force"):
        copy(filled.engine, empty.engine)
    assert digests(empty.engine) == before
    copy(filled.engine, empty.engine, force=True)
    assert digests(empty.engine) == digests(filled.engine)


@pytest.mark.parametrize("force", [False, True])
def test_copy_that_fails_half_way_leaves_the_target_as_it_was(
    filled: SqlStore, empty: SqlStore, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    """Half an archive would be taken for the whole one."""
    if force:
        empty.sync({"other": 600.0}, {"hook": "https://hook.example/"})
        poll(empty, found("other", ["precious"]))
    before = digests(empty.engine)

    def broken(table: str, done: int, total: int) -> None:
        if table == "revisions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(filled.engine, empty.engine, force=force, tell=broken)
    assert digests(empty.engine) == before

    monkeypatch.setattr(copying, "digest", _forgetful(filled.engine))
    with pytest.raises(StateError, match=r"table .* did not arrive whole"):
        copy(filled.engine, empty.engine, force=force)
    monkeypatch.undo()
    assert digests(empty.engine) == before
    copy(filled.engine, empty.engine, force=force)
    assert digests(empty.engine) == digests(filled.engine)


def test_backup_of_postgresql_is_a_whole_sqlite_file(filled: SqlStore, empty: SqlStore, tmp_path: Path) -> None:
    """A backup would be of no use on the day that it is needed."""
    copy(filled.engine, empty.engine)
    empty.backup(tmp_path / "copy.db")
    kept = SqlStore(f"sqlite:///{tmp_path / 'copy.db'}")
    assert digests(kept.engine) == digests(empty.engine)
    kept.close()
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]


def _forgetful(source: Engine) -> Any:
    """A digest that differs for the copy's revisions."""

    def other(connection: Connection, table: Any) -> tuple[int, int]:
        count, number = digest(connection, table)
        lost = table.name == "revisions" and connection.engine.dialect.name != source.dialect.name
        return count - lost, number

    return other
