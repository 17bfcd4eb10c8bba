"""A list that is not the list: a log-in page with a link like a headline, or side columns around an empty main part.

Each source learns what its lists are like (`feeds.model.ListHabit`). One that suddenly names a third of its stories, or
fewer, is doubted where none of these are known and all are made in another way (then it is another page), or all are
known already (then only the side columns are left). A doubted list is a failed poll with its cause in words; what
was known of it stays, and its page is kept. What is so for `PATIENCE` is how it is now.

A redesign shows new stories in another make, at every look. So at the second one the pages of those stories are asked
for: where most of them bear out what the list announces, and have a time of their own, it is followed from then on, and
said for `PATIENCE`. What a log-in page links to has no such pages.

Feeds and sitemaps are believed: many hold the last day's stories only, and begin anew each morning. What they are like
tells what the page beside them would be. A list whose stories are as many as ever, and all new, is no drift but a gap.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from feeds.deciding.identity import key
from feeds.deciding.walls import wall
from feeds.model import Failure, Habits, ListHabit, Listing, Look, Teaser

MANY = 6  # stories of a list that is long enough to lose two thirds of them
FEW = 3  # stories of one that may be another page: one story with an address unlike all before
THIRD = 3
NEARLY_ALL = 0.8  # of a list's stories
PATIENCE = timedelta(days=1)
CONVINCING = 3  # pages of stories in another make; a log-in page may link to one that looks like a story
MAX_SHAPES = 8  # kinds of addresses of one list
MAX_LISTS = 50  # of one source
MADE_ANEW = "its list is of another make"

_NUMBER = re.compile(r"\d{3,}")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)


def doubted(
    listings: Sequence[Listing], known: Collection[str], habits: Habits, now: datetime
) -> tuple[list[Listing], Habits]:
    """The lists, those that are doubted as failed ones; and what is known of them now. ``known`` are address keys.

    One that is of another make for the second time comes ``anew``: `followed` decides when its stories were looked at.
    """
    kept, lists = [], dict(habits.lists)
    doubts = _doubts(listings, known, habits)
    for listing in listings:
        if not listing.teasers:
            kept.append(listing)
            continue
        habit, doubt = lists.get(listing.url), doubts.get(listing.url)
        if habit is None or doubt is None or (habit.doubted is not None and now - habit.doubted >= PATIENCE):
            lists[listing.url] = _learned(habit if doubt is None else None, listing, now)
            kept.append(listing)
            continue
        lists[listing.url] = msgspec.structs.replace(habit, doubted=habit.doubted or now)
        again = habit.doubted is not None and not any(key(teaser.url) in known for teaser in listing.teasers)
        kept.append(msgspec.structs.replace(listing, anew=True) if again else _failed(listing, doubt, now))
    return kept, _with(habits, lists)


def followed(
    listings: Sequence[Listing], looks: Sequence[Look], habits: Habits, now: datetime
) -> tuple[list[Listing], list[Look], Habits]:
    """The lists and looks, those ``anew`` as the pages of their stories tell: followed, or failed without a story."""
    kept, taken, lists = [], list(looks), dict(habits.lists)
    for listing in listings:
        habit = lists.get(listing.url)
        if not listing.anew or listing.teasers is None or habit is None:
            kept.append(listing)
            continue
        named = {teaser.url for teaser in listing.teasers}
        asked = [look for look in taken if look.story is None and look.url in named and look.outcome != "skipped"]
        good = sum(_bears_out(look) for look in asked)
        if good >= CONVINCING and 2 * good > len(asked):
            lists[listing.url] = msgspec.structs.replace(_learned(None, listing, now), followed=now)
            kept.append(listing)
        else:
            kept.append(_failed(listing, _unlike(listing.teasers, habit), now))
            taken = [look for look in taken if look.story is not None or look.url not in named]
    return kept, taken, _with(habits, lists)


def is_of_its_make(listing: Listing, habits: Habits) -> bool:
    """Whether some of the list's addresses are made as those before: else it may name known stories by new ones."""
    habit = habits.lists.get(listing.url)
    return habit is None or any(_shape(teaser.url) in habit.shapes for teaser in listing.teasers or ())


def said(habits: Habits, now: datetime) -> str | None:
    """What is odd about a source whose list is of another make since less than `PATIENCE`."""
    for url, habit in habits.lists.items():
        if habit.followed is not None and now - habit.followed < PATIENCE:
            return f"{MADE_ANEW} since {habit.followed:%d %B, %H:%M} UTC: {url}"
    return None


def _bears_out(look: Look) -> bool:
    article = look.article
    return article is not None and article.published is not None and wall(article, look.teaser) is None


def _failed(listing: Listing, why: str, now: datetime) -> Listing:
    failure = Failure(url=listing.url, cause=why, at=now)
    return Listing(url=listing.url, failure=failure, page=listing.page)


def _with(habits: Habits, lists: dict[str, ListHabit]) -> Habits:
    if lists == habits.lists:
        return habits
    return msgspec.structs.replace(habits, lists=dict(list(lists.items())[-MAX_LISTS:]))


def _doubts(listings: Sequence[Listing], known: Collection[str], habits: Habits) -> dict[str, str]:
    """Why lists are doubted, by address. One that names nothing but what a doubted one names is the same page."""
    found: dict[str, str] = {}
    named: set[str] = set()
    read = [(item, item.teasers, habits.lists.get(item.url)) for item in listings if item.teasers and not item.watched]
    for listing, teasers, habit in read:
        if habit is not None and (doubt := _doubt(teasers, known, habit)) is not None:
            found[listing.url] = doubt
            named |= {teaser.url for teaser in teasers if key(teaser.url) not in known}
    for listing, teasers, habit in read:
        if habit is not None and listing.url not in found and named.issuperset(teaser.url for teaser in teasers):
            found[listing.url] = _unlike(teasers, habit)
    return found


def _doubt(teasers: Sequence[Teaser], known: Collection[str], habit: ListHabit) -> str | None:
    """Why the list is doubted."""
    if len(teasers) * THIRD > habit.stories:
        return None
    if habit.stories < MANY:
        other = not any(_shape(teaser.url) in habit.shapes or key(teaser.url) in known for teaser in teasers)
        return _unlike(teasers, habit) if other and habit.stories >= FEW else None
    told = [key(teaser.url) in known for teaser in teasers]
    if all(told):
        return f"names {len(teasers)} stories, all known, where it named {habit.stories:.0f}: its main part is missing"
    if not any(told) and _is_unlike(teasers, habit):
        return _unlike(teasers, habit)
    return None


def _unlike(teasers: Sequence[Teaser], habit: ListHabit) -> str:
    return f"names {len(teasers)} stories unlike all before, where it named {habit.stories:.0f}: another page?"


def _is_unlike(teasers: Sequence[Teaser], habit: ListHabit) -> bool:
    """Whether these are made in another way than nearly all before: their addresses, times or pictures."""
    made_so = not any(_shape(teaser.url) in habit.shapes for teaser in teasers)
    untimed = habit.timed >= NEARLY_ALL and all(teaser.published is None for teaser in teasers)
    bare = habit.pictured >= NEARLY_ALL and all(teaser.image is None for teaser in teasers)
    return made_so or untimed or bare


def _learned(habit: ListHabit | None, listing: Listing, now: datetime) -> ListHabit:
    # Its older pages are asked for when it turned over only, and are no part of what it is like.
    teasers = tuple(teaser for teaser in listing.teasers or () if key(teaser.url) not in listing.older)
    if listing.watched:  # the page beside it need not have times and pictures
        teasers = tuple(msgspec.structs.replace(teaser, published=None, image=None) for teaser in teasers)
    shapes = dict.fromkeys(_shape(teaser.url) for teaser in teasers)
    before: Mapping[str, None] = dict.fromkeys(habit.shapes) if habit is not None else {}
    recent = [shape for shape in before if shape not in shapes] + list(shapes)
    # A list of many sizes is known by its larger ones, and forgets them slowly.
    stories = len(teasers) if habit is None else max(len(teasers), 0.9 * habit.stories + 0.1 * len(teasers))
    timed, pictured = (
        round(sum(has) / len(has), 2)
        for has in ([teaser.published is not None for teaser in teasers], [bool(teaser.image) for teaser in teasers])
    )
    # A site that shows two makes in turn shows the other one again soon; a wall that comes back next week is a new one.
    doubted = habit.doubted if habit is not None else None
    return ListHabit(
        stories=round(stories, 1),
        shapes=tuple(recent[-MAX_SHAPES:]),
        timed=timed,
        pictured=pictured,
        doubted=doubted if doubted is not None and now - doubted < PATIENCE / 2 else None,
        followed=habit.followed if habit is not None else None,
    )


def _shape(url: str) -> str:
    """The kind of an address: how deep it is, whether its end has a number, and what it ends with."""
    steps = [step for step in urlsplit(url).path.split("/") if step]
    last = steps[-1] if steps else ""
    ending = _EXTENSION.search(last)
    return f"{len(steps)}{'#' if _NUMBER.search(last) else ''}{ending[0].lower() if ending else ''}"
