"""Feeds as files in a folder."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import brotli
import feedparser
import pytest

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.feeds.publisher import Publisher
from daemon.web.feeds.rendered import Documents
from feeds.errors import StateError
from feeds.model import Entry
from feeds.writing import shown as writing
from feeds.writing.content import content_html
from state.sql import SqlStore
from tests.samples import commit, configured, make_entry

TOML = """
[server]
public_url = "https://feeds.example.org/"
[publish]
directory = "public"
"""


@pytest.fixture
def config(tmp_path: Path, store: SqlStore) -> Config:
    store.sync({"ttv": 600.0}, {})
    return configured(tmp_path, TOML)


async def test_files_are_what_bantin_answers(config: Config, store: SqlStore, tmp_path: Path) -> None:
    """Subscribers of a static host would get another feed, or none of the older stories."""
    commit(store, [make_entry(number) for number in range(1, 252)])
    documents = Documents(Storage(store))
    await Publisher(documents).publish(config)
    folder = tmp_path / "public" / "feeds"
    for extension in ("atom", "rss", "json"):
        document = await documents.feed(config, config.feeds[0], extension, config.server.public_url)
        assert document is not None
        file = folder / f"ttv.{extension}"
        assert file.read_bytes() == document.body
        assert gzip.decompress((folder / f"ttv.{extension}.gz").read_bytes()) == document.body
        assert brotli.decompress((folder / f"ttv.{extension}.br").read_bytes()) == document.body
        assert file.stat().st_mtime == document.changed.timestamp()
        assert file.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in (folder / "ttv" / "archive").glob("*.atom")) == ["1.atom", "2.atom"]
    assert b"https://feeds.example.org/feeds/ttv.atom" in (tmp_path / "public" / "opml").read_bytes()
    assert not list(folder.rglob(".*"))


async def test_only_what_changed_is_written(config: Config, store: SqlStore, tmp_path: Path) -> None:
    """A static host would be sent everything again all day, and readers fetch it again."""
    commit(store, [make_entry(number) for number in range(1, 252)])
    publisher = Publisher(Documents(Storage(store)))
    assert await publisher.publish(config) > 0
    assert await publisher.publish(config) == 0
    folder = tmp_path / "public" / "feeds"
    old = (folder / "ttv" / "archive" / "1.atom").stat().st_ino
    commit(store, [make_entry(300)])
    assert await publisher.publish(config) > 0
    assert len(feedparser.parse((folder / "ttv.atom").read_bytes()).entries) == 100
    assert (folder / "ttv" / "archive" / "1.atom").stat().st_ino == old
    assert await Publisher(Documents(Storage(store))).publish(config) <= 6, "a restart writes nothing anew"


async def test_texts_are_made_once_for_all_formats(
    config: Config, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every change of a feed would cost three times what it has to, and its publisher come late."""
    made: list[str] = []

    def content(entry: Entry, **rest: Any) -> str:
        made.append(entry.story.entry_id)
        return content_html(entry, **rest)

    monkeypatch.setattr(writing, "content_html", content)
    commit(store, [make_entry(number) for number in range(1, 8)])
    publisher = Publisher(Documents(Storage(store)))
    await publisher.publish(config)
    assert len(made) == len(set(made)) == 7
    commit(store, [make_entry(8)])
    made.clear()
    await publisher.publish(config)
    assert len(made) == len(set(made)) == 8


async def test_folder_that_cannot_be_written(config: Config, store: SqlStore, tmp_path: Path) -> None:
    """The daemon would die, or go on without a word, where the folder is another user's or the disk is full."""
    (tmp_path / "public").write_text("a file in the way")
    with pytest.raises(StateError, match=r"\[publish\] directory"):
        await Publisher(Documents(Storage(store))).publish(config)
    (tmp_path / "public").unlink()
    await Publisher(Documents(Storage(store))).publish(config)
    assert (tmp_path / "public" / "feeds" / "ttv.atom").exists()
