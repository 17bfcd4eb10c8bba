"""Nothing missed: the older pages of a list that turned over between two polls, and the site's other list.

What to make of them, `feeds.deciding.gaps` says; here they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from daemon.polling.listings import Lists
from daemon.storage import Storage
from feeds.deciding import drift, gaps
from feeds.deciding.identity import key
from feeds.deciding.rhythm import Outlook
from feeds.deciding.wanted import asked_for
from feeds.errors import ReadError
from feeds.model import Front, Known, Listing, ListingState, Page, SourceState, Teaser

NO_OLDER = "the list names no older page"
FIRST_MORE = 3  # times that a list is made longer at first: as a rule that is enough
SAME_AGAIN = "its older page has the same stories again"


async def caught_up(
    lists: Lists, listings: Sequence[Listing], known: Known, state: SourceState, limit: int, outlook: Outlook
) -> list[Listing]:
    """The lists; one that turned over with the stories of its older pages, and with a gap where these do not do."""
    turned = [listing for listing in listings if gaps.has_turned_over(listing, state.watch, lists.now)]
    if not turned:
        return list(listings)
    # One that may be another page, or that names all of its stories anew, has lost nothing.
    doubted, _ = drift.doubted(listings, known.by_key, known.habits, lists.now)
    good = {listing.url for listing in doubted if listing.failure is None and not listing.anew}
    return [
        await _caught_up(lists, listing, state, limit, outlook)
        if listing in turned and listing.url in good and drift.is_of_its_make(listing, known.habits)
        else listing
        for listing in listings
    ]


async def _caught_up(lists: Lists, listing: Listing, state: SourceState, limit: int, outlook: Outlook) -> Listing:
    front = gaps.stood(state.watch.fronts[listing.url], state.last_success)
    found = {key(teaser.url): teaser for teaser in listing.teasers or ()}
    first = len(found)
    why: str | None = f"no older pages are followed ([fetch] catch_up = {limit})" if not limit else None
    try:
        if limit:
            why = await _follow(lists, listing, front, found, limit)
    except ReadError as error:
        why = str(error)
    whole = msgspec.structs.replace(listing, teasers=tuple(found.values()), older=frozenset(list(found)[first:]))
    if why is None:
        return whole
    return msgspec.structs.replace(
        whole, gap=gaps.gap(whole, front, state.watch, lists.source, why, lists.now, outlook)
    )


async def _follow(lists: Lists, listing: Listing, front: Front, found: dict[str, Teaser], limit: int) -> str | None:
    """Add the stories of older pages until the front; or why that was not reached. Raises `ReadError`."""
    page, kind = await lists.document(listing)
    seen = {page.url}
    for _ in range(limit):
        following = await _older(lists, page, kind, seen)
        if following is None:
            return await _load_more(lists, page, front, found, limit)
        page, teasers = following
        fresh = [teaser for teaser in gaps.before_front(teasers, front) if key(teaser.url) not in found]
        found |= {key(teaser.url): teaser for teaser in fresh}
        if gaps.reaches(teasers, front):
            return None
        if not fresh:
            return SAME_AGAIN
    return f"{limit} older pages have no known story ([fetch] catch_up)"


async def _load_more(lists: Lists, page: Page, front: Front, found: dict[str, Teaser], limit: int) -> str | None:
    """The same for a list that goes on when one scrolls, or presses a button, in a browser. Raises `ReadError`."""
    times = min(FIRST_MORE, limit)
    while (longer := await lists.pages.more(page, lists.source, times)) is not None:
        teasers = await lists.teasers_of(longer, "listing")
        fresh = [teaser for teaser in gaps.before_front(teasers, front) if key(teaser.url) not in found]
        found |= {key(teaser.url): teaser for teaser in fresh}
        if gaps.reaches(teasers, front):
            return None
        if not fresh or times >= limit:
            return NO_OLDER if not fresh else f"{times} times more have no known story ([fetch] catch_up)"
        times = limit
    return NO_OLDER


async def _older(lists: Lists, page: Page, kind: str, seen: set[str]) -> tuple[Page, list[Teaser]] | None:
    """The page that goes on, and its stories; None where there is none. Raises `ReadError` where none can be read."""
    fault: ReadError | None = None
    for address in await lists.reader.older(page, kind, tuple(seen), of=lists.source.id):
        seen.add(address)
        try:
            older = await lists.fetcher.fetch(address)
            if older is not None:
                seen.add(older.url)
                # The next part of a sitemap is named by its index, as this one was.
                return page if kind == "sitemap" else older, await lists.teasers_of(older, kind)
        except ReadError as error:
            fault = error
    if fault is not None:
        raise fault
    return None


async def cross_checked(
    lists: Lists, storage: Storage, listings: Sequence[Listing], before: Mapping[str, ListingState]
) -> list[Listing]:
    """The lists; those whose site lists the same once more, and for long was not asked there, with what that tells.

    Stories that only the other list has are a list of their own behind the others.
    """
    kept, more = list(listings), list[Listing]()
    for number, listing in enumerate(listings):
        known = listing.state or before.get(listing.url)
        if listing.failure is not None or known is None or not _is_due(known, lists.source.cross_check, lists.now):
            continue
        state = msgspec.structs.replace(known, checked=lists.now)
        kept[number] = msgspec.structs.replace(listing, state=state)
        try:
            teasers = await lists.second(known)
        except ReadError:  # the check is no duty: the next one may do, and a first one what is chosen next week
            if known.checked is None:
                kept[number] = msgspec.structs.replace(listing, state=msgspec.structs.replace(known, second=None))
            continue
        told = await storage.known(lists.source.id, asked_for(teasers), texts=False)
        here = {key(teaser.url) for teaser in listing.teasers or ()}
        found = gaps.compared(teasers, told.by_key, here, known.checked)
        missing = Listing(url=known.second or "", teasers=found.missing, backlog=found.backlog, second=True)
        if known.checked is not None:
            count = await storage.count_found(lists.source.id, found.start)
            kept[number] = msgspec.structs.replace(kept[number], check=found.check(count, lists.now))
        if found.missing:
            more.append(missing)
    return kept + more


def _is_due(state: ListingState, every: float, now: datetime) -> bool:
    if not every or state.second is None:
        return False
    return state.checked is None or now - state.checked >= timedelta(seconds=every)
