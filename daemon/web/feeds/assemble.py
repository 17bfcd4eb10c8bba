"""What a feed document shows, put together from the store and the configuration, as a value for the formats."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter

import msgspec

from daemon import VERSION
from daemon.config import Config
from daemon.storage import Storage
from daemon.threads import for_pages
from daemon.web.pages.differences import difference
from feeds.deciding.difference import Difference
from feeds.deciding.filters import Judge, Rules, rules_of
from feeds.deciding.identity import key
from feeds.model import Article, Elsewhere, Entry, FeedSpec, Source, Story
from feeds.writing import notices
from feeds.writing.archives import SIZE, archive_place, last_archive
from feeds.writing.feed import Feed, Origin, Place, Withdrawn
from state.store import FeedVersion

MAX_ASKED = 20_000  # stories of which a feed's new rules are asked for one document; the next one asks the rest
MAX_SECTION = 500  # stories that are looked through for those of a section: a tenth of a second; the next page goes on
PAGE = 200  # entries read from the store at a time, while rules are asked
MAX_CUT = 1_000  # characters of the summary of a story whose text finds no room; a hundred of them are in an archive
MAX_DOCUMENT = 5_000_000  # bytes of a document, about; what is older is in the archives, which are cut to it
SILENCE = timedelta(days=1)  # without a good poll, until the feed itself says so

Versions = Mapping[str, FeedVersion]
Numbered = Sequence[tuple[int, Entry]]  # stories with their numbers in the store


class Which(msgspec.Struct, frozen=True):
    """Stories of one section only, or found in a span of time: from its first moment on, and before its second."""

    section: str = ""
    found: tuple[datetime, datetime] | None = None


ALL = Which()


class Assembler:
    """Reads what documents show."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def subscription(
        self, config: Config, feed: FeedSpec, base: str, failing: Sequence[Entry], query: str = ""
    ) -> Feed:
        """The newest entries, and ``failing`` before them; withdrawn stories of the same time; the way to the rest."""
        numbered = await self._whole(await self._newest(config, feed, feed.entries))
        total = await self._storage.total(feed.sources)
        oldest = await self._place_of(feed, numbered, total)
        _, gone = await self._storage.stretch(feed.sources, max(oldest, total - SIZE, 1), total)
        place = Place(previous=last_archive(oldest) or None)
        entries = (*failing, *(entry for _, entry in numbered))
        return await self._made(config, feed, base, entries, gone, place, query)

    async def archive(
        self, config: Config, feed: FeedSpec, base: str, number: int, last: int, query: str = ""
    ) -> Feed | None:
        """Archive document ``number`` of ``last``; None where there is none (yet)."""
        place = archive_place(number, last)
        if place is None:
            return None
        first, rules = (number - 1) * SIZE + 1, names_of(config, feed)
        found, gone = await self._storage.stretch(feed.sources, first, number * SIZE, rules)
        merged = await self._merged(config, feed, await self.judged(config, feed, found))
        # The same stories always stand here, whatever their size; those that find no room come without their texts.
        whole = dict(await self._whole(merged))
        entries = [whole.get(number) or _cut(entry) for number, entry in merged]
        return await self._made(config, feed, base, entries, gone, place, query)

    async def last_archive(self, config: Config, feed: FeedSpec) -> int:
        """The archive that the subscription document leads to; 0: to none."""
        numbered = await self._whole(await self._newest(config, feed, feed.entries))
        total = await self._storage.total(feed.sources)
        return last_archive(await self._place_of(feed, numbered, total))

    async def entries(self, config: Config, feed: FeedSpec, limit: int) -> list[Entry]:
        """The newest entries that the feed shows, the newest first; a story that two sources have is there once."""
        return [entry for _, entry in await self._newest(config, feed, limit)]

    async def _whole(self, numbered: Numbered) -> Numbered:
        """As many of the entries, from the first, as a document may have, with their texts; one at least."""
        numbers = [number for number, _ in numbered]
        articles = await self._storage.texts(numbers, MAX_DOCUMENT)
        return [
            (number, msgspec.structs.replace(entry, article=articles[number]))
            for number, entry in numbered
            if number in articles
        ]

    async def _place_of(self, feed: FeedSpec, numbered: Numbered, total: int) -> int:
        """Which of the sources' stories, from 1 on, the oldest of these is; one past all where there is none."""
        if not numbered:
            return total + 1
        return await self._storage.total(feed.sources, numbered[-1][0]) + 1

    async def page(
        self, config: Config, feed: FeedSpec, limit: int, before: int | None = None, which: Which = ALL
    ) -> tuple[list[Entry], int | None]:
        """The newest ``limit`` of what is older than number ``before``, and before which number there may be more."""
        found, looked = await self._looked(config, feed, limit + 1, before, which)
        older = found[limit - 1][0] if len(found) > limit else looked
        return [entry for _, entry in found[:limit]], older

    async def _newest(self, config: Config, feed: FeedSpec, limit: int) -> list[tuple[int, Entry]]:
        return (await self._looked(config, feed, limit))[0]

    async def _looked(
        self, config: Config, feed: FeedSpec, limit: int, before: int | None = None, which: Which = ALL
    ) -> tuple[list[tuple[int, Entry]], int | None]:
        """The newest that are to be shown; and the last number looked at, if looking ended before that."""
        shown: list[tuple[int, Entry]] = []
        told: set[str] = set()
        rules, asked, looked = names_of(config, feed), 0, 0
        size = limit + limit // 2 if feed.merge else limit
        while asked < MAX_ASKED:
            found = await self._storage.entries(feed.sources, size, before, rules, which.found)
            asked += sum(not entry.judged for _, entry in found)
            looked += len(found)
            for number, entry in await self._merged(config, feed, await self.judged(config, feed, found)):
                if which.section and entry.article.section != which.section:
                    continue
                if entry.story.entry_id not in told:
                    told.add(entry.story.entry_id)
                    shown.append((number, entry))
            if len(shown) >= limit or len(found) < size:
                return shown[:limit], None
            before, size = found[-1][0], max(size, PAGE)
            if which.section and looked >= MAX_SECTION:
                break
        return shown, before

    async def episode(self, config: Config, feed: FeedSpec, entry_id: str) -> Article | None:
        """The story as it is told, where the feed shows it; else None."""
        for story, kept in await self._storage.story(entry_id, last=1):
            source = config.source(story.source_id)
            gone = story.merged_into is not None or story.removed is not None or not kept
            if source is None or source.id not in feed.sources or gone:
                continue
            article = kept[-1].article
            if await for_pages(Judge(time.thread_time).verdict, rules_of(source, feed), article) is not False:
                return article
        return None

    async def judged(self, config: Config, feed: FeedSpec, found: Numbered) -> list[tuple[int, Entry]]:
        """Those of the stories that the feed's rules let through; of which nobody asked them before, that is stored."""
        found = [(number, entry) for number, entry in found if config.source(entry.story.source_id) is not None]
        unasked = {
            number: rules_of(source, feed)
            for number, entry in sorted(found, reverse=True, key=itemgetter(0))
            if not entry.judged and (source := config.source(entry.story.source_id)) is not None
        }
        if not unasked:
            return list(found)
        said: dict[int, bool] = {}
        judge, waiting = Judge(time.thread_time), list(unasked)
        while waiting and not judge.is_over:
            articles = await self._storage.texts(waiting, MAX_DOCUMENT)
            said |= await for_pages(_asked, judge, {number: (unasked[number], articles[number]) for number in articles})
            waiting = waiting[max(1, len(articles)) :]
        await self._storage.keep_verdicts(names_of(config, feed), said)
        return [(number, entry) for number, entry in found if said.get(number, True)]

    async def _merged(self, config: Config, feed: FeedSpec, found: Numbered) -> Numbered:
        """Without stories that the feed shows from a source that had them before; the first names the others."""
        if not feed.merge or not found:
            return found
        numbers, rules = [number for number, _ in found], names_of(config, feed)
        twins = await self._storage.twins(feed.sources, numbers, rules)
        merged: list[tuple[int, Entry]] = []
        for number, entry in found:
            others = await self.judged(config, feed, twins.get(number, ()))
            if any(other < number for other, _ in others):
                continue
            elsewhere = tuple(
                Elsewhere(source_id=twin.story.source_id, title=twin.article.title, url=twin.story.url)
                for _, twin in others
                if key(twin.story.url) != key(entry.story.url)  # two sources may list one address
            )
            merged.append((number, msgspec.structs.replace(entry, elsewhere=elsewhere)))
        return merged

    async def _made(
        self,
        config: Config,
        feed: FeedSpec,
        base: str,
        entries: Sequence[Entry],
        gone: Sequence[Story],
        place: Place,
        query: str,
    ) -> Feed:
        sources = [source for name in feed.sources if (source := config.source(name)) is not None]
        return Feed(
            spec=feed,
            base=base,
            version=VERSION,
            entries=tuple(entries),
            site=site_of(config, feed),
            query=query,
            full_text=feed.full_text,
            show_changes=feed.show_changes,
            changes=await self._changes(entries) if feed.show_changes else {},
            origins={source.id: _origin(source) for source in sources},
            withdrawn=tuple(Withdrawn(ref=story.entry_id, when=story.removed) for story in gone if story.removed),
            place=place,
            hub=config.hub,
        )

    async def _changes(self, entries: Sequence[Entry]) -> dict[str, Difference]:
        """By entry id: what the last revision changed."""
        found: dict[str, Difference] = {}
        for story in (entry.story for entry in entries if entry.story.revision > 1):
            kept = await self._storage.story(story.entry_id, story.source_id, last=2)
            last = kept[0][1] if kept else []
            if len(last) == 2:
                found[story.entry_id] = await for_pages(difference, *last)
        return found


def failing(config: Config, feed: FeedSpec, versions: Versions, now: datetime) -> list[Entry]:
    """An entry for each of the feed's sources that could not be read for a day, unless it is not to be told."""
    found: list[Entry] = []
    for name in feed.sources:
        source, version = config.source(name), versions.get(name)
        if source is None or version is None or version.failing_since is None or not source.tell_failing:
            continue
        if now - version.failing_since >= SILENCE:
            since, cause = version.failing_since, version.cause or "unknown"
            found.append(
                notices.failing(name, source.title, cause, since, url=source.urls[0], language=source.language)
            )
    return found


def names_of(config: Config, feed: FeedSpec) -> dict[str, str]:
    """The names of the feed's rules, by source; sources without rules are not there."""
    sources = (source for name in feed.sources if (source := config.source(name)) is not None)
    return {source.id: rules.name for source in sources if (rules := rules_of(source, feed)) is not None}


def _asked(judge: Judge, about: Mapping[int, tuple[Rules | None, Article]]) -> dict[int, bool]:
    """What the judge says of each of the stories, while there is time."""
    said = {number: judge.verdict(rules, article) for number, (rules, article) in about.items()}
    return {number: verdict for number, verdict in said.items() if verdict is not None}


def _origin(source: Source) -> Origin:
    return Origin(id=source.id, title=source.title, site=source.urls[0], full_text=source.full_text)


def site_of(config: Config, feed: FeedSpec) -> str | None:
    """The page that a feed is of: the source's first address, where it has one source only."""
    source = config.source(feed.sources[0]) if len(feed.sources) == 1 else None
    return source.urls[0] if source else None


def for_versions(versions: Versions) -> tuple[tuple[str, int, datetime], ...]:
    """What tells whether anything that feeds show has changed."""
    return tuple(sorted((name, item.number, item.changed) for name, item in versions.items()))


def _cut(entry: Entry) -> Entry:
    """A story whose text finds no room in the document, with as much of the rest as a hundred of them may have."""
    told = entry.article
    summary = told.summary if told.summary is None or len(told.summary) <= MAX_CUT else f"{told.summary[:MAX_CUT]}…"
    short = msgspec.structs.replace(told, summary=summary, authors=told.authors[:5], tags=told.tags[:10], images=())
    return msgspec.structs.replace(entry, article=short, cut=True)
