"""Entries that bantin writes itself."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from html import escape

from feeds.model import Article, Entry, Story
from feeds.writing.phrases import words


def failing(source_id: str, title: str, cause: str, since: datetime, *, url: str, language: str | None = None) -> Entry:
    """The entry that tells subscribers that a source cannot be read; ``url`` is where they may look for themselves.

    Its id is made of the source and of ``since``: as long as the source fails it is one entry, and when it fails
    again another one.
    """
    said = words(language)
    since = since.astimezone(UTC)
    name = f"bantin:failing:{source_id}:{since.isoformat(timespec='seconds')}"
    moment = said["moment"] % since.timetuple()[:5]
    sentence = said["failing since"].format(title=title, since=moment)
    reason = f"{said['cause']}: {cause}"
    story = Story(
        source_id=source_id,
        entry_id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        url=url,
        first_seen=since,
        updated=since,
    )
    article = Article(
        url=url,
        title=said["failing"].format(title=title),
        published=since,
        language=language,
        content_html=f"<p>{escape(sentence)}</p>\n<p>{escape(reason)}</p>",
        body_text=f"{sentence}\n\n{reason}",
    )
    return Entry(story=story, article=article)
