"""How revisions of stories differ: compared once, however many look at it."""

from __future__ import annotations

from threading import Lock

from cachetools import LRUCache

from feeds.deciding.difference import Difference, compare
from feeds.model import Revision

ROOM = 8_000_000  # characters of all differences that are kept
_Key = tuple[str, str, int, str | None, int, str | None]

_kept: LRUCache[_Key, Difference] = LRUCache(ROOM, getsizeof=lambda found: _size(found))
_turn = Lock()


def difference(old: Revision, new: Revision) -> Difference:
    """`compare` of the articles of two revisions of one story."""
    # A revision may be replaced in place: its mark tells.
    name = (new.source_id, new.entry_id, old.number, old.fingerprint, new.number, new.fingerprint)
    with _turn:
        found = _kept.get(name)
    if found is None:
        found = compare(old.article, new.article)
        with _turn:
            if _size(found) <= ROOM:
                _kept[name] = found
    return found


def _size(found: Difference) -> int:
    return 200 + sum(len(run.text) + 100 for runs in (found.title, found.summary, found.text) for run in runs)
