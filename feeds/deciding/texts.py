"""What another text of a known story means: an edit, another way of reading it, or a page that never rests.

1. The same text (by its mark, in whatever version it was made) is nothing at all.
2. A text that the site cut short is not taken: readers keep what they had.
3. A text that another reader read (``Story.reading``), or whose mark a newer bantin made, may differ though nobody
   edited it. It replaces the one before *quietly*: no revision, no event, ``updated`` stays.
4. A text that *grew* by whole paragraphs is news, however often it does: that is how live blogs are written.
5. A text that is another one at each of `RESTLESS` looks in a row is noise, something in the page that bantin does not
   know to leave out: from then on it is replaced quietly, until a look finds it at rest.
6. Every other text is a revision.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from feeds.deciding.fingerprint import fingerprint, normalise, same_text, version_of
from feeds.deciding.passing import MAX_LINES, lasting
from feeds.model import Article, Story
from feeds.reading.border import MAX_TEXT

AT_LIMIT = MAX_TEXT * 9 // 10  # characters of a text that `feeds.reading.border` cut
RESTLESS = 4  # looks in a row that found another text: this one and all after it are noise
WHOLE = 15  # words of a paragraph that says something new
MAX_PARAGRAPHS = 2000  # of a text that may have grown; beyond, paragraphs are lines of a table
MOSTLY = 0.8  # of the old paragraphs are still there in a text that grew

Meaning = Literal["same", "cut short", "reread", "revised", "noise"]


def meaning(story: Story, old: Article | None, new: Article, reading: str) -> Meaning:
    """What it means that the story's page now gives ``new``; ``reading`` names who read it, empty where unknown."""
    if same_text(story.fingerprint, new) or (old is not None and fingerprint(old) == fingerprint(new)):
        return "same"
    if old is not None and _is_stub(new) and not _is_stub(old):
        return "cut short"
    if read_anew(story, reading) or (story.fingerprint is not None and version_of(story.fingerprint) is None):
        return "reread"
    if old is not None and grew(old.body_text, new.body_text):
        return "revised"
    return "noise" if story.restless + 1 >= RESTLESS else "revised"


def _is_stub(article: Article) -> bool:
    """Whether the site cut the text short. (What bantin cut at its own limit is longer than any stub: a live blog.)"""
    return article.truncated and len(article.body_text) < AT_LIMIT


def read_anew(story: Story, reading: str) -> bool:
    """Whether another reader read the story's page than the one that its text is from."""
    return bool(reading and story.reading and story.reading != reading)


def taken(story: Story, how: Meaning, old: Article | None, new: Article, reading: str) -> Story:
    """The story after a look that found ``new``, with what it meant: mark, reading, and how restless it is."""
    if how == "cut short":
        return story
    story = msgspec.structs.replace(story, fingerprint=fingerprint(new), reading=reading or story.reading)
    if how == "same":
        return at_rest(story)
    if how == "reread" or (old is not None and grew(old.body_text, new.body_text)):
        return story
    return msgspec.structs.replace(story, restless=story.restless + 1, noisy=how == "noise")


def at_rest(story: Story) -> Story:
    """The story after a look that found the text it had."""
    return msgspec.structs.replace(story, restless=0, noisy=False) if story.restless or story.noisy else story


def grew(old: str, new: str) -> bool:
    """Whether a text grew by at least one whole paragraph, and kept most of its own.

    It must have become longer by as much, too: where one paragraph takes the place of another (a box of other stories,
    a quotation of the day), nothing grew.
    """
    if max(old.count("\n"), new.count("\n")) > MAX_LINES:
        return False
    before, after = _paragraphs(old), _paragraphs(new)
    if not before or len(before) > MAX_PARAGRAPHS or len(after) > MAX_PARAGRAPHS:
        return False
    kept, added = before & after, after - before
    if kept.total() < MOSTLY * before.total() or not any(len(line.split()) >= WHOLE for line in added):
        return False
    return _length(after) - _length(before) >= WHOLE


def _paragraphs(text: str) -> Counter[str]:
    return Counter(line for line in map(normalise, lasting(text).splitlines()) if line)


def _length(paragraphs: Counter[str]) -> int:
    return sum(len(line.split()) * count for line, count in paragraphs.items())
