"""What is known before a poll is decided, and the one transaction that stores its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, select

from feeds.errors import LeaseLostError
from feeds.model import Changes, Known, SourceState, Tally
from state import databases, rows
from state.clusters import NEVER
from state.connections import asking, writing
from state.databases import UNHEARD
from state.outbox import store_events
from state.part import Part, chunks, insert_or_update, lock_sources, shows, with_article, writes
from state.search import current_texts, index, words_of
from state.tables import addresses, habits, listings, pages, polls, revisions, sources, stories, verdicts

MAX_KEPT = 2_000_000  # bytes of a kept page, packed: larger ones are not kept
KEPT = 100  # pages in all; the oldest make room
REMEMBERED = 50  # polls of a source that found something or failed: a screen of its page
KEPT_AGAIN = 3_600_000  # milliseconds after which a list's page takes the place of the one before

# Built once: that takes as long as the database needs to answer them.
_BY_KEY = (
    with_article(select(addresses.c.key, stories, revisions.c.article), forgotten=True)
    .join(addresses, addresses.c.story_id == stories.c.id)
    .where(addresses.c.source_id == bindparam("source"), addresses.c.key.in_(bindparam("chunk", expanding=True)))
)
_STORIES_BY_KEY = (
    select(addresses.c.key, stories)
    .join(addresses, addresses.c.story_id == stories.c.id)
    .where(addresses.c.source_id == bindparam("source"), addresses.c.key.in_(bindparam("chunk", expanding=True)))
)
_BY_FINGERPRINT = (
    with_article(select(stories, revisions.c.article))
    .where(stories.c.source_id == bindparam("source"), stories.c.merged_into.is_(None))
    .where(stories.c.fingerprint.in_(bindparam("chunk", expanding=True)))
    .order_by(stories.c.id.desc())
)
_HABITS = select(habits.c.learned).where(habits.c.source_id == bindparam("source"))
_IDS = select(stories.c.entry_id, stories.c.id, stories.c.removed, stories.c.merged_into, stories.c.partial).where(
    stories.c.source_id == bindparam("source"), stories.c.entry_id.in_(bindparam("chunk", expanding=True))
)
_OLD_VERDICTS = (
    verdicts.delete().where(verdicts.c.story_id.in_(bindparam("chunk", expanding=True))).execution_options(**UNHEARD)
)
_NEW = stories.insert().returning(stories.c.entry_id, stories.c.id, sort_by_parameter_order=True)
_FINISHED = (
    sources.update()
    .where(sources.c.id == bindparam("of"), sources.c.lease_owner == bindparam("by"))
    .values(lease_owner=None, lease_until=None)
)
_COUNTED = sources.update().where(sources.c.id == bindparam("of")).values(polls=sources.c.polls + 1)
_COUNTS = (
    sources.update()
    .where(sources.c.id == bindparam("of"))
    .values(stories=sources.c.stories + bindparam("more"), partials=sources.c.partials + bindparam("more_partials"))
    .execution_options(**UNHEARD)
)
_FINISHED_VISIBLY = _FINISHED.values(version=sources.c.version + 1)


class Commits(Part):
    """Stories, their addresses and revisions, on their way in."""

    def known(
        self, source_id: str, keys: Iterable[str], fingerprints: Iterable[str] = (), *, texts: bool = True
    ) -> Known:
        known = Known(by_key={}, by_fingerprint={}, articles={})
        with asking(self.engine) as tx:  # the lease keeps others from what is asked for
            if not texts and (learned := tx.execute(_HABITS, {"source": source_id}).scalar_one_or_none()):
                known.habits = rows.habits(learned)
            stored = {rows.address(name): name for name in keys}
            for chunk in chunks(stored):
                query, asked = (_BY_KEY if texts else _STORIES_BY_KEY), {"source": source_id, "chunk": chunk}
                for row in tx.execute(query, asked).mappings():  # texts are few: those of a poll's looks
                    known.by_key[stored[row["key"]]] = story = rows.story(row)
                    if texts and row["article"] is not None:
                        known.articles[story.entry_id] = rows.article(row["article"])
            for chunk in chunks(fingerprints):
                for row in tx.execute(_BY_FINGERPRINT, {"source": source_id, "chunk": chunk}).mappings():
                    story = rows.story(row)
                    known.by_fingerprint[row["fingerprint"]] = story
                    known.articles[story.entry_id] = rows.article(row["article"])
        return known

    @shows
    def commit(self, changes: Changes, owner: str, words: Mapping[str, str] | None = None) -> None:
        words = words_of(changes) if words is None else words
        kept = [row for page in changes.pages if len((row := rows.page_row(page))["body"]) <= MAX_KEPT]
        with writing(self.engine, durable=bool(changes.stories or changes.events)) as tx:
            self._finish_poll(tx, changes, owner)
            if changes.state.failures or changes.events or any(msgspec.structs.astuple(changes.tally)):
                _remember(tx, [(changes.state, changes.tally)])
            if changes.listings:
                _store_listings(tx, changes)
            if changes.stories:
                entries = {story.entry_id for story in changes.stories}
                ids, before_it = _ids(tx, changes.state.id, entries | set(changes.addresses.values()))
                told = [item for item in changes.revisions if item.entry_id in words]
                before = current_texts(tx, [ids[item.entry_id] for item in told if item.entry_id in ids])
                _store_stories(tx, changes, ids, self.now())
                _count(tx, changes, before_it)
                _store_texts(tx, changes, ids)
                _store_verdicts(tx, changes, ids)
                index(tx, before, {ids[item.entry_id]: words[item.entry_id] for item in told})
            if changes.habits is not None:
                learned = {"source_id": changes.state.id, "learned": rows.as_json(changes.habits)}
                tx.execute(insert_or_update(tx, habits, ("source_id",), ("learned",)), learned)
            if kept:
                _keep_pages(tx, changes.state.id, kept)
            if changes.events:
                store_events(tx, changes.events, changes.deliveries)

    @writes
    def commit_quiet(self, states: Sequence[SourceState], owner: str) -> set[str]:
        with writing(self.engine, durable=False) as tx:
            lock_sources(tx, [state.id for state in states])
            mine = and_(sources.c.id.in_([state.id for state in states]), sources.c.lease_owner == owner)
            held = set(tx.scalars(select(sources.c.id).where(mine)))
            done = [rows.state_row(state) | {"of": state.id, "by": owner} for state in states if state.id in held]
            if done:
                tx.execute(_FINISHED, done)
                _remember(tx, [(state, Tally()) for state in states if state.id in held and state.failures])
        return {state.id for state in states} - held

    def _finish_poll(self, tx: Connection, changes: Changes, owner: str) -> None:
        values = rows.state_row(changes.state) | {"of": changes.state.id, "by": owner}
        if changes.watch is not None:
            values["watch"] = rows.as_json(changes.watch)
        if changes.visible:
            values["changed_at"] = self.now()
        if tx.execute(_FINISHED_VISIBLY if changes.visible else _FINISHED, values).rowcount != 1:
            raise LeaseLostError(f"source {changes.state.id}: the lease of this poll was lost; its result is dropped")


def _remember(tx: Connection, found: Sequence[tuple[SourceState, Tally]]) -> None:
    """Keep what polls found; of those that fail in a row the first, the second, the fourth, the eighth and so on."""
    told = [
        rows.poll_row(state, tally)
        for state, tally in found
        if state.last_poll is not None and state.failures & (state.failures - 1) == 0
    ]
    if told:
        tx.execute(_COUNTED, [{"of": row["of"]} for row in told])
        tx.execute(_remembered(databases.of(tx).insert), told)


@cache
def _remembered(insert: Callable[..., Any]) -> Any:
    columns = ("source_id", "slot", "at", "failures", "failure", "tally")
    new = select(sources.c.id, sources.c.polls % REMEMBERED, *(bindparam(name) for name in columns[2:]))
    statement = insert(polls).from_select(columns, new.where(sources.c.id == bindparam("of")))
    changed = {name: statement.excluded[name] for name in columns[2:]}
    return statement.on_conflict_do_update(index_elements=["source_id", "slot"], set_=changed)


def _store_listings(tx: Connection, changes: Changes) -> None:
    found = [
        {"source_id": changes.state.id, "url": url, **rows.listing_row(state)}
        for url, state in changes.listings.items()
    ]
    new = tuple(name for name in found[0] if name not in ("source_id", "url"))
    tx.execute(insert_or_update(tx, listings, ("source_id", "url"), new), found)


def _store_stories(tx: Connection, changes: Changes, ids: dict[str, int], now: int) -> None:
    """Insert or update the stories. ``ids`` are the row ids of those that are there; new ones join, in their order."""
    known = [story for story in changes.stories if story.entry_id in ids]
    new = [
        rows.story_row(story) | {"cluster": NEVER if story.partial else None, "stored": now}
        for story in changes.stories
        if story.entry_id not in ids
    ]
    if new:
        ids |= {row.entry_id: row.id for row in tx.execute(_NEW, new)}
    for story in known:
        row = rows.story_row(story)
        if not story.partial:  # one that was is to be compared with others, now that it has a text
            row["cluster"] = case((stories.c.cluster == NEVER, None), else_=stories.c.cluster)
        del row["first_seen"], row["stated"]  # a story is seen first only once
        changed = stories.update().where(stories.c.id == ids[story.entry_id]).values(row)
        tx.execute(changed, execution_options=UNHEARD)


def _ids(tx: Connection, source_id: str, entry_ids: Iterable[str]) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """The row ids of the stories that are there, and what they count for."""
    ids: dict[str, int] = {}
    counts: dict[str, tuple[int, int]] = {}
    for chunk in chunks(entry_ids):
        for row in tx.execute(_IDS, {"source": source_id, "chunk": chunk}):
            ids[row.entry_id] = row.id
            counts[row.entry_id] = _counts_for(row)
    return ids, counts


def _counts_for(story: Any) -> tuple[int, int]:
    """Whether a story is among those that its source shows, and among those of which there is the teaser only."""
    shown = story.removed is None and story.merged_into is None
    return int(shown), int(shown and story.partial)


def _count(tx: Connection, changes: Changes, before: Mapping[str, tuple[int, int]]) -> None:
    """Have the source's counts tell of these stories, too; ``before`` is what they counted for."""
    more = more_partials = 0
    for story in changes.stories:
        (shown, partial), (was, was_partial) = _counts_for(story), before.get(story.entry_id, (0, 0))
        more, more_partials = more + shown - was, more_partials + partial - was_partial
    if more or more_partials:
        tx.execute(_COUNTS, {"of": changes.state.id, "more": more, "more_partials": more_partials})


def _store_texts(tx: Connection, changes: Changes, ids: dict[str, int]) -> None:
    if changes.addresses:
        tx.execute(
            insert_or_update(tx, addresses, ("source_id", "key"), ("story_id",)),
            [
                {"source_id": changes.state.id, "key": rows.address(key), "story_id": ids[entry]}
                for key, entry in changes.addresses.items()
            ],
        )
    if changes.revisions:
        tx.execute(
            insert_or_update(tx, revisions, ("story_id", "number"), ("seen_at", "fingerprint", "article")),
            [
                {
                    "story_id": ids[item.entry_id],
                    "number": item.number,
                    "seen_at": rows.millis(item.seen_at),
                    "fingerprint": item.fingerprint,
                    "article": rows.as_json(item.article),
                }
                for item in changes.revisions
            ],
        )


def _store_verdicts(tx: Connection, changes: Changes, ids: dict[str, int]) -> None:
    """What the rules said of the texts before does not hold for the new ones."""
    changed = [ids[item.entry_id] for item in changes.revisions]
    for chunk in chunks(changed):
        tx.execute(_OLD_VERDICTS, {"chunk": chunk})
    new = [
        {"story_id": ids[entry], "rule": rule, "wanted": wanted}
        for entry, said in changes.verdicts.items()
        for rule, wanted in said.items()
    ]
    if new:
        tx.execute(verdicts.insert(), new)


def _keep_pages(tx: Connection, source_id: str, found: Sequence[dict[str, Any]]) -> None:
    """Keep the pages; of a list that fails at every poll, one an hour."""
    for row in found:
        mine = and_(pages.c.source_id == source_id, pages.c.url == row["url"])
        if tx.execute(select(pages.c.id).where(mine, pages.c.at > row["at"] - KEPT_AGAIN)).first() is None:
            tx.execute(pages.delete().where(mine))
            tx.execute(pages.insert().values(source_id=source_id, **row))
    newest = select(pages.c.id).order_by(pages.c.at.desc()).limit(KEPT).subquery()
    tx.execute(pages.delete().where(pages.c.id.not_in(select(newest.c.id))))
