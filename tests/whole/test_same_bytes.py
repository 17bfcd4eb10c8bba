"""The same polls give the same documents, whatever database keeps them, and after a restart."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from daemon.config import Config
from daemon.web.feeds.publisher import Publisher
from daemon.web.feeds.rendered import Documents
from daemon.work.engine import Parts, compare_all, open_parts
from feeds.writing.formats import FORMATS
from tests.conftest import Clock, LiveSite
from tests.postgres import Server
from tests.samples import configured

TOML = """
[server]
public_url = "https://feeds.example.org/"
[state]
url = "{database}"
[publish]
directory = "{folder}"
[fetch]
host_interval = "0s"
allow_networks = ["127.0.0.0/8"]
[defaults]
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
[[source]]
id = "thoi-su"
title = "Thời sự"
urls = ["{site}thoi-su.htm"]
kind = "listing"
[[source]]
id = "kinh-te"
urls = ["{site}kinh-te.htm"]
kind = "listing"
[[feed]]
id = "both"
title = "Cả hai"
sources = ["thoi-su", "kinh-te"]
entries = 5
merge = true
show_changes = true
[[webhook]]
id = "hook"
url = "http://127.0.0.1:9/"
secret = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q="
"""


class Side:
    """One of the two: a database, and the folder that its documents are put into."""

    def __init__(self, folder: Path, database: str, site: str, clock: Clock) -> None:
        folder.mkdir()
        self.folder, self.clock, self.starts = folder, clock, 0
        self.database, self.site = database, site

    def config(self) -> Config:
        """The configuration; after each start, documents are put into another folder."""
        self.starts += 1
        text = TOML.format(database=self.database, folder=self.folder / f"public-{self.starts}", site=self.site)
        return configured(self.folder, text)


async def poll(parts: Parts, config: Config) -> None:
    """Poll each source once, and find out what is told twice."""
    for source in config.sources:
        claim = parts.storage.store.claim_source(parts.owner, source.id, 60)
        assert claim is not None
        changes = await parts.poller.poll(source, claim, config.audience)
        assert changes.state.failure is None
    assert await compare_all(parts.storage)


async def documents(parts: Parts, config: Config) -> dict[str, bytes]:
    """All that bantin would answer, by path: feeds in all formats, archives, OPML, each also packed."""
    assert config.publish is not None
    await Publisher(Documents(parts.storage)).publish(config)
    files = [path for path in config.publish.rglob("*") if path.is_file()]
    return {str(path.relative_to(config.publish)): path.read_bytes() for path in files}


async def run_both(sides: list[Side], live_site: LiveSite, clock: Clock) -> list[dict[str, bytes]]:
    """Poll the same site at the same times into both, while stories come, change and go; their documents at the end."""
    async with AsyncExitStack() as stack:
        configs = [side.config() for side in sides]
        both = [(await stack.enter_async_context(open_parts(config, clock=clock)), config) for config in configs]
        for step in range(4):
            for parts, config in both:
                await poll(parts, config)
            clock.go_on(minutes=30)
            newsroom = live_site.newsroom
            items = [newsroom.publish(clock(), section) for section in ("thoi-su", "kinh-te")]
            newsroom.edit(items[step % 2])
            newsroom.edit(newsroom.listed("thoi-su")[3])
            if step == 1:
                newsroom.items.remove(newsroom.listed("kinh-te")[2])
        return [await documents(*one) for one in both]


async def reopened(side: Side) -> dict[str, bytes]:
    """The documents after a restart."""
    config = side.config()
    async with open_parts(config, clock=side.clock) as parts:
        return await documents(parts, config)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_the_same_bytes(live_site: LiveSite, clock: Clock, tmp_path: Path, postgres: Server) -> None:
    """Who changes the database or restarts would make every reader fetch everything again, or see stories as new."""
    databases = {"sqlite": f"sqlite:///{tmp_path / 'bantin.db'}", "postgresql": postgres.new_url("ready")}
    sides = [Side(tmp_path / name, url, live_site.address, clock) for name, url in databases.items()]
    ours, theirs = await run_both(sides, live_site, clock)
    for feed in ("both", "thoi-su", "kinh-te"):
        assert {f"feeds/{feed}.{extension}" for extension in FORMATS} <= set(ours)
    assert {"opml", "feeds/both/archive/1.atom", "feeds/both.atom.br"} <= set(ours)
    assert b"deleted-entry" in ours["feeds/both/archive/1.atom"] + ours["feeds/kinh-te.atom"]
    assert set(ours) == set(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []
    for side in sides:
        again = await reopened(side)
        assert [name for name in ours if ours[name] != again.get(name)] == []
