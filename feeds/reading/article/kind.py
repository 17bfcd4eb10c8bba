"""What kind of page it is: whether it holds an article at all, and whether the article is all there.

Front pages and lists hold prose too, the summaries of their stories. What gives them away is many headings that are
links, little prose to each, and no headline of their own. What a page says of itself (schema.org types, Open Graph)
and an address like a story's count for it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from feeds.reading.article.metadata import Metadata
from feeds.reading.article.survey import HEADINGS, Survey

LISTED, PER_HEADING = 5, 400  # so many linked headings with less prose than this to each make a list
LISTED_TOLD, PER_HEADING_TOLD = 10, 250  # the same where the page calls itself an article, as some front pages do
STUB = 1500  # characters; a longer body behind a paywall is the whole story as a rule, sent along for search engines
SHARE = 0.5  # of the told number of words; less is a stub
_STORY_PATH = re.compile(r"\d{5,}|(?:[^\W_]+-){4,}")
_NOT_FREE = ("locked", "metered", "paid", "premium", "subscriber")


def is_list(found: Survey, told: Metadata, prose: int, url: str) -> bool:
    """Whether a page with this much prose in its best box lists other stories rather than telling one."""
    if told.story is not None or told.heading is not None or _STORY_PATH.search(_path(url)):
        return False
    linked = sum(box.tag in HEADINGS and box.tag != "h1" and box.links * 2 > box.text for box in found.boxes.values())
    calls_itself = (told.head.first("og:type") or "").startswith("article")
    least, per = (LISTED_TOLD, PER_HEADING_TOLD) if calls_itself else (LISTED, PER_HEADING)
    return linked >= least and prose < per * linked


def says_so(told: Metadata, url: str) -> bool:
    """Whether a page that hardly says anything tells one story all the same: it says so itself, or its address does.

    Pages to sign in and lists of films show something, too.
    """
    kind = told.head.first("og:type") or ""
    stated = "article:published_time" in told.head.meta
    return (
        told.story is not None
        or stated
        or kind.startswith(("article", "video."))
        or bool(_STORY_PATH.search(_path(url)))
    )


def is_truncated(told: Metadata, text: str) -> bool:
    """Whether the page says that the story is not free, and what it shows is cut short."""
    story = told.story or {}
    tier = (told.head.first("article:content_tier") or "").lower()
    if not (_is_false(story.get("isAccessibleForFree")) or tier in _NOT_FREE):
        return False
    words = story.get("wordCount")
    if isinstance(words, str) and words.isascii() and words.isdigit() and len(words) < 7:
        words = int(words)
    if isinstance(words, int) and words > 0:
        return len(text.split()) < SHARE * words
    return len(text) < STUB or text.endswith(("…", "..."))


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower().rpartition("/")[2] == "false")


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
