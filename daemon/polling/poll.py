"""One poll of one source, from the claimed lease to the committed outcome. Newcomers read this first.

read its lists (conditional requests) → where one turned over, its older pages → choose which stories' pages to look at
→ look at them → ask how long the files of new recordings are → decide what changed (pure)
→ commit everything in one transaction
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import msgspec

from daemon import logs
from daemon.browser.browser import Browser
from daemon.http.fetch import Fetcher
from daemon.polling import lengths, missed
from daemon.polling.listings import Lists
from daemon.reading.pages import Pages
from daemon.reading.reader import Reader
from daemon.storage import Storage
from daemon.threads import for_polls
from feeds.deciding import drift, wanted
from feeds.deciding.changes import decide
from feeds.deciding.filters import Judge
from feeds.deciding.identity import key
from feeds.deciding.rhythm import Outlook
from feeds.deciding.rules import Audience
from feeds.deciding.subscriptions import is_pushed
from feeds.errors import DisallowedError, FetchError, LeaseLostError, ReadError, StateError
from feeds.model import (
    Article,
    Changes,
    Failure,
    Habits,
    Known,
    Listing,
    Look,
    Page,
    Source,
)
from feeds.reading.article.join import MAX_PAGES
from state.store import Claim

AT_ONCE = 4  # pages of one source asked for at the same time; the pace of each host is kept besides
SLOW_PAGES = 3  # of one source that took too long to be read; then its poll gives up
MAX_SIZE = 6_000_000  # characters of all articles of one poll: sixty long reports have four million
TIME_LIMIT = 900.0  # seconds a poll may take; what is read by then is stored, the rest is left to the next poll

Clock = Callable[[], datetime]
Tell = Callable[[int, int], None]


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class Poller:
    """Polls sources that its caller has claimed as ``owner``."""

    def __init__(
        self,
        storage: Storage,
        fetcher: Fetcher,
        reader: Reader,
        owner: str,
        *,
        clock: Clock = utc_now,
        luck: Callable[[], float] = lambda: 0.0,
        catch_up: int = 10,
        browser: Browser | None = None,
    ) -> None:
        self.storage, self.store = storage, storage.store
        self.pages = Pages(fetcher, browser)
        self.fetcher, self.reader, self.owner = fetcher, reader, owner
        self.clock, self.luck, self.catch_up = clock, luck, catch_up
        self.outlook = Outlook()  # what is known besides the sources; the daemon learns it from them

    async def poll(
        self, source: Source, claim: Claim, audience: Audience, tell: Tell = lambda done, total: None
    ) -> Changes:
        """Poll the claimed ``source``, and store what was found.

        ``tell(done, total)`` hears of the pages looked at. Raises `StateError` and `LeaseLostError`; whatever is wrong
        with the site itself is part of the outcome.
        """
        lists = Lists(self.pages, self.reader, source, self.clock())
        listings = list(await asyncio.gather(*(lists.read(url, claim.listings.get(url)) for url in source.urls)))
        now = self.clock()
        # A thousand stories take a while to be looked through, and others wait for the event loop.
        listed = await for_polls(0, _listed, listings) if any(item.teasers for item in listings) else set()
        known = await self.storage.known(source.id, listed, texts=False) if listed or claim.looks else Known()
        listings, known = await self._nothing_missed(lists, listings, known, claim)
        looking = partial(self._chosen, source, listings, known, claim, now)
        looks, listings, habits = await for_polls(0, looking) if any(item.teasers for item in listings) else looking()
        looks = await self._look(source, looks, tell)
        listings, looks, habits = drift.followed(listings, looks, habits, now)
        size = sum(_size(look.article) for look in looks if look.article)
        names = await for_polls(size, wanted.known_by, looks) if looks else (set(), set())
        learned, known = known.habits, await self.storage.known(source.id, *names) if looks else Known()
        known.habits = habits
        looks = await lengths.asked_for(self.fetcher, looks, known)
        deciding = partial(decide, source, claim.state, listings, looks, known, audience, now)
        deciding = partial(deciding, pushed=is_pushed(source, claim.subscriptions, now))
        deciding = partial(deciding, luck=self.luck(), reading=self._reading(source), judge=Judge(time.thread_time))
        deciding = partial(deciding, outlook=self.outlook)
        # Comparing texts takes time, and others wait for the event loop; without any, a thread takes longer.
        changes = await for_polls(size, deciding) if looks or listed else deciding()
        if changes.habits is None and habits != learned:
            changes = msgspec.structs.replace(changes, habits=habits)
        await self.storage.commit(changes, self.owner)
        return changes

    async def poll_safely(
        self, source: Source, claim: Claim, audience: Audience, tell: Tell = lambda done, total: None
    ) -> Changes | str:
        """`poll`; or why nothing of it could be stored. A mistake of ours is stored as a failure of the source."""
        try:
            return await self.poll(source, claim, audience, tell)
        except LeaseLostError as error:
            return str(error)
        except StateError as error:
            return await self._give_back(source, error)
        except Exception as bug:  # noqa: BLE001  # told in the log, recorded on the source, and tried again later
            logs.get().exception("poll crashed", source=source.id)
            try:
                return await self._give_up(source, claim, audience, f"internal error: {bug!r}"[:300])
            except (StateError, LeaseLostError) as error:
                return str(error)

    async def _give_back(self, source: Source, error: StateError) -> str:
        """Where the database fails, the source is due again at once; or when the lease runs out, if that fails, too."""
        with suppress(StateError):
            await self.storage.release(self.owner, [source.id])
        return str(error)

    async def _give_up(self, source: Source, claim: Claim, audience: Audience, cause: str) -> Changes:
        failed = Listing(url=source.urls[0], failure=Failure(url=source.urls[0], cause=cause, at=self.clock()))
        changes = decide(source, claim.state, [failed], [], Known(), audience, self.clock(), luck=self.luck())
        await self.storage.commit(changes, self.owner)
        return changes

    async def _nothing_missed(
        self, lists: Lists, listings: list[Listing], known: Known, claim: Claim
    ) -> tuple[list[Listing], Known]:
        """The lists with what older pages and the site's other lists add, and what is known of that, too."""
        more = await missed.caught_up(lists, listings, known, claim.state, self.catch_up, self.outlook)
        more = await missed.cross_checked(lists, self.storage, more, claim.listings)
        added = await for_polls(0, _listed, more) - set(known.by_key) if more != listings else set()
        if added:
            further = await self.storage.known(lists.source.id, added, texts=False)
            known.by_key |= further.by_key
            known.habits = further.habits
        return more, known

    # -- pages of stories

    def _chosen(
        self, source: Source, listings: list[Listing], known: Known, claim: Claim, now: datetime
    ) -> tuple[list[Look], list[Listing], Habits]:
        """Which pages to ask for, with the lists as far as they are believed and taken in."""
        own = [listing for listing in listings if not listing.second]
        believed, habits = drift.doubted(own, known.by_key, known.habits, now)
        believed += [listing for listing in listings if listing.second]
        looks = wanted.looks(source, believed, known.by_key, claim.looks, now, self._reading(source))
        return *wanted.bounded(looks, believed), habits

    def _reading(self, source: Source) -> str:
        """Who reads the source's pages: the reader, with the profile that the source asks for."""
        return f"{self.reader.version}-{source.site}"[:80] if source.site else self.reader.version

    async def _look(self, source: Source, looks: list[Look], tell: Tell) -> list[Look]:
        """The looks, the first `wanted.MAX_PAGES` of them with what asking gave, within the time limit.

        Where several pages took too long, the others would, too: they are left to the next poll. So are those for which
        the articles read so far leave no room.
        """
        total = wanted.to_fetch(source, looks)
        turn = asyncio.Semaphore(AT_ONCE)
        done = slow = size = 0

        async def one(number: int) -> None:
            nonlocal done, slow, size
            async with turn:
                if slow >= SLOW_PAGES or size > MAX_SIZE:
                    return
                try:
                    looks[number] = await self._page(source, looks[number])
                    slow += looks[number].slow
                    article = looks[number].article
                    size += _size(article) if article else 0
                except Exception as bug:  # noqa: BLE001  # a mistake of ours costs the page that brings it out
                    logs.get().exception("look crashed", source=source.id, url=looks[number].url)
                    cause = f"internal error: {bug!r}"[:300]
                    looks[number] = msgspec.structs.replace(looks[number], outcome="failed", cause=cause)
            done += 1
            tell(done, total)

        try:
            async with asyncio.timeout(TIME_LIMIT), asyncio.TaskGroup() as group:
                for number in range(total):
                    group.create_task(one(number))
        except TimeoutError:
            pass  # those not reached stay "skipped": published from their teasers, read next time
        return looks

    async def _page(self, source: Source, look: Look) -> Look:
        """Ask for one story's page, and read it."""
        story, address = look.story, look.url
        known = story.validators if story is not None and not story.partial else None
        try:
            with self.fetcher.room.held(source.id):
                page = await self.pages.fetch(source, address, known)
                if page is None or page.validators.same(known):
                    return msgspec.structs.replace(look, outcome="unchanged", validators=page and page.validators)
                if (elsewhere := wanted.led_elsewhere(look, page.url)) is not None:
                    return elsewhere
                page, first = await self.pages.read(page, source, partial(self._read, source), story=True)
            article = await self._whole(source, page.url, first)
        except DisallowedError as error:
            return msgspec.structs.replace(look, outcome="disallowed", cause=error.cause)
        except FetchError as error:
            gone = error.status in (404, 410)
            return msgspec.structs.replace(look, outcome="gone" if gone else "failed", cause=error.cause)
        except ReadError as error:
            return msgspec.structs.replace(look, outcome="failed", cause=error.cause, slow=error.slow)
        return msgspec.structs.replace(
            look, outcome="read", article=article, final_url=page.url, validators=page.validators
        )

    async def _whole(self, source: Source, url: str, first: Article) -> Article:
        """The article with its following pages. One of those that fails makes the whole look a failed one:

        half a story, completed later, would look like an edit.
        """
        pages, seen = [first], {key(url)}
        while (address := pages[-1].next_page) and len(pages) < MAX_PAGES and key(address) not in seen:
            seen.add(key(address))
            with self.fetcher.room.held(source.id):
                following = await self.fetcher.fetch(address)
                assert following is not None, "nothing was known of it"
                pages.append(await self._read(source, following))
        return await self.reader.joined(pages, of=source.id) if len(pages) > 1 else pages[0]

    async def _read(self, source: Source, page: Page) -> Article:
        return await self.reader.article(page, source.timezone, self.clock(), source.site, of=source.id)


def _listed(listings: Sequence[Listing]) -> set[str]:
    """The keys by which the store may know the stories that the lists name."""
    return wanted.asked_for([teaser for listing in listings for teaser in listing.teasers or ()])


def _size(article: Article) -> int:
    """Characters of an article's text and markup."""
    return len(article.content_html) + len(article.body_text)
