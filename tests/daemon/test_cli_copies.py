"""``bantin restore``, ``bantin db copy``, and backups of PostgreSQL: everything arrives, and nothing is overwritten."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from daemon import VERSION
from state.sql import SqlStore
from state.tables import metadata
from state.transfer import migrate
from state.transfer.copying import digest
from tests.daemon.commands import TOML, Run
from tests.postgres import Server
from tests.samples import commit, make_entry


def contents(url: str) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and a number that tells whether they are the same."""
    store = SqlStore(url)
    with store.engine.connect() as connection:
        found = {table.name: digest(connection, table) for table in metadata.sorted_tables}
    store.close()
    return found


@pytest.fixture
def backup(run: Run, filled: SqlStore, file: Path, tmp_path: Path) -> Path:
    """A backup of the filled database."""
    assert run("backup", tmp_path / "copy.db", "--config", file).status == 0
    return tmp_path / "copy.db"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A configuration with a database that is not there yet."""
    file = tmp_path / "new" / "bantin.toml"
    file.parent.mkdir()
    file.write_text(TOML)
    return file


def test_restore(run: Run, backup: Path, elsewhere: Path) -> None:
    """A backup would be of no use on a new machine."""
    done = run("restore", backup, "--config", elsewhere)
    assert done.status == 0, done.err
    assert re.search(r"^stories +3$", done.out, re.M)
    assert f"copied {backup} to {elsewhere.parent / 'bantin.db'}; every row was compared" in done.out
    assert contents(f"sqlite:///{elsewhere.parent / 'bantin.db'}") == contents(f"sqlite:///{backup}")
    assert len(run("articles", "--config", elsewhere, "--json").json) == 3
    assert run("db", "upgrade", "--config", elsewhere).out == "the database is up to date\n"


def test_restore_leaves_the_backup_as_it_is(run: Run, backup: Path, elsewhere: Path) -> None:
    """Restoring on a machine with another version would change the only backup, or need write access to it."""
    before = backup.read_bytes()
    backup.chmod(0o400)
    assert run("restore", backup, "--config", elsewhere, "--json").json["rows"]["stories"] == 3
    assert backup.read_bytes() == before
    assert sorted(path.name for path in backup.parent.glob("copy.db*")) == ["copy.db"]


def test_restore_over_stories(run: Run, filled: SqlStore, backup: Path, file: Path) -> None:
    """A restore by mistake would cost everything since the backup."""
    commit(filled, [make_entry(9)])
    refused = run("restore", backup, "--config", file)
    assert (refused.status, refused.out) == (1, "")
    assert "holds stories already" in refused.err
    assert "--force" in refused.err
    assert len(filled.entries(["ttv", "other"], 10)) == 4
    for name in ("bantin.db.before-restore", "bantin.db.before-restore.2"):
        forced = run("restore", backup, "--config", file, "--force")
        assert forced.status == 0, forced.err
        assert f"copied the database to {file.parent / name}" in forced.out
    assert len(filled.entries(["ttv", "other"], 10)) == 3
    kept = SqlStore(f"sqlite:///{file.parent / 'bantin.db.before-restore'}")
    assert len(kept.entries(["ttv", "other"], 10)) == 4
    kept.close()


def test_restore_under_a_daemon(run: Run, backup: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon at work would store the outcome of its polls into a database that is another by then."""
    living = f"{socket.gethostname()}:{os.getppid()}:x"
    store = SqlStore(f"sqlite:///{file.parent / 'bantin.db'}")
    store.claim_source(living, "ttv", 60)
    target = f"sqlite:///{file.parent / 'bantin.db'}"
    for words in (["restore", backup, "--config", file], ["db", "copy", f"sqlite:///{backup}", target]):
        refused = run(*words, "--force")
        assert (refused.status, refused.out) == (1, "")
        assert f"is used by a daemon that runs ({living})" in refused.err
        assert "stop it first" in refused.err
    store.release(living)
    store.claim_source(f"{socket.gethostname()}:999999999:x", "ttv", 60)  # killed
    store.close()
    assert run("restore", backup, "--config", file, "--force").status == 0


def test_restore_of_an_older_version(
    run: Run, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update the backups from before it would be worthless."""
    old = tmp_path / "old.db"
    with monkeypatch.context() as past:
        past.setattr(migrate, "HEAD", "0001")
        store = SqlStore(f"sqlite:///{old}")
        migrate.upgrade(store.engine, version="0.0.1")
        store.close()
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute(
            "INSERT INTO sources (id, enabled, due_at, failures, alarmed, version, changed_at)"
            " VALUES ('ttv', 1, 0, 7, 0, 1, 0)"
        )
        raw.commit()
    before = old.read_bytes()
    assert run("restore", old, "--config", elsewhere).status == 0
    assert old.read_bytes() == before
    [source, _] = run("status", "--config", elsewhere, "--json").json["sources"]
    assert source["failures"] == 7
    with closing(sqlite3.connect(elsewhere.parent / "bantin.db")) as raw:
        assert raw.execute("SELECT value FROM meta WHERE key = 'written_by'").fetchall() == [(VERSION,)]


def test_restore_of_what_is_no_backup(run: Run, backup: Path, elsewhere: Path, tmp_path: Path) -> None:
    """A damaged file would be restored as far as it goes, or a wrong one make an empty archive."""
    whole = backup.read_bytes()
    (tmp_path / "torn.db").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.db").write_bytes(b"")
    (tmp_path / "text.db").write_text("no database" * 1000)
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
        raw.execute("CREATE TABLE theirs (x)")
    with closing(sqlite3.connect(backup)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    for name, said in (
        ("torn.db", "is damaged"), ("empty.db", "holds nothing of bantin's"), ("text.db", "no SQLite database"),
        ("other.db", "is another program's database"), ("copy.db", "was written by a newer bantin"),
        ("none.db", "cannot be copied (No such file or directory)"), (".", "is no file"),
    ):  # fmt: skip
        refused = run("restore", tmp_path / name, "--config", elsewhere)
        assert (refused.status, refused.out) == (1, ""), name
        assert said in refused.err, name
        assert str(tmp_path / name) in refused.err
        assert not (elsewhere.parent / "bantin.db").exists()


def test_restore_of_a_device(run: Run, elsewhere: Path) -> None:
    """A mistyped name would fill the disk with copies of nothing."""
    refused = run("restore", "/dev/zero", "--config", elsewhere)
    assert (refused.status, refused.out) == (1, "")
    assert "/dev/zero: is no file" in refused.err


def test_restore_over_a_damaged_database(run: Run, backup: Path, file: Path) -> None:
    """The operator who needs the backup most would be told to restore one, in a circle."""
    database = file.parent / "bantin.db"
    for left in file.parent.glob("bantin.db*"):
        left.unlink()
    database.write_bytes(b"this is no database" * 100)
    refused = run("restore", backup, "--config", file, "--force")
    assert refused.status == 1
    assert "move it away" in refused.err
    database.unlink()
    assert run("restore", backup, "--config", file).status == 0


# -- db copy


def test_copy(run: Run, backup: Path, tmp_path: Path) -> None:
    """Nobody could move the database without the configuration."""
    old, new = f"sqlite:///{backup}", f"sqlite:///{tmp_path / 'made' / 'new.db'}"
    done = run("db", "copy", old, new)
    assert done.status == 0, done.err
    assert f"created {tmp_path / 'made' / 'new.db'}" in done.out
    assert contents(new) == contents(old)
    again = run("db", "copy", old, new)
    assert again.status == 1
    assert "holds stories already" in again.err
    assert run("db", "copy", old, new, "--force", "--json").json["rows"]["stories"] == 3


def test_copy_of_what_cannot_be_copied(run: Run, backup: Path, tmp_path: Path) -> None:
    """A mistyped address would make an empty database, or replace one by itself."""
    url = f"sqlite:///{backup}"
    for old, new, status, said in (
        (url, url, 2, "are the same database"),
        (url, "sqlite:///copy.db", 2, "are the same database"),
        (f"sqlite:///{tmp_path / 'none.db'}", f"sqlite:///{tmp_path / 'new.db'}", 1, "does not exist, or is empty"),
        ("copy.db", url, 1, "is no database URL; use one of: postgresql://"),
        ("mysql://x/y", url, 1, "is not supported"),
        (url, "sqlite://", 2, "names no file"),
    ):
        os.chdir(tmp_path)
        wrong = run("db", "copy", old, new)
        assert (wrong.status, wrong.out) == (status, ""), (old, new)
        assert said in wrong.err
    assert not (tmp_path / "none.db").exists()
    assert not (tmp_path / "new.db").exists()


# -- PostgreSQL


def test_there_and_back(run: Run, backup: Path, elsewhere: Path, postgres: Server, tmp_path: Path) -> None:
    """Whoever moves to PostgreSQL would lose something on the way, or could not come back."""
    there = postgres.new_url()
    old, back = f"sqlite:///{backup}", f"sqlite:///{tmp_path / 'back.db'}"
    moved = run("db", "copy", old, there)
    assert moved.status == 0, moved.err
    assert re.search(r"^stories +3$", moved.out, re.M)
    assert contents(there) == contents(old)
    assert "holds stories already" in run("db", "copy", old, there).err
    assert run("db", "copy", there, back).status == 0
    assert contents(back) == contents(old)
    # The daemon goes on there: new rows get new numbers, and backups are SQLite files.
    elsewhere.write_text(f'[state]\nurl = "{there}"\n' + TOML)
    store = SqlStore(there)
    commit(store, [make_entry(9)])
    store.close()
    assert run("articles", "--config", elsewhere, "--json").json[0]["number"] == 4
    copied = run("backup", tmp_path / "pg.db", "--config", elsewhere)
    assert copied.status == 0, copied.err
    assert contents(f"sqlite:///{tmp_path / 'pg.db'}") == contents(there)
    refused = run("restore", backup, "--config", elsewhere)
    assert refused.status == 1
    restored = run("restore", backup, "--config", elsewhere, "--force")
    assert restored.status == 0, restored.err
    assert contents(there) == contents(old)


def test_upgrade_tells_no_password(run: Run, elsewhere: Path, postgres: Server) -> None:
    """The database's password would end up in a log, or PostgreSQL's tables have to be made by hand."""
    url = postgres.new_url().replace("bantin@", "bantin:hunter2@")
    elsewhere.write_text(f'[state]\nurl = "{url}"\n' + TOML)
    for words in (["status"], ["backup", "x.db"], ["db", "upgrade"], ["db", "upgrade", "--json"], ["status"]):
        done = run(*words, "--config", elsewhere)
        assert "hunter2" not in done.out + done.err, words
    assert done.status == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE revisions SET article = '{\"url\": 5}' WHERE story_id = 2", "revisions 2 1: article"),
        ("UPDATE revisions SET article = replace(article, 'https://', 'javascript:')", "article"),
        ("UPDATE stories SET url = 'javascript:alert(1)' WHERE id = 1", "stories 1: url"),
        ("UPDATE stories SET first_seen = 999999999999999999 WHERE id = 3", "stories 3: first_seen"),
        ("UPDATE stories SET listed_as = 'x'", "listed_as"),
        ("UPDATE stories SET entry_id = '<b>' WHERE id = 1", "stories 1: entry_id"),
        ("UPDATE sources SET failure = '[]'", "failure"),
        ("UPDATE endpoints SET url = 'file:///etc/passwd'", "endpoints hook: url"),
        (
            "INSERT INTO subscriptions SELECT 'n4me', id, 'https://a.example/', 'https://a.example/', 'file:///etc/', "
            "'s', 'https://b.example/', 1, 0, NULL, NULL, 0, NULL, 0 FROM sources LIMIT 1",
            "https://a.example/: hub",
        ),
    ],
)
def test_rows_that_bantin_cannot_have_written_are_refused(
    run: Run, backup: Path, elsewhere: Path, change: str, told: str
) -> None:
    """A backup from who knows where would be found to be broken, or to do harm, when its stories are shown."""
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute(change)
    done = run("restore", backup, "--config", elsewhere)
    assert done.status == 1
    assert told in done.err
    assert "nothing was restored" in done.err
    assert not (elsewhere.parent / "bantin.db").exists()
