"""How revisions of stories differ: compared once, however many look at it."""

from __future__ import annotations

from threading import Lock

from cachetools import LRUCache

from feeds.deciding.difference import Difference, Passage, compare, passages
from feeds.model import Revision

ROOM = 8_000_000  # characters of all differences that are kept
_Key = tuple[str, str, int, int, int, int]

_kept: LRUCache[_Key, Difference] = LRUCache(ROOM, getsizeof=lambda found: _size(found))
_passages: LRUCache[_Key, dict[str, list[Passage]]] = LRUCache(ROOM, getsizeof=lambda found: _size_of(found))
_turn = Lock()


def difference(old: Revision, new: Revision) -> Difference:
    """`compare` of the articles of two revisions of one story."""
    name = _name(old, new)
    with _turn:
        found = _kept.get(name)
    if found is None:
        found = compare(old.article, new.article)
        with _turn:
            if _size(found) <= ROOM:
                _kept[name] = found
    return found


def passages_of(old: Revision, new: Revision) -> dict[str, list[Passage]]:
    """What changed between two revisions of one story in whole sentences, by field: title, summary, text."""
    name = _name(old, new)
    with _turn:
        found = _passages.get(name)
    if found is None:
        was, now = old.article, new.article
        pairs = {
            "title": (was.title, now.title),
            "summary": (was.summary or "", now.summary or ""),
            "text": (was.body_text, now.body_text),
        }
        all_found = {field: passages(*pair) for field, pair in pairs.items() if pair[0] != pair[1]}
        found = {field: changed for field, changed in all_found.items() if changed}
        with _turn:
            if _size_of(found) <= ROOM:
                _passages[name] = found
    return found


def _name(old: Revision, new: Revision) -> _Key:
    # A revision may be replaced in place: its words tell.
    return (new.source_id, new.entry_id, old.number, _words(old), new.number, _words(new))


def _words(revision: Revision) -> int:
    return hash((revision.article.title, revision.article.summary, revision.article.body_text))


def _size_of(found: dict[str, list[Passage]]) -> int:
    runs = [run for changed in found.values() for passage in changed for run in (*passage.was, *passage.now)]
    return 200 + sum(len(run.text) + 100 for run in runs)


def _size(found: Difference) -> int:
    return 200 + sum(len(run.text) + 100 for runs in (found.title, found.summary, found.text) for run in runs)
