"""What is published: stories with their current texts, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, func, select, union_all

from feeds.model import Elsewhere, Entry, Revision, Story
from state import rows
from state.engine import reading
from state.part import MAX_IN, Part, with_article
from state.store import FeedVersion
from state.tables import revisions, sources, stories


class Published(Part):
    """Stories on their way out."""

    def entries(
        self, source_ids: Iterable[str], limit: int, before: int | None = None, *, merge: bool = False
    ) -> list[tuple[int, Entry]]:
        ids = sorted(set(source_ids))
        shown = _shown(stories)
        if merge:
            shown.append(~_told_before(ids))
        if before is not None:
            shown.append(stories.c.id < before)
        query = with_article(select(stories, revisions.c.article)).where(_among(ids, shown, limit))
        with reading(self.engine) as tx:
            found = tx.execute(query.order_by(stories.c.id.desc()).limit(limit)).mappings().all()
            others = _elsewhere(tx, found, ids) if merge else {}
            return [(row["id"], _entry(row, others)) for row in found]

    def total(self, source_ids: Iterable[str], before: int | None = None) -> int:
        query = select(func.count()).select_from(stories).where(stories.c.source_id.in_(sorted(set(source_ids))))
        if before is not None:
            query = query.where(stories.c.id < before)
        with reading(self.engine) as tx:
            return int(tx.execute(query).scalar_one())

    def stretch(
        self, source_ids: Iterable[str], first: int, last: int, *, merge: bool = False
    ) -> tuple[list[Entry], list[Story]]:
        ids = sorted(set(source_ids))
        mine = stories.c.source_id.in_(ids)
        among = select(stories.c.id).where(mine).order_by(stories.c.id).offset(first - 1).limit(last - first + 1)
        with reading(self.engine) as tx:
            numbers = tx.scalars(among).all()
            if not numbers:
                return [], []
            here = [mine, stories.c.id.between(numbers[0], numbers[-1])]
            gone = select(stories).where(*here, stories.c.removed.is_not(None), stories.c.merged_into.is_(None))
            shown = with_article(select(stories, revisions.c.article)).where(*here, *_shown(stories))
            if merge:
                shown = shown.where(~_told_before(ids))
            found = tx.execute(shown.order_by(stories.c.id.desc())).mappings().all()
            others = _elsewhere(tx, found, ids) if merge else {}
            removed = [rows.story(row) for row in tx.execute(gone.order_by(stories.c.id)).mappings()]
            return [_entry(row, others) for row in found], removed

    def versions(self, source_ids: Iterable[str]) -> dict[str, FeedVersion]:
        query = select(sources).where(sources.c.id.in_(list(source_ids)))
        with reading(self.engine) as tx:
            return {row["id"]: _version(row) for row in tx.execute(query).mappings()}

    def story(self, entry_id: str, source_id: str | None = None) -> list[tuple[Story, list[Revision]]]:
        query = select(stories).where(stories.c.entry_id == entry_id)
        if source_id is not None:
            query = query.where(stories.c.source_id == source_id)
        with reading(self.engine) as tx:
            found = tx.execute(query.order_by(stories.c.id)).mappings().all()
            return [(rows.story(row), _revisions(tx, row)) for row in found]


def _version(row: RowMapping) -> FeedVersion:
    fares = rows.state(row)
    cause = fares.failure.cause if fares.failure else None
    return FeedVersion(row["version"], rows.moment(row["changed_at"]), fares.failing_since, cause)


def _entry(row: RowMapping, others: Mapping[int, list[Elsewhere]]) -> Entry:
    elsewhere = tuple(others.get(row["cluster"], ()))
    return Entry(story=rows.story(row), article=rows.article(row["article"]), elsewhere=elsewhere)


def _shown(table: Any) -> list[ColumnElement[bool]]:
    return [table.c.removed.is_(None), table.c.merged_into.is_(None)]


def _among(ids: list[str], shown: list[ColumnElement[bool]], limit: int) -> ColumnElement[bool]:
    """The stories of these sources that can be among the newest ``limit``.

    Each source is asked for its own newest: asked for all at once, a database reads and sorts all that they ever had.
    """
    if not 1 < len(ids) <= MAX_IN:
        return and_(stories.c.source_id.in_(ids), *shown)
    each = [select(stories.c.id).where(stories.c.source_id == name, *shown) for name in ids]
    newest = [query.order_by(stories.c.id.desc()).limit(limit).subquery() for query in each]
    return stories.c.id.in_(union_all(*(select(query.c.id) for query in newest)))


def _told_before(ids: list[str]) -> ColumnElement[bool]:
    """Whether one of these sources had the story first."""
    first = stories.alias("first")
    same = and_(first.c.cluster == stories.c.cluster, first.c.cluster > 0, first.c.id < stories.c.id)
    return exists().where(same, first.c.source_id.in_(ids), *_shown(first))


def _elsewhere(tx: Connection, shown: Sequence[RowMapping], ids: list[str]) -> dict[int, list[Elsewhere]]:
    """By cluster: how the other sources tell these stories."""
    clusters = [row["cluster"] for row in shown if row["cluster"] is not None and row["cluster"] > 0]
    mine = {row["id"] for row in shown}
    query = with_article(select(stories, revisions.c.article)).where(
        stories.c.cluster.in_(clusters), stories.c.source_id.in_(ids), *_shown(stories)
    )
    found: dict[int, list[Elsewhere]] = {}
    for row in tx.execute(query.order_by(stories.c.id)).mappings():
        if row["id"] not in mine:
            title = rows.article(row["article"]).title
            other = Elsewhere(source_id=row["source_id"], title=title, url=row["url"])
            found.setdefault(row["cluster"], []).append(other)
    return found


def _revisions(tx: Connection, story: Any) -> list[Revision]:
    found = tx.execute(select(revisions).where(revisions.c.story_id == story["id"]).order_by(revisions.c.number))
    return [
        Revision(
            source_id=story["source_id"],
            entry_id=story["entry_id"],
            number=row["number"],
            seen_at=rows.moment(row["seen_at"]),
            article=rows.article(row["article"]),
            fingerprint=row["fingerprint"],
        )
        for row in found.mappings()
    ]
