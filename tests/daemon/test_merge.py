"""Feeds that show a story of several sources once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest

from daemon.storage import Storage
from daemon.web.app import make_app
from feeds.model import Article
from state.sql import SqlStore
from tests.samples import commit, configured, make_entry

TOML = """
[[source]]
id = "one"
title = "Báo Một"
urls = ["https://one.example/"]
[[source]]
id = "two"
title = "Báo Hai"
urls = ["https://two.example/"]
[[feed]]
id = "both"
sources = ["one", "two"]
merge = true
[[feed]]
id = "clean"
sources = ["one", "two"]
merge = true
exclude = ["tài trợ"]
"""


class Every:
    """Takes all texts for one."""

    WINDOW = timedelta(days=3)

    def bands(self, article: Article) -> tuple[int, ...]:
        return (1,)

    def same(self, one: Article, other: Article) -> bool:
        return True


@pytest.fixture
async def client(any_store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    config = configured(tmp_path, TOML)
    any_store.sync({"one": 600.0, "two": 600.0}, {})
    for name, title in (("one", "Tài trợ: điện thoại mới"), ("two", "Điện thoại mới")):
        commit(any_store, [make_entry(1, source=name, url=f"https://{name}.example/1", title=title)], source=name)
    any_store.cluster(Every(), 10)
    app = make_app(lambda: config, Storage(any_store), "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test") as found:
        yield found


async def test_first_seen_is_shown_and_links_to_the_others(client: httpx.AsyncClient) -> None:
    """Readers would see the same news twice, or not learn who else tells it."""
    answer = await client.get("/feeds/both.atom")
    (entry,) = feedparser.parse(answer.content).entries
    assert entry.title == "Tài trợ: điện thoại mới"
    assert "https://two.example/1" in [link.href for link in entry.links if link.rel == "related"]
    assert "Báo Hai" in entry.content[0].value
    assert len(feedparser.parse((await client.get("/feeds/two.atom")).content).entries) == 1


async def test_what_the_rules_leave_out_hides_nothing(client: httpx.AsyncClient) -> None:
    """A story that is wanted would be missing, because the feed left out the copy that came first."""
    (entry,) = feedparser.parse((await client.get("/feeds/clean.atom")).content).entries
    assert entry.title == "Điện thoại mới"
    assert not [link for link in entry.links if link.rel == "related"]


async def test_one_address_in_two_sources_is_not_told_elsewhere(any_store: SqlStore, tmp_path: Path) -> None:
    """A story that two sections of a site list would be said to be told by others as well, with a link to itself."""
    config = configured(tmp_path, TOML)
    any_store.sync({"one": 600.0, "two": 600.0}, {})
    for name in ("one", "two"):
        commit(any_store, [make_entry(1, source=name, url="https://one.example/story")], source=name)
    any_store.cluster(Every(), 10)
    app = make_app(lambda: config, Storage(any_store), "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test") as client:
        document = (await client.get("/feeds/both.atom")).text
    (entry,) = feedparser.parse(document).entries
    assert [link.rel for link in entry.links] == ["alternate"]
    assert "Cũng đưa tin" not in document
