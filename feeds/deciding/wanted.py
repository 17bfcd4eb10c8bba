"""Which pages a poll asks for: what is new, what the list words anew, what is due for another look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from feeds.deciding.fingerprint import fingerprints, of_teaser
from feeds.deciding.identity import key, marks_of, names, token_differs
from feeds.deciding.texts import read_anew
from feeds.model import Listing, Look, Source, Story, Teaser, Validators
from feeds.reading import urls

MAX_NEW = 500  # stories that one poll takes in: a first look at a large site has some hundred
MAX_PAGES = 60  # in one poll; stories beyond are published from their teasers and read by the next polls


def looks(
    source: Source,
    listings: Sequence[Listing],
    known: dict[str, Story],
    due: Iterable[Story],
    now: datetime,
    reading: str = "",
) -> list[Look]:
    """The looks to take, new stories first, each with what is known of it.

    The outcome is ``skipped`` as yet; the poll fills in what asking gave. A story listed at several addresses of the
    source is backlog only where all of them were read for the first time. ``reading`` names the reader of the lists.
    """
    chosen: dict[str, Look] = {}
    linked: dict[str, str] = {}  # entry id: the address that a list with volatile links gives the story now
    for listing in listings:
        for teaser in listing.teasers or ():
            story = known.get(key(teaser.url))
            if story is None and (story := _told_before(teaser, known)) is not None:
                linked[story.entry_id] = teaser.url
            _choose(chosen, source, listing, teaser, story, now, reading)
    for story in due:
        if source.full_text:
            url = linked.get(story.entry_id, story.url)
            chosen.setdefault(key(url), Look(url=url, outcome="skipped", story=story))
    return sorted(chosen.values(), key=lambda look: look.story is not None)


def asked_for(teasers: Iterable[Teaser]) -> set[str]:
    """The keys by which the store may know the stories of these teasers."""
    marks = {mark for teaser in teasers if "?" in teaser.url for mark in marks_of(teaser)}
    return marks | {key(teaser.url) for teaser in teasers}


def known_by(looks: Sequence[Look]) -> tuple[set[str], set[str]]:
    """The keys and fingerprints by which the store may know the stories that were looked at."""
    articles = [look.article for look in looks if look.article]
    addresses = [look.url for look in looks] + [look.final_url for look in looks if look.final_url]
    addresses += [look.story.url for look in looks if look.story] + [article.url for article in articles]
    keys = {name for address in addresses for name in names(address)}
    keys |= {mark for look in looks for mark in marks_of(look.teaser, look.article)}
    return keys, {mark for article in articles for mark in fingerprints(article)}


def _told_before(teaser: Teaser, known: dict[str, Story]) -> Story | None:
    """The story that a list named before, with another token in its link."""
    if "?" not in teaser.url:
        return None
    for mark in marks_of(teaser):
        story = known.get(mark)
        if story is not None and token_differs(story.url, teaser.url) and of_teaser(teaser) in story.listed_as:
            return story
    return None


def bounded(looks: Sequence[Look], listings: Sequence[Listing]) -> tuple[list[Look], list[Listing]]:
    """The looks without those at new stories beyond `MAX_NEW`, and the lists as if they had not been read whole.

    A list that names a story that was left out is read again at the next poll, changed or not; where it was the first
    time, that will be the first time, so that its stories stay what they are: no news.
    """
    new = [look for look in looks if look.story is None]
    if len(new) <= MAX_NEW:
        return list(looks), list(listings)
    left = {key(look.url) for look in new[MAX_NEW:]}
    kept = [look for look in looks if look.story is not None or key(look.url) not in left]
    return kept, [_unread(listing, left) for listing in listings]


def _unread(listing: Listing, left: set[str]) -> Listing:
    if not any(key(teaser.url) in left for teaser in listing.teasers or ()):
        return listing
    state = None if listing.first or listing.state is None else listing.state
    if state is not None:
        state = msgspec.structs.replace(state, validators=Validators())
    return msgspec.structs.replace(listing, state=state, cut=True)


def to_fetch(source: Source, chosen: Sequence[Look]) -> int:
    """How many of the chosen looks, from the first, are worth a request in this poll."""
    return min(len(chosen), MAX_PAGES) if source.full_text else 0


def _choose(
    chosen: dict[str, Look],
    source: Source,
    listing: Listing,
    teaser: Teaser,
    story: Story | None,
    now: datetime,
    reading: str,
) -> None:
    name = key(teaser.url)
    old = (listing.first or name in listing.backlog) and not source.announce_backlog
    before = chosen.get(name)
    if before is not None:
        if before.backlog and not old:
            chosen[name] = msgspec.structs.replace(before, backlog=False)
        return
    if story is not None:
        due = source.full_text and story.next_look is not None and story.next_look <= now
        # What is known from lists alone must hear of a new reader at once, or the next edit would pass for its doing.
        due = due or (not source.full_text and read_anew(story, reading))
        if not due and of_teaser(teaser) in story.listed_as:
            return
    came: Literal["listed", "older", "second"]
    came = "second" if listing.second else "older" if name in listing.older else "listed"
    chosen[name] = Look(url=teaser.url, outcome="skipped", teaser=teaser, story=story, backlog=old, came=came)


def led_elsewhere(look: Look, url: str) -> Look | None:
    """What it means that ``url`` answered, where that is surely not the story; None where its page has to be read."""
    story = look.story
    if story is not None and not story.partial and not urls.same_site(url, look.url):
        cause = f"redirected to another site, {url}"  # a consent or login page, or worse
        return msgspec.structs.replace(look, outcome="failed", cause=cause)
    if _is_front(url) and not _is_front(look.url):  # where sites send readers of withdrawn stories
        return msgspec.structs.replace(look, outcome="gone", cause=f"redirected to the front page {url}")
    return None


def _is_front(url: str) -> bool:
    return urlsplit(url).path in ("", "/")
