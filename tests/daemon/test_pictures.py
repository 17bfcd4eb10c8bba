"""Pictures on the pages, fetched by bantin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from daemon.config import Fetch
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.pictures import FORGET, Pictures, kind_of
from feeds.model import Image
from state.sql import SqlStore
from tests.daemon.servers import LOOPBACK, Server, answer, no_reader, serving
from tests.samples import commit, configured, make_entry

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


class Passing:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def client(store: SqlStore, tmp_path: Path, clock: Passing | None = None) -> AsyncIterator[httpx.AsyncClient]:
    config = configured(tmp_path)
    storage = Storage(store)
    fetch = Fetch(user_agent="test", allow_networks=LOOPBACK, robots=False, timeout=2)
    pictures = Pictures(fetch, storage, no_reader, clock or Passing())
    app = make_app(lambda: config, storage, "http://bantin.test/", pictures=pictures)
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test") as found:
            yield found
    finally:
        await pictures.close()


def stored(store: SqlStore, server: Server, path: str = "/a.png") -> str:
    """The address of the picture of a stored story."""
    store.sync({"ttv": 600.0}, {})
    entry = make_entry(1, images=(Image(url=server.url(path)),))
    commit(store, [entry])
    return f"/pictures/{entry.story.entry_id.removeprefix('urn:uuid:')}"


async def test_picture_comes_from_bantin_and_is_kept(store: SqlStore, tmp_path: Path) -> None:
    """Every reader of a page would be seen by every site on it, or each look would ask the sites again."""
    async with serving({"/a.png": answer(PNG)}) as server, client(store, tmp_path) as web:
        address = stored(store, server)
        first, *others = await asyncio.gather(*(web.get(f"{address}/0") for _ in range(5)))
        assert first.content == PNG
        assert first.headers["content-type"] == "image/png"
        assert "default-src 'none'" in first.headers["content-security-policy"]
        assert all(other.content == PNG for other in others)
        assert (await web.get(f"{address}/0", headers={"if-none-match": first.headers["etag"]})).status_code == 304
        assert server.paths == ["/a.png"]


@pytest.mark.parametrize("number", ["1", "99999999999999999999", "x", "-1"])
async def test_only_pictures_of_stored_stories(store: SqlStore, tmp_path: Path, number: str) -> None:
    """bantin would fetch whatever somebody asks it for."""
    async with serving({"/a.png": answer(PNG)}) as server, client(store, tmp_path) as web:
        address = stored(store, server)
        assert (await web.get(f"{address}/{number}")).status_code == 404
        assert (await web.get("/pictures/nobody/0")).status_code == 404
        assert server.paths == []


@pytest.mark.parametrize(
    "said",
    [
        answer(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", content_type="image/svg+xml"
        ),
        answer(b"<html>", content_type="image/png"),
        answer(status="404 Not Found"),
        answer(PNG, length=10**9),
        answer(PNG + b"\0" * 5_000_000),
    ],
)
async def test_what_is_no_picture_is_not_passed_on(store: SqlStore, tmp_path: Path, said: bytes) -> None:
    """A site could run a script at bantin's address, or fill its memory; and would be asked again at every look."""
    clock = Passing()
    async with serving({"/a.png": said}) as server, client(store, tmp_path, clock) as web:
        address = stored(store, server)
        assert (await web.get(f"{address}/0")).status_code == 404
        asked = len(server.paths)
        assert (await web.get(f"{address}/0")).status_code == 404
        assert len(server.paths) == asked
        clock.now += FORGET
        await web.get(f"{address}/0")
        assert len(server.paths) > asked


def test_pictures_are_known_by_their_bytes() -> None:
    """A picture with a wrong content type would not be shown, or a page with a right one would."""
    assert kind_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert kind_of(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert kind_of(b"\0\0\0\x1cftypavif") == "image/avif"
    assert kind_of(b"GIF89a") == "image/gif"
    assert kind_of(b"<svg") is None
    assert kind_of(b"") is None
