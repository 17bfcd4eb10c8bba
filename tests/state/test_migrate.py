"""Databases that are new, old, newer than the program, locked, read-only, full, or no databases."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, text
from sqlalchemy.exc import IntegrityError

from feeds.deciding.identity import key
from feeds.errors import StateError
from state import databases
from state.connections import writing
from state.databases import sqlite
from state.databases.sqlite import path_of
from state.sql import SqlStore
from state.tables import addresses, metadata
from state.transfer import migrate
from tests.feeds.makers import SITE, History, article, read
from tests.postgres import Server


def opened(path: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{path}")


def test_migrations_make_the_tables(any_store: SqlStore) -> None:
    """A column that no migration makes would fail on every existing database."""

    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and (name or "").startswith("search"))  # each database has an index of its own

    with any_store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration() -> None:
    """bantin would take every database for one of an older or a newer version."""
    folder = Path(migrate.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_heads() == [migrate.HEAD]


def test_up_to_date_database_is_left_alone(store: SqlStore) -> None:
    """Every start would copy the whole database."""
    assert migrate.upgrade(store.engine, version="test") is False


def test_older_database_is_copied_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that goes wrong would cost the archive."""
    path = tmp_path / "bantin.db"
    store = opened(path)
    migrate.upgrade(store.engine, version="1")
    said: list[str] = []
    with closing(sqlite3.connect(path)) as raw, raw:  # as an older bantin would have left it: one table less
        raw.execute("DROP TABLE attempts")
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
    monkeypatch.setattr(migrate, "_known", lambda: {"0000", migrate.HEAD})
    monkeypatch.setattr(migrate, "_migrate", lambda *_: None)
    assert migrate.upgrade(store.engine, version="2", tell=said.append)
    copy = tmp_path / f"bantin.db.before-{migrate.HEAD}-from-0000"
    assert copy.exists()
    assert str(copy) in said[0]
    migrate.upgrade(store.engine, version="2")
    assert copy.with_name(copy.name + ".2").exists()
    store.close()


def test_newer_database_is_refused_and_left_as_it_is(store: SqlStore) -> None:
    """A downgrade would destroy what the newer version had stored."""
    path = path_of(store.engine)
    assert path is not None
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.execute("UPDATE meta SET value = '3.4.5' WHERE key = 'written_by'")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StateError, match=r"newer bantin \(3\.4\.5.*install bantin 3\.4\.5"):
        migrate.upgrade(store.engine, version="test")
    assert path.read_bytes() == before


def test_locked_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator would see a traceback where another program holds the database."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 0.05)
    store = opened(tmp_path / "bantin.db")
    migrate.upgrade(store.engine, version="test")
    other = sqlite3.connect(tmp_path / "bantin.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StateError, match=r"bantin\.db: is locked by another program; wait"):
        store.sync({"src": 600.0}, {})
    other.execute("ROLLBACK")
    other.close()
    store.sync({"src": 600.0}, {})
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_told(tmp_path: Path) -> None:
    """An operator would see a traceback where the state folder belongs to another user."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o500)
    store = opened(folder / "bantin.db")
    with pytest.raises(StateError, match=r"cannot be opened|read-only"):
        migrate.upgrade(store.engine, version="test")
    store.close()


def test_read_only_database_is_told(store: SqlStore) -> None:
    """A database on a read-only disk would fail with words that help nobody."""
    store.sync({"src": 600.0}, {})
    path = path_of(store.engine)
    frozen = SqlStore(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StateError, match="is read-only; give this user write access"):
        frozen.sync({"other": 600.0}, {})
    frozen.close()


def test_full_disk_is_told_and_damages_nothing(store: SqlStore) -> None:
    """A full disk would leave half a poll behind."""
    store.sync({"src": 600.0}, {"hook": "https://hook.example/"})
    store.claim_source("me", "src", 60)
    changes = History().poll(*(read(f"s{n}") for n in range(50)))
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StateError, match="the disk is full; free some space"):
        store.commit(changes, "me")
    assert store.entries(["src"], 10) == []
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA max_page_count = 1000000")
        assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    store.commit(changes, "me")
    assert len(store.entries(["src"], 100)) == len(changes.stories)


def test_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """A wrong path in the configuration would be overwritten or fail without a hint."""
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n" * 500)
    with pytest.raises(StateError, match="is not an SQLite database; move the file away"):
        migrate.upgrade(opened(path).engine, version="test")
    assert path.read_text() == "my notes\n" * 500


def test_backup_never_overwrites(store: SqlStore, tmp_path: Path) -> None:
    """Yesterday's backup would be lost to today's."""
    target = tmp_path / "copy.db"
    target.write_text("yesterday")
    with pytest.raises(StateError, match="exists; name another file"):
        store.backup(target)
    assert target.read_text() == "yesterday"


def test_backup_into_a_missing_folder_is_told(store: SqlStore, tmp_path: Path) -> None:
    """A typing mistake in the backup's path would be a traceback."""
    with pytest.raises(StateError, match="cannot be written"):
        store.backup(tmp_path / "nowhere" / "copy.db")


@pytest.mark.parametrize("url", ["mysql://h/x", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    """A URL of a database that is not supported would fail with the words of a library."""
    with pytest.raises(StateError, match=r"sqlite:///bantin\.db"):
        SqlStore(url)


def test_a_database_brings_its_own_driver_only() -> None:
    """Every command on SQLite would wait a seventh of a second for PostgreSQL's driver."""
    code = "import sys; from state.sql import SqlStore; SqlStore('sqlite:///x.db'); print('psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_long_addresses_are_known_after_an_upgrade(any_store: SqlStore) -> None:
    """Stories with long addresses would be taken for new ones, and be announced again."""
    any_store.sync({"src": 600.0}, {})
    url = f"{SITE}{'dài-' * 200}"
    changes = History().poll(read("a", article("a", url=url), url=url))
    assert any_store.claim_source("me", "src", 60) is not None
    any_store.commit(changes, "me")
    with writing(any_store.engine) as tx:  # as the versions before stored them
        tx.execute(addresses.update().where(func.length(addresses.c.key) > 600).values(key=key(url)))
    assert any_store.known("src", [key(url)]).by_key == {}
    with writing(any_store.engine) as tx:
        import_module("state.transfer.migrations.versions.0004_search")._shorten_keys(tx)
    assert list(any_store.known("src", [key(url)]).by_key) == [key(url)]


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_server_database_of_another_encoding_is_refused(postgres: Server, encoding: str) -> None:
    """Debian without a locale makes databases that cannot hold a Vietnamese headline: every command would crash."""
    name = encoding.lower()
    postgres.sql(f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    for touch in (lambda engine: migrate.upgrade(engine, version="test"), migrate.version_of):
        store = SqlStore(postgres.url(name))
        with pytest.raises(StateError) as caught:
            touch(store.engine)
        store.close()
        assert encoding in caught.value.cause
        command = re.search(r"createdb .*", caught.value.hint)
        assert command is not None
        assert command[0] == f"createdb -E UTF8 -T template0 --locale=C.UTF-8 {name}_utf8"
    postgres.run(*command[0].split())
    made = SqlStore(postgres.url(f"{name}_utf8"))
    assert migrate.upgrade(made.engine, version="test")
    made.close()


def test_the_connection_speaks_utf8_whatever_the_environment(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon started with another client encoding would store question marks."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    store = SqlStore(postgres.new_url("ready"))
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 'đua thuyền'").scalar() == "đua thuyền"
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_has_delivered_alerts_is_migrated_with_all_of_them(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whoever has ever been sent an alert could not upgrade."""
    server: Server | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    any_store = SqlStore(server.new_url()) if server else opened(tmp_path / "old.db")
    engine = any_store.engine
    databases.of(engine).prepare(engine)
    migrate_to(engine, "0007")
    with writing(engine) as tx:
        for statement in (
            "INSERT INTO sources (id, enabled, due_at, failures, alarmed, version, changed_at) "
            "VALUES ('src', true, 0, 0, false, 0, 0)",
            "INSERT INTO events (id, type, source_id, entry_id, created, payload) "
            "VALUES ('evt_1', 'article.published', 'src', 'urn:1', 5, 'x')",
            "INSERT INTO events (id, type, source_id, created, payload) "
            "VALUES ('evt_2', 'source.failing', 'src', 6, 'x')",
            "INSERT INTO webhooks (id, url, disabled_at) VALUES ('hook', 'https://hook.example/', 7)",
            "INSERT INTO deliveries (event_id, webhook_id, state, attempts, due_at) "
            "VALUES ('evt_1', 'hook', 'delivered', 1, 5)",
            "INSERT INTO deliveries (event_id, webhook_id, state, attempts, due_at) "
            "VALUES ('evt_2', 'hook', 'pending', 2, 6)",
            "INSERT INTO attempts (delivery_id, number, at, status, duration_ms) VALUES (1, 1, 5, 204, 3)",
        ):
            tx.execute(text(statement))
    assert migrate.upgrade(engine, version="test")
    rows = {row.event_id: row for row in any_store.deliveries(None, "hook", 9)}
    assert {name: row.state for name, row in rows.items()} == {"evt_1": "delivered", "evt_2": "pending"}
    assert rows["evt_1"].last_status == 204
    assert any_store.endpoints()["hook"].state.disabled_why == "it answered 410 Gone"
    with writing(engine) as tx:
        assert tx.scalar(text("SELECT subject FROM deliveries WHERE event_id = 'evt_2'")) == "src"
        with pytest.raises(IntegrityError):
            tx.execute(text("DELETE FROM events"))
    any_store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_stories_of_before_are_counted(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """After an upgrade every source would show as many stories as came since."""
    server: Server | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    old = SqlStore(server.new_url()) if server else opened(tmp_path / "old.db")
    databases.of(old.engine).prepare(old.engine)
    migrate_to(old.engine, "0008")
    story = (
        "INSERT INTO stories (id, source_id, entry_id, url, first_seen, updated, revision, partial, backlog, listed_as,"
        " looks, occupant, removed) VALUES ({0}, 'src', 'urn:{0}', 'https://a.example/{0}', 1, 1, 1, {1}, false, '[]',"
        " 0, 1, {2})"
    )
    with writing(old.engine) as tx:
        tx.execute(
            text(
                "INSERT INTO sources (id, enabled, due_at, failures, alarmed, version, changed_at) "
                "VALUES ('src', true, 0, 0, false, 0, 0)"
            )
        )
        for values in ((1, "true", "NULL"), (2, "false", "NULL"), (3, "true", "7")):
            tx.execute(text(story.format(*values)))
    assert migrate.upgrade(old.engine, version="test")
    assert [(row.stories, row.partial) for row in old.sources()] == [(2, 1)]
    old.close()


def migrate_to(engine: Engine, version: str) -> None:
    """Tables as an older version made them."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    with engine.connect() as connection:
        connection = connection.execution_options(write=True, durable=True)
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, version)
