"""A database with a million invented stories, made within minutes: rows by the database itself, indexes at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Index, text

from state import databases
from state.sql import SqlStore
from state.tables import addresses, bands, stories

SOURCES = 10_000
BANDS = 20  # of each story; one is shared by 4 stories, one by 50, as texts that are not the same share some
DAYS = 30  # the stories came in so many, one after the other
WORDS = "Sáng nay, bà con hai bên bờ sông đã có mặt từ sớm để theo dõi lễ hội đua thuyền truyền thống. "
_BIG = 4_611_686_018_427_387_847  # a prime below 2^62


def band(story: int, number: int) -> int:
    """One of a story's bands, as `_BANDS` has them."""
    if number < 2:
        return story // (4 if number == 0 else 50) * 2 + number
    return (story * BANDS + number) * 2_654_435_761 % _BIG


def key(story: int) -> str:
    """The address that a story is known by."""
    return f"news.example/{story % SOURCES}/bai-{story}.htm"


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
_TIMES = f":now - (:count - i) * CAST({DAYS * 86_400_000} AS BIGINT) / :count"
_SOURCE = f"'s' || (i % {SOURCES})"
_FILL = {
    "sources": f"INSERT INTO sources (id, enabled, due_at, failures, alarmed, version, changed_at) {_NUMBERS}"
    f" SELECT 's' || (i - 1), true, :now + i, 0, false, 0, :now FROM n WHERE i <= {SOURCES}",
    "listings": f"INSERT INTO listings (source_id, url, teasers, etag) {_NUMBERS}"
    f" SELECT 's' || (i - 1), 'https://news.example/' || (i - 1) || '/', 50, 'v1' FROM n WHERE i <= {SOURCES}",
    "endpoints": "INSERT INTO endpoints (id, url) VALUES ('hook', 'https://hook.example/')",
    "stories": "INSERT INTO stories (id, source_id, entry_id, url, first_seen, updated, revision, fingerprint, partial,"
    " backlog, listed_as, looks, next_look, occupant, reading, restless, noisy, cluster)"
    f" {_NUMBERS} SELECT i, {_SOURCE}, 'urn:uuid:' || (i * 2654435761 % {_BIG}),"
    f" 'https://news.example/' || (i % {SOURCES}) || '/bai-' || i || '.htm', {_TIMES}, {_TIMES}, 1, '1:' || i, false,"
    " false, '[\"1:' || i || '\"]', 3, CASE WHEN i % 5 = 0 THEN :now + 86400000 END, 1, 'bantin', 0, false, i FROM n",
    "addresses": f"INSERT INTO addresses (source_id, key, story_id) {_NUMBERS}"
    f" SELECT {_SOURCE}, 'news.example/' || (i % {SOURCES}) || '/bai-' || i || '.htm', i FROM n ORDER BY 1, 2",
    "revisions": f"INSERT INTO revisions (story_id, number, seen_at, fingerprint, article) {_NUMBERS}"
    f' SELECT i, 1, {_TIMES}, \'1:\' || i, \'{{"url":"https://news.example/\' || i || \'","title":"Tin số \' || i ||'
    ' \'","body_text":"\' || :words || i || \'"}\' FROM n',
    "bands": f"INSERT INTO bands (band, story_id) {_NUMBERS}, j(k) AS"
    f" (SELECT 0 UNION ALL SELECT k + 1 FROM j WHERE k < {BANDS - 1})"
    " SELECT CASE k WHEN 0 THEN i / 4 * 2 WHEN 1 THEN i / 50 * 2 + 1"
    f" ELSE (i * {BANDS} + k) * 2654435761 % {_BIG} END, i FROM n CROSS JOIN j ORDER BY 1, 2",
}


def fill(store: SqlStore, count: int, now: int) -> None:
    """Put ``count`` stories into the empty tables, the last at ``now`` (milliseconds)."""
    late: list[Index] = [index for table in (stories, addresses, bands) for index in table.indexes]
    postgres = store.engine.dialect.name == "postgresql"
    with _unchecked(store.engine, postgres) as tx:
        for index in late:
            index.drop(tx)
        if postgres:
            tx.execute(text("ALTER TABLE bands DROP CONSTRAINT pk_bands"))
        for name, statement in _FILL.items():
            rows = max(count, SOURCES) if name in ("sources", "listings") else count
            values: dict[str, Any] = {"count": rows, "now": now, "words": WORDS * 12}
            tx.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
        if postgres:
            tx.execute(text("ALTER TABLE bands ADD CONSTRAINT pk_bands PRIMARY KEY (band, story_id)"))
        for index in late:
            index.create(tx)
        tx.execute(text("UPDATE sources SET stories = (SELECT count(*) FROM stories WHERE source_id = sources.id)"))
        databases.of(tx).after_copy(tx)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
        tx.execute(text("ANALYZE"))


@contextmanager
def _unchecked(engine: Engine, postgres: bool) -> Iterator[Connection]:
    """A transaction without checks and without a way back, with much memory."""
    with engine.connect().execution_options(write=True, durable=False) as connection:
        driver: Any = connection.connection.driver_connection
        if not postgres:
            for setting in ("foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
                driver.execute(f"PRAGMA {setting}").fetchall()
        with connection.begin():
            if postgres:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
                connection.execute(text("SET LOCAL work_mem = '512MB'"))
            yield connection
        connection.invalidate()  # its settings go with it
