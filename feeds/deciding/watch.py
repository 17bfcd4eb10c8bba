"""Which way to watch a list: the page itself, the site's own feed, or its news sitemap.

A feed says more than a page (times to the second, no redesigns), so it is taken where it tells the same stories.
Whether it does is not asked of its title but of its items, since sites leave feeds behind that stopped years ago, and
offer one feed of the whole site on the pages of every section:

1. It is *complete and fresh*: it has most of the stories at the top of the list.
2. It is *about the same*: most of its newest items are on the list.

Where the page lists nothing (its stories are put in by scripts), a feed that the page itself names is taken if its
newest item is of the last days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from feeds.deciding.identity import key
from feeds.model import Listing, ListingState, Teaser

TOP = 12  # stories at the top of a list, where the newest stand
COMPLETE = 0.75  # share of them that a feed must have
SAME = 0.8  # share of the feed's newest items that the list must have (side columns have some of other sections, too)
NEARLY_ALL = 0.9  # share of a page's stories that its feed has, for the page to be looked at for what the feed lacks
FEWEST = 3  # stories on a list that allow a judgement
FRESH = timedelta(days=7)
AGAIN = timedelta(days=7)  # after so long the choice is made anew


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A feed or sitemap that might be watched instead of the list; ``named`` by the page itself, or only guessed."""

    url: str
    kind: Literal["feed", "sitemap"]
    teasers: tuple[Teaser, ...]
    named: bool = False


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What is watched: ``kind`` of the document at ``url``, and ``why`` in words for people.

    ``second``, of ``second_kind``, lists the same stories, as far as it goes: to see whether any are missed.
    """

    url: str
    kind: Literal["feed", "sitemap", "listing"]
    why: str
    second: str | None = None
    second_kind: str | None = None


def choose(url: str, listed: Sequence[Teaser], candidates: Sequence[Candidate], now: datetime) -> Choice:
    """Choose between the list at ``url`` and the candidates; of several good ones the first."""
    faults: list[str] = []
    for candidate in candidates:
        fault = _fault(candidate, listed, now)
        if fault is None:
            second = url if _is_told_whole(listed, candidate) else None
            return Choice(
                url=candidate.url,
                kind=candidate.kind,
                why=f"the site's own {candidate.kind}, {_praise(listed)}",
                second=second,
                second_kind="listing" if second else None,
            )
        faults.append(f"{candidate.url} {fault}")
    if not faults:
        return Choice(url=url, kind="listing", why="the list itself; the site offers no feed of it")
    same = next((candidate for candidate in candidates if _is_about_the_same(candidate, listed)), None)
    return Choice(
        url=url,
        kind="listing",
        why=f"the list itself; {'; '.join(faults[:3])}",
        second=same.url if same is not None else None,
        second_kind=same.kind if same is not None else None,
    )


def _is_told_whole(listed: Sequence[Teaser], candidate: Candidate) -> bool:
    """Whether the page has next to nothing that the candidate has not: side columns of other sections are no news.

    What stands behind the last story that both have is older than the candidate.
    """
    items = {key(teaser.url) for teaser in candidate.teasers}
    told = [key(teaser.url) in items for teaser in listed]
    while told and not told[-1]:
        told.pop()
    return len(told) >= FEWEST and sum(told) >= NEARLY_ALL * len(told)


def _is_about_the_same(candidate: Candidate, listed: Sequence[Teaser]) -> bool:
    """Whether nearly all that it announces is on the list, though not all of the list is in it."""
    newest = [key(teaser.url) for teaser in candidate.teasers[:TOP]]
    return len(newest) >= FEWEST and _is_mostly_listed(newest, listed)


def _is_mostly_listed(newest: Sequence[str], listed: Sequence[Teaser]) -> bool:
    """Whether most of a candidate's newest items (by key) are on the list."""
    every = {key(teaser.url) for teaser in listed}
    return len(every.intersection(newest)) >= SAME * len(newest)


def _praise(listed: Sequence[Teaser]) -> str:
    return "with the stories of the list" if len(listed) >= FEWEST else "since the page itself lists nothing"


def _fault(candidate: Candidate, listed: Sequence[Teaser], now: datetime) -> str | None:
    """Why a candidate is not taken; None where it is."""
    if not candidate.teasers:
        return "is empty"
    if len(listed) < FEWEST:
        if not candidate.named:
            return "is not named by the page"
        last = max((teaser.published for teaser in candidate.teasers if teaser.published), default=None)
        return None if last is not None and now - last <= FRESH else "has nothing of the last days"
    top = {key(teaser.url) for teaser in listed[:TOP]}
    items = [key(teaser.url) for teaser in candidate.teasers]
    if len(top.intersection(items)) < COMPLETE * len(top):
        return f"has {len(top.intersection(items))} of the {len(top)} stories at the top of the list"
    if not _is_mostly_listed(items[:TOP], listed):
        return "is mostly about other things"
    return None


def is_stale(state: ListingState, now: datetime) -> bool:
    """Whether how a list is watched was found out so long ago that it is asked anew."""
    return state.chosen is None or now - state.chosen > AGAIN


def had(before: ListingState | None) -> str:
    """How many stories a list had that has none: the end of a message."""
    return f" (it had {before.teasers} before)" if before is not None and before.teasers else ""


def switched(
    url: str, before: ListingState | None, state: ListingState, listed: Sequence[Teaser], found: Sequence[Teaser]
) -> Listing:
    """The last reading of a list that is watched by another document from now on: what only that one has is no news."""
    known = {key(teaser.url) for teaser in listed}
    more = tuple(teaser for teaser in found if key(teaser.url) not in known)
    backlog = frozenset(key(teaser.url) for teaser in more)
    return Listing(url=url, teasers=(*listed, *more), state=state, first=before is None, backlog=backlog)
