"""Which stories of different sources tell the same.

Found by bands (locality-sensitive hashes that near-duplicates share), judged by their texts. Judging takes time, so it
is done while others write; what it found is stored when nothing came meanwhile that it would have had to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, exists, func, or_, select

from feeds.model import Article
from state import databases, rows
from state.connections import reading, writing
from state.part import Part, insert_or_update, lock_sources, shows, with_article
from state.store import Comparison, Judge, Placement
from state.tables import bands, revisions, sources, stories

MAX_CANDIDATES = 8  # stories that a text is compared with, those with most bands in common first
MAX_COMPARED = 2_000_000  # characters in one go: a second or two, whatever they are; twenty stories have a tenth
# Stories: two hundred sources with one agency's report, twice over. What more have in common is a form that they are
# written in; each of them would be looked at for each that comes, with the database's only writer held.
MOST_IN_A_BAND = 500
NEVER = -1  # in `stories.cluster`: there is no text to compare

_WAITING = (
    with_article(select(stories, revisions.c.article))
    .where(stories.c.cluster.is_(None))
    .order_by(stories.c.id)
    .limit(bindparam("most"))
)


class _Near(msgspec.Struct, frozen=True):
    """A story that shares bands with another, its cluster as far as that is stored, and its text."""

    id: int
    source: str
    shared: int
    cluster: int | None
    article: Article


class Clusters(Part):
    """Stories that wait to be compared, and how they are."""

    def cluster(self, judge: Judge, limit: int) -> int:
        return self.place(self.compare(judge, limit), limit)

    def compare(self, judge: Judge, limit: int) -> Comparison | None:
        with reading(self.engine) as tx:
            if tx.execute(select(stories.c.id).where(stories.c.cluster.is_(None)).limit(1)).first() is None:
                return None
            found = tx.execute(_WAITING, {"most": limit}).mappings().all()
            comparing = _Comparing(tx, judge)
            placements: list[Placement] = []
            for row in found:
                placements.append(comparing.placed(row))
                if comparing.compared > MAX_COMPARED:
                    break
            return Comparison(placements, more=len(placements) < len(found))

    @shows
    def place(self, comparison: Comparison | None, limit: int) -> int:
        if comparison is None:
            return 0
        with writing(self.engine, durable=False) as tx:
            # One daemon at a time: two that place two copies of a story at once would see neither in the other.
            databases.of(tx).one_at_a_time(tx)
            placements = list(_still_so(tx, comparison.placements))
            touched = set[str]().union(*(placement.touched for placement in placements))
            # Held before any story is written, as a poll does: each would wait for what the other holds.
            lock_sources(tx, touched | {placement.source for placement in placements})
            _store(tx, {placement.story: placement.cluster for placement in placements})
            _show(tx, touched, self.now())
            if not comparison.placements:
                _pass_over(tx)
        more = comparison.more or len(placements) < len(comparison.placements)
        return limit if more else len(placements)


class _Comparing:
    """Compares stories, each with those that are stored, and with those before it."""

    def __init__(self, tx: Connection, judge: Judge) -> None:
        self.tx, self.judge = tx, judge
        self.compared = 0  # characters
        self._before: list[tuple[RowMapping, Article, frozenset[int]]] = []
        self._clusters: dict[int, int] = {}

    def placed(self, row: RowMapping) -> Placement:
        """Find one story's cluster."""
        article = rows.article(row["article"])
        mine = self._telling(self.judge.bands(article))
        values = _near_values(row, mine, int(self.judge.WINDOW / timedelta(milliseconds=1)))
        near = self._near(row, mine, values)
        cluster, touched = row["id"], frozenset[str]()
        for other in near:
            found = self._clusters.get(other.id, other.cluster)
            if found is None or not self._same(other.article, article):
                continue
            if found == other.id or self._leads(found, article):
                cluster, touched = found, frozenset((row["source_id"], other.source))
                break
        self.compared += len(article.body_text)
        self._clusters[row["id"]] = cluster
        self._before.append((row, article, frozenset(mine)))
        return Placement(
            story=row["id"],
            revision=row["revision"],
            near=values,
            bands=mine,
            seen=[other.id for other in near],
            cluster=cluster,
            touched=touched,
            source=row["source_id"],
        )

    def _telling(self, mine: Sequence[int]) -> list[int]:
        """The bands that tell something of a story: not those that hundreds stand in. (They take no more.)"""
        full = set(self.tx.scalars(_FULL, {"mine": list(mine), "most": MOST_IN_A_BAND})) if mine else set()
        return [band for band in mine if band not in full]

    def _near(self, row: RowMapping, mine: Sequence[int], values: Mapping[str, Any]) -> list[_Near]:
        """The stories of other sources that share bands, those that share most first."""
        if not mine:
            return []
        found = {
            other["id"]: _Near(
                other["id"], other["source_id"], other["n"], other["cluster"], rows.article(other["article"])
            )
            for other in self.tx.execute(NEAR, values).mappings()
        }
        for other, article, theirs in self._before:
            shared = len(theirs.intersection(mine))
            if shared and _may_be_near(other, row, values):
                found[other["id"]] = _Near(other["id"], other["source_id"], shared, None, article)
        return sorted(found.values(), key=lambda near: (-near.shared, near.id))[:MAX_CANDIDATES]

    def _same(self, one: Article, other: Article) -> bool:
        self.compared += len(one.body_text) + len(other.body_text)
        return self.judge.same(one, other)

    def _leads(self, first: int, article: Article) -> bool:
        """Whether the cluster's first story tells the same, too: a round-up is like its stories, not they alike."""
        found = self.tx.execute(_TEXT, {"of": first}).mappings().first()
        return found is not None and self._same(rows.article(found["article"]), article)


def _may_be_near(other: RowMapping, row: RowMapping, values: Mapping[str, Any]) -> bool:
    """What `NEAR` asks of a story that is stored, of one that is about to be."""
    gone = other["removed"] is not None or other["merged_into"] is not None
    return (
        not gone
        and other["source_id"] != row["source_id"]
        and values["earliest"] <= other["first_seen"] <= values["latest"]
    )


def _still_so(tx: Connection, placements: Sequence[Placement]) -> Iterator[Placement]:
    """Those up to the first that another daemon, or an edit, has made wrong meanwhile; their bands are stored."""
    now = {
        row.id: row.revision
        for row in tx.execute(_THERE, {"ids": [placement.story for placement in placements]})
        if row.cluster is None
    }
    for placement in placements:
        if now.get(placement.story) != placement.revision:
            return
        if placement.bands and list(tx.scalars(NEAR_IDS, dict(placement.near))) != list(placement.seen):
            return
        if placement.bands:
            stored = [{"band": band, "story_id": placement.story} for band in placement.bands]
            tx.execute(insert_or_update(tx, bands, ("band", "story_id")), stored)
        yield placement


_THERE = select(stories.c.id, stories.c.cluster, stories.c.revision).where(
    stories.c.id.in_(bindparam("ids", expanding=True))
)
_TEXT = with_article(select(stories.c.id, revisions.c.article)).where(stories.c.id == bindparam("of"))


def _near_values(row: RowMapping, mine: Sequence[int], window: int) -> dict[str, Any]:
    return {
        "mine": list(mine),
        "source": row["source_id"],
        "earliest": row["first_seen"] - window,
        "latest": row["first_seen"] + window,
    }


def _near(*columns: Any) -> Select[Any]:
    """These columns of the stories of other sources that share bands, those that share most first."""
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
    query = with_article(select(stories.c.id, *columns, shared.c.n))
    query = query.join(shared, shared.c.story_id == stories.c.id)
    return query.where(near).order_by(shared.c.n.desc(), stories.c.id).limit(MAX_CANDIDATES)


_FULL = (
    select(bands.c.band)
    .where(bands.c.band.in_(bindparam("mine", expanding=True)))
    .group_by(bands.c.band)
    .having(func.count() >= bindparam("most"))
)

# Building them takes longer than the database needs to answer them.
NEAR = _near(stories.c.source_id, stories.c.cluster, revisions.c.article)
NEAR_IDS = _near()


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
