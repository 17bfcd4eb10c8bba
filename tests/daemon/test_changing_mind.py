"""What becomes of stored stories when the configuration changes, and back: docs/how-to/changing-ones-mind.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from daemon.storage import Storage
from daemon.web.app import make_app
from state.sql import SqlStore
from tests.conftest import Clock
from tests.daemon.conftest import Polls
from tests.daemon.test_pages import TOML
from tests.samples import commit, configured, make_entry


@pytest.fixture
def storage(store: SqlStore) -> Iterator[Storage]:
    """Two stories of one source."""
    store.sync({"ttv": 600.0, "new": 600.0}, {})
    commit(store, [make_entry(1), make_entry(2, title="Tin bí mật")])
    opened = Storage(store)
    yield opened
    opened.close()


async def feed(storage: Storage, folder: Path, text: str, path: str = "/feeds/ttv.atom") -> httpx.Response:
    """The answer of a bantin with that configuration, as the daemon makes it known at a reload."""
    config = configured(folder, text)
    storage.store.sync({source.id: source.interval for source in config.sources}, {})
    app = make_app(lambda: config, storage, "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as client:
        return await client.get(path)


async def test_rules_hide_and_show_again(storage: Storage, tmp_path: Path) -> None:
    """A rule that was tried out would cost the stories that it hid, or make them new."""
    hidden = await feed(storage, tmp_path, TOML)
    open_rules = TOML.replace('exclude = ["bí mật"]', "")
    shown = await feed(storage, tmp_path, open_rules)
    assert [answer.text.count("<entry>") for answer in (hidden, shown)] == [1, 2]
    assert (await feed(storage, tmp_path, TOML)).content == hidden.content
    assert (await feed(storage, tmp_path, open_rules)).content == shown.content


async def test_a_source_taken_out_and_put_back(storage: Storage, tmp_path: Path) -> None:
    """A source that was taken out would come back without its stories, or with other ids."""
    before = await feed(storage, tmp_path, TOML)
    without = TOML[TOML.index('[[source]]\nid = "new"') : TOML.index("[[feed]]")]
    assert (await feed(storage, tmp_path, without)).status_code == 404
    assert (await feed(storage, tmp_path, TOML)).content == before.content


async def test_another_address_and_back(polls: Polls, clock: Clock) -> None:
    """A moved list would take its stories out of the feed, or alert for all that the new one lists."""
    first, second, _ = polls.source.urls
    await polls.poll(urls=(first,))
    before = polls.shown()
    clock.go_on(minutes=10)
    moved = await polls.poll(urls=(second,))
    assert moved.tally.new > 0
    assert moved.deliveries == ()
    assert set(before) <= set(polls.shown())
    fresh = polls.site.newsroom.publish(clock.go_on(minutes=10), "thoi-su")
    back = await polls.poll(urls=(first,))
    assert (back.tally.new, len(back.deliveries)) == (1, 1)
    assert polls.shown()[0] == fresh.title
