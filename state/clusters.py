"""Which stories of different sources tell the same.

Found by bands (locality-sensitive hashes that near-duplicates share), judged by their texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, exists, func, or_, select

from feeds.model import Article
from state import databases, rows
from state.engine import writing
from state.part import Part, insert_or_update, lock_sources, with_article
from state.store import Judge
from state.tables import bands, revisions, sources, stories

MAX_CANDIDATES = 8  # stories that a text is compared with, those with most bands in common first
NEVER = -1  # in `stories.cluster`: there is no text to compare

_WAITING = (
    with_article(select(stories, revisions.c.article))
    .where(stories.c.cluster.is_(None))
    .order_by(stories.c.id)
    .limit(bindparam("most"))
)


class Clusters(Part):
    """Stories that wait to be compared, and how they are."""

    def cluster(self, judge: Judge, limit: int) -> int:
        if self.nothing(select(stories.c.id).where(stories.c.cluster.is_(None))):
            return 0
        with writing(self.engine, durable=False) as tx:
            # One daemon at a time: two that compare two copies of a story at once would see neither in the other.
            databases.of(tx).one_at_a_time(tx)
            found = tx.execute(_WAITING, {"most": limit}).mappings().all()
            placed: dict[int, int] = {}  # story by cluster
            touched = {name for row in found for name in _place(tx, judge, row, placed)}
            # Held before any story is written, as a poll does: each would wait for what the other holds.
            lock_sources(tx, touched | {row["source_id"] for row in found})
            _store(tx, placed)
            _show(tx, touched, self.now())
            if not found:
                _pass_over(tx)
            return len(found)


def _place(tx: Connection, judge: Judge, row: RowMapping, placed: dict[int, int]) -> set[str]:
    """Find one story's cluster; returns the sources whose merged feeds that changes.

    ``placed`` holds the clusters of those before it, which are not stored yet.
    """
    article = rows.article(row["article"])
    mine = judge.bands(article)
    cluster, touched = row["id"], set[str]()
    for other in _candidates(tx, row, mine, int(judge.WINDOW.total_seconds() * 1000)):
        found = placed.get(other["id"], other["cluster"])
        if found is None or not judge.same(rows.article(other["article"]), article):
            continue
        if found == other["id"] or _leads(tx, judge, found, article):
            cluster = found
            touched = {row["source_id"], other["source_id"]}
            break
    placed[row["id"]] = cluster
    if mine:
        tx.execute(
            insert_or_update(tx, bands, ("band", "story_id")), [{"band": band, "story_id": row["id"]} for band in mine]
        )
    return touched


_TEXT = with_article(select(stories.c.id, revisions.c.article)).where(stories.c.id == bindparam("of"))


def _leads(tx: Connection, judge: Judge, first: int, article: Article) -> bool:
    """Whether the cluster's first story tells the same, too: a round-up is like each of its stories, not they alike."""
    found = tx.execute(_TEXT, {"of": first}).mappings().first()
    return found is not None and judge.same(rows.article(found["article"]), article)


def _candidates(tx: Connection, row: RowMapping, mine: Sequence[int], window: int) -> Sequence[RowMapping]:
    if not mine:
        return ()
    values = {
        "mine": list(mine),
        "source": row["source_id"],
        "earliest": row["first_seen"] - window,
        "latest": row["first_seen"] + window,
    }
    return tx.execute(NEAR, values).mappings().all()


def _near() -> Select[Any]:
    """The stories of other sources that share bands, those that share most first."""
    shared = (
        select(bands.c.story_id, func.count().label("n"))
        .where(bands.c.band.in_(bindparam("mine", expanding=True)))
        .group_by(bands.c.story_id)
        .subquery()
    )
    near = and_(
        stories.c.source_id != bindparam("source"),
        or_(stories.c.cluster > 0, stories.c.cluster.is_(None)),  # null, but with bands: placed a moment ago
        stories.c.removed.is_(None),
        stories.c.merged_into.is_(None),
        stories.c.first_seen.between(bindparam("earliest"), bindparam("latest")),
    )
    query = with_article(select(stories.c.id, stories.c.source_id, stories.c.cluster, revisions.c.article))
    query = query.join(shared, shared.c.story_id == stories.c.id)
    return query.where(near).order_by(shared.c.n.desc(), stories.c.id).limit(MAX_CANDIDATES)


NEAR = _near()  # building it takes longer than the database needs to answer it


_PLACED = stories.update().where(stories.c.id == bindparam("of"))


def _store(tx: Connection, placed: Mapping[int, int]) -> None:
    if placed:
        tx.execute(_PLACED, [{"of": story, "cluster": cluster} for story, cluster in placed.items()])


def _pass_over(tx: Connection) -> None:
    """Stories whose texts are kept no longer wait no more; those that came this moment do."""
    current = and_(revisions.c.story_id == stories.c.id, revisions.c.number == stories.c.revision)
    without = and_(stories.c.cluster.is_(None), ~exists().where(current))
    found = tx.execute(select(stories.c.id, stories.c.source_id).where(without)).all()
    lock_sources(tx, {row.source_id for row in found})
    _store(tx, {row.id: NEVER for row in found})


def _show(tx: Connection, names: set[str], now: int) -> None:
    """Feeds over these sources are to be written anew."""
    if names:
        new = {"version": sources.c.version + 1, "changed_at": now}
        tx.execute(sources.update().where(sources.c.id.in_(sorted(names))).values(new))
