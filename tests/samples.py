"""Stories of our own invention, for tests that need some."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from daemon.config import Config, parse
from feeds.deciding.difference import compare
from feeds.deciding.identity import entry_id
from feeds.model import Article, Changes, Elsewhere, Entry, FeedSpec, Image, Revision, SourceState, Story, Tally, Watch
from feeds.writing.feed import Feed, Origin, Place, Withdrawn
from state.sql import SqlStore
from state.store import Store

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
    store: SqlStore,
    entries: Iterable[Entry],
    *,
    source: str = "ttv",
    visible: bool = True,
    tally: Tally | None = None,
    watch: Watch | None = None,
    **state: Any,
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
            tally=tally or Tally(),
            watch=watch,
        ),
        "tests",
    )


FEED = FeedSpec(id="ttv", title="Truyền hình Thanh Hóa", sources=("ttv",), language="vi")
BOTH = FeedSpec(id="both", title="Hai nguồn", sources=("ttv", "b"), language="vi", merge=True)
ORIGINS = {
    "ttv": Origin(id="ttv", title="Truyền hình", site="https://news.example/thoi-su.htm"),
    "b": Origin(id="b", title="Báo B & C", site="https://b.example/", updated=NOON),
}


def make_feed(*entries: Entry, spec: FeedSpec = FEED, **fields: Any) -> Feed:
    """A feed of these entries, of the invented site; keywords set the other fields."""
    facts: dict[str, Any] = {"base": "https://feeds.example.org/", "site": "https://news.example/thoi-su.htm"}
    return Feed(spec=spec, entries=entries, version="0.0.0", **facts | fields)


def make_full_feed() -> Feed:
    """A feed that has everything that a feed can have, as an archive over two sources."""
    told = Elsewhere(source_id="b", title="Khai hội <làng>", url="https://b.example/1?utm_source=x&a=1#top")
    first = msgspec.structs.replace(make_entry(1), elsewhere=(told,))
    revised = make_entry(2, source="b", language="en", story={"revision": 2})
    partial = make_entry(3, content_html="", body_text="", story={"partial": True})
    bare = make_entry(
        4, summary=None, authors=(), published=None, section=None, tags=(), images=(), credit=None, language=None
    )
    return make_feed(
        first, revised, partial, bare,
        spec=BOTH,
        site=None,
        query="?token=a%26b",
        show_changes=True,
        changes={revised.story.entry_id: compare(make_entry(2, title="Tên cũ").article, revised.article)},
        origins=ORIGINS,
        withdrawn=(Withdrawn(ref="urn:uuid:00000000-0000-5000-8000-000000000001", when=NOON),),
        place=Place(number=2, previous=1, following=3),
    )  # fmt: skip


def whole(store: Store, source_ids: Iterable[str], limit: int = 1000) -> list[Article]:
    """The articles that these sources show, the newest first, with their texts."""
    found = store.texts([number for number, _ in store.entries(source_ids, limit)], sys.maxsize)
    return list(found.values())


SOURCE = """
[[source]]
id = "ttv"
urls = ["https://news.example/list"]
"""


def configured(folder: Path, text: str = "") -> Config:
    """The configuration of ``text`` as a file in the folder; one source, ``ttv``, where the text has none."""
    return parse(text if "[[source]]" in text else text + SOURCE, folder / "bantin.toml", {})
