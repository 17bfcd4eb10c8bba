"""How revisions of stories differ: compared once, however many look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache

from feeds.deciding.difference import Difference, Passage, Run, compare, passages
from feeds.deciding.recordings import shown
from feeds.model import Article, Revision

ROOM = 8_000_000  # characters of all differences of a kind that are kept
_Key = tuple[str, str, int, int, int, int]
Passages = dict[str, list[Passage]]
T = TypeVar("T")

_kept: LRUCache[_Key, Difference] = LRUCache(ROOM, getsizeof=lambda found: _size(_runs(found)))
_passages: LRUCache[_Key, Passages] = LRUCache(ROOM, getsizeof=lambda found: _size(_runs_of(found)))
_turn = Lock()


def difference(old: Revision, new: Revision) -> Difference:
    """`compare` of the articles of two revisions of one story."""
    return _once(_kept, old, new, compare)


def passages_of(old: Revision, new: Revision) -> Passages:
    """What changed between two revisions of one story in whole sentences, by field: title, summary, text."""
    return _once(_passages, old, new, _by_field)


def _by_field(was: Article, now: Article) -> Passages:
    pairs = {
        "title": (was.title, now.title),
        "summary": (was.summary or "", now.summary or ""),
        "text": (was.body_text, now.body_text),
        "media": (_recordings(was), _recordings(now)) if now.media and shown(was) != shown(now) else ("", ""),
    }
    found = {field: passages(*pair) for field, pair in pairs.items() if pair[0] != pair[1]}
    return {field: changed for field, changed in found.items() if changed}


def _recordings(article: Article) -> str:
    """A line for each recording: what it is called, else its file's name."""
    return "\n".join(media.title or media.url.partition("?")[0].rpartition("/")[2] for media in article.media)


def _once(kept: LRUCache[_Key, T], old: Revision, new: Revision, compared: Callable[[Article, Article], T]) -> T:
    """What comparing gives, or gave before."""
    # A revision may be replaced in place: its words tell.
    name = (new.source_id, new.entry_id, old.number, _words(old), new.number, _words(new))
    with _turn:
        found = kept.get(name)
    if found is None:
        found = compared(old.article, new.article)
        with _turn, suppress(ValueError):  # larger than all that may be kept
            kept[name] = found
    return found


def _words(revision: Revision) -> int:
    article = revision.article
    return hash((article.title, article.summary, article.body_text, article.media))


def _runs(found: Difference) -> Iterable[Run]:
    return (*found.title, *found.summary, *found.text)


def _runs_of(found: Passages) -> Iterable[Run]:
    return (run for changed in found.values() for passage in changed for run in (*passage.was, *passage.now))


def _size(runs: Iterable[Run]) -> int:
    return 200 + sum(len(run.text) + 100 for run in runs)
