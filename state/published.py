"""What is published: stories with their current texts, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)

from feeds.model import Article, Entry, Revision, Story
from state import databases, rows
from state.connections import reading, writing
from state.part import A_FEW, MAX_IN, NO_RULES, Part, allowed, chunks, insert_or_update, with_article, writes
from state.store import ChangeRow, FeedVersion
from state.tables import addresses, revisions, sources, stories, verdicts

MAX_FOUND = 50  # stories: a beginning that more of them share names none
A_DOZEN = 12  # sources: of so many, all stories are sorted
MAX_TWINS = 5  # stories of one source that tell the same as one: a source that copies itself a hundred times has five
ENTRY = 1_500  # bytes of an entry besides its texts

_TEXTS = (
    with_article(select(stories.c.id, revisions.c.article))
    .where(stories.c.id.in_(bindparam("chunk", expanding=True)))
    .order_by(stories.c.id.desc())
)


class Published(Part):
    """Stories on their way out."""

    def entries(
        self,
        source_ids: Iterable[str],
        limit: int,
        before: int | None = None,
        rules: Mapping[str, str] = NO_RULES,
        found: tuple[datetime, datetime] | None = None,
    ) -> list[tuple[int, Entry]]:
        ids, shown = sorted(set(source_ids)), _shown(stories)
        if found is not None:
            first, end = map(rows.millis, found)
            shown += [stories.c.first_seen >= first, stories.c.first_seen < end]
        if before is not None:
            shown.append(stories.c.id < before)
        with reading(self.engine) as tx:
            if found is not None and len(ids) > MAX_IN:
                shown.append(_numbers(tx, shown))
            query = with_article(select(stories, revisions.c.article)).where(_among(tx, ids, shown, limit, rules))
            query = allowed(query, stories, _of(ids, rules))
            return _entries(tx, query.order_by(stories.c.id.desc()).limit(limit))

    def found_since(
        self,
        source_ids: Iterable[str],
        limit: int,
        since: datetime | None = None,
        *,
        changed: bool = False,
        withdrawn: bool = False,
    ) -> list[tuple[int, Entry]]:
        when = stories.c.removed if withdrawn else stories.c.updated if changed else stories.c.first_seen
        ids = sorted(set(source_ids))
        which: list[ColumnElement[bool]] = [_of_these(self.engine, ids), stories.c.merged_into.is_(None)]
        which.append(stories.c.removed.is_not(None) if withdrawn else stories.c.removed.is_(None))
        if changed:
            which.append(stories.c.revision > literal(1, literal_execute=True))  # as its index says it
        if since is not None:
            which.append(when >= rows.millis(since))
        query = with_article(select(stories, revisions.c.article, literal(1).label("wanted"))).where(*which)
        with reading(self.engine) as tx:
            return _entries(tx, query.order_by(when.desc(), stories.c.id.desc()).limit(limit))

    def changes(
        self,
        source_ids: Iterable[str],
        limit: int,
        before: tuple[datetime, int] | None = None,
        rules: Mapping[str, str] = NO_RULES,
        kind: str = "",
    ) -> list[ChangeRow]:
        ids = sorted(set(source_ids))
        mine = [_of_these(self.engine, ids), stories.c.merged_into.is_(None), ~stories.c.noisy]
        old = revisions.alias("old")
        edits = (
            select(stories, revisions.c.number, revisions.c.seen_at, revisions.c.article.label("article"))
            .add_columns(revisions.c.fingerprint.label("mark"), old.c.article.label("was"), old.c.seen_at.label("then"))
            .add_columns(old.c.fingerprint.label("old_mark"))
            .select_from(revisions)
            .join(stories, stories.c.id == revisions.c.story_id)
            .join(old, and_(old.c.story_id == stories.c.id, old.c.number == revisions.c.number - 1))
            .where(revisions.c.number > literal(1, literal_execute=True), *mine, *_before(revisions.c.seen_at, before))
            .order_by(revisions.c.seen_at.desc(), stories.c.id.desc())
        )
        gone = (
            with_article(select(stories, revisions.c.article))
            .where(stories.c.removed.is_not(None), *mine, *_before(stories.c.removed, before))
            .order_by(stories.c.removed.desc(), stories.c.id.desc())
        )
        rule, found = _of(ids, rules), list[ChangeRow]()
        with reading(self.engine) as tx:
            if kind != "withdrawn":
                edited = tx.execute(allowed(edits, stories, rule).limit(limit), execution_options=A_FEW).mappings()
                found += [_edit(row) for row in edited]
            if kind != "edited":
                removed = tx.execute(allowed(gone, stories, rule).limit(limit), execution_options=A_FEW).mappings()
                found += [ChangeRow(rows.moment(row["removed"]), row["id"], _entry(row)) for row in removed]
        return sorted(found, key=lambda row: (row.at, row.number), reverse=True)[:limit]

    def texts(self, numbers: Iterable[int], room: int) -> dict[int, Article]:
        found: dict[int, Article] = {}
        ordered = sorted(numbers, reverse=True)
        with reading(self.engine) as tx:
            for start in range(0, len(ordered), MAX_IN):
                chunk = ordered[start : start + MAX_IN]
                with tx.execute(_TEXTS, {"chunk": chunk}, execution_options=A_FEW) as told:
                    for row in told:
                        article = rows.article(row.article)
                        room -= _size(article)
                        if room < 0 and found:
                            return found
                        found[row.id] = article
        return found

    def twins(
        self, source_ids: Iterable[str], numbers: Iterable[int], rules: Mapping[str, str] = NO_RULES
    ) -> dict[int, list[tuple[int, Entry]]]:
        one, other = stories.alias("one"), stories.alias("other")
        place = func.row_number().over(partition_by=(one.c.id, other.c.source_id), order_by=other.c.id)
        alike = and_(other.c.cluster == one.c.cluster, other.c.id != one.c.id, *_shown(other))
        mine = other.c.source_id.in_(sorted(set(source_ids)))
        ranked = select(one.c.id.label("of"), other.c.id.label("id"), place.label("place")).join(other, alike)
        found: dict[int, list[tuple[int, Entry]]] = {}
        with reading(self.engine) as tx:
            for some in chunks(numbers):
                near = ranked.where(one.c.id.in_(some), one.c.cluster > 0, mine).subquery()
                query = with_article(select(near.c.of, stories, revisions.c.article))
                query = query.join(near, near.c.id == stories.c.id).where(near.c.place <= MAX_TWINS)
                query = allowed(query, stories, rules).order_by(stories.c.id)
                for row in tx.execute(query, execution_options=A_FEW).mappings():
                    found.setdefault(row["of"], []).append((row["id"], _entry(row)))
        return found

    def total(self, source_ids: Iterable[str], before: int | None = None) -> int:
        query = select(func.count()).select_from(stories).where(stories.c.source_id.in_(sorted(set(source_ids))))
        if before is not None:
            query = query.where(stories.c.id < before)
        with reading(self.engine) as tx:
            return int(tx.execute(query).scalar_one())

    def stretch(
        self, source_ids: Iterable[str], first: int, last: int, rules: Mapping[str, str] = NO_RULES
    ) -> tuple[list[tuple[int, Entry]], list[Story]]:
        mine = stories.c.source_id.in_(sorted(set(source_ids)))
        among = select(stories.c.id).where(mine).order_by(stories.c.id).offset(first - 1).limit(last - first + 1)
        with reading(self.engine) as tx:
            numbers = tx.scalars(among).all()
            if not numbers:
                return [], []
            here = [mine, stories.c.id.between(numbers[0], numbers[-1])]
            gone = select(stories).where(*here, stories.c.removed.is_not(None), stories.c.merged_into.is_(None))
            shown = with_article(select(stories, revisions.c.article)).where(*here, *_shown(stories))
            found = _entries(tx, allowed(shown, stories, rules).order_by(stories.c.id.desc()))
            removed = [rows.story(row) for row in tx.execute(gone.order_by(stories.c.id)).mappings()]
            return found, removed

    def versions(self, source_ids: Iterable[str]) -> dict[str, FeedVersion]:
        ids = list(source_ids)
        mine = sources.c.id.in_(ids) if len(ids) <= MAX_IN else databases.of(self.engine).among(sources.c.id, ids)
        query = select(sources).where(mine)
        with reading(self.engine) as tx:
            return {row["id"]: _version(row) for row in tx.execute(query).mappings()}

    def story(
        self, entry_id: str, source_id: str | None = None, last: int | None = None
    ) -> list[tuple[Story, list[Revision]]]:
        query = select(stories).where(stories.c.entry_id == entry_id)
        if source_id is not None:
            query = query.where(stories.c.source_id == source_id)
        with reading(self.engine) as tx:
            found = tx.execute(query.order_by(stories.c.id)).mappings().all()
            return [(rows.story(row), _revisions(tx, row, last)) for row in found]

    def version(self) -> int:
        with reading(self.engine) as tx:
            return int(tx.execute(select(func.coalesce(func.sum(sources.c.version), 0))).scalar_one())

    @writes
    def keep_verdicts(self, rules: Mapping[str, str], said: Mapping[int, bool]) -> None:
        with writing(self.engine, durable=False) as tx:
            known = select(stories.c.id, stories.c.source_id).where(stories.c.id.in_(list(said)))
            new = [
                {"story_id": row.id, "rule": rules[row.source_id], "wanted": said[row.id]}
                for row in tx.execute(known.order_by(stories.c.id))
                if row.source_id in rules
            ]
            if new:
                tx.execute(insert_or_update(tx, verdicts, ("story_id", "rule")), new)

    def showing(self, entry_id: str, rules: Mapping[str, str]) -> dict[str, bool]:
        query = select(stories.c.source_id).where(stories.c.entry_id == entry_id)
        with reading(self.engine) as tx:
            found = tx.execute(allowed(query.select_from(stories), stories, rules)).all()
            return {row.source_id: bool(row.wanted) for row in found}

    def find(self, *, number: int | None = None, start: str = "", key: str = "") -> list[tuple[str, str]]:
        query = select(stories.c.source_id, stories.c.entry_id).order_by(stories.c.id).limit(MAX_FOUND)
        if number is not None:
            query = query.where(stories.c.id == number)
        if start:
            query = query.where(stories.c.entry_id.startswith(start, autoescape=True))
        if key:
            known = select(addresses.c.story_id).where(addresses.c.key == rows.address(key))
            query = query.where(stories.c.id.in_(known))
        with reading(self.engine) as tx:
            return [(row.source_id, row.entry_id) for row in tx.execute(query)]


def _version(row: RowMapping) -> FeedVersion:
    fares = rows.state(row)
    cause = fares.failure.cause if fares.failure else None
    return FeedVersion(row["version"], rows.moment(row["changed_at"]), fares.failing_since, cause)


def _entries(tx: Connection, query: Select[Any]) -> list[tuple[int, Entry]]:
    return [(row["id"], _entry(row)) for row in tx.execute(query, execution_options=A_FEW).mappings()]


def _entry(row: RowMapping) -> Entry:
    return Entry(story=rows.story(row), article=rows.brief(row["article"]), judged=bool(row["wanted"]))


def _of_these(tx: Engine, ids: list[str]) -> ColumnElement[bool]:
    """Stories of these sources, where what happened last is asked for.

    Of many sources it is looked through until enough is theirs. What is added to the name keeps the databases from
    reading and sorting, instead, all that these sources ever had.
    """
    name = stories.c.source_id if len(ids) <= A_DOZEN else stories.c.source_id.concat("")
    return name.in_(ids) if len(ids) <= MAX_IN else databases.of(tx).among(name, ids)


def _before(column: Any, before: tuple[datetime, int] | None) -> list[ColumnElement[bool]]:
    """What happened before that moment, and at it to stories of smaller numbers."""
    if before is None:
        return []
    at, number = rows.millis(before[0]), before[1]
    return [column <= at, or_(column < at, stories.c.id < number)]


def _edit(row: RowMapping) -> ChangeRow:
    of = {"source_id": row["source_id"], "entry_id": row["entry_id"]}
    then, at = rows.moment(row["then"]), rows.moment(row["seen_at"])
    was, now = rows.article(row["was"]), rows.article(row["article"])
    old = Revision(number=row["number"] - 1, seen_at=then, article=was, fingerprint=row["old_mark"], **of)
    new = Revision(number=row["number"], seen_at=at, article=now, fingerprint=row["mark"], **of)
    return ChangeRow(at, row["id"], _entry(row), old, new)


def _size(article: Article) -> int:
    """About how many bytes a feed needs for it; signs of HTML are written as entities there."""
    html = article.content_html
    return len(html.encode()) + 3 * (html.count("<") + html.count(">")) + len((article.summary or "").encode()) + ENTRY


def _shown(table: Any) -> list[ColumnElement[bool]]:
    return [table.c.removed.is_(None), table.c.merged_into.is_(None)]


def _of(ids: list[str], rules: Mapping[str, str]) -> dict[str, str]:
    """The rules of these sources."""
    return {name: rules[name] for name in ids if name in rules}


def _numbers(tx: Connection, which: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Between which numbers these stories are: of a day, so that not all that came after it are gone through."""
    first, last = tx.execute(select(func.min(stories.c.id), func.max(stories.c.id)).where(*which)).one()
    return stories.c.id.between(first or 0, last or 0)


def _among(
    tx: Connection, ids: list[str], shown: list[ColumnElement[bool]], limit: int, rules: Mapping[str, str]
) -> ColumnElement[bool]:
    """The stories of these sources that can be among the newest ``limit``.

    Each source is asked for its own newest: asked for all at once, a database reads and sorts all that they ever had.
    """
    if len(ids) > MAX_IN:
        return and_(databases.of(tx).among(stories.c.source_id.concat(""), ids), *shown)
    if len(ids) < 2:
        return and_(stories.c.source_id.in_(ids), *shown)
    each = [
        allowed(select(stories.c.id).select_from(stories), stories, _of([name], rules)).where(
            stories.c.source_id == name, *shown
        )
        for name in ids
    ]
    newest = [query.order_by(stories.c.id.desc()).limit(limit).subquery() for query in each]
    return stories.c.id.in_(union_all(*(select(query.c.id) for query in newest)))


def _revisions(tx: Connection, story: Any, last: int | None) -> list[Revision]:
    """The story's revisions, the first first, or the ``last`` of them."""
    query = select(revisions).where(revisions.c.story_id == story["id"]).order_by(revisions.c.number.desc()).limit(last)
    found = [
        Revision(
            source_id=story["source_id"],
            entry_id=story["entry_id"],
            number=row["number"],
            seen_at=rows.moment(row["seen_at"]),
            article=rows.article(row["article"]),
            fingerprint=row["fingerprint"],
        )
        for row in tx.execute(query, execution_options=A_FEW).mappings()
    ]
    return found[::-1]
