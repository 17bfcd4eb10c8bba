"""Reading a source's lists: each address itself, or the site's own feed or news sitemap where that tells the same.

Which it is, `feeds.deciding.watch` decides from what both of them list; the choice is stored, and made anew each week.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from daemon.reading.pages import Pages
from daemon.reading.reader import Reader
from feeds.deciding.schedule import floor_of
from feeds.deciding.watch import Candidate, Choice, choose, had, is_stale, switched
from feeds.errors import BrowserMissingError, FetchError, NoTeasersError, ReadError, SitemapIndexError
from feeds.model import Failure, Listing, ListingState, Page, Source, Teaser, Validators
from feeds.reading.documents.discover import usual_places
from feeds.reading.documents.feed import MAX_HTML, memory_of
from feeds.reading.documents.hubs import hub_of
from feeds.reading.documents.period import period_of

MAX_KEPT = 2_000_000  # bytes of a page that is kept in case it is not believed


class Lists:
    """Reads the lists of one source for one poll. What several of its addresses share is asked for once."""

    def __init__(self, pages: Pages, reader: Reader, source: Source, now: datetime) -> None:
        self.pages, self.reader, self.source, self.now = pages, reader, source, now
        self.fetcher = pages.fetcher
        self.documents: dict[str, tuple[Page, str]] = {}  # what was read of each address, and its kind
        self._asked: dict[str, asyncio.Task[Candidate | None]] = {}
        self._room = MAX_HTML
        self._indexes: set[str] = set()  # addresses of indexes of sitemaps

    async def read(self, url: str, before: ListingState | None) -> Listing:
        """What one of the source's addresses lists. A failure is recorded, and touches nothing else."""
        with self.fetcher.room.held(self.source.id):
            return await self._read_list(url, before)

    async def _read_list(self, url: str, before: ListingState | None) -> Listing:
        try:
            if (
                self.source.kind == "auto"
                and before is not None
                and before.via is not None
                and not is_stale(before, self.now)
            ):
                listing = await self._instead(url, before)
                if listing is not None:
                    return listing
                before = msgspec.structs.replace(before, via=None, chosen=None, validators=Validators())
            return await self._list(url, before)
        except ReadError as error:
            return self._failed(url, error, before)

    def _failed(self, url: str, error: ReadError, before: ListingState | None, page: Page | None = None) -> Listing:
        cause = error.cause + (had(before) if isinstance(error, NoTeasersError) else "")
        retry_after = error.retry_after if isinstance(error, FetchError) else None
        failure = Failure(url=url, cause=cause, at=self.now, retry_after=retry_after)
        return Listing(url=url, failure=failure, first=before is None, page=_kept(page))

    async def _instead(self, url: str, before: ListingState) -> Listing | None:
        """The feed or sitemap that is watched instead of the list; None where it no longer gives what it did."""
        assert before.via is not None
        try:
            page = await self.fetcher.fetch(before.via, before.validators, within=self.source.interval)
            if page is None or page.validators.same(before.validators):
                return Listing(url=url)
            teasers = await self._read(page, before.via_kind or "auto")
            self._keep(url, page, before.via_kind or "auto")
        except ReadError as error:
            if isinstance(error, FetchError) and error.transient:
                raise
            return None
        state = msgspec.structs.replace(before, validators=self._validators(page), teasers=len(teasers))
        if not teasers:
            return None
        return _read_from(page, Listing(url=url, teasers=tuple(teasers), state=state, watched=True))

    async def _list(self, url: str, before: ListingState | None) -> Listing:
        """The list itself; where nothing was chosen yet, or long ago, how it is best watched is found out as well."""
        settled = self.source.kind != "auto" or (before is not None and not is_stale(before, self.now))
        known = before.validators if before is not None and settled else None
        page = await self.pages.fetch(self.source, url, known, within=self.source.interval)
        if page is None or page.validators.same(known):
            return Listing(url=url, first=before is None)
        kind = await self.reader.kind(page, of=self.source.id) if self.source.kind == "auto" else self.source.kind
        page, teasers, fault = await self._built(page, kind, settled=settled, had_some=_had_some(before))
        self._keep(url, page, kind)
        state = msgspec.structs.replace(
            before or ListingState(), validators=self._validators(page), teasers=len(teasers)
        )
        if not settled:
            none = dict.fromkeys(("via", "via_kind", "why", "second", "second_kind"))
            state = msgspec.structs.replace(state, **none, chosen=self.now)
            if kind == "listing":
                choice, found = await self.choose(page, teasers)
                second = {"second": choice.second, "second_kind": choice.second_kind}
                checked = state.checked if before is not None and before.second == choice.second else None
                state = msgspec.structs.replace(state, why=choice.why, checked=checked, **second)
                if choice.kind != "listing":
                    state = msgspec.structs.replace(
                        state, via=choice.url, via_kind=choice.kind, validators=Validators()
                    )
                    return switched(url, before, state, teasers, found)
        if not teasers:
            return self._failed(url, fault or NoTeasersError(url, "lists no stories"), before, page)
        watched = kind != "listing"
        kept = None if watched else _kept(page)
        told = Listing(url=url, teasers=tuple(teasers), state=state, first=before is None, watched=watched, page=kept)
        return _read_from(page, told)

    def _keep(self, url: str, page: Page, kind: str) -> None:
        if len(page.body) <= MAX_KEPT:
            self.documents[url] = page, kind

    async def document(self, listing: Listing) -> tuple[Page, str]:
        """The document that a list was read from in this poll, and its kind. Raises `ReadError`."""
        if listing.url in self.documents:
            return self.documents[listing.url]
        via = listing.state.via if listing.state is not None else None
        page = await self.fetcher.fetch(via or listing.url)
        assert page is not None, "nothing was known of it"
        kind = self.source.kind if self.source.kind != "auto" else await self.reader.kind(page, of=self.source.id)
        return page, kind

    async def teasers_of(self, page: Page, kind: str) -> list[Teaser]:
        """The stories of a further document of the same list. Raises `ReadError`."""
        return await self._read(page, kind, self.source.site)

    async def second(self, state: ListingState) -> list[Teaser]:
        """The stories that the site lists once more. Raises `ReadError`."""
        assert state.second is not None
        page = await self.fetcher.fetch(state.second)
        assert page is not None, "nothing was known of it"
        return await self._read(page, state.second_kind or "auto", self.source.site)

    async def _teasers(self, page: Page, kind: str) -> tuple[list[Teaser], NoTeasersError | None]:
        """The stories of a document, or why there are none; one that is not of its kind at all raises."""
        try:
            return await self._read(page, kind, self.source.site), None
        except NoTeasersError as error:
            return [], error

    async def _built(
        self, page: Page, kind: str, *, settled: bool, had_some: bool
    ) -> tuple[Page, list[Teaser], NoTeasersError | None]:
        """The document with its stories; a page that only scripts fill as a browser makes it.

        Where the site has a feed or a sitemap that tells the same, that is watched, and needs no browser.
        """
        teasers, fault = await self._teasers(page, kind)
        if teasers or kind != "listing" or (not settled and (await self.choose(page, ()))[0].kind != "listing"):
            return page, teasers, fault
        try:
            return *(await self.pages.read(page, self.source, lambda made: self._read(made, kind))), None
        except NoTeasersError as error:
            return page, [], error
        except BrowserMissingError:
            if had_some:  # without a browser: it is another page now, not one that needs one
                return page, [], fault
            raise

    async def _read(self, page: Page, kind: str, site: str = "") -> list[Teaser]:
        zone, of = self.source.timezone, self.source.id
        try:
            return await self.reader.teasers(page, kind, zone, self.now, site, of=of)
        except SitemapIndexError as index:
            if not index.parts:
                raise
            self._indexes.add(page.url)
            return await self._read_parts(index.parts)

    async def _read_parts(self, addresses: Sequence[str]) -> list[Teaser]:
        """The stories of the sitemaps that an index leads to; a part that fails costs its own, the last one's fault
        is raised where all fail."""
        found: dict[str, Teaser] = {}
        fault: ReadError | None = None
        for address in addresses:
            try:
                page = await self.fetcher.fetch(address)
                teasers = (
                    await self.reader.teasers(page, "sitemap", self.source.timezone, self.now, of=self.source.id)
                    if page is not None
                    else []
                )
            except ReadError as error:
                fault = error
                continue
            for teaser in teasers:
                found.setdefault(teaser.url, teaser)
        if not found and fault is not None:
            raise fault
        return list(found.values())

    def _validators(self, page: Page) -> Validators:
        """What makes the next request conditional. An index may stand still while its parts go on."""
        return Validators() if page.url in self._indexes else page.validators

    async def choose(self, page: Page, listed: Sequence[Teaser]) -> tuple[Choice, tuple[Teaser, ...]]:
        """How the list on ``page`` is best watched, and the stories that the chosen document announces."""
        named = await self.reader.named_feeds(page, of=self.source.id)
        guessed = [address for address in usual_places(page.url) if address not in named]
        found = [await self._candidate(address, named=True) for address in named]
        good = [candidate for candidate in found if candidate is not None]
        choice = choose(page.url, listed, good, self.now)
        if choice.kind == "listing":
            found = await asyncio.gather(*(self._candidate(address, named=False) for address in guessed))
            good += [candidate for candidate in found if candidate is not None]
            choice = choose(page.url, listed, good, self.now)
        chosen = next((candidate.teasers for candidate in good if candidate.url == choice.url), tuple(listed))
        return choice, chosen

    async def _candidate(self, address: str, *, named: bool) -> Candidate | None:
        task = self._asked.get(address)
        if task is None:
            task = self._asked[address] = asyncio.create_task(self._ask(address, named=named))
        return await asyncio.shield(task)

    async def _ask(self, address: str, *, named: bool) -> Candidate | None:
        """What is at an address; None where that is no feed and no sitemap, which most guesses turn out to be."""
        try:
            page = await self.fetcher.fetch(address)
            if page is None:
                return None
            kind = await self.reader.kind(page, of=self.source.id)
            if kind == "listing":
                return None
            teasers = await self._read(page, kind)
        except ReadError:
            return None
        self._room -= sum(memory_of(teaser.content_html) for teaser in teasers)
        if self._room < 0:  # fifteen candidates may wait for each other: the texts of the later ones are left out
            teasers = [msgspec.structs.replace(teaser, content_html=None) for teaser in teasers]
        return Candidate(url=page.url, kind=kind, teasers=tuple(teasers), named=named)


def _read_from(page: Page, listing: Listing) -> Listing:
    """The list with what its document says of itself: its hub, and how long not to ask for it again."""
    floor = floor_of(page.fresh_for, period_of(page.body), listing.teasers or ())
    return msgspec.structs.replace(listing, floor=floor, hub=hub_of(page.body, page.links, page.url) or ())


def _had_some(before: ListingState | None) -> bool:
    """Whether a list had stories when it was read without a browser."""
    return before is not None and before.teasers > 0 and before.validators.parts is None


def _kept(page: Page | None) -> Page | None:
    """The page, where it is not too large to be kept."""
    return page if page is not None and len(page.body) <= MAX_KEPT else None
