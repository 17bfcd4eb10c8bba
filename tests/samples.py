"""Stories of our own invention, for tests that need some."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from feeds.deciding.identity import entry_id
from feeds.model import Article, Changes, Entry, Image, Revision, SourceState, Story
from state.sql import SqlStore

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # in Vietnam


def make_entry(number: int = 1, *, source: str = "ttv", story: dict[str, Any] | None = None, **article: Any) -> Entry:
    """A story with everything that a story can have; keywords set the article's fields, ``story`` the story's."""
    url = article.get("url", f"https://news.example/bai-{number}.htm")
    facts: dict[str, Any] = {
        "url": url,
        "title": f"Làng {number} mở hội đua thuyền",
        "summary": f"Sáng nay, làng {number} khai hội.",
        "authors": ("Minh Nguyệt", "Quốc Bảo"),
        "published": NOON + timedelta(minutes=number),
        "language": "vi",
        "section": "Văn hóa",
        "tags": ("đua thuyền", "lễ hội"),
        "images": (Image(url=f"https://news.example/anh/{number}.jpg", caption="Hai đội về đích", alt="thuyền"),),
        "credit": "Bản tin trưa",
        "content_html": f"<p>Hội làng {number} có hai mươi đội.</p>",
        "body_text": f"Hội làng {number} có hai mươi đội.",
    }
    known: dict[str, Any] = {
        "source_id": source,
        "entry_id": entry_id(url),
        "url": url,
        "first_seen": NOON + timedelta(hours=1, minutes=number),
        "updated": NOON + timedelta(hours=1, minutes=number),
        "fingerprint": f"1:{number}",
    }
    return Entry(story=Story(**known | (story or {})), article=Article(**facts | article))


def commit(
    store: SqlStore, entries: Iterable[Entry], *, source: str = "ttv", visible: bool = True, **state: Any
) -> None:
    """Store the outcome of a poll of ``source`` that found ``entries``, as they are."""
    now = store.clock()
    claimed = store.claim_source("tests", source, 60)
    assert claimed is not None
    facts: dict[str, Any] = {"due_at": now + timedelta(minutes=5), "last_poll": now, "last_success": now}
    entries = list(entries)
    store.commit(
        Changes(
            state=SourceState(id=source, **facts | state),
            stories=tuple(entry.story for entry in entries),
            revisions=tuple(
                Revision(
                    source_id=source,
                    entry_id=entry.story.entry_id,
                    number=entry.story.revision,
                    seen_at=now,
                    article=entry.article,
                    fingerprint=entry.story.fingerprint,
                )
                for entry in entries
            ),
            visible=visible,
        ),
        "tests",
    )
